//! The folder of an embedded store: who can read it, how full the disk is, how long a sync takes;
//! and how many files a process may open.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rollcall_directory::store::sqlite::Place;
use rollcall_directory::world::World;

use super::finding::Finding;

const FREE_WANTED_BYTES: u64 = 1 << 30;
const FREE_NEEDED_BYTES: u64 = 100 << 20;
const SYNC_WANTED: Duration = Duration::from_millis(20);
const SYNCS: usize = 16;
/// A log that is much longer than checkpoints leave it: somebody has been reading for long.
const LOG_WANTED_BYTES: u64 = 256 << 20;
const DESCRIPTORS_WANTED: u64 = 4_096;

pub(super) fn look(place: &Place, world: &World) -> Vec<Finding> {
    let folder = place.folder();
    if !place.holds_a_store() {
        return Vec::new();
    }
    let mut findings = modes(folder);
    findings.push(space(folder));
    findings.push(syncs(folder, world));
    let log = folder.join("rollcall.sqlite-wal");
    let length = fs::metadata(&log).map_or(0, |log| log.len());
    findings.push(match length > LOG_WANTED_BYTES {
        false => Finding::good("log", format!("the write-ahead log has {length} bytes")),
        true => Finding::warning("log", format!("the write-ahead log has {length} bytes"))
            .do_this("something reads for very long and keeps it from being taken up: a backup or a check that hangs?"),
    });
    findings
}

/// One finding for all of them, or one for each that others can get at.
fn modes(folder: &Path) -> Vec<Finding> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = std::iter::once(folder.to_owned()).chain(entries.map(|entry| entry.path()));
    let open: Vec<Finding> = paths
        .filter_map(|path| {
            let mode = fs::metadata(&path).ok()?.permissions().mode() & 0o777;
            (mode & 0o077 != 0).then(|| {
                let private = if path.is_dir() { "700" } else { "600" };
                Finding::bad(
                    "files",
                    format!("{} can be got at by others (mode {mode:03o})", path.display()),
                )
                .do_this(format!("chmod {private} {}", path.display()))
            })
        })
        .collect();
    match open.is_empty() {
        true => vec![Finding::good("files", "the folder and its files are the server's alone")],
        false => open,
    }
}

fn space(folder: &Path) -> Finding {
    let found = match rustix::fs::statvfs(folder) {
        Ok(found) => found,
        Err(error) => return Finding::warning("space", format!("not known: {error}")),
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let what = format!("{} MiB are free", free >> 20);
    let way_out = "make room: an act that cannot be written is refused with 503";
    match free {
        0..FREE_NEEDED_BYTES => Finding::bad("space", what).do_this(way_out),
        FREE_NEEDED_BYTES..FREE_WANTED_BYTES => Finding::warning("space", what).do_this(way_out),
        _ => Finding::good("space", what),
    }
}

fn syncs(folder: &Path, world: &World) -> Finding {
    match measured(folder, world) {
        Err(error) => Finding::warning("sync", format!("not measured: {error}"))
            .do_this("run it as the server's user"),
        Ok(times) => {
            let middle = times[times.len() / 2];
            let longest = times[times.len() - 1];
            let what = format!(
                "half of {SYNCS} syncs within {:.1} ms, the longest {:.1} ms",
                middle.as_secs_f64() * 1e3,
                longest.as_secs_f64() * 1e3
            );
            match middle > SYNC_WANTED {
                false => Finding::good("sync", what),
                true => Finding::warning("sync", what).do_this(
                    "each act waits for one: a disk with its own protected cache is faster",
                ),
            }
        }
    }
}

fn measured(folder: &Path, world: &World) -> std::io::Result<Vec<Duration>> {
    let mut file = tempfile::Builder::new().prefix(".doctor-").tempfile_in(folder)?;
    let page: [u8; 4096] = world.bytes();
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&page)?;
        let begun = Instant::now();
        file.as_file().sync_data()?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok(times)
}

/// Of this process; a service has its own limit.
pub(super) fn descriptors() -> Finding {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let what = match limit {
        Some(limit) => format!("this user's processes may open {limit} files"),
        None => "this user's processes may open any number of files".to_owned(),
    };
    match limit.is_some_and(|limit| limit < DESCRIPTORS_WANTED) {
        false => Finding::good("descriptors", what),
        true => Finding::warning("descriptors", what)
            .do_this("each connection is one: LimitNOFILE= in the service, or ulimit -n"),
    }
}
