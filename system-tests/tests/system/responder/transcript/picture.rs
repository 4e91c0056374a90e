//! What a terminal showed, as a picture: its bytes are played to a terminal without a screen, and
//! what stands there at the end is drawn.

use std::num::NonZeroU16;

use anstyle_svg::Term;
use vt100::{Cell, Color, Parser};

const ROWS: u16 = 80;

/// The lines of the screen, with colours as codes and nothing that moves the cursor.
pub(super) fn screen(shown: &[u8], columns: u16) -> Vec<String> {
    let size = |count| NonZeroU16::new(count).expect("more than none");
    let mut terminal = Parser::new(size(ROWS), size(columns), 0);
    terminal.process(shown);
    let screen = terminal.screen();
    let line = |row| {
        let mut line = String::new();
        let mut before = String::new();
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else { break };
            if cell.is_wide_continuation() {
                continue;
            }
            let style = style(cell);
            if style != before {
                line.push_str(&format!("\u{1b}[0m{style}"));
                before = style;
            }
            line.push_str(if cell.has_contents() { cell.contents() } else { " " });
        }
        format!("{}\u{1b}[0m", line.trim_end())
    };
    let mut lines: Vec<String> = (0..ROWS).map(line).collect();
    while lines.last().is_some_and(|line| line == "\u{1b}[0m") {
        lines.pop();
    }
    lines
}

fn style(cell: &Cell) -> String {
    let mut codes = String::new();
    for (is, code) in [(cell.bold(), 1), (cell.dim(), 2), (cell.underline(), 4)] {
        if is {
            codes.push_str(&format!("\u{1b}[{code}m"));
        }
    }
    match cell.fgcolor() {
        Color::Default => {}
        Color::Idx(colour) => codes.push_str(&format!("\u{1b}[38;5;{colour}m")),
        Color::Rgb(r, g, b) => codes.push_str(&format!("\u{1b}[38;2;{r};{g};{b}m")),
    }
    codes
}

pub(super) fn drawn(lines: &[String]) -> String {
    Term::new().palette(anstyle_svg::WIN10_CONSOLE).render_svg(&lines.join("\n"))
}

#[test]
fn what_was_overwritten_is_not_drawn() {
    let lines = screen(b"  10%\r  \x1b[32m100%\x1b[0m\r\n<done>\r\n", 20);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("100%") && !lines[0].contains("10% "), "{lines:?}");
    let drawn = drawn(&lines);
    assert!(drawn.contains("&lt;done") && drawn.starts_with("<svg"), "{drawn}");
}
