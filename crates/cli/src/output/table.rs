//! A table for people, printed while it comes. Widths are taken from the first rows, up to a page
//! of them; what comes later and is too long is cut on a terminal, and stands out elsewhere. On a
//! terminal no line is longer than the terminal is wide.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Cell, Column, Mark, Place};
use crate::shown::{is_obeyed, shown};

const GAP: &str = "  ";
const CUT: &str = "…";
/// So many rows are looked at before the first is printed.
const MEASURED_ROWS: usize = 1000;
/// What a column keeps where the terminal is narrow: those that give way, and then all.
const NARROW: usize = 12;
const NARROWEST: usize = 3;

pub struct Table<W: Write> {
    out: W,
    columns: Vec<Column>,
    place: Place,
    natural: Vec<usize>,
    /// Until the first rows are printed.
    held: Option<Vec<Vec<Held>>>,
    widths: Vec<usize>,
}

struct Held {
    text: String,
    mark: Option<Mark>,
}

impl<W: Write> Table<W> {
    pub fn new(columns: &[Column], out: W, place: Place) -> Self {
        let natural = columns.iter().map(|column| column.name.width()).collect();
        let columns = columns.to_vec();
        Self { out, columns, place, natural, held: Some(Vec::new()), widths: Vec::new() }
    }

    pub fn expect<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        for (width, cell) in self.natural.iter_mut().zip(cells) {
            *width = (*width).max(said(&cell).0.width());
        }
    }

    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> io::Result<()> {
        let Some(held) = &mut self.held else {
            let line: Vec<_> = cells.into_iter().collect();
            return self.line(line.iter().map(said));
        };
        let row: Vec<Held> = cells
            .into_iter()
            .map(|cell| {
                let (text, mark) = said(&cell);
                Held { text: text.into_owned(), mark }
            })
            .collect();
        for (width, cell) in self.natural.iter_mut().zip(&row) {
            *width = (*width).max(cell.text.width());
        }
        held.push(row);
        if held.len() >= MEASURED_ROWS { self.begin() } else { Ok(()) }
    }

    pub fn flush(&mut self) -> io::Result<()> {
        if self.held.as_ref().is_some_and(|held| !held.is_empty()) {
            self.begin()?;
        }
        self.out.flush()
    }

    /// A table without rows has its header.
    pub fn finish(&mut self) -> io::Result<()> {
        self.begin()
    }

    fn begin(&mut self) -> io::Result<()> {
        let Some(held) = self.held.take() else { return Ok(()) };
        self.widths = widths(&self.natural, &self.columns, self.place.width);
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.name.replace('_', " ").to_uppercase())
            .collect();
        self.line(names.iter().map(|name| (Cow::Borrowed(name.as_str()), None)))?;
        for row in held {
            self.line(row.iter().map(|cell| (Cow::Borrowed(cell.text.as_str()), cell.mark)))?;
        }
        Ok(())
    }

    fn line<'a>(
        &mut self,
        cells: impl Iterator<Item = (Cow<'a, str>, Option<Mark>)>,
    ) -> io::Result<()> {
        let mut owed = 0;
        for ((at, width), (text, mark)) in self.widths.iter().enumerate().zip(cells) {
            let text = match self.place.width {
                Some(_) => cut(&text, *width),
                None => text,
            };
            if at > 0 {
                owed += GAP.len();
            }
            if text.is_empty() {
                owed += width;
                continue;
            }
            // Spaces are owed and not paid at once: no line ends in one.
            write!(self.out, "{:owed$}", "")?;
            match mark.filter(|_| self.place.is_coloured) {
                Some(mark) => write!(self.out, "{}{text}\u{1b}[0m", colour(mark))?,
                None => self.out.write_all(text.as_bytes())?,
            }
            owed = width.saturating_sub(text.width());
        }
        self.out.write_all(b"\n")
    }
}

fn colour(mark: Mark) -> &'static str {
    match mark {
        Mark::Good => "\u{1b}[32m",
        Mark::Notable => "\u{1b}[33m",
        Mark::Bad => "\u{1b}[31m",
    }
}

fn said<'a>(cell: &Cell<'a>) -> (Cow<'a, str>, Option<Mark>) {
    let (text, mark) = match *cell {
        Cell::Text(text) => (text, None),
        Cell::Marked(text, mark) => (text, Some(mark)),
        Cell::Nothing => ("", None),
    };
    match text.contains(is_obeyed) {
        true => (Cow::Owned(shown(text)), mark),
        false => (Cow::Borrowed(text), mark),
    }
}

/// How wide each column is: as wide as it wants to be, and on a terminal no more than that holds.
fn widths(natural: &[usize], columns: &[Column], terminal: Option<usize>) -> Vec<usize> {
    let mut widths = natural.to_vec();
    let Some(terminal) = terminal else { return widths };
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    for (least, may_all) in [(NARROW, false), (NARROWEST, true), (1, true)] {
        loop {
            let too_much = (widths.iter().sum::<usize>() + gaps).saturating_sub(terminal);
            let gives = |at: &usize| (may_all || columns[*at].gives_way) && widths[*at] > least;
            let widest = (0..widths.len()).filter(gives).max_by_key(|at| widths[*at]);
            match widest {
                Some(at) if too_much > 0 => widths[at] -= 1,
                _ => break,
            }
        }
    }
    widths
}

/// At most so wide, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        // Measured as a whole: some characters change the width of the one before them.
        if kept.width() + CUT.width() > width {
            kept.pop();
            break;
        }
    }
    kept.push_str(CUT);
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &'static str, gives_way: bool) -> Column {
        Column { name, gives_way }
    }

    #[test]
    fn a_column_gives_way_before_another_does() {
        let columns = [column("a", true), column("b", false), column("c", true)];
        assert_eq!(widths(&[30, 26, 20], &columns, None), [30, 26, 20]);
        assert_eq!(widths(&[30, 26, 20], &columns, Some(80)), [30, 26, 20]);
        assert_eq!(widths(&[30, 26, 20], &columns, Some(70)), [20, 26, 20]);
        assert_eq!(widths(&[30, 26, 20], &columns, Some(60)), [15, 26, 15]);
        let narrow = widths(&[30, 26, 20], &columns, Some(40));
        assert_eq!((narrow.iter().sum::<usize>(), narrow[0], narrow[2]), (36, 12, 12));
        assert_eq!(widths(&[30, 26, 20], &columns, Some(4)), [1, 1, 1]);
    }

    #[test]
    fn a_text_is_cut_by_what_it_takes_on_the_screen() {
        assert_eq!(cut("Ann Arbor", 9), "Ann Arbor");
        assert_eq!(cut("Ann Arbor", 5), "Ann …");
        // Two columns a character: three would not fit beside the ellipsis.
        assert_eq!(cut("山田太郎", 8), "山田太郎");
        assert_eq!(cut("山田太郎", 7), "山田太…");
        assert_eq!(cut("山田太郎", 6), "山田…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 3), "e\u{301}e\u{301}e\u{301}");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }
}
