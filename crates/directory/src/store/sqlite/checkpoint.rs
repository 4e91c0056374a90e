//! Moving the log into the file, off the path of the answers. A thread of its own does the work
//! once the log has grown; then the writer finishes with one short pass between two batches.
//! Without the finish that thread never catches the last frame and the log grows for ever;
//! automatic checkpoints would do it all on the writer, in the middle of somebody's commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::open::{Place, connect};
use crate::Fault;

/// 64 MiB of 4 KiB pages.
const LOG_PAGES_WANTED_MAX: i32 = 16_000;

pub(super) struct Checkpoints {
    log_pages: Arc<AtomicI32>,
    wake: SyncSender<()>,
    thread: JoinHandle<()>,
    passed: Arc<AtomicBool>,
}

impl Checkpoints {
    pub(super) fn start(place: &Place, writer: &mut Connection) -> Result<Self, Fault> {
        let log_pages = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&log_pages);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            seen.store(pages, Ordering::Relaxed);
            metrics::gauge!("rollcall_wal_pages").set(f64::from(pages));
            Ok(())
        }))?;
        let passed = Arc::new(AtomicBool::new(false));
        let (wake, woken) = sync_channel::<()>(1);
        let (db, done) = (connect(place)?, Arc::clone(&passed));
        let thread = thread::Builder::new()
            .name("rollcall-checkpoint".to_owned())
            .spawn(move || {
                after_all_others();
                while woken.recv().is_ok() {
                    pass(&db);
                    done.store(true, Ordering::Release);
                }
            })
            .map_err(|error| Fault::Unavailable(error.to_string()))?;
        Ok(Self { log_pages, wake, thread, passed })
    }

    pub(super) fn between_batches(&mut self, writer: &Connection) {
        if self.passed.swap(false, Ordering::Acquire) {
            pass(writer);
            self.log_pages.store(0, Ordering::Relaxed);
        } else if self.log_pages.load(Ordering::Relaxed) > LOG_PAGES_WANTED_MAX {
            // Full: it has been woken already.
            let _ = self.wake.try_send(());
        }
    }

    /// The last pass; then nobody but the writer has the file open.
    pub(super) fn last(self, writer: &Connection) {
        pass(writer);
        drop(self.wake);
        if self.thread.join().is_err() {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

/// Calls and acts come before it where they want the same core: a pass takes longer, and who waits
/// for an act meanwhile does not.
#[cfg(target_os = "linux")]
fn after_all_others() {
    const NICE: i32 = 10;
    // Linux has this for each thread.
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        tracing::debug!(%error, "checkpoints are made at the priority of everything else");
    }
}

#[cfg(not(target_os = "linux"))]
const fn after_all_others() {}

fn pass(db: &Connection) {
    if let Err(error) = db.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())) {
        tracing::warn!(%error, "a checkpoint was not made; the log grows until the next one");
    }
}
