//! The same hostile rows in each format, and properties of text that anybody may have written.

use serde_json::{Value, json};

use super::*;

const COLUMNS: [Column; 3] = [
    Column { name: "id", gives_way: false },
    Column { name: "display_name", gives_way: true },
    Column { name: "state", gives_way: false },
];
const FILE: Place = Place { is_terminal: false, width: None, is_coloured: false };
const HOSTILE: [[&str; 2]; 5] = [
    ["A1", "Ann \"Arbor\", Esq."],
    ["B2", "=HYPERLINK(\"http://x\")"],
    ["C3", "\u{202e}drow\u{2066}ssap\u{1b}[2J"],
    ["D4", "山田\n太郎\\"],
    ["E5", ""],
];

fn printed(format: Format, place: Place, rows: &[[&str; 2]]) -> String {
    let mut out = Vec::new();
    let mut printing = Rows::new(format, COLUMNS.to_vec(), &mut out, place);
    for (at, [id, name]) in rows.iter().enumerate() {
        let state = match at {
            0 => Cell::Marked("SUSPENDED", Mark::Notable),
            1 => Cell::Nothing,
            _ => Cell::Text("ACTIVE"),
        };
        printing.row([Cell::Text(id), Cell::Text(name), state]).unwrap();
    }
    printing.finish().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn json_lines_say_what_was_and_do_nothing() {
    let text = printed(Format::Jsonl, FILE, &HOSTILE);
    assert!(text.chars().all(|c| c == '\n' || !crate::shown::is_obeyed(c)), "{text:?}");
    let read: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read[1], json!({ "id": "B2", "display_name": HOSTILE[1][1], "state": null }));
    for (read, [id, name]) in read.iter().zip(HOSTILE) {
        assert_eq!((read["id"].as_str(), read["display_name"].as_str()), (Some(id), Some(name)));
    }
}

#[test]
fn json_is_one_array_and_without_rows_an_empty_one() {
    let read: Value = serde_json::from_str(&printed(Format::Json, FILE, &HOSTILE)).unwrap();
    assert_eq!(read.as_array().unwrap().len(), 5);
    assert_eq!(printed(Format::Json, FILE, &[]), "[]\n");
}

#[test]
fn csv_has_a_header_and_runs_nowhere() {
    let text = printed(Format::Csv, FILE, &HOSTILE);
    let expected = "id,display_name,state\nA1,\"Ann \"\"Arbor\"\", Esq.\",SUSPENDED\n\
                    B2,\"'=HYPERLINK(\"\"http://x\"\")\",\n\
                    C3,\u{202e}drow\u{2066}ssap\u{1b}[2J,ACTIVE\n\
                    D4,\"山田\n太郎\\\",ACTIVE\nE5,,ACTIVE\n";
    assert_eq!(text, expected);
    assert_eq!(printed(Format::Csv, FILE, &[]), "id,display_name,state\n");
    let terminal = Place { is_terminal: true, ..FILE };
    let seen = printed(Format::Csv, terminal, &HOSTILE);
    assert!(seen.chars().all(|c| c == '\n' || !crate::shown::is_obeyed(c)), "{seen:?}");
}

#[test]
fn a_table_is_as_wide_as_it_wants_in_a_file_and_as_a_terminal_allows() {
    insta::assert_snapshot!(printed(Format::Table, FILE, &HOSTILE), @r#"
    ID  DISPLAY NAME                       STATE
    A1  Ann "Arbor", Esq.                  SUSPENDED
    B2  =HYPERLINK("http://x")
    C3  \u{202e}drow\u{2066}ssap\u{1b}[2J  ACTIVE
    D4  山田\u{a}太郎\                     ACTIVE
    E5                                     ACTIVE
    "#);
    let terminal = Place { is_terminal: true, width: Some(30), is_coloured: false };
    insta::assert_snapshot!(printed(Format::Table, terminal, &HOSTILE), @r#"
    ID  DISPLAY NAME     STATE
    A1  Ann "Arbor", E…  SUSPENDED
    B2  =HYPERLINK("ht…
    C3  \u{202e}drow\u…  ACTIVE
    D4  山田\u{a}太郎\   ACTIVE
    E5                   ACTIVE
    "#);
    assert_eq!(printed(Format::Table, FILE, &[]), "ID  DISPLAY NAME  STATE\n");
}

#[test]
fn colour_is_in_a_table_alone() {
    let coloured = Place { is_terminal: true, width: None, is_coloured: true };
    assert!(printed(Format::Table, coloured, &HOSTILE).contains("\u{1b}[33mSUSPENDED\u{1b}[0m"));
    for format in [Format::Json, Format::Jsonl, Format::Csv] {
        assert!(!printed(format, coloured, &HOSTILE).contains('\u{1b}'), "{format:?}");
    }
}

#[test]
fn rows_behind_the_first_page_keep_to_its_widths() {
    let mut out = Vec::new();
    let place = Place { is_terminal: true, width: Some(40), is_coloured: false };
    let mut printing = Rows::new(Format::Table, COLUMNS.to_vec(), &mut out, place);
    printing.row(["1", "Ann", "ACTIVE"].map(Cell::Text)).unwrap();
    printing.flush().unwrap();
    printing.row(["2", "Bartholomew the Second", "ACTIVE"].map(Cell::Text)).unwrap();
    printing.finish().unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        "ID  DISPLAY NAME  STATE\n1   Ann           ACTIVE\n2   Bartholomew…  ACTIVE\n"
    );
}

proptest::proptest! {
    #[test]
    fn any_text_comes_back_from_json_and_csv(id in ".*", name in "\\PC*|.*|['=+@-]{0,4}.*") {
        let rows = [[id.as_str(), name.as_str()]];
        let read: Value = serde_json::from_str(printed(Format::Jsonl, FILE, &rows).trim_end()).unwrap();
        proptest::prop_assert_eq!(read["display_name"].as_str(), Some(name.as_str()));
        let text = printed(Format::Csv, FILE, &rows);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        proptest::prop_assert_eq!(crate::shown::uncell(&row[0]), id.as_str());
        proptest::prop_assert_eq!(crate::shown::uncell(&row[1]), name.as_str());
    }

    #[test]
    fn no_line_is_wider_than_the_terminal(
        names in proptest::collection::vec(".*", 0..5), width in 8_usize..120,
    ) {
        use unicode_width::UnicodeWidthStr as _;
        let rows: Vec<[&str; 2]> = names.iter().map(|name| ["A1", name.as_str()]).collect();
        let place = Place { is_terminal: true, width: Some(width), is_coloured: false };
        for line in printed(Format::Table, place, &rows).lines() {
            proptest::prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
        }
    }
}
