//! `rollcall users diff`: what is different between two saved listings.

use std::path::PathBuf;

use clap::Args;

use super::Done;
use super::saved;
use super::snapshot::{Change, Kind, Person, changes};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::output::{Cell, Column, Mark, Output, Place, Rows, read};
use crate::printer::Printer;
use crate::shown::shown;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
A listing is what `rollcall users list` printed as json, jsonl or csv; which of them is seen from
what stands in it. People are told apart by their ID. Only columns that both listings have are
compared. Both are held while they are compared: two million rows need some 350 MB.

A change is added, removed, suspended, reactivated, state_changed (another state), renamed or
email_changed. Somebody who changed in two ways has two lines. In json and jsonl each has the person
before and after; elsewhere before and after are the state, the name or the address that changed.

Exit status: 0 compared, whatever came out (with --exit-code: 0 nothing differs, 1 something does),
1 a file cannot be read, 2 wrong use, or a file that is no whole listing.

Examples:
  rollcall users diff monday.jsonl tuesday.jsonl
  rollcall users diff old.csv new.csv --output jsonl | jq 'select(.change == \"suspended\")'
  rollcall users list --output jsonl | rollcall users diff --exit-code expected.jsonl -")]
pub struct Diff {
    /// The older listing; - is standard input
    old: PathBuf,
    /// The newer one; - is standard input
    new: PathBuf,
    /// End with 1 where something differs
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    pub telling: Telling,
}

pub fn run(diff: &Diff, printer: &Printer) -> Done {
    if diff.old.as_os_str() == "-" && diff.new.as_os_str() == "-" {
        return Err(Failure::wrong_use(
            "standard input cannot be both listings",
            "name a file for one of them",
        ));
    }
    let (old, new) = (saved::read(&diff.old)?, saved::read(&diff.new)?);
    if let (Some(before), Some(after)) = (old.account(), new.account())
        && before != after
    {
        return Err(Failure::wrong_use(
            format!("the listings are of two accounts, {} and {}", shown(before), shown(after)),
            "compare listings of one account",
        ));
    }
    let columns = vec![
        Column { name: "change", gives_way: false },
        Column { name: "email", gives_way: true },
        Column { name: "id", gives_way: false },
        Column { name: "before", gives_way: true },
        Column { name: "after", gives_way: true },
    ];
    let mut rows = Rows::new(diff.output.output, columns, printer.out(), Place::of_stdout());
    let mut count = 0_u64;
    for change in changes(&old, &new) {
        count += 1;
        if !read(rows.row_or(&change, cells(&change)))? {
            return Ok(ExitStatus::Done);
        }
    }
    read(rows.finish())?;
    let changes = if count == 1 { "change" } else { "changes" };
    printer.say(&format!("{} people before, {} after: {count} {changes}.", old.len(), new.len()));
    match count {
        1.. if diff.exit_code => Ok(ExitStatus::Failed),
        _ => Ok(ExitStatus::Done),
    }
}

fn cells(change: &Change) -> [Cell<'_>; 5] {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let mark = match change.change {
        Kind::Added | Kind::Reactivated => Mark::Good,
        Kind::Removed | Kind::Suspended => Mark::Bad,
        Kind::Present | Kind::StateChanged | Kind::Renamed | Kind::EmailChanged => Mark::Notable,
    };
    let email = after.or(before).and_then(|person| person.email.as_deref());
    [
        Cell::Marked(change.change.as_str(), mark),
        email.map_or(Cell::Nothing, Cell::Text),
        Cell::Text(&change.id),
        what_changed(change.change, before),
        what_changed(change.change, after),
    ]
}

fn what_changed(kind: Kind, person: Option<&Person>) -> Cell<'_> {
    let text = person.and_then(|person| match kind {
        Kind::Renamed => person.display_name.as_deref(),
        Kind::EmailChanged => person.email.as_deref(),
        Kind::Present
        | Kind::Added
        | Kind::Removed
        | Kind::Suspended
        | Kind::Reactivated
        | Kind::StateChanged => person.state.as_deref(),
    });
    text.map_or(Cell::Nothing, Cell::Text)
}
