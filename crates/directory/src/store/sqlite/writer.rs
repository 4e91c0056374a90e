//! The thread that writes. It takes whoever waits first, and with them all who wait at the same
//! account: they share one sync of the log.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use rusqlite::Connection;

use super::checkpoint::Checkpoints;
use super::filling::Filling;
use super::held::HeldSnapshot;
use super::rows::{SqliteRows, roll_back};
use super::serving::{Opened, Serving};
use crate::Fault;
use crate::acting::{Gather, Ticket, run};
use crate::applications::{Uses, uses};
use crate::sessions::visits;
use crate::store::Lock;
use crate::store::noted::Noted;
use crate::users::whereabouts::Whereabouts;
use crate::world::{AccountId, World};

/// Acts that may wait; the next one is told to come back.
const WAITING_MAX_ACTS: usize = 4096;

/// Nothing is written for so long: then it is worth while to hold a snapshot.
const QUIET: Duration = Duration::from_millis(1);

/// What is to be done to the whole file, between two batches.
pub(super) type Errand = Box<dyn FnOnce(&mut Connection, &mut Beside) + Send>;

enum Order {
    Act(Box<dyn Ticket>),
    Errand(Errand),
}

/// Where orders are sent, and the thread that takes them.
type Running = (SyncSender<Order>, JoinHandle<()>);

pub(super) struct Writer {
    running: Mutex<Option<Running>>,
}

impl Writer {
    pub(super) fn start(
        db: Connection,
        world: World,
        checkpoints: Checkpoints,
        serving: Option<(Serving, HeldSnapshot)>,
        lock: Lock,
        beside: Beside,
    ) -> Result<Self, Fault> {
        let (sender, receiver) = sync_channel(WAITING_MAX_ACTS);
        let thread = thread::Builder::new()
            .name("rollcall-writer".to_owned())
            .spawn(move || write(db, receiver, &world, checkpoints, serving, lock, beside))
            .map_err(|error| Fault::Unavailable(error.to_string()))?;
        Ok(Self { running: Mutex::new(Some((sender, thread))) })
    }

    pub(super) fn submit(&self, ticket: Box<dyn Ticket>) -> Result<(), Fault> {
        self.order(Order::Act(ticket))
    }

    /// Run after every act that was submitted before it, and before those submitted later.
    pub(super) fn run_errand(&self, errand: Errand) -> Result<(), Fault> {
        self.order(Order::Errand(errand))
    }

    fn order(&self, order: Order) -> Result<(), Fault> {
        let running = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (sender, _) = running.as_ref().ok_or_else(stopped)?;
        sender.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => Fault::Busy("too many acts wait to be written".to_owned()),
            TrySendError::Disconnected(_) => stopped(),
        })
    }

    /// Writes what waits and stops.
    pub(super) fn stop(&self) {
        let taken = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some((sender, thread)) = taken {
            drop(sender);
            if thread.join().is_err() {
                tracing::error!("the writer panicked");
            }
        }
    }
}

fn stopped() -> Fault {
    Fault::Unavailable("the writer has stopped".to_owned())
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What has been taken from the queue and not been done. Nothing is taken from behind an errand: it
/// comes after all acts that were submitted before it, and before the others.
#[derive(Default)]
struct Here {
    acts: VecDeque<Box<dyn Ticket>>,
    errand: Option<Errand>,
}

impl Here {
    fn pop(&mut self) -> Option<Order> {
        let act = self.acts.pop_front().map(Order::Act);
        act.or_else(|| self.errand.take().map(Order::Errand))
    }
}

struct Waiting<'a> {
    here: &'a mut Here,
    coming: &'a mut Receiver<Order>,
}

impl Gather for Waiting<'_> {
    fn gather(&mut self, account: AccountId, into: &mut Vec<Box<dyn Ticket>>, up_to: usize) {
        while self.here.errand.is_none() && self.here.acts.len() < WAITING_MAX_ACTS {
            match self.coming.try_recv() {
                Ok(Order::Act(ticket)) => self.here.acts.push_back(ticket),
                Ok(Order::Errand(errand)) => self.here.errand = Some(errand),
                Err(_) => break,
            }
        }
        self.here.acts.gather(account, into, up_to);
    }
}

/// What the thread has in memory beside the file.
pub(super) struct Beside {
    pub opened: Arc<Opened>,
    pub noted: Arc<Noted>,
    pub whereabouts: Arc<Whereabouts>,
    /// While many people are put into a store that had nobody.
    pub filling: Option<Filling>,
}

fn write(
    mut db: Connection,
    mut coming: Receiver<Order>,
    world: &World,
    mut checkpoints: Checkpoints,
    serving: Option<(Serving, HeldSnapshot)>,
    lock: Lock,
    mut beside: Beside,
) {
    let (serving, held) = serving.unzip();
    let release = || held.iter().for_each(HeldSnapshot::release);
    let mut here = Here::default();
    let mut uses_written = Instant::now();
    loop {
        if uses_written.elapsed() >= Uses::WRITTEN_EVERY {
            release();
            if beside.opened.look().is_ok() {
                write_noted(&db, &beside.noted);
            }
            uses_written = Instant::now();
        }
        let until_uses = Uses::WRITTEN_EVERY.saturating_sub(uses_written.elapsed());
        let came = match here.pop() {
            Some(order) => Ok(order),
            None => next(&db, &coming, until_uses, held.as_ref()),
        };
        let order = match came {
            Ok(order) => order,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let running = AssertUnwindSafe(|| match order {
            Order::Act(first) => {
                let filling = beside.filling.as_mut();
                let whereabouts = &beside.whereabouts;
                let opened = &beside.opened;
                let mut rows = SqliteRows { db: &mut db, opened, lock, whereabouts, filling };
                let mut waiting = Waiting { here: &mut here, coming: &mut coming };
                run(first, &mut rows, &mut waiting, world)
                    .now_or_never()
                    .expect("nothing that SQLite does is awaited");
            }
            Order::Errand(errand) => {
                release();
                errand(&mut db, &mut beside);
            }
        });
        // A bug in one rule must not stop all who come after: its batch alone goes unanswered.
        if catch_unwind(running).is_err() {
            tracing::error!("a batch panicked");
            roll_back(&db);
        }
        release();
        checkpoints.between_batches(&db);
    }
    drop(held);
    write_noted(&db, &beside.noted);
    checkpoints.last(&db);
    // Where another file stands by now, the mark is that one's server's.
    if db.close().is_ok()
        && beside.opened.look().is_ok()
        && let Some(serving) = serving
    {
        serving.ended_well();
    }
}

/// Waits for it, and holds a snapshot meanwhile when it does not come at once.
fn next(
    db: &Connection,
    coming: &Receiver<Order>,
    up_to: Duration,
    held: Option<&HeldSnapshot>,
) -> Result<Order, RecvTimeoutError> {
    let Some(held) = held.filter(|_| up_to > QUIET) else { return coming.recv_timeout(up_to) };
    match coming.recv_timeout(QUIET) {
        Err(RecvTimeoutError::Timeout) => {}
        came => return came,
    }
    held.hold(db);
    coming.recv_timeout(up_to - QUIET)
}

/// Between two batches, so that nobody waits for more than two small commits.
fn write_noted(db: &Connection, noted: &Noted) {
    let taken = noted.uses.take();
    if !taken.is_empty()
        && let Err(fault) = uses::sqlite::write(db, &taken)
    {
        tracing::warn!(%fault, "last uses of secrets were not written; they are tried again");
        noted.uses.put_back(taken);
    }
    let taken = noted.visits.take();
    if !taken.is_empty()
        && let Err(fault) = visits::sqlite::write(db, &taken)
    {
        tracing::warn!(%fault, "last uses of sessions were not written; they are tried again");
        noted.visits.put_back(taken);
    }
}
