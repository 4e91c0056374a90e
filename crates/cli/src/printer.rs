//! Where commands print: data to standard output, all else to standard error. A reader that went
//! away is no error of ours.

use std::io::{self, IsTerminal, Write};

pub struct Printer {
    /// Progress bars and colours are for people who look.
    pub is_watched: bool,
    /// Remarks are not wanted.
    is_quiet: bool,
}

impl Printer {
    pub fn new() -> Self {
        Self { is_watched: io::stderr().is_terminal(), is_quiet: false }
    }

    /// Data and errors alone.
    pub fn quiet() -> Self {
        Self { is_watched: false, is_quiet: true }
    }

    pub fn data(&self, text: &str) {
        let mut out = anstream::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    /// For what goes on until somebody has seen enough: the writer hears of a reader that went away.
    pub fn line(&self, text: &str) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush())
    }

    pub fn bytes(&self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    /// For what is too long to be held: the writer hears of a reader that went away.
    pub fn out(&self) -> impl Write + use<> {
        io::BufWriter::with_capacity(64 * 1024, io::stdout())
    }

    /// A remark.
    pub fn say(&self, text: &str) {
        if !self.is_quiet {
            err(text);
        }
    }

    /// What must be read before somebody answers: also where remarks are not wanted.
    pub fn ask(&self, text: &str) {
        err(text);
    }

    /// What went wrong, and the way out.
    pub fn error(&self, what: &dyn std::fmt::Display, hint: Option<&str>) {
        err(&format!("error: {what}"));
        if let Some(hint) = hint {
            err(&format!("\nhint: {hint}"));
        }
    }
}

fn err(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
