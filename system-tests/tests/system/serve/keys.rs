//! Keys that are added, replaced and sealed anew while a server runs: beside calls that must not
//! fail, and in force when the command has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rollcall_system_tests::{Api, Ended, Ground, PATIENCE, RunningServe, Store};
use serde_json::Value;
use tokio::task::JoinHandle;

on_both_stores!(
    an_added_key_fails_no_call,
    what_was_signed_before_is_refused_once_the_keys_are_replaced,
    the_root_key_is_replaced_while_the_server_runs,
);

/// Calls one after the other until told to end, none of which may fail.
struct Calls {
    end: Arc<AtomicBool>,
    task: JoinHandle<usize>,
}

impl Calls {
    fn begin(api: Api, old: String, member: String) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&end);
        let task = tokio::spawn(async move {
            let mut calls = 0;
            while !told.load(Ordering::Acquire) {
                let fresh = api.token().await;
                for token in [&old, &fresh] {
                    assert_eq!(api.user(token, &member).await.status, 200, "call {calls}");
                }
                calls += 1;
            }
            calls
        });
        Self { end, task }
    }

    async fn none_failed(self) {
        self.end.store(true, Ordering::Release);
        assert!(self.task.await.unwrap() > 0);
    }
}

async fn keys(ground: &Ground) -> Vec<Value> {
    let listed = ground.admin(&["keys", "list"], &["--json"]).run().await.well();
    listed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn an_added_key_fails_no_call(store: Store) {
    let server = RunningServe::start(store).await;
    let (api, ground) = (server.api(), &server.ground);
    let calls = Calls::begin(api.clone(), api.token().await, server.member.clone());
    ground.admin(&["keys", "rotate"], &[]).run().await.well().says("added");
    let listed = keys(ground).await;
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[0]["signs"], &listed[1]["signs"]), (&false.into(), &true.into()));
    let too_soon: Ended = ground.admin(&["keys", "rotate"], &[]).run().await;
    assert_eq!(too_soon.code(), 1);
    too_soon.says("may still be needed");
    calls.none_failed().await;
    server.stop().await;
}

async fn what_was_signed_before_is_refused_once_the_keys_are_replaced(store: Store) {
    let server = RunningServe::start(store).await;
    let (api, ground) = (server.api(), &server.ground);
    let before = api.token().await;
    assert_eq!(api.user(&before, &server.member).await.status, 200);
    ground.admin(&["keys", "rotate"], &["--drop-old"]).run().await.well().says("replaced");
    assert_eq!(api.user(&before, &server.member).await.status, 401);
    let after = api.token().await;
    assert_eq!(api.user(&after, &server.member).await.status, 200);
    assert_eq!(keys(ground).await.len(), 1);
    server.stop().await;
}

async fn the_root_key_is_replaced_while_the_server_runs(store: Store) {
    let server = RunningServe::start(store).await;
    let (api, ground) = (server.api(), &server.ground);
    let old = api.token().await;
    let calls = Calls::begin(api.clone(), old.clone(), server.member.clone());
    ground.new_root_key("new.key").await;
    let read = |name: &str| std::fs::read_to_string(ground.file(name)).unwrap();
    let (first, second) = (read("root.key"), read("new.key"));
    // Below the old one: a restart at any moment finds the one that opens.
    std::fs::write(ground.file("root.key"), format!("{first}{second}")).unwrap();
    let to = ground.text_of("new.key");
    let rotate = || ground.admin(&["keys", "rotate-root"], &["--to-file", &to, "--json"]);
    let rotated: Value = serde_json::from_str(&rotate().run().await.well().stdout).unwrap();
    let id = rotated["root_key"].as_str().unwrap().to_owned();
    assert_ne!(server.said["root_key"], id.as_str());
    assert!(keys(ground).await.iter().all(|key| key["root_key"] == id.as_str()));
    let replaced = async {
        while !server.log().contains("the root key was replaced") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, replaced).await.expect("it finds the new one");
    // A second time is no harm.
    rotate().run().await.well();
    std::fs::write(ground.file("root.key"), &second).unwrap();
    calls.none_failed().await;

    let (credentials, member) = (server.credentials.clone(), server.member.clone());
    let ground = server.stop().await;
    let server = RunningServe::again(ground, &credentials, &member).await;
    assert_eq!(server.said["root_key"], id.as_str());
    assert_eq!(server.api().user(&old, &member).await.status, 200);
    let ground = server.stop().await;
    // The old one opens nothing any more.
    std::fs::write(ground.file("root.key"), &first).unwrap();
    let ended = ground.serve(&[]).run().await;
    assert_eq!(ended.code(), 1);
    ended.says("the root key does not open");
}

#[tokio::test]
async fn a_root_key_is_never_written_over_another() {
    let ground = Ground::fresh(Store::Sqlite).await;
    let path = ground.text_of("root.key");
    let before = std::fs::read(&path).unwrap();
    let new = ["admin", "keys", "new-root-key", "--out", &path];
    let ended = rollcall_system_tests::Rollcall::new(new).run().await;
    assert_eq!(ended.code(), 2);
    ended.says("is there already");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let printed = rollcall_system_tests::Rollcall::new(&new[..3]).run().await.well().stdout;
    rollcall_system_tests::note_secret(printed.trim());
    assert_eq!(printed.trim().len(), 64);
}
