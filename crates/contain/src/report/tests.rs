//! What came of a run, in the forms in which people take it on.

use rollcall_sdk::State;

use super::*;
use crate::journal::{Entry, Kind, Record};
use crate::plan::Line;
use crate::plan::tests::{of_lines, person};

const EVIL: &str = "=cmd|' /C calc'!A0 | <script>alert(1)</script> `x` \u{1b}[2J\u{202e}@all\nb";

fn a_report() -> Report {
    let to_do = |number, name: &str| Line {
        number,
        given: format!("{name}@example.com"),
        finding: Finding::ToDo { person: person(name, State::Active) },
    };
    let mut lines = vec![to_do(1, "ann"), to_do(2, "ben"), to_do(3, "cy"), to_do(4, "dee")];
    lines.push(Line { number: 5, given: EVIL.to_owned(), finding: Finding::Unknown });
    lines.push(Line { number: 6, given: "ann".to_owned(), finding: Finding::SameAs { line: 1 } });
    if let Finding::ToDo { person } = &mut lines[0].finding {
        person.display_name = EVIL.to_owned();
    }
    let plan = of_lines(lines);
    let issue = Issue {
        kind: Kind::Refused,
        status: Some(403),
        code: Some(7),
        message: EVIL.to_owned(),
        request_id: Some("req-1".to_owned()),
    };
    let records = [
        Record::Started { at_once: 8, retry_refused: false, cut_bytes: 0 },
        Record::Intent { person: "ANN".to_owned(), found: Some(State::Active) },
        Record::Outcome {
            person: "ANN".to_owned(),
            outcome: Outcome::Done { sure: Sure::FoundOnResume },
        },
        Record::Outcome { person: "BEN".to_owned(), outcome: Outcome::Refused { issue } },
        Record::Intent { person: "CY".to_owned(), found: None },
    ];
    let at = |n: u64| format!("2026-11-26T03:00:{n:02}Z").parse().unwrap();
    let entries: Vec<Entry> =
        (1..).zip(records).map(|(n, record)| Entry { n, at: at(n), record }).collect();
    Report::of(&plan, &Progress::fold(&entries))
}

#[test]
fn the_sums_are_those_of_the_rows() {
    let report = a_report();
    let expected = Sums { planned: 4, done: 1, refused: 1, unknown: 1, open: 1, ..Sums::default() };
    assert_eq!(report.sums, expected);
    assert_eq!(report.standing, RunStanding::Open);
    let rows: Vec<Came> = report.rows.iter().map(|row| row.outcome).collect();
    let none = Came::NotPlanned;
    assert_eq!(rows, [Came::Done, Came::Refused, Came::Unknown, Came::Open, none, none]);
    assert_eq!(report.rows[0].before, Some(State::Active));
    assert!(report.rows[0].before_was_read && !report.rows[2].before_was_read);
}

#[test]
fn a_spreadsheet_gets_every_row_and_runs_none() {
    let report = a_report();
    let mut bytes = Vec::new();
    report.write_csv(&mut bytes).unwrap();
    let mut reader = ::csv::Reader::from_reader(&bytes[..]);
    assert_eq!(reader.headers().unwrap(), &COLUMNS[..]);
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    let runs = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    assert!(rows.iter().flatten().all(|text| !runs(text)));
    assert_eq!(&rows[0][6], &format!("'{EVIL}"));
    assert_eq!((&rows[0][8], &rows[0][9]), ("done", "found_on_resume"));
}

#[test]
fn json_lines_are_a_row_each() {
    let mut bytes = Vec::new();
    a_report().write_json_lines(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let rows: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0]["display_name"], EVIL);
    assert_eq!(rows[1]["issue"]["message"], EVIL);
    assert_eq!(rows[3]["outcome"], "open");
}

#[test]
fn a_ticket_shows_names_and_obeys_none() {
    let text = a_report().to_markdown();
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
    assert!(!text.contains("<script"), "{text}");
    let bare_pipes = |line: &str| {
        line.char_indices().filter(|(at, c)| *c == '|' && !line[..*at].ends_with('\\')).count()
    };
    let tables: Vec<Vec<&str>> = text
        .split("\n\n")
        .map(|part| part.lines().filter(|line| line.starts_with('|')).collect())
        .filter(|lines: &Vec<&str>| !lines.is_empty())
        .collect();
    assert_eq!(tables.len(), 3);
    for table in tables {
        assert!(table.iter().all(|line| bare_pipes(line) == bare_pipes(table[0])), "{table:#?}");
    }
    assert!(text.contains("\\`x\\`"), "{text}");
    assert!(text.contains("ann@example.com"), "an address stays one");
    assert!(!text.contains(" @all"), "{text}");
}
