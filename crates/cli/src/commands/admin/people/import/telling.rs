//! What an import says: the bad lines, or what becomes of each row and how many there are of each.

use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::json;

use super::Import;
use super::file::Flaws;
use super::outcome::{Checked, Outcome};
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::shown;

/// A bad file is wrong use. With `--json` the flaws are data.
pub fn flaws(import: &Import, flaws: &Flaws, printer: &Printer) -> Done {
    if import.at.json {
        let told: Vec<_> =
            flaws.told.iter().map(|flaw| json!({ "line": flaw.line, "what": flaw.what })).collect();
        let all = json!({ "applied": false, "errors": told, "errors_not_told": flaws.more });
        printer.data(&all.to_string());
        return Ok(ExitStatus::WrongUse);
    }
    let name = import.name();
    for flaw in &flaws.told {
        printer.say(&format!("{name}:{}: {}", flaw.line, flaw.what));
    }
    if flaws.more > 0 {
        printer.say(&format!("and {} more bad lines", flaws.more));
    }
    let count = flaws.told.len() + flaws.more;
    Err(AdminError::wrong_use(
        format!("{count} bad {}; nobody was added", if count == 1 { "line" } else { "lines" }),
        "mend the file and run it again; `rollcall admin people import --help` says what it holds",
    ))
}

pub fn outcomes(import: &Import, checked: &[Checked], applied: bool, printer: &Printer) {
    let count = |is: fn(&Outcome) -> bool| checked.iter().filter(|row| is(&row.outcome)).count();
    let add = count(|outcome| *outcome == Outcome::Add);
    let unchanged = count(|outcome| *outcome == Outcome::Unchanged);
    let different = checked.len() - add - unchanged;
    if import.at.json {
        let rows: Vec<_> = checked.iter().map(as_json).collect();
        let all = json!({
            "applied": applied,
            "add": add,
            "unchanged": unchanged,
            "different": different,
            "rows": rows,
        });
        return printer.data(&all.to_string());
    }
    let mut text: String = checked.iter().map(|row| line(row, applied)).collect();
    let verb = if applied { "added" } else { "to add" };
    text.push_str(&format!(
        "{add} {verb}, {unchanged} there already and the same, {different} there already and \
         different"
    ));
    printer.data(&text);
    if !applied {
        printer.say(if import.apply {
            "Nothing was changed."
        } else {
            "This was a dry run: nothing was changed. Add --apply to do it."
        });
    }
}

fn as_json(checked: &Checked) -> serde_json::Value {
    let (outcome, different) = match &checked.outcome {
        Outcome::Add => ("add", Vec::new()),
        Outcome::Unchanged => ("unchanged", Vec::new()),
        Outcome::Different(columns) => ("different", columns.clone()),
    };
    json!({
        "line": checked.row.line,
        "email": checked.row.email,
        "outcome": outcome,
        "different": different,
        "suspended": checked.suspended,
    })
}

fn line(checked: &Checked, applied: bool) -> String {
    let row = &checked.row;
    let words = match &checked.outcome {
        Outcome::Add if applied => "added".to_owned(),
        Outcome::Add => "to add".to_owned(),
        Outcome::Unchanged => "the same".to_owned(),
        Outcome::Different(columns) => format!("different {}, left", columns.join(", ")),
    };
    let suspended = if checked.suspended { ", suspended and stays so" } else { "" };
    format!("line {}: {}: {words}{suspended}\n", row.line, shown(&row.email))
}

/// Turns while many people are written, which is one act and has no steps to show.
pub struct Spinner(ProgressBar);

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

const WORTH_SHOWING: usize = 5_000;

pub fn spinner(printer: &Printer, people: usize) -> Spinner {
    let bar = match printer.is_watched && people >= WORTH_SHOWING {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    bar.set_message(format!("adding {people} people"));
    bar.enable_steady_tick(Duration::from_millis(100));
    Spinner(bar)
}
