//! Whom a command was given: arguments, a file of one person a line, a column of a CSV file, or
//! standard input. Each with the place where it stands, so that what is wrong can be found.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_contain::given::{self, GivenError};

use crate::failure::Failure;
use crate::given_file::{self, is_csv, is_stdin};
use crate::shown::shown;

#[derive(Args)]
pub struct Given {
    /// An ID, an e-mail address (upper and lower case are the same) or a path; - reads them from standard input
    #[arg(value_name = "WHO", required_unless_present = "from")]
    who: Vec<String>,
    /// Read them from this file, one a line; blank lines and lines that begin with # are passed over
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The file is CSV (as where its name ends in .csv), and they are in this column [default: the only one, or email]
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
                "-" => named.extend(of_file(&bytes_of(stdin)?, "standard input", None, false)?),
                _ => named.push(Named { text: who.clone(), place: None }),
            }
        }
        if let Some(file) = &self.from {
            let bytes = bytes_of(file)?;
            let name = match is_stdin(file) {
                true => "standard input".to_owned(),
                false => shown(&file.to_string_lossy()),
            };
            let column = self.column.as_deref();
            named.extend(of_file(&bytes, &name, column, column.is_some() || is_csv(file))?);
        }
        match named.is_empty() {
            true => Err(Failure::wrong_use("nobody is named", "name somebody, or another file")),
            false => Ok(named),
        }
    }
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let name = shown(&file.to_string_lossy());
    let unread = |error: std::io::Error| {
        Failure::failed(format!("{name}: {error}"), "name a file that can be read")
    };
    let is_too_long = || {
        let most = given_file::MAX_BYTES >> 20;
        Failure::wrong_use(format!("{name}: it has more than {most} MiB"), "divide it")
    };
    given_file::read(file).map_err(unread)?.ok_or_else(is_too_long)
}

/// As the lists of `rollcall contain` are read.
fn of_file(
    bytes: &[u8],
    file: &str,
    column: Option<&str>,
    is_csv: bool,
) -> Result<Vec<Named>, Failure> {
    let read = given_file::given(bytes, column, is_csv).map_err(|error| {
        let hint = match &error {
            GivenError::NoColumn { .. } | GivenError::WhichColumn { .. } => {
                "name the column that has them with --column"
            }
            _ => "one person a line; or a CSV file, and --column",
        };
        Failure::wrong_use(format!("{file}: {error}"), hint)
    })?;
    let named = |one: given::Given| Named {
        text: one.text,
        place: Some(format!("{file}, line {}", one.number)),
    };
    Ok(read.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, column: Option<&str>, is_csv: bool) -> Vec<(String, String)> {
        let read = of_file(text.as_bytes(), "f", column, is_csv).unwrap();
        read.into_iter().map(|named| (named.text, named.place.unwrap())).collect()
    }

    fn owned(text: &str, place: &str) -> (String, String) {
        (text.to_owned(), place.to_owned())
    }

    #[test]
    fn each_has_the_place_where_it_stands() {
        let lines = texts("# who\n\n ann@example.com \r\nU1", None, false);
        assert_eq!(lines, [owned("ann@example.com", "f, line 3"), owned("U1", "f, line 4")]);
        let cells = texts("id,e-mail\n1,'+bo@example.com\n2,\n", Some("E-Mail"), true);
        assert_eq!(cells, [owned("+bo@example.com", "f, line 2")]);
    }

    #[test]
    fn a_column_that_is_not_there_is_wrong_use() {
        let failure = of_file(b"a,b\n", "f", Some("email"), true).unwrap_err();
        assert_eq!(failure.status, crate::exit_status::ExitStatus::WrongUse);
        assert!(failure.what.contains("it has a, b"), "{}", failure.what);
        assert!(failure.hint.unwrap().contains("--column"));
    }
}
