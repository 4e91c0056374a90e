//! The results, one for each who was named, as they come.

use std::io::Write;

use rollcall_sdk::State;

use super::super::columns::state;
use super::super::rules::Outcome;
use super::{Found, LeftOut, Looked};
use crate::failure::Failure;
use crate::output::{Cell, Column, Format, Mark, Place, Rows, read};
use crate::printer::Printer;

pub struct Row<'a> {
    pub looked: &'a Looked,
    pub outcome: Outcome,
    pub after: Option<State>,
    pub error: Option<String>,
    pub request_id: Option<String>,
}

impl<'a> Row<'a> {
    pub fn not_tried(looked: &'a Looked) -> Self {
        Self::of(looked, Outcome::NotTried, None)
    }

    fn of(looked: &'a Looked, outcome: Outcome, error: Option<String>) -> Self {
        Self { looked, outcome, after: None, error, request_id: None }
    }
}

pub struct Results<W: Write> {
    rows: Rows<W>,
    /// Nobody reads them any more, or they cannot be written; the acts go on all the same.
    is_unread: bool,
    unwritten: Option<Failure>,
}

const NAMES: [(&str, bool); 7] = [
    ("email", true),
    ("id", false),
    ("before", false),
    ("after", false),
    ("outcome", false),
    ("error", true),
    ("request_id", true),
];

impl Results<Box<dyn Write>> {
    pub fn new(format: Format, printer: &Printer) -> Self {
        let columns = NAMES.iter().map(|(name, gives_way)| Column { name, gives_way: *gives_way });
        let out: Box<dyn Write> = Box::new(printer.out());
        let rows = Rows::new(format, columns.collect(), out, Place::of_stdout());
        Self { rows, is_unread: false, unwritten: None }
    }
}

impl<W: Write> Results<W> {
    /// A table makes room for all who will come.
    pub fn expect(&mut self, targets: &[Looked]) {
        for target in targets {
            let widest = Row::of(target, Outcome::NotTried, None);
            let suspended = Some(State::Suspended);
            self.rows.expect(cells(&Row { after: suspended, ..widest }));
        }
    }

    pub fn row(&mut self, row: &Row<'_>) -> Outcome {
        if !self.is_unread {
            let written = self.rows.row(cells(row)).and_then(|()| self.rows.flush());
            match read(written) {
                Ok(is_read) => self.is_unread = !is_read,
                Err(failure) => (self.is_unread, self.unwritten) = (true, Some(failure)),
            }
        }
        row.outcome
    }

    pub fn left_out(&mut self, others: &[LeftOut]) -> Vec<Outcome> {
        others
            .iter()
            .map(|(looked, outcome, why)| self.row(&Row::of(looked, *outcome, Some(why.clone()))))
            .collect()
    }

    /// Whether all of them could be written.
    pub fn finish(self) -> Result<(), Failure> {
        match self.unwritten {
            Some(failure) => Err(failure),
            None if self.is_unread => Ok(()),
            None => read(self.rows.finish()).map(|_| ()),
        }
    }
}

fn cells<'a>(row: &'a Row<'_>) -> [Cell<'a>; 7] {
    let text = |text: &'a Option<String>| text.as_deref().map_or(Cell::Nothing, Cell::Text);
    let named = row.looked.named.text.trim();
    let (email, id, before) = match &row.looked.found {
        Found::One(user) => (Cell::Text(&user.email), Cell::Text(&user.id), state(&user.state)),
        Found::IdAlone(id) => (Cell::Nothing, Cell::Text(id.as_str()), Cell::Nothing),
        // As it was written: that is all there is.
        Found::Nobody | Found::Several(_) | Found::Wrong(_) if named.contains('@') => {
            (Cell::Text(named), Cell::Nothing, Cell::Nothing)
        }
        Found::Nobody | Found::Several(_) | Found::Wrong(_) => {
            (Cell::Nothing, Cell::Text(named), Cell::Nothing)
        }
    };
    let mark = match row.outcome {
        Outcome::Done => Mark::Good,
        Outcome::Already | Outcome::NotTried | Outcome::Protected => Mark::Notable,
        Outcome::Refused
        | Outcome::NotAllowed
        | Outcome::Failed
        | Outcome::Unknown
        | Outcome::NotFound
        | Outcome::Ambiguous
        | Outcome::NotUnderstood => Mark::Bad,
    };
    [
        email,
        id,
        before,
        row.after.as_ref().map_or(Cell::Nothing, state),
        Cell::Marked(row.outcome.as_str(), mark),
        text(&row.error),
        text(&row.request_id),
    ]
}
