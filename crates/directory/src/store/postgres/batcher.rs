//! One task per account that has acts waiting, ended when it has been idle. It borrows a
//! connection for each batch; one that met an error is not given back.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::address::Address;
use super::connection::Connection;
use super::fence::Fence;
use super::rows::PostgresRows;
use crate::Fault;
use crate::acting::{Gather, Ticket, run};
use crate::store::Lock;
use crate::world::{AccountId, World};

/// Acts of one account that may wait; the next one is told to come back.
const WAITING_MAX_ACTS: usize = 4096;
const IDLE: Duration = Duration::from_secs(5);
/// Connections that write at a time, for all accounts.
const WRITERS_MAX: usize = 8;

#[derive(Clone)]
pub(super) struct Batcher(Arc<Shared>);

struct Shared {
    address: Address,
    world: World,
    lock: Lock,
    queues: Mutex<HashMap<AccountId, Sender<Box<dyn Ticket>>>>,
    idle: Mutex<Vec<Connection>>,
    turns: Semaphore,
    fence: Arc<Fence>,
}

impl Batcher {
    pub(super) fn new(address: Address, world: World, lock: Lock, fence: Arc<Fence>) -> Self {
        Self(Arc::new(Shared {
            address,
            world,
            lock,
            queues: Mutex::default(),
            idle: Mutex::default(),
            turns: Semaphore::new(WRITERS_MAX),
            fence,
        }))
    }

    pub(super) fn submit(&self, ticket: Box<dyn Ticket>) -> Result<(), Fault> {
        let account = ticket.account();
        let mut queues = self.0.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = queues.entry(account).or_insert_with(|| {
            let (sender, receiver) = channel(WAITING_MAX_ACTS);
            tokio::spawn(serve(Arc::clone(&self.0), account, receiver));
            sender
        });
        sender.try_send(ticket).map_err(|error| match error {
            TrySendError::Full(_) => Fault::Busy("too many acts wait to be written".to_owned()),
            TrySendError::Closed(_) => Fault::Unavailable("the batcher has stopped".to_owned()),
        })
    }

    /// Waits until every batch that runs has ended; none begins while this is held.
    pub(super) async fn every_turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        let every_turn = u32::try_from(WRITERS_MAX).unwrap_or(u32::MAX);
        let turns = self.0.turns.acquire_many(every_turn).await;
        turns.map_err(|_| Fault::Unavailable("the store is closed".to_owned()))
    }

    /// Waits until every batch that runs has ended, and lets no other begin.
    pub(super) async fn stop(&self) {
        // Held until it is closed: nobody slips in between.
        if let Ok(_every_turn) = self.every_turn().await {
            self.0.turns.close();
        }
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn serve(shared: Arc<Shared>, account: AccountId, mut coming: Receiver<Box<dyn Ticket>>) {
    loop {
        match tokio::time::timeout(IDLE, coming.recv()).await {
            Ok(Some(first)) => {
                // A bug in one rule must not stop all who come after: its batch alone goes
                // unanswered, and its connection is gone with it.
                let batch = AssertUnwindSafe(batch(&shared, first, &mut coming));
                if batch.catch_unwind().await.is_err() {
                    tracing::error!("a batch panicked");
                }
            }
            Ok(None) => return,
            Err(_idle) => {
                // Under the lock nobody can be sending: either somebody has, or nobody will.
                let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
                if coming.is_empty() {
                    queues.remove(&account);
                    return;
                }
            }
        }
    }
}

async fn batch(shared: &Shared, first: Box<dyn Ticket>, coming: &mut Receiver<Box<dyn Ticket>>) {
    let Ok(_turn) = shared.turns.acquire().await else {
        return first.fail(Fault::Unavailable("the store is closed".to_owned()));
    };
    let db = match shared.connection().await {
        Ok(db) => db,
        Err(fault) => {
            // Each of them would wait as long for the same.
            first.fail(fault.clone());
            while let Ok(ticket) = coming.try_recv() {
                ticket.fail(fault.clone());
            }
            return;
        }
    };
    let mut rows = PostgresRows::new(db, &shared.address, shared.lock, &shared.fence);
    run(first, &mut rows, &mut Coming(coming), &shared.world).await;
    if rows.db.is_good() {
        shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(rows.db);
    }
}

impl Shared {
    async fn connection(&self) -> Result<Connection, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle.filter(Connection::is_good) {
            Some(db) => Ok(db),
            None => Connection::open(&self.address).await,
        }
    }
}

struct Coming<'a>(&'a mut Receiver<Box<dyn Ticket>>);

impl Gather for Coming<'_> {
    fn gather(&mut self, _: AccountId, into: &mut Vec<Box<dyn Ticket>>, up_to: usize) {
        while into.len() < up_to
            && let Ok(ticket) = self.0.try_recv()
        {
            into.push(ticket);
        }
    }
}
