//! Rows for people and for programs: a table, JSON, JSON lines or CSV. A row goes out as it comes
//! and none is kept, so that a million need no more memory than a page of them.

mod json;
mod place;
mod table;

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;

pub use place::Place;

use crate::failure::Failure;
use crate::printer::not_written;
use crate::shown::{cell, shown};
use table::Table;

#[derive(Args)]
pub struct Output {
    /// How it is printed; a table also where no terminal is
    #[arg(short, long, value_name = "table|json|jsonl|csv", default_value = "table")]
    #[arg(hide_possible_values = true)]
    pub output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    /// One array.
    Json,
    /// An object a line.
    Jsonl,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// As it stands in a header, and as the field of an object.
    pub name: &'static str,
    /// Where a terminal is too narrow, this one is made narrower.
    pub gives_way: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Text(&'a str),
    /// With a colour, on a terminal.
    Marked(&'a str, Mark),
    /// null in JSON, empty elsewhere.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Good,
    Notable,
    Bad,
}

/// A table that is being printed, in one of the formats.
pub struct Rows<W: Write> {
    columns: Vec<Column>,
    form: Form<W>,
}

#[allow(clippy::large_enum_variant, reason = "a command has one")]
enum Form<W: Write> {
    Table(Table<W>),
    Json { out: W, has_begun: bool },
    Jsonl { out: W },
    Csv { out: csv::Writer<W>, has_begun: bool, is_on_terminal: bool },
}

impl<W: Write> Rows<W> {
    pub fn new(format: Format, columns: Vec<Column>, out: W, place: Place) -> Self {
        let form = match format {
            Format::Table => Form::Table(Table::new(&columns, out, place)),
            Format::Json => Form::Json { out, has_begun: false },
            Format::Jsonl => Form::Jsonl { out },
            Format::Csv => Form::Csv {
                out: csv::Writer::from_writer(out),
                has_begun: false,
                is_on_terminal: place.is_terminal,
            },
        };
        Self { columns, form }
    }

    /// Cells in the order of the columns.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> io::Result<()> {
        let columns = &self.columns;
        match &mut self.form {
            Form::Table(table) => table.row(cells),
            Form::Json { out, has_begun } => {
                out.write_all(if *has_begun { b",\n" } else { b"[\n" })?;
                *has_begun = true;
                json::object(out, columns, cells)
            }
            Form::Jsonl { out } => {
                json::object(out, columns, cells)?;
                out.write_all(b"\n")
            }
            Form::Csv { out, has_begun, is_on_terminal } => {
                header(out, columns, has_begun)?;
                for one in cells {
                    match one {
                        Cell::Nothing => out.write_field(b"")?,
                        // Quoted, so that it cannot be obeyed; in a file it is as it was.
                        Cell::Text(text) | Cell::Marked(text, _) if *is_on_terminal => {
                            out.write_field(cell(&shown(text)).as_bytes())?;
                        }
                        Cell::Text(text) | Cell::Marked(text, _) => {
                            out.write_field(cell(text).as_bytes())?;
                        }
                    }
                }
                Ok(out.write_record(None::<&[u8]>)?)
            }
        }
    }

    /// For what has more in JSON than in cells: `value` there, and the cells elsewhere.
    pub fn row_or<'a>(
        &mut self,
        value: &impl Serialize,
        cells: impl IntoIterator<Item = Cell<'a>>,
    ) -> io::Result<()> {
        match &mut self.form {
            Form::Json { out, has_begun } => {
                out.write_all(if *has_begun { b",\n" } else { b"[\n" })?;
                *has_begun = true;
                json::value(out, value)
            }
            Form::Jsonl { out } => {
                json::value(out, value)?;
                out.write_all(b"\n")
            }
            Form::Table(_) | Form::Csv { .. } => self.row(cells),
        }
    }

    /// What a table is to make room for, before its first row is printed.
    pub fn expect<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        if let Form::Table(table) = &mut self.form {
            table.expect(cells);
        }
    }

    /// What came so far goes out.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Table(table) => table.flush(),
            Form::Json { out, .. } | Form::Jsonl { out } => out.flush(),
            Form::Csv { out, .. } => out.flush(),
        }
    }

    /// What is left of a listing that broke off is no array, so that nobody takes it for a whole one:
    /// only what is whole is finished.
    pub fn finish(mut self) -> io::Result<()> {
        let columns = &self.columns;
        match &mut self.form {
            Form::Table(table) => table.finish()?,
            Form::Json { out, has_begun: true } => out.write_all(b"\n]\n")?,
            Form::Json { out, has_begun: false } => out.write_all(b"[]\n")?,
            Form::Jsonl { .. } => {}
            Form::Csv { out, has_begun, .. } => header(out, columns, has_begun)?,
        }
        self.flush()
    }
}

fn header<W: Write>(
    out: &mut csv::Writer<W>,
    columns: &[Column],
    has_begun: &mut bool,
) -> io::Result<()> {
    if !std::mem::replace(has_begun, true) {
        out.write_record(columns.iter().map(|column| column.name))?;
    }
    Ok(())
}

/// Whether what was printed was read: a reader that has seen enough is no error.
pub fn read(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::failed(
            not_written(&error),
            "is the disk full? What was printed so far is not whole",
        )),
    }
}

#[cfg(test)]
mod tests;
