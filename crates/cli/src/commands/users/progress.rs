//! Progress, for people who look, on standard error.

use std::fmt::Write;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::output::Place;
use crate::printer::Printer;

/// People who went by, where the rows themselves do not show it.
pub fn people(printer: &Printer, out: Place) -> ProgressBar {
    if !printer.is_watched || out.is_terminal {
        return ProgressBar::hidden();
    }
    ProgressBar::new_spinner().with_style(style("{human_pos} people, {rate}"))
}

/// The same, where nothing is printed meanwhile.
pub fn reading(printer: &Printer) -> ProgressBar {
    people(printer, Place::default()).with_message("reading the list")
}

/// So many of so many.
pub fn acts(printer: &Printer, count: usize) -> ProgressBar {
    if !printer.is_watched {
        return ProgressBar::hidden();
    }
    ProgressBar::new(count as u64).with_style(style("{wide_bar} {pos} of {len} {eta}"))
}

fn style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn Write| {
        // A bar that cannot be written is no reason to stop.
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_spinner()).with_key("rate", rate)
}
