//! The task that writes the last uses of secrets, about every second, on a connection of its own.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::address::Address;
use super::connection::Connection;
use crate::Fault;
use crate::applications::{Uses, uses};

/// Stops, with a last write, when this is dropped.
pub(super) struct UsesWriter {
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl UsesWriter {
    pub(super) fn start(address: Address, noted: Arc<Uses>) -> Self {
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

async fn run(address: Address, noted: Arc<Uses>, mut stopped: oneshot::Receiver<()>) {
    let mut db = None;
    let mut last = false;
    while !last {
        last = tokio::time::timeout(Uses::WRITTEN_EVERY, &mut stopped).await.is_ok();
        let taken = noted.take();
        if taken.is_empty() {
            continue;
        }
        if let Err(fault) = write(&address, &mut db, &taken).await {
            tracing::warn!(%fault, "last uses of secrets were not written; they are tried again");
            noted.put_back(taken);
        }
    }
}

async fn write(
    address: &Address,
    db: &mut Option<Connection>,
    taken: &[uses::Noted],
) -> Result<(), Fault> {
    let good = db.take().filter(Connection::is_good);
    let open = match good {
        Some(open) => open,
        None => Connection::open(address).await?,
    };
    uses::postgres::write(db.insert(open), taken).await
}
