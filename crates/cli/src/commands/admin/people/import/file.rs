//! The CSV file: read whole and checked whole, each flaw with its line, before anything is asked of
//! the database.

use std::collections::HashMap;
use std::io::Read;

use csv::ByteRecord;
use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::users::{ImportPeople, email_key};

use super::super::{checked_address, checked_name};
use crate::shown::shown;

pub const FLAWS_MAX: usize = 100;
const FILE_MAX_BYTES: u64 = 64 << 20;
const SHOWN_MAX_CHARS: usize = 60;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub email: String,
    pub display_name: String,
    pub groups: Groups,
    pub externally_managed: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Flaw {
    pub line: u64,
    pub what: String,
}

/// What is wrong with the file; the first [`FLAWS_MAX`] in full.
#[derive(Debug, Default)]
pub struct Flaws {
    pub told: Vec<Flaw>,
    pub more: usize,
}

impl Flaws {
    fn note(&mut self, line: u64, what: impl Into<String>) {
        if self.told.len() < FLAWS_MAX {
            self.told.push(Flaw { line, what: what.into() });
        } else {
            self.more += 1;
        }
    }

    fn only(line: u64, what: impl Into<String>) -> Self {
        Self { told: vec![Flaw { line, what: what.into() }], more: 0 }
    }
}

/// Where each column stands in a row.
struct Columns {
    count: usize,
    email: usize,
    display_name: usize,
    groups: Option<usize>,
    externally_managed: Option<usize>,
}

pub fn read(input: impl Read) -> Result<Vec<Row>, Flaws> {
    let mut bytes = Vec::new();
    let whole = input.take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes);
    let mut lines = Lines { bytes: &bytes, at: 0, line: 1 };
    match whole {
        Ok(count) if count as u64 <= FILE_MAX_BYTES => {}
        Ok(count) => {
            return Err(Flaws::only(lines.of(count), "the file has more than 64 MiB; divide it"));
        }
        Err(error) => return Err(Flaws::only(1, format!("cannot be read: {error}"))),
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes.as_slice());
    let mut record = ByteRecord::new();
    let (mut rows, mut flaws, mut seen) = (Vec::new(), Flaws::default(), HashMap::new());
    let mut columns = None;
    loop {
        let begin = reader.position().byte();
        let line = lines.of(usize::try_from(begin).unwrap_or(usize::MAX));
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(Flaws::only(line, format!("cannot be read: {error}"))),
        }
        let Some(columns) = &columns else {
            columns = Some(Columns::of(&record).map_err(|what| Flaws::only(line, what))?);
            continue;
        };
        if rows.len() == ImportPeople::PEOPLE_MAX {
            let what = "more than 100,000 people; all or nothing holds for so many at a time, so \
                        divide the file";
            return Err(Flaws::only(line, what));
        }
        match columns.row(line, &record) {
            Ok(row) => {
                if let Some(before) = seen.insert(email_key(&row.email), line) {
                    let email = cut(&row.email);
                    flaws.note(line, format!("{email} stands in line {before} already"));
                }
                rows.push(row);
            }
            Err(what) => flaws.note(line, what),
        }
    }
    if columns.is_none() {
        return Err(Flaws::only(1, format!("the file is empty; {COLUMNS_ARE}")));
    }
    if flaws.told.is_empty() { Ok(rows) } else { Err(flaws) }
}

/// Where a row begins. (The reader's own count is one behind after `\r\n` and after empty lines.)
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first row at or behind this place; asked in order.
    fn of(&mut self, place: usize) -> u64 {
        let mut place = place.min(self.bytes.len());
        while matches!(self.bytes.get(place), Some(b'\r' | b'\n')) {
            place += 1;
        }
        for at in self.at..place {
            let next = self.bytes.get(at + 1);
            if self.bytes[at] == b'\n' || self.bytes[at] == b'\r' && next != Some(&b'\n') {
                self.line += 1;
            }
        }
        self.at = self.at.max(place);
        self.line
    }
}

const COLUMNS_ARE: &str = "its first row names the columns: email, display_name and, where they are \
                           wanted, groups and externally_managed, divided by commas";

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let mut found: [Option<usize>; 4] = [None; 4];
        for (at, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            // Spreadsheets put a mark before the first character of a file in UTF-8.
            let name = name.trim_start_matches('\u{feff}').to_lowercase();
            let known = ["email", "display_name", "groups", "externally_managed"];
            let Some(column) = known.iter().position(|known| *known == name) else {
                return Err(format!("{} is no column of ours; {COLUMNS_ARE}", quoted(&name)));
            };
            if found[column].replace(at).is_some() {
                return Err(format!("the column {name} is there twice"));
            }
        }
        let [email, display_name, groups, externally_managed] = found;
        let missing = |name: &str| format!("the column {name} is missing; {COLUMNS_ARE}");
        Ok(Self {
            count: header.len(),
            email: email.ok_or_else(|| missing("email"))?,
            display_name: display_name.ok_or_else(|| missing("display_name"))?,
            groups,
            externally_managed,
        })
    }

    fn row(&self, line: u64, record: &ByteRecord) -> Result<Row, String> {
        if record.len() != self.count {
            return Err(format!("has {} cells where the header has {}", record.len(), self.count));
        }
        let cell = |at: usize, name: &str| {
            std::str::from_utf8(record.get(at).unwrap_or_default())
                .map_err(|_| format!("{name} is not UTF-8"))
        };
        let optional = |at: Option<usize>, name: &str| at.map_or(Ok(""), |at| cell(at, name));
        let said = |name: &'static str| move |what: String| format!("{name}: {what}");
        Ok(Row {
            line,
            email: checked_address(cell(self.email, "email")?).map_err(said("email"))?,
            display_name: checked_name(cell(self.display_name, "display_name")?)
                .map_err(said("display_name"))?,
            groups: groups(optional(self.groups, "groups")?).map_err(said("groups"))?,
            externally_managed: switch(optional(self.externally_managed, "externally_managed")?)
                .map_err(said("externally_managed"))?,
        })
    }
}

fn groups(text: &str) -> Result<Groups, String> {
    let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_lowercase).try_fold(Groups::default(), |all, name| {
        let known = Group::ALL.into_iter().find(|group| group.as_str() == name);
        let group = known.ok_or_else(|| {
            format!("{} is not a group; it is owners, administrators or security", quoted(&name))
        })?;
        Ok(all.with(group, true))
    })
}

fn switch(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(format!("{} is neither true nor false", quoted(text))),
    }
}

/// As much of a cell as tells which it is: one may hold all the rest of a file.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX_CHARS) {
        Some((end, _)) => format!("{}…", shown(&text[..end])),
        None => shown(text),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", cut(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str) -> Vec<Row> {
        read(text.as_bytes()).unwrap()
    }

    /// Line and words of each flaw.
    fn bad(text: &[u8]) -> Vec<(u64, String)> {
        let flaws = read(text).unwrap_err();
        assert_eq!(flaws.more, 0);
        flaws.told.into_iter().map(|flaw| (flaw.line, flaw.what)).collect()
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text =
                ["email,display_name", "a@b.c,A", "", "", "d@e.f,D", "nobody,N", ""].join(end);
            assert_eq!(bad(text.as_bytes())[0].0, 6, "{end:?}");
        }
    }

    #[test]
    fn rows_are_read_whatever_the_order_of_the_columns() {
        let text = "\u{feff}Groups,display_name,EMAIL,externally_managed\r\n\
                    ,\"Arbor, Ann\",ann@example.com,\r\n\
                    \r\n\
                    owners; Security,Bo, bo@example.com ,TRUE\r\n";
        let ann = Row {
            line: 2,
            email: "ann@example.com".to_owned(),
            display_name: "Arbor, Ann".to_owned(),
            groups: Groups::default(),
            externally_managed: false,
        };
        let bo = Row {
            line: 4,
            email: "bo@example.com".to_owned(),
            display_name: "Bo".to_owned(),
            groups: Groups { owner: true, security: true, ..Groups::default() },
            externally_managed: true,
        };
        assert_eq!(good(text), [ann, bo]);
        assert!(good("email,display_name\n").is_empty());
    }

    #[test]
    fn every_bad_line_is_told_at_once_with_its_number() {
        let text = b"email,display_name,groups,externally_managed\n\
                     ann@example.com,Ann,,\n\
                     nobody,Nobody,,\n\
                     bo@example.com,,,\n\
                     ANN@example.com,Ann again,,\n\
                     di@example.com,Di,kings,\n\
                     ed@example.com,Ed,,maybe\n\
                     fay@example.com,Fay\n\
                     gil@example.com,\xff,,\n\
                     \"two\nlines@example.com\",Hal,,\n\
                     ida@example.com,I\x1b[31mda,,\n";
        let lines: Vec<(u64, String)> = bad(text);
        let numbers: Vec<u64> = lines.iter().map(|(line, _)| *line).collect();
        assert_eq!(numbers, [3, 4, 5, 6, 7, 8, 9, 10, 12]);
        for ((_, what), word) in lines.iter().zip([
            "email",
            "display_name: the name is empty",
            "stands in line 2 already",
            "\"kings\" is not a group",
            "neither true nor false",
            "has 2 cells where the header has 4",
            "not UTF-8",
            "spaces or control characters",
            "control characters",
        ]) {
            assert!(what.contains(word), "{word:?} is not in {what:?}");
        }
    }

    #[test]
    fn a_header_is_known_and_whole_or_the_file_is_refused() {
        for (text, word) in [
            ("", "empty"),
            ("display_name\nAnn\n", "email is missing"),
            ("email\nann@example.com\n", "display_name is missing"),
            ("email,display_name,state\n", "\"state\" is no column of ours"),
            ("email,email,display_name\n", "twice"),
            ("email;display_name\n", "divided by commas"),
            ("email\tdisplay_name\n", "\"email\\u{9}display_name\" is no column"),
        ] {
            let flaws = bad(text.as_bytes());
            assert_eq!((flaws.len(), flaws[0].0), (1, 1), "{text:?}");
            assert!(flaws[0].1.contains(word), "{flaws:?}");
        }
    }

    #[test]
    fn of_a_long_cell_its_beginning_is_shown() {
        let long = "é".repeat(5_000);
        let begins = format!("\"{}…\" is n", "é".repeat(60));
        let header = bad(long.as_bytes());
        let text = |groups: &str, managed: &str| {
            format!("email,display_name,groups,externally_managed\na@b.c,A,{groups},{managed}\n")
        };
        let (group, switch) = (bad(text(&long, "").as_bytes()), bad(text("", &long).as_bytes()));
        for flaws in [header, group, switch] {
            assert!(flaws[0].1.contains(&begins), "{flaws:?}");
        }
    }

    #[test]
    fn flaws_beyond_the_first_hundred_are_counted() {
        let text = format!("email,display_name\n{}", "nobody,Nobody\n".repeat(FLAWS_MAX + 7));
        let flaws = read(text.as_bytes()).unwrap_err();
        assert_eq!((flaws.told.len(), flaws.more), (FLAWS_MAX, 7));
    }

    #[test]
    fn more_people_than_one_act_takes_are_refused() {
        let row = |n: usize| format!("p{n}@example.com,P\n");
        let most: String = (0..ImportPeople::PEOPLE_MAX).map(row).collect();
        let text = format!("email,display_name\n{most}");
        assert_eq!(good(&text).len(), ImportPeople::PEOPLE_MAX);
        let one_more = format!("{text}one.more@example.com,One more\n");
        let flaws = bad(one_more.as_bytes());
        assert_eq!(flaws[0].0, ImportPeople::PEOPLE_MAX as u64 + 2);
        assert!(flaws[0].1.contains("100,000"));
    }

    #[test]
    fn a_file_without_end_is_not_read_to_its_end() {
        let header = b"email,display_name\n".as_slice();
        let flaws = read(header.chain(std::io::repeat(b'x'))).unwrap_err();
        assert!(flaws.told[0].what.contains("64 MiB"), "{flaws:?}");
    }
}
