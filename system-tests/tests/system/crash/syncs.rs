//! A sync of the log stands between each write and its answer. A kill would not show it, since
//! what a dead process had written is still in the kernel's hands; so the server runs under
//! `strace`, one client acts thirty times, and the order of the server's calls is read.
//!
//! The server runs around `cat`, which ends with our end of its pipe: nothing can be left behind.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use rollcall_directory::users::State;
use rollcall_system_tests::{Credentials, Database, PATIENCE, Store, rollcall_binary};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use super::caller::Caller;
use super::evidence::Evidence;
use super::trace::check;

const CALLS: &str = "trace=pwrite64,pwritev,write,writev,fdatasync,fsync,sendto,sendmsg";
/// Of suspending somebody, reactivating them and revoking a token.
const TIMES: usize = 10;
const ACTS: usize = 3 * TIMES;

struct Traced {
    strace: Child,
    cat: ChildStdin,
    credentials: Credentials,
}

impl Traced {
    async fn start(database: &Database, trace: &Path) -> Self {
        let mut command = Command::new("strace");
        command.args(["-f", "-ttt", "-y", "-s", "32", "-e", CALLS, "-o"]).arg(trace);
        command.arg(rollcall_binary()).args(["dev", "--listen", "127.0.0.1:0", "--json"]);
        command.arg("--no-scenarios");
        command.args(database.arguments()).args(["--", "cat"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let strace = command.spawn();
        let mut strace = strace.expect("strace is here: run the tests by `cargo xtask test`");
        let cat = strace.stdin.take().unwrap();
        let mut said = BufReader::new(strace.stderr.take().unwrap()).lines();
        // Around a command the line of JSON comes on standard error.
        let credentials = loop {
            let line = timeout(PATIENCE, said.next_line()).await.expect("it listens in time");
            let line = line.unwrap().expect("it does not end before it listens");
            if line.starts_with('{') {
                break Credentials::from_line(&line);
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Self { strace, cat, credentials }
    }

    async fn end(mut self) {
        drop(self.cat);
        let ended = timeout(PATIENCE, self.strace.wait()).await.expect("it ends with its command");
        assert!(ended.unwrap().success());
    }
}

#[tokio::test]
async fn a_sync_of_the_log_stands_between_each_write_and_its_answer() {
    let database = Database::fresh(Store::Sqlite).await;
    let traces = tempfile::tempdir().unwrap();
    let trace = traces.path().join("trace");
    let server = Traced::start(&database, &trace).await;
    let began = Instant::now();
    act(&server.credentials, &database).await;
    // Last uses are written about once a second.
    let others_max = usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
    server.end().await;
    assert!(2 * others_max < ACTS, "too slow to tell the server's own writes from the acts'");

    let trace = std::fs::read_to_string(trace).unwrap();
    let folder = database.folder().canonicalize().unwrap();
    let log = format!("{}/rollcall.sqlite-wal", folder.display());
    assert_eq!(check(&trace, &log, ACTS, others_max), Ok(()));
    // The same trace, had the server not synced: so the check does see these lines.
    let is_sync = |line: &&str| line.contains("sync(") && line.contains(&*log);
    let unsynced: Vec<&str> = trace.lines().filter(|line| !is_sync(line)).collect();
    let answered = check(&unsynced.join("\n"), &log, ACTS, others_max).unwrap_err();
    assert!(answered.starts_with("act 1: answered before"), "{answered}");
    let syncs = trace.lines().filter(is_sync).count();
    println!("{ACTS} acts, each synced before its answer; {syncs} syncs of the log in all");
}

/// One act after the other, each of which changes something; tokens are taken before.
async fn act(credentials: &Credentials, database: &Database) {
    let caller = Caller::new(credentials);
    let bearer = caller.token().await.unwrap();
    let mut tokens = Vec::new();
    for _ in 0..TIMES {
        tokens.push(caller.token().await.unwrap());
    }
    let people = Evidence::read(&database.folder()).may_be_suspended();
    let mut active = people.iter().filter(|person| person.standing.state == State::Active);
    for token in tokens {
        let person = active.next().expect("enough people to suspend");
        caller.change(&bearer, &person.id, State::Suspended).await.unwrap();
        caller.change(&bearer, &person.id, State::Active).await.unwrap();
        caller.revoke(&token).await.unwrap();
    }
}
