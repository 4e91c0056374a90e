//! A record as a row for a spreadsheet. Cells that a spreadsheet would run are quoted off.

use std::borrow::Cow;
use std::io::{self, Write};

use rollcall_directory::acting::Caller;
use rollcall_directory::audit::{Body, Record};

use crate::shown::cell;

const HEADING: [&str; 10] =
    ["account", "seq", "at", "kind", "by", "user", "application", "act", "body", "hash"];

pub(super) fn heading(out: &mut dyn Write) -> io::Result<()> {
    row(HEADING.map(Cow::Borrowed), out)
}

pub(super) fn line(record: &Record, told: &Body, out: &mut dyn Write) -> io::Result<()> {
    let by = match told.by {
        Caller::Application(id) => id.to_string(),
        Caller::Person(id) => id.to_string(),
        Caller::Operator => "operator".to_owned(),
        Caller::Stranger => "stranger".to_owned(),
    };
    let or_empty = |id: Option<String>| Cow::Owned(id.unwrap_or_default());
    let cells = [
        Cow::Owned(told.account.to_string()),
        Cow::Owned(told.seq.to_string()),
        Cow::Owned(told.at.rfc3339_millis()),
        Cow::Borrowed(told.entry.kind()),
        Cow::Owned(by),
        or_empty(told.entry.user().map(|id| id.to_string())),
        or_empty(told.entry.application().map(|id| id.to_string())),
        Cow::Owned(told.act.to_string()),
        Cow::Borrowed(&*record.body),
        Cow::Owned(record.hash.to_string()),
    ];
    row(cells, out)
}

fn row<const N: usize>(cells: [Cow<'_, str>; N], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().from_writer(out);
    writer.write_record(cells.iter().map(|text| cell(text).into_owned()))?;
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_no_cell_and_commas_stay_in_theirs() {
        let mut out = Vec::new();
        row(
            ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "a,\"b\"=", ""].map(Cow::Borrowed),
            &mut out,
        )
        .unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        assert_eq!(text, "'=1+1,'+1,'-1,'@SUM(1),'\t=1,\"'\r=1\",\"a,\"\"b\"\"=\",\n");
    }
}
