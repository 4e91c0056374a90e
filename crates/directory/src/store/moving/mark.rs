//! What a database says of itself while it moves, in the row where it says who made it: everybody
//! who opens a store reads that row first, older programs too, so nobody serves half of one.

use serde::{Deserialize, Serialize};

use super::cell::Row;
use crate::Fault;
use crate::store::MadeBy;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum Mark {
    /// The source, from before the first row is read. `was`: what it said before.
    MovingAway { id: String, to: String, was: String },
    /// The source, when all of it is elsewhere.
    MovedAway { id: String, to: String },
    /// The target, until it is whole.
    Arriving { id: String, from: String },
}

/// Where a target stands: the next row comes behind this one. Written with each batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct Progress {
    /// Its place among the tables that move.
    pub table: usize,
    pub after: Option<Row>,
}

impl Mark {
    pub(in crate::store) fn to_row(&self) -> Result<String, Fault> {
        serde_json::to_string(self).map_err(|error| Fault::Unusable(error.to_string()))
    }

    /// Is this what a moving database says of itself?
    pub(in crate::store) fn is_one(row: &str) -> bool {
        mark(row).is_some()
    }

    /// Why the database is not to be opened, and the way out.
    fn refusal(&self) -> Fault {
        Fault::Unusable(match self {
            Self::MovingAway { to, .. } => format!(
                "this store is being moved to {to}, and a move that broke off goes on when it is run again: `rollcall admin migrate` with the same --from and --to; with --abandon this store is as before"
            ),
            Self::MovedAway { to, .. } => {
                format!("this store was moved to {to}: serve that one. What is here is of the past")
            }
            Self::Arriving { from, .. } => format!(
                "this store is not whole: it is being moved here from {from}. Run `rollcall admin migrate` with the same --from and --to again, and it goes on"
            ),
        })
    }
}

impl MadeBy {
    /// What the database says of itself, where it is one that may be opened.
    pub fn read(row: &str) -> Result<Self, Fault> {
        if let Ok(made_by) = serde_json::from_str(row) {
            return Ok(made_by);
        }
        match serde_json::from_str::<Mark>(row) {
            Ok(mark) => Err(mark.refusal()),
            Err(_) => Err(Fault::inconsistent("meta", "value", "made_by")),
        }
    }
}

/// For who opens a store without keys. Where nothing is said yet, its server was never started.
pub(in crate::store) fn may_be_opened(made_by: Option<&str>) -> Result<(), Fault> {
    made_by.map_or(Ok(()), |row| MadeBy::read(row).map(drop))
}

/// `None`: an ordinary store.
pub(super) fn mark(row: &str) -> Option<Mark> {
    serde_json::from_str(row).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_store_is_refused_with_the_way_out() {
        let (id, to) = ("m".to_owned(), "/elsewhere".to_owned());
        let was = r#""serve""#.to_owned();
        for (mark, words) in [
            (Mark::MovingAway { id: id.clone(), to: to.clone(), was }, "--abandon"),
            (Mark::MovedAway { id: id.clone(), to: to.clone() }, "serve that one"),
            (Mark::Arriving { id, from: to }, "not whole"),
        ] {
            let fault = MadeBy::read(&mark.to_row().unwrap()).unwrap_err().to_string();
            assert!(fault.contains(words) && fault.contains("/elsewhere"), "{fault}");
        }
        assert_eq!(MadeBy::read(r#""serve""#).unwrap(), MadeBy::Serve);
        assert!(matches!(MadeBy::read("{}"), Err(Fault::Inconsistent { .. })));
    }
}
