//! JSON, written piece by piece. What a terminal would obey is written as `\u` and four digits:
//! the same text to every reader of JSON, and harmless to look at.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::{Cell, Column};
use crate::shown::is_obeyed;

pub fn object<'a>(
    out: &mut impl Write,
    columns: &[Column],
    cells: impl IntoIterator<Item = Cell<'a>>,
) -> io::Result<()> {
    let mut before: &[u8] = b"{\"";
    for (column, cell) in columns.iter().zip(cells) {
        out.write_all(before)?;
        out.write_all(column.name.as_bytes())?;
        match cell {
            Cell::Text(of) | Cell::Marked(of, _) => {
                out.write_all(b"\":\"")?;
                text(out, of)?;
                out.write_all(b"\"")?;
            }
            Cell::Nothing => out.write_all(b"\":null")?,
        }
        before = b",\"";
    }
    out.write_all(if before == b"{\"" { b"{}" } else { b"}" })
}

pub fn value(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Harmless);
    value.serialize(&mut serializer).map_err(io::Error::other)
}

/// What stands between the quotes.
fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    let is_plain = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
    if text.bytes().all(is_plain) {
        return out.write_all(text.as_bytes());
    }
    for c in text.chars() {
        match c {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            '\n' => out.write_all(b"\\n")?,
            '\r' => out.write_all(b"\\r")?,
            '\t' => out.write_all(b"\\t")?,
            _ if is_obeyed(c) => write!(out, "{}", Escaped(c))?,
            _ => out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?,
        }
    }
    Ok(())
}

struct Escaped(char);

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(f, "\\u{unit:04x}"))
    }
}

/// serde's own JSON escapes the characters below the space only.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut compact = CompactFormatter;
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_obeyed(*c)) {
            compact.write_string_fragment(writer, &rest[..at])?;
            write!(writer, "{}", Escaped(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        compact.write_string_fragment(writer, rest)
    }
}
