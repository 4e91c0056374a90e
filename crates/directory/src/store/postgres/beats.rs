//! The beats: this process writes its row in `nodes` again and again, and each write that returns is
//! a proof for the fence. One connection beats for all others to the same server, so that no read
//! waits behind a commit. A beat that fails or is late ends every connection of its time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::types::ToSql;

use super::address::Address;
use super::boot_clock::Instant;
use super::connection::Connection;
use super::fence::{Fence, LIVES, Primary, SETTLES};
use crate::Fault;

const EVERY: Duration = Duration::from_millis(500);
/// Between two tries to reach a server.
const AGAIN: Duration = Duration::from_millis(200);
const LOOKS_AT_STANDBYS_EVERY: Duration = Duration::from_secs(5);

/// How long other nodes count that were not seen.
const BEAT: &str =
    "insert into nodes (name, version, beats, started, seen) values ($1, $2, 1, now(), now())
     on conflict (name) do update set beats = nodes.beats + 1, seen = excluded.seen
     returning (select count(*) from nodes other where other.name <> $1 and other.version <> ''
                and other.seen > now() - interval '5 seconds'),
     coalesce(current_setting('synchronous_standby_names', true), '') <> ''
     and coalesce(current_setting('synchronous_commit', true), '') in ('on', 'remote_apply')";
const GONE_ARE_FORGOTTEN: &str = "delete from nodes where seen < now() - interval '1 hour'";
const TIMELINE: &str =
    "insert into timelines (timeline, seen) values ($1, now()) on conflict (timeline) do nothing";
/// Long ago by the server's clock, so that no small step of that clock makes it look so.
const WAS_SEEN_LONG_AGO: &str =
    "select seen < now() - interval '60 seconds' from timelines where timeline = $1";

/// Who beats.
#[derive(Clone)]
pub(in crate::store) struct Node {
    name: String,
    /// Empty for one that serves nobody: it is not counted.
    version: &'static str,
}

impl Node {
    /// No two processes have the same name, though their chance may be a seed's.
    pub(in crate::store) fn serving() -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let up = Instant::now().since(Instant::default()).as_micros();
        let name = format!("{host}/{}/{up}", std::process::id());
        Self { name, version: env!("CARGO_PKG_VERSION") }
    }

    pub(super) fn administering() -> Self {
        Self { name: "administration".to_owned(), version: "" }
    }
}

/// Stops when this is dropped.
pub(super) struct Beats {
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Beats {
    pub(super) fn start(address: Address, fence: Arc<Fence>, node: Node) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = beat_for_ever(&address, &fence, &node) => {}
                _dropped = stopped => {}
            }
            // Best it is forgotten at once, so that the others know how many they are.
            if !node.version.is_empty() {
                let _told = timeout(LIVES, leave(&address, &node)).await;
            }
        });
        Self { running: Mutex::new(Some((stop, task))) }
    }

    pub(super) async fn stop(&self) {
        let taken = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, task)) = taken {
            drop(stop);
            if task.await.is_err() {
                tracing::error!("the task that beats panicked");
            }
        }
    }
}

async fn leave(address: &Address, node: &Node) -> Result<(), Fault> {
    let db = Connection::open(address).await?;
    db.execute("delete from nodes where name = $1", &[&node.name]).await.map(|_| ())
}

async fn beat_for_ever(address: &Address, fence: &Fence, node: &Node) {
    let mut said = None;
    loop {
        let fault = match Connection::open(address).await {
            Ok(db) => match Beating::begin(&db, fence).await {
                Ok(()) => {
                    if said.take().is_some() {
                        tracing::info!("the database takes commits again");
                    }
                    let fault = Beating { db: &db, fence, node }.until_it_fails().await;
                    db.spoil();
                    fault
                }
                Err(fault) => fault,
            },
            Err(fault) => fault,
        };
        // Before it is told: who waits sees its connection to be of the past.
        address.known().next_turn();
        let why = fault.to_string();
        fence.shown.send_modify(|shown| shown.away = Some(why.clone()));
        if said.as_ref() != Some(&why) {
            tracing::warn!("no commit shows which server is the primary: {why}");
            said = Some(why);
        }
        sleep(AGAIN).await;
    }
}

struct Beating<'a> {
    db: &'a Connection,
    fence: &'a Fence,
    node: &'a Node,
}

impl Beating<'_> {
    /// Has this timeline been there for long? Then its primary has settled.
    async fn begin(db: &Connection, fence: &Fence) -> Result<(), Fault> {
        let (server, first_seen) = (db.server(), Instant::now());
        let known = fence.shown.borrow().primary;
        let known = known.filter(|primary| primary.server == server);
        let settled = match (server.timeline.map(i64::from), known) {
            // Where nobody speaks of timelines, the engine itself must not let two take writes.
            (None, _) => first_seen,
            (Some(_), Some(primary)) => primary.settled,
            (Some(timeline), None) => {
                in_time(db.committed(db.execute(TIMELINE, &[&timeline]))).await?;
                let rows = in_time(db.query(WAS_SEEN_LONG_AGO, &[&timeline])).await?;
                match rows.first().is_some_and(|row| row.get(0)) {
                    true => first_seen,
                    false => first_seen.plus(SETTLES),
                }
            }
        };
        if let Some(timeline) = server.timeline {
            metrics::gauge!("rollcall_store_timeline").set(f64::from(timeline));
        }
        fence.shown.send_modify(|shown| {
            if shown.primary.is_none_or(|before| before.server != server) {
                shown.proof = None;
            }
            shown.primary = Some(Primary { server, settled });
        });
        in_time(db.execute(GONE_ARE_FORGOTTEN, &[])).await.map(|_| ())
    }

    async fn until_it_fails(&self) -> Fault {
        let mut looked = None;
        loop {
            if let Err(fault) = self.beat().await {
                return fault;
            }
            let due = looked
                .is_none_or(|then: Instant| Instant::now().since(then) >= LOOKS_AT_STANDBYS_EVERY);
            if due {
                if let Err(fault) = self.look_at_standbys().await {
                    return fault;
                }
                looked = Some(Instant::now());
            }
            tokio::select! {
                () = sleep(EVERY) => {}
                () = self.fence.wanted.notified() => {}
            }
            if self.db.is_of_the_past() {
                return Fault::Unavailable("a later primary was seen".to_owned());
            }
        }
    }

    async fn beat(&self) -> Result<(), Fault> {
        let sent = Instant::now();
        let params: [&(dyn ToSql + Sync); 2] = [&self.node.name, &self.node.version];
        let rows = in_time(self.db.committed(self.db.query(BEAT, &params))).await?;
        let row =
            rows.first().ok_or_else(|| Fault::inconsistent("nodes", "name", &self.node.name))?;
        let nodes = u32::try_from(row.get::<_, i64>(0)).unwrap_or(u32::MAX).saturating_add(1);
        let synchronous = row.get(1);
        metrics::gauge!("rollcall_store_nodes").set(f64::from(nodes));
        metrics::gauge!("rollcall_store_synchronous").set(f64::from(u8::from(synchronous)));
        self.fence.shown.send_modify(|shown| {
            // A command says what it was asked, and `admin doctor` says this.
            let is_serving = !self.node.version.is_empty();
            if is_serving && (shown.proof.is_none() || shown.synchronous != synchronous) {
                say(synchronous);
            }
            (shown.proof, shown.away) = (Some(sent), None);
            (shown.nodes, shown.synchronous) = (nodes, synchronous);
        });
        Ok(())
    }

    /// In words only, for whoever looks: that a standby has it is what a beat's return says.
    async fn look_at_standbys(&self) -> Result<(), Fault> {
        if self.db.server().timeline.is_none() {
            return Ok(());
        }
        let sql = "select count(*) filter (where sync_state in ('sync', 'quorum') and state = 'streaming'),
                          count(*) filter (where state is null) from pg_stat_replication";
        let rows = in_time(self.db.query(sql, &[])).await?;
        let streaming = rows.first().filter(|row| row.get::<_, i64>(1) == 0);
        let streaming = streaming.and_then(|row| u32::try_from(row.get::<_, i64>(0)).ok());
        self.fence.shown.send_modify(|shown| shown.streaming = streaming);
        Ok(())
    }
}

fn say(synchronous: bool) {
    if synchronous {
        tracing::info!("commits wait for a standby: what was answered survives this server");
    } else {
        tracing::warn!(
            "commits do not wait for a standby: what was answered last may be lost with this server"
        );
    }
}

/// A beat that is this late proves nothing any more.
async fn in_time<T>(asked: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let late = |_| Fault::Unavailable(format!("a commit has not returned in {LIVES:?}"));
    timeout(LIVES, asked).await.map_err(late)?
}
