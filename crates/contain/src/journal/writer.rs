//! The one thread that writes. It takes all records that wait, writes them at once, syncs once and
//! tells everybody: a sync costs milliseconds, and sixteen calls at once would wait in line for it.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::line;
use super::record::{Entry, Record};
use super::{Journal, NotWritten, Records};

/// What waits for one sync.
const TOGETHER_MAX: usize = 1024;

/// What is written to. A trait, so that tests have a disk that is full.
pub(crate) trait Disk: Send + 'static {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

type Waiting = (Record, oneshot::Sender<Result<(), NotWritten>>);

pub(crate) struct Writer {
    to: Option<mpsc::Sender<Waiting>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    /// Goes on after what was read.
    pub(crate) fn start(
        disk: impl Disk,
        after: &Journal,
        clock: impl Fn() -> Timestamp + Send + 'static,
    ) -> io::Result<Self> {
        let (to, from) = mpsc::channel();
        let place = Place { n: after.entries.len() as u64, crc: after.crc };
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_all(disk, &from, place, &clock))?;
        Ok(Self { to: Some(to), thread: Some(thread) })
    }
}

impl Drop for Writer {
    /// The file's lock ends with the thread: whoever opens the run next must not find it taken.
    fn drop(&mut self) {
        self.to = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told so.
            let _ = thread.join();
        }
    }
}

impl Records for Writer {
    async fn put(&self, record: Record) -> Result<(), NotWritten> {
        let gone = || NotWritten {
            kind: io::ErrorKind::BrokenPipe,
            why: "it could not be written before".to_owned(),
        };
        let (tell, told) = oneshot::channel();
        let to = self.to.as_ref().ok_or_else(gone)?;
        to.send((record, tell)).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

/// Where the journal ends.
struct Place {
    n: u64,
    crc: u32,
}

/// Ends at the first error. A sync that failed may say yes the next time, with the data lost: it
/// is never tried again.
fn write_all(
    mut disk: impl Disk,
    from: &mpsc::Receiver<Waiting>,
    mut place: Place,
    clock: &dyn Fn() -> Timestamp,
) {
    while let Ok(first) = from.recv() {
        let mut tell = Vec::new();
        let mut lines = String::new();
        let at = clock();
        for (record, teller) in std::iter::once(first).chain(from.try_iter()).take(TOGETHER_MAX) {
            place.n += 1;
            let (line, crc) = line::write(&Entry { n: place.n, at, record }, place.crc);
            place.crc = crc;
            lines.push_str(&line);
            tell.push(teller);
        }
        let written = disk
            .write(lines.as_bytes())
            .and_then(|()| disk.sync())
            .map_err(|error| NotWritten { kind: error.kind(), why: error.to_string() });
        let failed = written.is_err();
        for teller in tell {
            // Who does not wait any more was stopped.
            let _ = teller.send(written.clone());
        }
        if failed {
            return;
        }
    }
}
