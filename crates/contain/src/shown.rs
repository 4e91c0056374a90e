//! Text that somebody else wrote, shown so that it can do nothing: on a terminal it is not obeyed,
//! and in a spreadsheet it is not run.

use std::borrow::Cow;

/// Whether a terminal would obey it: control and direction characters, and breaks of a line.
pub fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Control and direction characters are shown, not obeyed.
pub fn shown(text: &str) -> String {
    text.chars()
        .flat_map(|c| if is_obeyed(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// A cell of a CSV file. What a spreadsheet would take for a formula gets an apostrophe before it,
/// and so does what looks as if it had got one: [`uncell`] takes it off again.
pub fn cell(text: &str) -> Cow<'_, str> {
    if is_formula_behind_apostrophes(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What was written by [`cell`].
pub fn uncell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula_behind_apostrophes(text) => text,
        _ => cell,
    }
}

fn is_formula_behind_apostrophes(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor_or_turn_the_line() {
        assert_eq!(shown("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(shown("Łukasz 山田"), "Łukasz 山田");
    }

    #[test]
    fn a_spreadsheet_runs_no_cell() {
        for formula in ["=1+1", "+1", "-1", "@SUM(1)", "\t=1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        for plain in ["", "Ann", "a=b", "ann@example.com", "山田"] {
            assert_eq!(cell(plain), plain);
        }
    }

    #[test]
    fn what_was_quoted_off_comes_back() {
        for text in ["=1+1", "'=1+1", "''@x", "'", "''", "Ann", "'Ann'", "", "-"] {
            assert_eq!(uncell(&cell(text)), text);
        }
        assert_eq!(uncell("'Ann"), "'Ann");
    }
}
