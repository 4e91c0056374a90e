//! How far it is: a bar for somebody who looks, lines for a log.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::printer::Printer;

/// Counts people while a listing is read: nobody knows how many there will be.
pub struct Reading {
    bar: ProgressBar,
    read: u64,
}

impl Reading {
    pub fn new(printer: &Printer) -> Self {
        let bar = match printer.is_watched {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        bar.enable_steady_tick(Duration::from_millis(100));
        bar.set_message("reading the directory");
        Self { bar, read: 0 }
    }

    pub fn add(&mut self, people: usize) {
        self.read += people as u64;
        self.bar.set_message(format!("reading the directory: {} people", self.read));
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Counts people as it is done to them.
pub struct Doing<'a> {
    bar: ProgressBar,
    printer: &'a Printer,
    done: u64,
    of: u64,
    refused: u64,
    word: &'static str,
    told: u64,
}

impl<'a> Doing<'a> {
    pub fn new(printer: &'a Printer, word: &'static str) -> Self {
        let bar = match printer.is_watched {
            true => ProgressBar::new(0),
            false => ProgressBar::hidden(),
        };
        // The template is ours; a wrong one would show the bar's own.
        let style = ProgressStyle::with_template("  {bar:32.green} {pos}/{len}  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("█▌░"));
        Self { bar, printer, done: 0, of: 0, refused: 0, word, told: 0 }
    }

    /// Of so many, so many were settled before.
    pub fn begin(&mut self, before: usize, of: usize) {
        (self.done, self.of, self.told) = (before as u64, of as u64, before as u64);
        self.bar.set_length(self.of);
        self.bar.reset_eta();
        self.bar.set_position(self.done);
        self.show();
    }

    /// Somebody is done with, well or not.
    pub fn next(&mut self, well: bool) {
        self.done += 1;
        self.refused += u64::from(!well);
        self.bar.set_position(self.done);
        self.show();
        // A log gets ten lines of a long run, and not a thousand; of a short one the sums are enough.
        let tenth = (self.of / 10).max(10);
        if !self.printer.is_watched && self.done - self.told >= tenth && self.done < self.of {
            self.told = self.done;
            self.printer.say(&format!("{} of {}{}", self.done, self.of, self.not_well()));
        }
    }

    /// A line that stays, above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| self.printer.say(line));
    }

    fn show(&self) {
        self.bar.set_message(format!("{}{}", self.word, self.not_well()));
    }

    fn not_well(&self) -> String {
        match self.refused {
            0 => String::new(),
            refused => format!(", {refused} not"),
        }
    }
}

impl Drop for Doing<'_> {
    fn drop(&mut self) {
        // It stays: somebody scrolls back. What comes next begins on a line of its own.
        self.bar.abandon();
        if self.printer.is_watched {
            self.printer.say("");
        }
    }
}
