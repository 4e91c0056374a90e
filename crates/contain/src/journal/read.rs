//! Reading a journal. A last line without its end was cut off by a crash and never relied on; all
//! else that is wrong is refused, never repaired.

use std::io::{self, BufRead};

use super::line;
use super::record::{Entry, Record};

/// A record of this program has at most some 2 KiB.
const LINE_MAX_BYTES: u64 = 64 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("line {line} of the journal is broken: {why}")]
pub struct JournalBroken {
    pub line: u64,
    pub why: String,
}

/// A journal that was read from its beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    pub entries: Vec<Entry>,
    /// Of the whole lines.
    pub whole_bytes: u64,
    /// After them, of a line that was never finished.
    pub torn_bytes: u64,
    pub(super) crc: u32,
}

impl Journal {
    pub(crate) fn read(from: impl BufRead) -> io::Result<Result<Self, JournalBroken>> {
        let mut journal = Self { crc: line::FIRST, ..Self::default() };
        let mut from = from;
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = io::Read::take(&mut from, LINE_MAX_BYTES);
            let count = limited.read_until(b'\n', &mut line)? as u64;
            if count == 0 {
                return Ok(Ok(journal));
            }
            let number = journal.entries.len() as u64 + 1;
            let broken = |why: String| JournalBroken { line: number, why };
            if line.pop_if(|byte| *byte == b'\n').is_none() {
                if count == LINE_MAX_BYTES {
                    return Ok(Err(broken("it has no end".to_owned())));
                }
                journal.torn_bytes = count;
                return Ok(Ok(journal));
            }
            let (entry, crc) = match line::read(&line, journal.crc) {
                Ok(read) => read,
                Err(why) => return Ok(Err(broken(why))),
            };
            if entry.n != number {
                return Ok(Err(broken(format!("its number is {}", entry.n))));
            }
            if matches!(entry.record, Record::Journal { .. }) != (number == 1) {
                return Ok(Err(broken("the line that names the plan is the first".to_owned())));
            }
            journal.entries.push(entry);
            journal.crc = crc;
            journal.whole_bytes += count;
        }
    }
}
