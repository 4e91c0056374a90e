//! What this disk and SQLite give at most: one-row updates by group commit, in one process, with
//! automatic checkpoints, nothing proved and nothing recorded. And the raw sync beside it. Run in
//! a process of its own, so that it stands on the server's core.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::chance::Chance;
use crate::shot::Shot;

#[derive(clap::Parser)]
pub(crate) struct Options {
    /// On the same disk as the server's own folder.
    #[arg(long)]
    folder: std::path::PathBuf,
    #[arg(long)]
    clients: usize,
    #[arg(long)]
    millis: u64,
}

/// What one run of the floor reached.
#[derive(Serialize, Deserialize)]
pub(crate) struct Reached {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Of the raw sync.
    pub(crate) sync_p50_ms: f64,
    pub(crate) sync_p99_ms: f64,
}

const PEOPLE: usize = 100_000;
const BATCH_MAX: usize = 256;
const SYNCS: usize = 300;

pub(crate) fn run(options: &Options) -> Result<()> {
    let (sync_p50_ms, sync_p99_ms) = syncs(&options.folder)?;
    let path = options.folder.join("floor.db");
    let db = open(&path)?;
    let measured = Duration::from_millis(options.millis);
    let shot = group_commits(db, options.clients, measured)?;
    let reached = Reached {
        per_second: shot.per_second(),
        p50_ms: shot.percentile_ms(0, 50),
        p99_ms: shot.percentile_ms(0, 99),
        sync_p50_ms,
        sync_p99_ms,
    };
    println!("{}", serde_json::to_string(&reached)?);
    Ok(())
}

/// 4 KiB, overwritten and synced, again and again.
fn syncs(folder: &Path) -> Result<(f64, f64)> {
    let path = folder.join("floor.sync");
    let file = File::create(&path)?;
    file.write_all_at(&[1; 4096], 0)?;
    file.sync_all()?;
    let mut shot = Shot::lasting(1.0);
    for n in 0..SYNCS {
        file.write_all_at(&[u8::try_from(n % 256)?; 4096], 0)?;
        let began = Instant::now();
        file.sync_data()?;
        shot.record(0, began.elapsed());
    }
    shot.sort();
    Ok((shot.percentile_ms(0, 50), shot.percentile_ms(0, 99)))
}

/// Made once, and used again by the next run.
fn open(path: &Path) -> Result<Connection> {
    let is_new = !path.exists();
    let mut db = Connection::open(path)?;
    let _: String = db.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    db.pragma_update(None, "synchronous", "full")?;
    if is_new {
        let made = db.transaction()?;
        made.execute_batch(
            "create table people (id integer primary key, email text, name text, state integer, epoch integer)",
        )?;
        for id in 0..PEOPLE {
            made.prepare_cached("insert into people values (?1, ?2, ?3, 1, 1)")?.execute(
                params![id, format!("somebody.{id}@example.com"), format!("Somebody the {id}th")],
            )?;
        }
        made.commit()?;
    }
    Ok(db)
}

struct Update {
    id: usize,
    done: Sender<()>,
}

/// One thread commits what all clients wait for by then; each client waits for its own.
fn group_commits(db: Connection, clients: usize, measured: Duration) -> Result<Shot> {
    let (sender, coming) = channel::<Update>();
    let writer = thread::spawn(move || write(&db, &coming));
    let warm_up = Duration::from_millis(300);
    let began = Instant::now() + warm_up;
    let ends = began + measured;
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let sender = sender.clone();
            thread::spawn(move || client_of(client, &sender, began, ends))
        })
        .collect();
    drop(sender);
    let mut shot = Shot::lasting(measured.as_secs_f64());
    for client in clients {
        let took = client.join().ok().context("a client of the floor panicked")?;
        took.into_iter().for_each(|took| shot.record(0, took));
    }
    writer.join().ok().context("the floor's writer panicked")??;
    shot.sort();
    Ok(shot)
}

fn client_of(client: usize, to: &Sender<Update>, began: Instant, ends: Instant) -> Vec<Duration> {
    let mut chance = Chance::new(client as u64 + 1);
    let (done, answer) = channel();
    let mut took = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= ends {
            return took;
        }
        let update = Update { id: chance.below(PEOPLE), done: done.clone() };
        if to.send(update).is_err() || answer.recv().is_err() {
            return took;
        }
        if sent >= began {
            took.push(sent.elapsed());
        }
    }
}

fn write(db: &Connection, coming: &Receiver<Update>) -> Result<()> {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while let Ok(first) = coming.recv() {
        db.prepare_cached("begin immediate")?.execute([])?;
        batch.push(first);
        batch.extend(coming.try_iter().take(BATCH_MAX - 1));
        let sql = "update people set state = 3 - state, epoch = epoch + 1 where id = ?1";
        let mut update = db.prepare_cached(sql)?;
        for one in &batch {
            update.execute([one.id])?;
        }
        db.prepare_cached("commit")?.execute([])?;
        for one in batch.drain(..) {
            let _ = one.done.send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_commits_and_answers() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("floor.db")).unwrap();
        let shot = group_commits(db, 4, Duration::from_millis(100)).unwrap();
        let db = open(&folder.path().join("floor.db")).unwrap();
        let raised: usize = db
            .query_row("select coalesce(sum(epoch - 1), 0) from people", [], |row| row.get(0))
            .unwrap();
        assert!(shot.calls() > 0 && raised >= shot.calls());
    }
}
