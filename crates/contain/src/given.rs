//! What was given: the lines of a list that somebody has, with the numbers they have in their file.

mod csv_column;

use crate::shown::shown;

pub use csv_column::from_csv;

/// Addresses have at most 254 characters, paths of people some 100.
const LINE_MAX_BYTES: usize = 512;
/// A plan holds all lines in memory.
pub const LINES_MAX: usize = 100_000;

/// Somebody who is meant: an address, an ID or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// From 1, as in the file.
    pub number: u64,
    pub text: String,
}

#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    #[error("line {line} is not text in UTF-8: save the list as UTF-8")]
    NotText { line: u64 },
    #[error("the list is in UTF-16: save it as UTF-8")]
    Utf16,
    #[error("line {line} is longer than {LINE_MAX_BYTES} bytes: one person a line")]
    TooLong { line: u64 },
    #[error("the list has more than {LINES_MAX} lines: make several plans of it")]
    TooMany,
    #[error("the file has no column {wanted:?}: it has {}", columns(.there))]
    NoColumn { wanted: String, there: Vec<String> },
    #[error("which column has the addresses? There is none called email, but {}", columns(.there))]
    WhichColumn { there: Vec<String> },
    #[error("the file has two columns called {name:?}")]
    TwoColumns { name: String },
    #[error("not a CSV file: {0}")]
    Csv(#[from] csv::Error),
}

/// One person a line. Lines that are blank, or begin with `#`, are passed over.
pub fn from_lines(bytes: &[u8]) -> Result<Vec<Given>, GivenError> {
    let mut given = Vec::new();
    let bytes = without_mark(bytes)?;
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let text = std::str::from_utf8(line).map_err(|_| GivenError::NotText { line: number })?;
        if !text.trim_start().starts_with('#') {
            take(&mut given, number, text)?;
        }
    }
    Ok(given)
}

fn take(given: &mut Vec<Given>, line: u64, text: &str) -> Result<(), GivenError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    if text.len() > LINE_MAX_BYTES {
        return Err(GivenError::TooLong { line });
    }
    if given.len() == LINES_MAX {
        return Err(GivenError::TooMany);
    }
    given.push(Given { number: line, text: text.to_owned() });
    Ok(())
}

/// Spreadsheets write a mark before the first letter.
fn without_mark(bytes: &[u8]) -> Result<&[u8], GivenError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(GivenError::Utf16);
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

fn columns(names: &[String]) -> String {
    const SHOWN_MAX: usize = 20;
    let names: Vec<String> = names.iter().take(SHOWN_MAX).map(|name| shown(name)).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(given: &[Given]) -> Vec<(u64, &str)> {
        given.iter().map(|one| (one.number, one.text.as_str())).collect()
    }

    #[test]
    fn lines_keep_their_numbers_and_lose_what_surrounds_them() {
        let given =
            from_lines(b"\xef\xbb\xbf# alert 7\r\n\r\n ann@x.org \r\n#no\nBEN\tx\n").unwrap();
        assert_eq!(texts(&given), [(3, "ann@x.org"), (5, "BEN\tx")]);
        assert_eq!(from_lines(b"").unwrap(), []);
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_line() {
        assert!(matches!(from_lines(b"a\n\xff\n"), Err(GivenError::NotText { line: 2 })));
        assert!(matches!(from_lines(b"\xff\xfea\0"), Err(GivenError::Utf16)));
        let long = format!("a\n{}", "x".repeat(LINE_MAX_BYTES + 1));
        assert!(matches!(from_lines(long.as_bytes()), Err(GivenError::TooLong { line: 2 })));
        let many = "a\n".repeat(LINES_MAX + 1);
        assert!(matches!(from_lines(many.as_bytes()), Err(GivenError::TooMany)));
        assert_eq!(from_lines("a\n".repeat(LINES_MAX).as_bytes()).unwrap().len(), LINES_MAX);
    }
}
