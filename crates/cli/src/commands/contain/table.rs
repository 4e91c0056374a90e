//! Columns for people: aligned, without lines, never wrapped; cut where a terminal ends.

use std::io::{IsTerminal, stdout};

use comfy_table::{Cell, Color, ContentArrangement, Row, Table};

use crate::shown::shown;

/// Text from outside, escaped.
pub fn text(text: impl AsRef<str>) -> Cell {
    Cell::new(shown(text.as_ref()))
}

/// In colour on a terminal.
pub fn good(text: &str) -> Cell {
    Cell::new(text).fg(Color::Green)
}

pub fn doubtful(text: &str) -> Cell {
    Cell::new(text).fg(Color::Yellow)
}

pub fn bad(text: &str) -> Cell {
    Cell::new(text).fg(Color::Red)
}

/// Each row is one line.
pub fn columns(head: &[&str], rows: impl IntoIterator<Item = Vec<Cell>>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_truncation_indicator("…");
    // Off a terminal nothing is cut: somebody searches in it.
    table.set_content_arrangement(match stdout().is_terminal() {
        true => ContentArrangement::Dynamic,
        false => ContentArrangement::Disabled,
    });
    if !head.is_empty() {
        table.set_header(head.iter().map(ToString::to_string));
    }
    for cells in rows {
        let mut row = Row::from(cells);
        row.max_height(1);
        table.add_row(row);
    }
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}
