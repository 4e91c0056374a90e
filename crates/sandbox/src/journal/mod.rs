//! What a client did: the exchanges of a run, in memory, the oldest leaving first.

pub(crate) mod calls;
pub mod curl;
mod exchange;
mod file;
pub mod har;
mod known;
pub(crate) mod masking;
mod page_tokens;
pub(crate) mod told;

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

pub use exchange::{
    Alteration, Answered, Credential, Exchange, Left, Meant, Misplaced, PageToken, Place, Sent,
    Text, Told,
};
pub use known::Known;
pub(crate) use known::scheme_and_rest;

/// As many as a suite makes; a few kilobytes each.
pub const KEPT_MAX: usize = 20_000;
/// All of them together, by the bodies in them.
const KEPT_MAX_BYTES: usize = 128 * 1024 * 1024;

pub struct Journal {
    began: Instant,
    numbers: AtomicU64,
    kept: Mutex<Kept>,
    file: Mutex<Option<file::Lines>>,
    /// How many have ended; whoever follows the journal waits on it.
    ended: watch::Sender<u64>,
}

#[derive(Default)]
struct Kept {
    /// In the order of their ends, each with its place in it, from 1.
    exchanges: VecDeque<(u64, Arc<Exchange>)>,
    bytes: usize,
    ends: u64,
    clears: u64,
}

/// A stretch of the journal.
pub struct Stretch {
    pub exchanges: Vec<Arc<Exchange>>,
    /// Where to go on from.
    pub newest: u64,
    /// How often the journal was cleared: another number than before, and what was read before is
    /// of another time.
    pub clears: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            numbers: AtomicU64::new(0),
            kept: Mutex::default(),
            file: Mutex::default(),
            ended: watch::Sender::new(0),
        }
    }
}

impl Journal {
    /// Given when a call comes, from 1; a journal that was cleared goes on counting.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn since_start(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.began)
    }

    /// Writes each exchange to this file too, as a line of JSON.
    pub fn write_to(&self, path: &Path) -> io::Result<()> {
        let lines = file::Lines::append_to(path)?;
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(lines);
        Ok(())
    }

    /// An exchange that is over; they come in the order of their ends.
    pub fn push(&self, exchange: Exchange) {
        if let Some(file) = &mut *self.file.lock().unwrap_or_else(PoisonError::into_inner) {
            file.write(&exchange);
        }
        let end = {
            let mut kept = self.kept();
            kept.ends += 1;
            let end = kept.ends;
            kept.bytes += weight(&exchange);
            kept.exchanges.push_back((end, Arc::new(exchange)));
            while kept.exchanges.len() > KEPT_MAX || kept.bytes > KEPT_MAX_BYTES {
                let Some((_, oldest)) = kept.exchanges.pop_front() else { break };
                kept.bytes -= weight(&oldest);
            }
            end
        };
        self.ended.send_modify(|newest| *newest = end.max(*newest));
    }

    /// By number.
    #[must_use]
    pub fn all(&self) -> Vec<Exchange> {
        let mut all: Vec<Exchange> =
            self.kept().exchanges.iter().map(|(_, exchange)| (**exchange).clone()).collect();
        all.sort_by_key(|exchange| exchange.number);
        all
    }

    #[must_use]
    pub fn get(&self, number: u64) -> Option<Arc<Exchange>> {
        let kept = self.kept();
        let mut newest_first = kept.exchanges.iter().rev();
        newest_first.find(|(_, one)| one.number == number).map(|(_, one)| one.clone())
    }

    /// At most so many that ended after this place in the order of ends.
    #[must_use]
    pub fn after(&self, place: u64, account: Option<&str>, limit: usize) -> Stretch {
        let kept = self.kept();
        let from = kept.exchanges.partition_point(|(end, _)| *end <= place);
        let is_asked = |exchange: &Exchange| {
            account.is_none_or(|account| exchange.meant.account.as_deref() == Some(account))
        };
        let mut rest = kept.exchanges.iter().skip(from).filter(|(_, one)| is_asked(one));
        let (mut exchanges, mut newest) = (Vec::new(), place);
        for (end, exchange) in rest.by_ref().take(limit) {
            exchanges.push(exchange.clone());
            newest = *end;
        }
        if rest.next().is_none() {
            newest = kept.ends;
        }
        Stretch { exchanges, newest, clears: kept.clears }
    }

    /// As [`Self::after`]; while there is none, so long is waited for one.
    pub async fn next_after(
        &self,
        place: u64,
        account: Option<&str>,
        limit: usize,
        patience: Duration,
    ) -> Stretch {
        let mut follow = self.follow();
        let deadline = tokio::time::sleep(patience);
        let mut deadline = std::pin::pin!(deadline);
        let clears = self.kept().clears;
        loop {
            follow.mark_unchanged();
            let stretch = self.after(place, account, limit);
            if !stretch.exchanges.is_empty() || stretch.clears != clears {
                return stretch;
            }
            tokio::select! {
                changed = follow.changed() => if changed.is_err() { return stretch },
                () = &mut deadline => return stretch,
            }
        }
    }

    pub fn clear(&self) {
        {
            let mut kept = self.kept();
            kept.exchanges.clear();
            kept.bytes = 0;
            kept.clears += 1;
        }
        self.ended.send_modify(|_| {});
    }

    /// Tells when something has ended, or when all was cleared.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About what an exchange takes in memory.
fn weight(exchange: &Exchange) -> usize {
    const REST: usize = 2 * 1024;
    let body = match &exchange.answered {
        Answered::Whole { body, .. } | Answered::Broken { body, .. } => body.text.len(),
        Answered::Nothing { .. } => 0,
    };
    let told = exchange.told.people.iter().map(String::len).sum::<usize>();
    exchange.sent.body.text.len() + body + told + exchange.sent.target.len() + REST
}

#[cfg(test)]
mod tests;
