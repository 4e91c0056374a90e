//! Text that somebody else wrote, shown so that it can do nothing: on a terminal it is not obeyed,
//! and in a spreadsheet it is not run.

use std::borrow::Cow;

/// Control and direction characters are shown, not obeyed.
pub fn shown(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .flat_map(|c| if obeyed(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// A cell of a CSV file. What a spreadsheet would take for a formula gets an apostrophe before it.
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
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
}
