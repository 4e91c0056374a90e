//! A list of people in a file, or on standard input: its bytes, bounded, and what is given in it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rollcall_contain::given::{self, Given, GivenError};

/// A hundred thousand lines, each as long as it may be.
pub const MAX_BYTES: u64 = 64 << 20;

pub fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// As its name says.
pub fn is_csv(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Nothing where it is longer than may be.
pub fn read(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    if is_stdin(file) {
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    Ok((bytes.len() as u64 <= MAX_BYTES).then_some(bytes))
}

pub fn given(bytes: &[u8], column: Option<&str>, is_csv: bool) -> Result<Vec<Given>, GivenError> {
    match is_csv {
        true => given::from_csv(bytes, column),
        false => given::from_lines(bytes),
    }
}
