//! Reading: single statements, sent as they come over a few shared connections. Never within a
//! transaction, so sharing is safe, and one statement is one snapshot.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::RwLock;

use super::AskPostgres;
use super::address::Address;
use super::batcher::Batcher;
use super::beats::{Beats, Node};
use super::boot_clock::Instant as BootInstant;
use super::cluster::Cluster;
use super::connection::Connection;
use super::fence::Fence;
use super::uses::UsesWriter;
use crate::accounts::Account;
use crate::acting::Ticket;
use crate::store::noted::Noted;
use crate::store::orphans::ORPHANS;
use crate::store::{Accounts, Integrity, Lock};
use crate::world::World;
use crate::{Fault, accounts, audit, users};

const SHARED_CONNECTIONS: usize = 4;
const FAILURE_HOLDS: Duration = Duration::from_secs(1);

/// An open PostgreSQL store.
pub struct Postgres {
    address: Address,
    shared: [RwLock<Option<Arc<Connection>>>; SHARED_CONNECTIONS],
    next: AtomicUsize,
    /// When a connection could last not be had, and why.
    failed: Mutex<Option<(Instant, Fault)>>,
    batcher: Batcher,
    noted: Arc<Noted>,
    uses_writer: UsesWriter,
    fence: Arc<Fence>,
    beats: Beats,
}

impl Postgres {
    pub(in crate::store) fn start(address: &Address, world: World, lock: Lock, node: Node) -> Self {
        let address = address.for_a_store();
        let fence = Arc::new(Fence::new(address.is_synchronous_required()));
        let beats = Beats::start(address.clone(), Arc::clone(&fence), node);
        let batcher = Batcher::new(address.clone(), world, lock, Arc::clone(&fence));
        let noted = Arc::new(Noted::default());
        let uses_writer = UsesWriter::start(address.clone(), Arc::clone(&noted));
        Self {
            address,
            shared: Default::default(),
            next: AtomicUsize::new(0),
            failed: Mutex::default(),
            batcher,
            noted,
            uses_writer,
            fence,
            beats,
        }
    }

    pub(in crate::store) fn cluster(&self) -> Cluster {
        Cluster::of(&self.fence)
    }

    /// Asked by every call that is limited.
    pub(in crate::store) fn nodes(&self) -> u32 {
        self.fence.shown.borrow().nodes
    }

    /// For the test that sees what would be answered without it.
    #[cfg(test)]
    pub(in crate::store) fn take_the_fence_down(&self) {
        self.fence.is_down.store(true, Ordering::Release);
    }

    pub(in crate::store) fn is_unfit(&self) -> Option<&'static str> {
        let is_required = self.address.is_synchronous_required();
        is_required.then(|| self.cluster().is_not_synchronous()).flatten()
    }

    /// Waits until a commit of this process has returned, from a primary that has settled.
    pub(super) async fn first_proof(&self, at_most: Duration) -> Result<(), Fault> {
        let mut shown = self.fence.shown.subscribe();
        let proof = shown.wait_for(|shown| shown.proof.is_some());
        let settled = match tokio::time::timeout(at_most, proof).await {
            Ok(Ok(shown)) => shown.primary.map(|primary| primary.settled),
            Ok(Err(_)) | Err(_) => None,
        };
        if let Some(settled) = settled {
            tokio::time::sleep(settled.since(BootInstant::now())).await;
            return Ok(());
        }
        let why = self.cluster().away.unwrap_or_else(|| "no commit has returned".to_owned());
        Err(Fault::Unavailable(why))
    }

    /// A connection for a transaction of its own that answers somebody.
    pub(super) async fn writing(&self) -> Result<Connection, Fault> {
        let db = Connection::open(&self.address).await?;
        self.fence.may_act(&db).await?;
        Ok(db)
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn batcher(&self) -> &Batcher {
        &self.batcher
    }

    pub(in crate::store) fn submit(&self, ticket: Box<dyn Ticket>) -> Result<(), Fault> {
        self.batcher.submit(ticket)
    }

    pub(in crate::store) async fn read<Q: AskPostgres>(
        &self,
        question: &Q,
    ) -> Result<Q::Reply, Fault> {
        let db = self.shared_connection().await?;
        match self.answer(&db, question.ask_beside_others(&db)).await {
            // Asked where nobody is the primary any more: once more, of whoever is now.
            Err(Fault::Unavailable(_)) if db.is_of_the_past() => {
                let db = self.shared_connection().await?;
                self.answer(&db, question.ask_beside_others(&db)).await
            }
            answered => answered,
        }
    }

    /// An answer that the fence lets through, or none.
    async fn answer<T>(
        &self,
        db: &Connection,
        asked: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let reply = tokio::select! {
            reply = asked => reply?,
            () = self.fence.gone(db) => {
                metrics::counter!("rollcall_store_fenced_total").increment(1);
                let why = "the server that was asked has stopped to show that it is the primary";
                return Err(Fault::Unavailable(why.to_owned()));
            }
        };
        self.fence.admit(db).await?;
        Ok(reply)
    }

    /// On a connection of its own, without a limit on its statements.
    pub(in crate::store) async fn read_long<Q: AskPostgres>(
        &self,
        question: &Q,
    ) -> Result<Q::Reply, Fault> {
        let db = Connection::open_without_limits(&self.address).await?;
        self.answer(&db, question.ask(&db)).await
    }

    pub(in crate::store) fn noted(&self) -> &Noted {
        &self.noted
    }

    pub(in crate::store) async fn close(&self) {
        self.batcher.stop().await;
        self.uses_writer.stop().await;
        self.beats.stop().await;
        for place in &self.shared {
            *place.write().await = None;
        }
    }

    async fn shared_connection(&self) -> Result<Arc<Connection>, Fault> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % SHARED_CONNECTIONS;
        let place = self.shared.get(at).unwrap_or(&self.shared[0]);
        if let Some(db) = place.read().await.as_ref().filter(|db| db.is_good()) {
            return Ok(Arc::clone(db));
        }
        let mut place = place.write().await;
        if let Some(db) = place.as_ref().filter(|db| db.is_good()) {
            return Ok(Arc::clone(db));
        }
        self.failed_just_now()?;
        match Connection::open(&self.address).await {
            Ok(db) => {
                let db = Arc::new(db);
                *place = Some(Arc::clone(&db));
                Ok(db)
            }
            Err(fault) => {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((Instant::now(), fault.clone()));
                Err(fault)
            }
        }
    }

    /// Who waited for the same connection meanwhile is told the same, rather than wait in turn.
    fn failed_just_now(&self) -> Result<(), Fault> {
        match &*self.failed.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((when, fault)) if when.elapsed() < FAILURE_HOLDS => Err(fault.clone()),
            Some(_) | None => Ok(()),
        }
    }
}

/// A database that an older program made has none of its tables yet.
pub(super) async fn has_the_console(db: &Connection) -> Result<bool, Fault> {
    let rows = db.query("select to_regclass('vaults') is not null", &[]).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

impl AskPostgres for Integrity {
    type Reply = Vec<String>;

    /// PostgreSQL keeps its own house; here only what refers to nothing is looked for.
    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        if !has_the_console(db).await? {
            return Ok(Vec::new());
        }
        let mut found: Vec<String> =
            db.query(ORPHANS, &[]).await?.iter().map(|row| row.get(0)).collect();
        found.extend(audit::postgres::of_no_account(db).await?);
        found.extend(users::postgres::wrong(db).await?);
        Ok(found)
    }
}

impl AskPostgres for Accounts {
    type Reply = Vec<Account>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        accounts::postgres::list(db, &after, i64::from(self.limit)).await
    }
}
