//! A journal gives back what was synced, knows a torn end, and takes nothing that was changed.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use proptest::prelude::*;
use rollcall_sdk::State;

use super::writer::Disk;
use super::*;

fn clock() -> Timestamp {
    "2026-11-26T03:00:00.123Z".parse().unwrap()
}

/// A disk in memory: what was written, and what of it was synced.
#[derive(Clone, Default)]
struct Memory {
    written: Arc<Mutex<Vec<u8>>>,
    syncs: Arc<AtomicUsize>,
    /// Full after so many bytes.
    room: Option<usize>,
    sync_fails: bool,
}

impl Disk for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = self.written.lock().unwrap();
        let room = self.room.map_or(bytes.len(), |room| room.saturating_sub(written.len()));
        written.extend(&bytes[..room.min(bytes.len())]);
        if room < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        if self.sync_fails { Err(io::Error::other("the disk says no")) } else { Ok(()) }
    }
}

fn issue() -> Issue {
    Issue {
        kind: Kind::Refused,
        status: Some(403),
        code: Some(7),
        message: "no_owner_\"remain\"\n\u{202e}".to_owned(),
        request_id: None,
    }
}

fn some_records() -> Vec<Record> {
    let plan = crate::plan::Digest::of(&crate::plan::tests::to_do(&["ann"]));
    let person = "ANN".to_owned();
    let outcome = |outcome| Record::Outcome { person: person.clone(), outcome };
    vec![
        Record::Journal { version: 1, run: "r".to_owned(), plan },
        Record::Started { at_once: 8, retry_refused: false, cut_bytes: 3 },
        Record::Intent { person: person.clone(), found: Some(State::Active) },
        Record::Intent { person: person.clone(), found: None },
        Record::Intent { person: person.clone(), found: Some(State::Other("Ä\"".to_owned())) },
        Record::Withdrawn { person: person.clone() },
        outcome(Outcome::Done { sure: Sure::FoundOnResume }),
        outcome(Outcome::Already),
        outcome(Outcome::Refused { issue: issue() }),
        outcome(Outcome::NotDone { issue: issue() }),
        outcome(Outcome::Unknown { issue: issue() }),
        Record::Stopped { why: Why::Interrupted },
        Record::Stopped { why: Why::Failures { failed: 10 } },
        Record::Stopped { why: Why::InARow { failed: 5 } },
        Record::Stopped { why: Why::NotAllowed { issue: issue() } },
        Record::Stopped { why: Why::LeftOver { people: 2 } },
        Record::Finished,
    ]
}

async fn written(records: &[Record]) -> Vec<u8> {
    let disk = Memory::default();
    let writer = Writer::start(disk.clone(), &Journal::default(), clock).unwrap();
    for record in records {
        writer.put(record.clone()).await.unwrap();
    }
    drop(writer);
    Arc::into_inner(disk.written).unwrap().into_inner().unwrap()
}

fn read(bytes: &[u8]) -> Result<Journal, JournalBroken> {
    Journal::read(bytes).unwrap()
}

#[tokio::test]
async fn every_record_comes_back() {
    let records = some_records();
    let bytes = written(&records).await;
    let journal = read(&bytes).unwrap();
    let back: Vec<Record> = journal.entries.iter().map(|entry| entry.record.clone()).collect();
    assert_eq!(back, records);
    assert_eq!(journal.whole_bytes, bytes.len() as u64);
    assert_eq!(journal.torn_bytes, 0);
    assert!(journal.entries.iter().all(|entry| entry.at == clock()));
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let value: serde_json::Value = serde_json::from_slice(line).unwrap();
        assert!(value.get("record").is_some(), "each line is JSON as it stands");
    }
}

#[tokio::test]
async fn a_journal_goes_on_after_what_was_read() {
    let records = some_records();
    let (first, second) = records.split_at(5);
    let bytes = written(first).await;
    let disk = Memory::default();
    let writer = Writer::start(disk.clone(), &read(&bytes).unwrap(), clock).unwrap();
    for record in second {
        writer.put(record.clone()).await.unwrap();
    }
    drop(writer);
    let whole = [bytes, disk.written.lock().unwrap().clone()].concat();
    assert_eq!(read(&whole).unwrap().entries.len(), records.len());
}

#[tokio::test]
async fn wherever_it_is_cut_the_whole_lines_are_there() {
    let bytes = written(&some_records()).await;
    for cut in 0..=bytes.len() {
        let journal = read(&bytes[..cut]).unwrap();
        let whole = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(journal.entries.len(), whole, "cut at {cut}");
        assert_eq!(journal.whole_bytes + journal.torn_bytes, cut as u64);
        // A file system may leave zeros where a line was to be.
        let zeros = [&bytes[..cut], &[0; 100]].concat();
        assert_eq!(read(&zeros).unwrap().entries.len(), whole, "zeros after {cut}");
    }
}

/// Each byte before the last line's end, flipped.
#[tokio::test]
async fn no_byte_can_change() {
    let bytes = written(&some_records()).await;
    for at in 0..bytes.len() - 1 {
        for flip in [1, 0x20, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            assert!(read(&changed).is_err(), "byte {at} ^ {flip:#x}");
        }
    }
}

#[tokio::test]
async fn no_line_can_be_lost_added_or_moved() {
    let bytes = written(&some_records()).await;
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for at in 0..lines.len() {
        let mut lost = lines.clone();
        lost.remove(at);
        assert_eq!(read(&lost.concat()).is_ok(), at == lines.len() - 1, "without line {at}");
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert!(read(&twice.concat()).is_err(), "line {at} twice");
        if at > 0 {
            let mut moved = lines.clone();
            moved.swap(at, at - 1);
            let broken = read(&moved.concat()).unwrap_err();
            assert_eq!(broken.line, at as u64, "the line that is wrong is named");
        }
    }
    let long = [&bytes[..], &vec![b'x'; 100_000]].concat();
    assert!(read(&long).is_err(), "a line without an end is not read for ever");
}

/// Sixteen who write at once share their syncs.
#[tokio::test]
async fn who_writes_together_is_synced_together() {
    #[derive(Clone)]
    struct Slow(Memory);
    impl Disk for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0.write(bytes)
        }
        fn sync(&mut self) -> io::Result<()> {
            std::thread::sleep(std::time::Duration::from_millis(5));
            self.0.sync()
        }
    }
    let disk = Slow(Memory::default());
    let writer = Writer::start(disk.clone(), &Journal::default(), clock).unwrap();
    let writer = &writer;
    let many = (0..16).map(|_| async move {
        for _ in 0..10 {
            writer.put(Record::Finished).await.unwrap();
        }
    });
    futures_util::future::join_all(many).await;
    let syncs = disk.0.syncs.load(Ordering::SeqCst);
    assert!(syncs <= 30, "{syncs} syncs for 160 records");
    let written = disk.0.written.lock().unwrap();
    assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 160);
}

#[tokio::test]
async fn a_disk_that_is_full_or_does_not_sync_ends_it_for_good() {
    for disk in [
        Memory { room: Some(10), ..Memory::default() },
        Memory { sync_fails: true, ..Memory::default() },
    ] {
        let writer = Writer::start(disk.clone(), &Journal::default(), clock).unwrap();
        let first = writer.put(Record::Finished).await.unwrap_err();
        assert!(first.to_string().contains("could not be written"), "{first}");
        writer.put(Record::Finished).await.unwrap_err();
        let syncs = disk.syncs.load(Ordering::SeqCst);
        assert!(syncs <= 1, "a sync that failed is not tried again");
    }
}

proptest! {
    #[test]
    fn anything_can_be_read_without_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_text_comes_back(person in ".*", message in ".*") {
        let records = [
            some_records().remove(0),
            Record::Outcome {
                person,
                outcome: Outcome::Refused { issue: Issue { message, ..issue() } },
            },
        ];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bytes = runtime.block_on(written(&records));
        let back = read(&bytes).unwrap();
        prop_assert_eq!(&back.entries[1].record, &records[1]);
    }
}
