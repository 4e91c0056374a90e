//! The task that writes the last uses of secrets and sessions, about every second, on a connection
//! of its own.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::address::Address;
use super::connection::Connection;
use crate::Fault;
use crate::applications::{Uses, uses};
use crate::sessions::visits;
use crate::store::noted::Noted;

/// Stops, with a last write, when this is dropped.
pub(super) struct UsesWriter {
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl UsesWriter {
    pub(super) fn start(address: Address, noted: Arc<Noted>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(address, noted, stopped));
        Self { running: Mutex::new(Some((stop, task))) }
    }

    /// Writes what is left.
    pub(super) async fn stop(&self) {
        let taken = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, task)) = taken {
            drop(stop);
            if task.await.is_err() {
                tracing::error!("the writer of last uses panicked");
            }
        }
    }
}

async fn run(address: Address, noted: Arc<Noted>, mut stopped: oneshot::Receiver<()>) {
    let mut db = None;
    let mut last = false;
    while !last {
        last = tokio::time::timeout(Uses::WRITTEN_EVERY, &mut stopped).await.is_ok();
        let _writing = noted.writing.lock().await;
        let taken = noted.uses.take();
        if !taken.is_empty()
            && let Err(fault) = write_uses(&address, &mut db, &taken).await
        {
            tracing::warn!(%fault, "last uses of secrets were not written; they are tried again");
            noted.uses.put_back(taken);
        }
        let taken = noted.visits.take();
        if !taken.is_empty()
            && let Err(fault) = write_visits(&address, &mut db, &taken).await
        {
            tracing::warn!(%fault, "last uses of sessions were not written; they are tried again");
            noted.visits.put_back(taken);
        }
    }
}

async fn write_uses(
    address: &Address,
    db: &mut Option<Connection>,
    taken: &[uses::Noted],
) -> Result<(), Fault> {
    uses::postgres::write(good(address, db).await?, taken).await
}

async fn write_visits(
    address: &Address,
    db: &mut Option<Connection>,
    taken: &[visits::NotedVisit],
) -> Result<(), Fault> {
    visits::postgres::write(good(address, db).await?, taken).await
}

async fn good<'a>(
    address: &Address,
    db: &'a mut Option<Connection>,
) -> Result<&'a Connection, Fault> {
    let open = match db.take().filter(Connection::is_good) {
        Some(open) => open,
        None => Connection::open(address).await?,
    };
    Ok(db.insert(open))
}
