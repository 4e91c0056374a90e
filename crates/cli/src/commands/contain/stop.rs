//! Ctrl-C, and what services send. The first one lets what is under way come to its end; the second
//! one ends at once, which the journal is made for.

use rollcall_contain::apply::Halt;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::failure::Failure;

/// Listens for as long as it is held.
pub struct Stop {
    halt: watch::Receiver<Halt>,
    listens: JoinHandle<()>,
}

impl Stop {
    pub fn on_signals() -> Result<Self, Failure> {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let signals = kinds.map(signal).into_iter().collect::<Result<Vec<_>, _>>();
        let signals = signals.map_err(|error| Failure {
            what: format!("signals cannot be listened for: {error}"),
            hint: None,
            status: crate::exit_status::ExitStatus::Failed,
        })?;
        let (told, halt) = watch::channel(Halt::GoOn);
        let listens = tokio::spawn(listen(signals, told));
        Ok(Self { halt, listens })
    }

    pub fn halt(&self) -> watch::Receiver<Halt> {
        self.halt.clone()
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.listens.abort();
    }
}

async fn listen(mut signals: Vec<Signal>, told: watch::Sender<Halt>) {
    for halt in [Halt::StartNoMore, Halt::AtOnce] {
        let any = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
        futures_util::future::select_all(any).await;
        if told.send(halt).is_err() {
            return;
        }
    }
}
