//! One column of a CSV file: the one that is named, or `email`, or the only one.

use csv::{ByteRecord, ReaderBuilder};

use super::{Given, GivenError, take, without_mark};
use crate::shown::uncell;

/// The first row names the columns. Semicolons and tabs divide them too, where the first row has
/// them and no comma: spreadsheets of some languages write so.
pub fn from_csv(bytes: &[u8], column: Option<&str>) -> Result<Vec<Given>, GivenError> {
    let bytes = without_mark(bytes)?;
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(bytes)).flexible(true).from_reader(bytes);
    let headers = reader.byte_headers()?.clone();
    let names: Vec<String> =
        headers.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let index = index_of(&names, column)?;
    let mut given = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = record.get(index).unwrap_or_default();
        let text = std::str::from_utf8(cell).map_err(|_| GivenError::NotText { line })?;
        // Of a file that we wrote ourselves it may be quoted off.
        take(&mut given, line, uncell(text.trim()))?;
    }
    Ok(given)
}

fn index_of(names: &[String], column: Option<&str>) -> Result<usize, GivenError> {
    let called = |wanted: &str| -> Result<Option<usize>, GivenError> {
        let same = |name: &&String| name.to_lowercase() == wanted.trim().to_lowercase();
        if names.iter().filter(same).count() > 1 {
            return Err(GivenError::TwoColumns { name: wanted.to_owned() });
        }
        Ok(names.iter().position(|name| same(&name)))
    };
    let there = || names.to_vec();
    match column {
        Some(wanted) => called(wanted)?
            .ok_or_else(|| GivenError::NoColumn { wanted: wanted.to_owned(), there: there() }),
        None if names.len() == 1 => Ok(0),
        None => called("email")?.ok_or_else(|| GivenError::WhichColumn { there: there() }),
    }
}

fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.contains(&b',') {
        return b',';
    }
    [b';', b'\t'].into_iter().find(|mark| first.contains(mark)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(text: &str, column: Option<&str>) -> Vec<(u64, String)> {
        let given = from_csv(text.as_bytes(), column).unwrap();
        given.into_iter().map(|one| (one.number, one.text)).collect()
    }

    #[test]
    fn a_cell_that_was_quoted_off_is_the_address_it_was() {
        let cells = column("email\n'+bo@example.com\n\"'-x@example.com\"\n'ann@x.org\n", None);
        let texts: Vec<_> = cells.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["+bo@example.com", "-x@example.com", "'ann@x.org"]);
    }

    #[test]
    fn a_column_is_found_by_its_name_or_because_it_is_clear() {
        let text = "when,Email,host\n1,ann@x.org,a\n2,,b\n3,\" ben@x.org \",\"c\nd\"\n4,cy@x.org\n";
        let people = [(2, "ann@x.org".into()), (4, "ben@x.org".into()), (6, "cy@x.org".into())];
        assert_eq!(column(text, None), people);
        assert_eq!(column(text, Some("EMAIL")), people);
        assert_eq!(column("who\nann\n", None), [(2, "ann".into())]);
        assert_eq!(column("\u{feff}id;email\n1;ann@x.org\n", None), [(2, "ann@x.org".into())]);
        assert_eq!(column("id\temail\n1\tann@x.org\n", Some("id")), [(2, "1".into())]);
    }

    #[test]
    fn a_column_that_is_not_clear_is_asked_for() {
        let error = |text: &str, column| from_csv(text.as_bytes(), column).unwrap_err().to_string();
        let said = error("user,mail\na,b\n", None);
        assert!(said.contains("user, mail"), "{said}");
        assert!(error("user,mail\n", Some("email")).contains("\"email\""));
        assert!(error("email,EMAIL\n", None).contains("two columns"));
        let said = error("a\u{1b}[2J,b\n", None);
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
}
