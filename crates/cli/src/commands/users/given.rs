//! Whom a command was given: arguments, a file of one person a line, a column of a CSV file, or
//! standard input. Each with the place where it stands, so that what is wrong can be found.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::Failure;
use crate::shown::{shown, uncell};

#[derive(Args)]
pub struct Given {
    /// An ID, an e-mail address (upper and lower case are the same) or a path; - reads them from standard input
    #[arg(value_name = "WHO", required_unless_present = "from")]
    who: Vec<String>,
    /// Read them from this file, one a line; empty lines and lines that begin with # are passed over
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The file is CSV, and they are in the column of this name
    #[arg(long, value_name = "NAME", requires = "from")]
    column: Option<String>,
}

/// One that was given, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub text: String,
    /// Such as `alerts.csv, line 4`; of an argument nothing.
    pub place: Option<String>,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.text.trim()))?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

const FILE_MAX_BYTES: u64 = 64 << 20;

impl Given {
    /// Whether standard input is used up, so that nobody can be asked on it.
    pub fn reads_stdin(&self) -> bool {
        self.who.iter().any(|who| who == "-") || self.from.as_deref().is_some_and(is_stdin)
    }

    /// In the order in which they were given.
    pub fn read(&self) -> Result<Vec<Named>, Failure> {
        let mut named = Vec::new();
        let stdin = Path::new("-");
        for who in &self.who {
            match who.as_str() {
                "-" => named.extend(lines(&text_of(stdin)?, "standard input")),
                _ => named.push(Named { text: who.clone(), place: None }),
            }
        }
        if let Some(file) = &self.from {
            let text = text_of(file)?;
            let name = match is_stdin(file) {
                true => "standard input".to_owned(),
                false => shown(&file.to_string_lossy()),
            };
            match &self.column {
                None => named.extend(lines(&text, &name)),
                Some(column) => {
                    let cells = cells(&text, &name, column);
                    let hint = "name a column of its first row with --column";
                    named.extend(cells.map_err(|what| Failure::wrong_use(what, hint))?);
                }
            }
        }
        match named.is_empty() {
            true => Err(Failure::wrong_use("nobody is named", "name somebody, or another file")),
            false => Ok(named),
        }
    }
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn text_of(file: &Path) -> Result<String, Failure> {
    let name = shown(&file.to_string_lossy());
    let no = |why: &str, hint: &str| Failure::wrong_use(format!("{name}: {why}"), hint);
    let unread = |error: std::io::Error| {
        Failure::failed(format!("{name}: {error}"), "name a file that can be read")
    };
    let mut bytes = Vec::new();
    if is_stdin(file) {
        std::io::stdin().take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    } else {
        let opened = std::fs::File::open(file).map_err(unread)?;
        opened.take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    }
    if bytes.len() as u64 > FILE_MAX_BYTES {
        return Err(no("it has more than 64 MiB", "divide it"));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| {
        no("it is not text in UTF-8", "save it as UTF-8 (some spreadsheets say CSV UTF-8)")
    })?;
    // Spreadsheets put a mark before the first character of a file in UTF-8.
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// One a line.
fn lines(text: &str, file: &str) -> Vec<Named> {
    text.lines()
        .zip(1_u64..)
        .map(|(line, number)| (line.trim(), number))
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| Named {
            text: line.to_owned(),
            place: Some(format!("{file}, line {number}")),
        })
        .collect()
}

/// The cells of a column. Empty ones are passed over.
fn cells(text: &str, file: &str, column: &str) -> Result<Vec<Named>, String> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let broken = |error: csv::Error| format!("{file}: {error}");
    let header = reader.headers().map_err(broken)?.clone();
    let is_it = |name: &&str| name.to_lowercase() == column.trim().to_lowercase();
    let at = match header.iter().filter(is_it).count() {
        1 => header.iter().position(|name| is_it(&name)).unwrap_or_default(),
        0 => {
            let names: Vec<String> = header.iter().map(shown).collect();
            let column = shown(column);
            return Err(format!("{file} has no column {column:?}; it has {}", names.join(", ")));
        }
        _ => return Err(format!("{file} has more than one column {:?}", shown(column))),
    };
    let mut named = Vec::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let cell = uncell(row.get(at).unwrap_or_default()).trim();
        if !cell.is_empty() {
            let line = row.position().map_or(0, csv::Position::line);
            let place = Some(format!("{file}, line {line}"));
            named.push(Named { text: cell.to_owned(), place });
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(named: &[Named]) -> Vec<(&str, &str)> {
        named
            .iter()
            .map(|named| (named.text.as_str(), named.place.as_deref().unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_line_is_a_person_unless_it_is_empty_or_a_remark() {
        let read = lines("# who\n\n ann@example.com \r\n#bo@example.com\nU1", "f");
        assert_eq!(texts(&read), [("ann@example.com", "f, line 3"), ("U1", "f, line 5")]);
    }

    #[test]
    fn a_column_is_found_by_its_name() {
        let text = "Time, E-Mail ,Note\n1,ann@example.com,\"a\nb\"\n2,,x\n3\n4,'+bo@example.com,\n";
        let read = cells(text, "f", "e-mail").unwrap();
        assert_eq!(
            texts(&read),
            [("ann@example.com", "f, line 2"), ("+bo@example.com", "f, line 6")]
        );
    }

    #[test]
    fn a_column_that_is_not_there_or_there_twice_is_told() {
        let no = cells("a,b\u{1b}\n1,2\n", "f", "email").unwrap_err();
        assert_eq!(no, "f has no column \"email\"; it has a, b\\u{1b}");
        assert!(cells("a,A\n1,2\n", "f", "a").unwrap_err().contains("more than one"));
    }
}
