//! A row as both databases can say it, and the digest of a table, which is the same on both sides
//! whatever order the rows come in.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// A flag is 0 or 1, as SQLite has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

pub(in crate::store) type Row = Vec<Cell>;

impl Cell {
    fn write(&self, to: &mut Vec<u8>) {
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Number(number) => (1, &number.to_be_bytes()),
            Self::Text(text) => (2, text.as_bytes()),
            Self::Bytes(bytes) => (3, bytes),
        };
        to.push(tag);
        to.extend((bytes.len() as u64).to_be_bytes());
        to.extend(bytes);
    }
}

/// Rows are counted and their SHA-256 added up: the two databases need not agree on an order of
/// text. It finds what was lost, doubled or changed on the way; forgery is for the audit chains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Digest {
    pub rows: u64,
    sum: [u64; 4],
}

impl Digest {
    pub(in crate::store) fn take(&mut self, row: &[Cell]) {
        let mut bytes = Vec::with_capacity(256);
        for cell in row {
            cell.write(&mut bytes);
        }
        let hash = digest(&SHA256, &bytes);
        let mut carry = false;
        for (word, more) in self.sum.iter_mut().zip(hash.as_ref().as_chunks::<8>().0) {
            let (sum, first) = word.overflowing_add(u64::from_le_bytes(*more));
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, first || second);
        }
        self.rows += 1;
    }

    pub(in crate::store) fn to_text(&self) -> String {
        let bytes: Vec<u8> = self.sum.iter().flat_map(|word| word.to_le_bytes()).collect();
        HEXLOWER.encode(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[Cell]]) -> Digest {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.take(row));
        digest
    }

    #[test]
    fn order_does_not_count_and_everything_else_does() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let (a, b) = ([text("a"), Cell::Number(1)], [text("b"), Cell::Null]);
        assert_eq!(of(&[&a, &b]), of(&[&b, &a]));
        for other in [
            of(&[&a]),
            of(&[&a, &a]),
            of(&[&a, &b, &b]),
            of(&[&a, &[text("b"), Cell::Number(0)]]),
            of(&[&[text("a1")], &b]),
            of(&[&a, &[Cell::Bytes(b"b".to_vec()), Cell::Null]]),
        ] {
            assert_ne!(of(&[&a, &b]).to_text(), other.to_text());
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_noted() {
        let key = vec![Cell::Null, Cell::Number(-5), Cell::Text("ü".into()), Cell::Bytes(vec![0])];
        let noted = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<Row>(&noted).unwrap(), key);
    }
}
