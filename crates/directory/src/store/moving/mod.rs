//! A store moves from one database to another, whole: every row is copied in batches, each with a
//! note of how far it came, so that a move which broke off goes on there. Both databases say in the
//! row that everybody reads first that they are not to be served meanwhile. At the end both sides
//! are read again and compared, and only then may the new one be served, and the old one no more.

mod cell;
mod mark;
mod side;
mod tables;
#[cfg(test)]
mod tests;

use std::time::Duration;

use data_encoding::HEXLOWER;
use tokio::time::{Instant, sleep_until};

use self::mark::mark;
use self::side::{PAGE, Side, key_of};
use crate::Fault;
use crate::audit::Head;
use crate::store::NotWhole;
use crate::world::{AccountId, World};

pub(in crate::store) use cell::{Cell, Row};
pub(in crate::store) use mark::{Mark, Progress, may_be_opened};
pub(in crate::store) use side::Batch;
pub use side::Location;
pub(in crate::store) use tables::{MOVING, Table};

/// How long a source stays locked behind its mark at least. Whoever opened it just before the mark
/// has run into the lock by then, or shows among the nodes: every wait for a lock is shorter.
const SETTLES_IN: Duration = Duration::from_secs(6);
/// What a finished target keeps: which move it was.
const MOVED_HERE: &str = "moved_here";
pub(in crate::store) const PROGRESS: &str = "move";
pub(in crate::store) const MADE_BY: &str = "made_by";

/// From where to where, and in whose words.
pub struct Move {
    pub from: Location,
    pub from_words: String,
    pub to: Location,
    pub to_words: String,
    /// Leave the source as it was, to be served again: for a rehearsal.
    pub keep_source: bool,
}

/// What a move is doing. Rows are those of the present table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Copying { table: &'static str, rows: u64 },
    Comparing { table: &'static str, rows: u64 },
    CheckingChains,
}

/// What was moved, and compared on both sides.
#[derive(Clone, Debug)]
pub struct Moved {
    pub tables: Vec<MovedTable>,
    pub heads: Vec<(AccountId, Head)>,
    /// It went on where an earlier run had stopped.
    pub resumed: bool,
    /// An earlier run had done everything but the source's last mark.
    pub was_whole: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTable {
    pub name: &'static str,
    pub rows: u64,
    pub digest: String,
}

impl Move {
    pub async fn run(
        &self,
        world: &World,
        told: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Moved, Fault> {
        let there = self.to.made_by().await?;
        let mut from = self.from.hold_source().await?;
        let (id, was) = self.identity(&mut from, there.as_deref(), world).await?;
        let since = Instant::now();
        from.keep_others_out().await?;
        // Two moves may have marked it at once: it is the one's whose mark stands.
        match mark(&from.said(MADE_BY).await?.unwrap_or_default()) {
            Some(Mark::MovingAway { id: marked, .. }) if marked == id => {}
            _ => return Err(Fault::Busy("another move of the same store".to_owned())),
        }
        from.is_served_by_nobody().await?;
        let mut to = self.to.hold_target().await?;
        let was_whole = to.said(MOVED_HERE).await?.as_deref() == Some(id.as_str());
        let resumed = to.said(PROGRESS).await?.is_some();
        if !was_whole {
            if !resumed {
                self.begin(&mut to, &id).await?;
            }
            copy(&mut from, &mut to, told).await?;
            to.filled().await?;
        }
        // Somebody may serve the target already, where it was whole: it is not compared again.
        let tables = if was_whole { Vec::new() } else { compare(&mut from, &mut to, told).await? };
        let heads = if was_whole { Vec::new() } else { self.chains(told).await? };
        sleep_until(since + SETTLES_IN).await;
        from.is_served_by_nobody().await?;
        if !was_whole {
            let words = [(MADE_BY, Some(was.as_str())), (PROGRESS, None), (MOVED_HERE, Some(&id))];
            to.say(&words).await?;
        }
        let moved = Mark::MovedAway { id, to: self.to_words.clone() }.to_row()?;
        let last = if self.keep_source { &was } else { &moved };
        from.say(&[(MADE_BY, Some(last))]).await?;
        Ok(Moved { tables, heads, resumed, was_whole })
    }

    /// The source may be served again; the target, if it was begun, stays what nobody serves.
    pub async fn abandon(&self) -> Result<(), Fault> {
        let mut from = self.from.hold_source().await?;
        let said = from.said(MADE_BY).await?.unwrap_or_default();
        let Some(Mark::MovingAway { id, was, .. }) = mark(&said) else {
            return Err(Fault::Unusable(
                "no move of this store is under way: there is nothing to abandon".to_owned(),
            ));
        };
        match self.to.made_by().await?.as_deref().map(mark) {
            // The target's last word was the source's first: it may be in service.
            Some(None) => Err(Fault::Unusable(format!(
                "{} is whole, or another store: run the move to its end instead of abandoning it",
                self.to_words
            ))),
            Some(Some(Mark::Arriving { id: other, .. })) if other != id => Err(Fault::Unusable(
                format!("{} is half of another move: name the target of this one", self.to_words),
            )),
            Some(Some(_)) | None => from.say(&[(MADE_BY, Some(&was))]).await,
        }
    }

    /// Which move this is: that of the source's mark, or a new one, marked now. Nothing is marked
    /// before it is sure that the target takes it.
    async fn identity(
        &self,
        from: &mut Side,
        there: Option<&str>,
        world: &World,
    ) -> Result<(String, String), Fault> {
        let said = from.said(MADE_BY).await?;
        let said = said.ok_or_else(|| {
            Fault::Unusable(format!(
                "{} was never served: there is nothing to move",
                self.from_words
            ))
        })?;
        match (mark(&said), there.map(|there| (there, mark(there)))) {
            (Some(Mark::MovingAway { id, was, .. }), there) => {
                let fits = match there {
                    None => true,
                    Some((_, Some(Mark::Arriving { id: other, .. }))) => other == id,
                    // Perhaps this move's own, whole: looked at when it is open.
                    Some((there, None)) => there == was,
                    Some((_, Some(_))) => false,
                };
                if fits { Ok((id, was)) } else { Err(self.not_empty()) }
            }
            (Some(Mark::MovedAway { .. } | Mark::Arriving { .. }), _) => {
                Err(may_be_opened(Some(&said)).err().unwrap_or_else(|| self.not_empty()))
            }
            (None, Some(_)) => Err(self.not_empty()),
            (None, None) => {
                from.is_served_by_nobody().await?;
                let id = HEXLOWER.encode(&world.bytes::<16>());
                let (to, was) = (self.to_words.clone(), said);
                let mark = Mark::MovingAway { id: id.clone(), to, was: was.clone() };
                from.say(&[(MADE_BY, Some(&mark.to_row()?))]).await?;
                Ok((id, was))
            }
        }
    }

    fn not_empty(&self) -> Fault {
        Fault::Unusable(format!(
            "{} is not empty: a store is moved into a new place, or on into the one where its move was begun",
            self.to_words
        ))
    }

    async fn begin(&self, to: &mut Side, id: &str) -> Result<(), Fault> {
        for table in MOVING {
            let columns = to.columns(table).await?;
            if to.said(MADE_BY).await?.is_some()
                || !to.page(table, &columns, None, 1).await?.is_empty()
            {
                return Err(self.not_empty());
            }
        }
        let mark = Mark::Arriving { id: id.to_owned(), from: self.from_words.clone() }.to_row()?;
        let progress = noted(&Progress { table: 0, after: None })?;
        to.say(&[(MADE_BY, Some(&mark)), (PROGRESS, Some(&progress))]).await
    }

    async fn chains(
        &self,
        told: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Vec<(AccountId, Head)>, Fault> {
        told(Step::CheckingChains);
        match self.to.check_whole().await {
            Ok(whole) => Ok(whole.heads),
            Err(NotWhole::Fault(fault)) => Err(fault),
            Err(why) => Err(Fault::Unusable(format!(
                "what was copied is not whole: {why}. Is the source? `rollcall admin audit verify` says so; with --abandon it is served again"
            ))),
        }
    }
}

pub(in crate::store) fn noted(progress: &Progress) -> Result<String, Fault> {
    serde_json::to_string(progress).map_err(|error| Fault::Unusable(error.to_string()))
}

async fn copy(
    from: &mut Side,
    to: &mut Side,
    told: &mut (dyn FnMut(Step) + Send),
) -> Result<(), Fault> {
    undecided(from).await?;
    let said = to.said(PROGRESS).await?.unwrap_or_default();
    let broken = |_| Fault::inconsistent("meta", "value", PROGRESS);
    let mut at: Progress = serde_json::from_str(&said).map_err(broken)?;
    while let Some(table) = MOVING.get(at.table) {
        let columns = same_columns(from, to, table).await?;
        let mut rows_told = 0;
        loop {
            let rows = from.page(table, &columns, at.after.as_ref(), PAGE).await?;
            let next = match rows.last().filter(|_| rows.len() == PAGE) {
                Some(last) => {
                    Progress { table: at.table, after: Some(key_of(table, &columns, last)?) }
                }
                None => Progress { table: at.table + 1, after: None },
            };
            let (before, after) = (&at, &next);
            to.put(&Batch { table, columns: &columns, rows: &rows, before, after }).await?;
            rows_told += rows.len() as u64;
            told(Step::Copying { table: table.name, rows: rows_told });
            let is_over = next.table != at.table;
            at = next;
            if is_over {
                break;
            }
        }
    }
    Ok(())
}

/// A table that this program would leave behind without having decided so.
async fn undecided(from: &mut Side) -> Result<(), Fault> {
    match from.tables().await?.iter().find(|name| !tables::is_decided(name)) {
        Some(name) => Err(Fault::Unusable(format!(
            "the database has a table {name}, which is none of rollcall's: a store has its database, or its schema, for itself"
        ))),
        None => Ok(()),
    }
}

async fn same_columns(
    from: &mut Side,
    to: &mut Side,
    table: &'static Table,
) -> Result<Vec<String>, Fault> {
    let columns = from.columns(table).await?;
    if columns.is_empty() || columns != to.columns(table).await? {
        return Err(Fault::inconsistent(table.name, "columns", "the two databases differ"));
    }
    Ok(columns)
}

async fn compare(
    from: &mut Side,
    to: &mut Side,
    told: &mut (dyn FnMut(Step) + Send),
) -> Result<Vec<MovedTable>, Fault> {
    let mut compared = Vec::new();
    for table in MOVING {
        let columns = same_columns(from, to, table).await?;
        let mut rows = 0;
        let mut seen = |more| {
            rows += more;
            told(Step::Comparing { table: table.name, rows });
        };
        let was = from.digest(table, &columns, &mut seen).await?;
        let is = to.digest(table, &columns, |_| ()).await?;
        if was != is {
            return Err(Fault::Unusable(format!(
                "the table {} is not the same on both sides ({} rows here, {} there): neither may be served. With --abandon the source is as before; move it into another, empty place",
                table.name, was.rows, is.rows
            )));
        }
        compared.push(MovedTable { name: table.name, rows: is.rows, digest: is.to_text() });
    }
    Ok(compared)
}
