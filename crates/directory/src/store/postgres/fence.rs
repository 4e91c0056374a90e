//! The fence against a stale primary: one that was paused or cut off, and still says that it takes
//! writes while its successor has taken some. It cannot be asked whether it is stale. But its commits
//! no longer return, for the standby that acknowledged them is the successor now.
//!
//! So an answer from a server counts only while a commit of ours there has returned that was sent
//! less than [`LIVES`] ago. A standby acknowledges nothing after its promotion, so that commit was
//! sent before it; and the successor answers nothing until [`SETTLES`] after it was first seen, when
//! the last such answer is over. See `docs/decisions/0013-fence-against-a-stale-primary.md`.

use std::future::pending;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::boot_clock::Instant;
use super::connection::Connection;
use super::server::Server;
use crate::Fault;

/// How long after it was sent a commit that returned proves that its server is the primary.
pub(super) const LIVES: Duration = Duration::from_secs(2);
/// How long after a new timeline was first seen nothing is answered from it.
pub(super) const SETTLES: Duration = Duration::from_secs(3);

/// What the beats have shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub primary: Option<Primary>,
    /// When the newest beat was sent that has returned, from that primary.
    pub proof: Option<Instant>,
    /// Why no beat returned just now.
    pub away: Option<String>,
    pub synchronous: bool,
    pub streaming: Option<u32>,
    pub nodes: u32,
}

/// The server where the beats go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Primary {
    pub server: Server,
    /// From when on it may be answered from.
    pub settled: Instant,
}

pub(super) struct Fence {
    pub(super) shown: watch::Sender<Shown>,
    /// Somebody waits for a beat.
    pub(super) wanted: Notify,
    require_synchronous: bool,
    /// To see that the tests notice.
    #[cfg(test)]
    pub(super) is_down: std::sync::atomic::AtomicBool,
}

/// Whether something that came over a connection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Counts,
    /// Not yet; perhaps when the next beat has returned.
    Wait,
    /// Not until then.
    WaitUntil(Instant),
}

impl Shown {
    /// May an act be begun over a connection to this server? Its own commit is its proof.
    fn may_act(&self, server: Server, now: Instant) -> Verdict {
        match self.primary {
            Some(primary) if primary.server == server && primary.settled <= now => Verdict::Counts,
            Some(primary) if primary.server == server => Verdict::WaitUntil(primary.settled),
            Some(_) | None => Verdict::Wait,
        }
    }

    /// Does an answer count that came over a connection which was opened then?
    fn counts(&self, server: Server, opened: Instant, now: Instant) -> Verdict {
        match (self.may_act(server, now), self.proof) {
            // Sent after the connection was opened: a server that crashed and came back shows what
            // no standby has acknowledged.
            (Verdict::Counts, Some(sent)) if sent >= opened && now.since(sent) < LIVES => {
                Verdict::Counts
            }
            (Verdict::Counts, _) => Verdict::Wait,
            (other, _) => other,
        }
    }
}

impl Fence {
    pub(super) fn new(require_synchronous: bool) -> Self {
        Self {
            shown: watch::Sender::new(Shown { nodes: 1, ..Shown::default() }),
            wanted: Notify::new(),
            require_synchronous,
            #[cfg(test)]
            is_down: std::sync::atomic::AtomicBool::new(false),
        }
    }

    /// Lets an answer through that came over this connection, or waits a while for the proof that
    /// it may; never longer than a proof lives.
    pub(super) async fn admit(&self, db: &Connection) -> Result<(), Fault> {
        #[cfg(test)]
        if self.is_down.load(std::sync::atomic::Ordering::Acquire) {
            return Ok(());
        }
        let (server, opened) = (db.server(), db.opened());
        self.wait(db, LIVES, |shown, now| shown.counts(server, opened, now)).await
    }

    /// Lets an act begin over this connection.
    pub(super) async fn may_act(&self, db: &Connection) -> Result<(), Fault> {
        let server = db.server();
        self.wait(db, SETTLES + LIVES, |shown, now| shown.may_act(server, now)).await
    }

    async fn wait(
        &self,
        db: &Connection,
        at_most: Duration,
        verdict: impl Fn(&Shown, Instant) -> Verdict,
    ) -> Result<(), Fault> {
        let began = Instant::now();
        if self.judge(&verdict, began)? == Verdict::Counts {
            return Ok(());
        }
        let mut changes = self.shown.subscribe();
        loop {
            let now = Instant::now();
            let verdict = self.judge(&verdict, now)?;
            let left = at_most.saturating_sub(now.since(began));
            if verdict == Verdict::Counts {
                return Ok(());
            }
            if left.is_zero() || db.is_of_the_past() {
                db.spoil();
                metrics::counter!("rollcall_store_fenced_total").increment(1);
                return Err(Fault::Unavailable(self.why()));
            }
            let next = match verdict {
                Verdict::WaitUntil(then) => left.min(then.since(now)),
                _ => {
                    self.wanted.notify_one();
                    left
                }
            };
            let changed = tokio::time::timeout(next, changes.changed()).await;
            if changed.is_ok_and(|changed| changed.is_err()) {
                return Err(Fault::Unavailable("the store is closed".to_owned()));
            }
        }
    }

    fn judge(
        &self,
        verdict: &impl Fn(&Shown, Instant) -> Verdict,
        now: Instant,
    ) -> Result<Verdict, Fault> {
        let shown = self.shown.borrow();
        if self.require_synchronous && shown.proof.is_some() && !shown.synchronous {
            return Err(Fault::Unavailable(NOT_SYNCHRONOUS.to_owned()));
        }
        Ok(verdict(&shown, now))
    }

    fn why(&self) -> String {
        let away = self.shown.borrow().away.clone();
        let why = away.unwrap_or_else(|| "none has returned in time".to_owned());
        format!("no commit shows that the server asked is still the primary: {why}")
    }

    /// Ends when commits have stopped returning from this connection's server.
    pub(super) async fn gone(&self, db: &Connection) {
        let mut changes = self.shown.subscribe();
        while !db.is_of_the_past() {
            if changes.changed().await.is_err() {
                pending::<()>().await;
            }
        }
    }

    /// Ends when the beats go to another server than this connection's.
    pub(super) async fn moved(&self, db: &Connection) {
        let mut changes = self.shown.subscribe();
        loop {
            let primary = changes.borrow_and_update().primary;
            if primary.is_some_and(|primary| primary.server != db.server()) {
                return;
            }
            if changes.changed().await.is_err() {
                pending::<()>().await;
            }
        }
    }
}

pub(super) const NOT_SYNCHRONOUS: &str = "this PostgreSQL's commits do not wait for a standby, and require_synchronous is set: set synchronous_standby_names on its server (Patroni: synchronous_mode and synchronous_mode_strict), or take require_synchronous out of [store]";

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: Server = Server { system: 7, timeline: Some(1), started: 1 };

    fn at(millis: u64) -> Instant {
        Instant::at(Duration::from_millis(millis))
    }

    fn shown(sent: Option<u64>) -> Shown {
        let primary = Primary { server: SERVER, settled: at(0) };
        Shown { primary: Some(primary), proof: sent.map(at), ..Shown::default() }
    }

    #[test]
    fn an_answer_counts_while_a_commit_that_returned_is_young() {
        let shown_at = |sent, now| shown(sent).counts(SERVER, at(1_000), at(now));
        assert_eq!(shown_at(Some(5_000), 5_001), Verdict::Counts);
        assert_eq!(shown_at(Some(5_000), 6_999), Verdict::Counts);
        assert_eq!(shown_at(Some(5_000), 7_000), Verdict::Wait);
        assert_eq!(shown_at(None, 5_000), Verdict::Wait);
    }

    #[test]
    fn a_proof_is_of_one_server_and_not_older_than_the_connection() {
        let fresh = shown(Some(5_000));
        assert_eq!(fresh.counts(SERVER, at(5_000), at(5_100)), Verdict::Counts);
        assert_eq!(fresh.counts(SERVER, at(5_001), at(5_100)), Verdict::Wait);
        // The same machine, started again, is another; so is its twin of the same timeline.
        for other in [Server { started: 2, ..SERVER }, Server { timeline: Some(2), ..SERVER }] {
            assert_eq!(fresh.counts(other, at(1_000), at(5_100)), Verdict::Wait);
            assert_eq!(fresh.may_act(other, at(5_100)), Verdict::Wait);
        }
    }

    #[test]
    fn a_new_timeline_settles_before_anything_is_answered_from_it() {
        let mut new = shown(Some(5_000));
        new.primary = Some(Primary { server: SERVER, settled: at(8_000) });
        assert_eq!(new.may_act(SERVER, at(7_999)), Verdict::WaitUntil(at(8_000)));
        assert_eq!(new.counts(SERVER, at(1_000), at(5_100)), Verdict::WaitUntil(at(8_000)));
        assert_eq!(new.may_act(SERVER, at(8_000)), Verdict::Counts);
        // Whoever asks the old one may be answered by it for as long as a proof lives, and no more.
        assert!(SETTLES > LIVES);
    }
}
