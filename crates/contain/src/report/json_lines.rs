//! A row a line, for programs.

use std::io;

use super::Report;

impl Report {
    pub fn write_json_lines(&self, mut to: impl io::Write) -> io::Result<()> {
        for row in &self.rows {
            serde_json::to_writer(&mut to, row)?;
            to.write_all(b"\n")?;
        }
        to.flush()
    }
}
