//! What the next start finds. A server leaves the file `unclean` in its folder while it runs and
//! takes it away when it ends well; a start that finds it checks the database, and says so.

use std::path::{Path, PathBuf};

use rollcall_directory::users::State;
use rollcall_system_tests::{
    Credentials, Database, PATIENCE, Rollcall, RunningServer, Store, send_signal,
};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::time::timeout;

use super::caller::Caller;
use super::evidence::Evidence;

const CHECKS: &str = "did not end well: checking the database";

#[tokio::test]
async fn a_start_after_a_kill_checks_the_database_and_says_so() {
    let server = RunningServer::with_one_account(Store::Sqlite).await;
    let folder = server.database().folder();
    assert!(unclean(&folder).exists(), "a server runs");
    let suspended = suspend_somebody(&server.credentials, &folder).await;
    let database = server.kill().await;
    assert!(unclean(&folder).exists(), "it could not take it away");

    let (said, state) = start_and_end(&database, &suspended).await;
    assert!(said.contains(CHECKS), "{said}");
    assert_eq!(state, State::Suspended, "it works, and remembers");
    assert!(!unclean(&folder).exists(), "it ended well");

    let (said, _) = start_and_end(&database, &suspended).await;
    assert!(!said.contains(CHECKS), "nothing to check after a good end: {said}");
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_leaves_a_clean_folder() {
    let server = RunningServer::with_one_account(Store::Sqlite).await;
    let folder = server.database().folder();
    suspend_somebody(&server.credentials, &folder).await;
    let _database = server.stop().await;
    assert!(!unclean(&folder).exists());
    assert!(!folder.join("rollcall.sqlite-wal").exists(), "the log is in the file");
}

fn unclean(folder: &Path) -> PathBuf {
    folder.join("unclean")
}

async fn suspend_somebody(credentials: &Credentials, folder: &Path) -> String {
    let caller = Caller::new(credentials);
    let bearer = caller.token().await.unwrap();
    let people = Evidence::read(folder).may_be_suspended();
    let is_active = |person: &super::journal::Person| person.standing.state == State::Active;
    let somebody = people.into_iter().find(is_active).unwrap();
    caller.change(&bearer, &somebody.id, State::Suspended).await.unwrap();
    somebody.id
}

/// What it says from its start to its end by SIGTERM, and how it finds this person meanwhile.
async fn start_and_end(database: &Database, user: &str) -> (String, State) {
    let [data, folder] = database.arguments();
    let arguments = ["dev", "--listen", "127.0.0.1:0", "--json", &data, &folder];
    let mut server = Rollcall::new(arguments).env("ROLLCALL_LOG", "info").spawn();
    let mut line = String::new();
    let mut stdout = BufReader::new(server.stdout.take().unwrap());
    let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
    read.expect("it listens in time").unwrap();
    let caller = Caller::new(&Credentials::from_line(&line));
    assert!(caller.token().await.is_some(), "it works");
    let state = Evidence::read(&database.folder()).people[user].standing.state;

    send_signal(server.id().unwrap(), "TERM").await;
    let mut said = String::new();
    let mut stderr = server.stderr.take().unwrap();
    let read = timeout(PATIENCE, stderr.read_to_string(&mut said)).await;
    read.expect("it ends in time").unwrap();
    assert!(server.wait().await.unwrap().success(), "{said}");
    (said, state)
}
