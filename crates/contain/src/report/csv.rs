//! The rows for a spreadsheet. What it would take for a formula is quoted off.

use std::io;

use super::{Report, Row};
use crate::shown::cell;

/// The columns, in their order.
pub const COLUMNS: [&str; 16] = [
    "line",
    "given",
    "finding",
    "note",
    "id",
    "email",
    "display_name",
    "before",
    "outcome",
    "how",
    "at",
    "tries",
    "status",
    "code",
    "message",
    "request_id",
];

impl Report {
    pub fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(COLUMNS)?;
        for row in &self.rows {
            let cells = row.cells();
            csv.write_record(cells.iter().map(|text| cell(text).into_owned()))?;
        }
        csv.flush()
    }
}

impl Row {
    /// The text of each column, as it is; empty where there is nothing to say.
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let issue = self.issue.as_ref();
        [
            self.line.to_string(),
            self.given.clone(),
            self.finding.to_owned(),
            text(&self.note),
            text(&self.id),
            text(&self.email),
            text(&self.display_name),
            self.before.as_ref().map(ToString::to_string).unwrap_or_default(),
            self.outcome.as_str().to_owned(),
            self.sure.map(|sure| sure.as_str().to_owned()).unwrap_or_default(),
            self.at.map(|at| at.to_string()).unwrap_or_default(),
            self.tries.to_string(),
            issue.and_then(|issue| issue.status).map(|n| n.to_string()).unwrap_or_default(),
            issue.and_then(|issue| issue.code).map(|n| n.to_string()).unwrap_or_default(),
            issue.map(|issue| issue.message.clone()).unwrap_or_default(),
            issue.and_then(|issue| issue.request_id.clone()).unwrap_or_default(),
        ]
    }
}
