//! What changed, by two saved listings and by watching.

use rollcall_system_tests::{Control, PATIENCE, send_signal};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

use super::{Scene, text};

#[tokio::test]
async fn saved_listings_are_compared_whatever_their_format() {
    let scene = Scene::good_day().await;
    let other = scene.suspendable().await.remove(1);
    for format in ["json", "jsonl", "csv"] {
        let listing = scene.run(&format!("list --output {format}")).await.well().stdout;
        scene.write(&format!("old.{format}"), &listing);
    }
    let token = scene.api.token().await;
    let _ = scene.api.suspend(&token, &text(&other["id"])).await.json_of(200);
    let listing = scene.run("list --output csv --columns id,state,email").await.well().stdout;
    scene.write("new", &listing);
    for format in ["json", "jsonl", "csv"] {
        let changes = scene.lines(&format!("diff old.{format} new"), 0).await;
        assert_eq!(changes.len(), 1, "{format}: {changes:?}");
        let change = &changes[0];
        assert_eq!((&change["change"], &change["id"]), (&json!("suspended"), &other["id"]));
        assert_eq!(change["before"], other);
        assert_eq!(change["after"]["state"], json!("SUSPENDED"));
        assert_eq!(
            scene.lines(&format!("diff old.{format} old.json"), 0).await,
            Vec::<Value>::new()
        );
        assert_eq!(scene.run(&format!("diff old.{format} new --exit-code")).await.code(), 1);
        assert_eq!(scene.run(&format!("diff old.{format} old.csv --exit-code")).await.code(), 0);
    }
    let table = scene.run("diff new old.json").await.well().stdout;
    let row: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(
        row,
        ["reactivated", &text(&other["email"]), &text(&other["id"]), "SUSPENDED", "ACTIVE"]
    );
}

#[tokio::test]
async fn what_is_no_whole_listing_is_not_compared() {
    let scene = Scene::good_day().await;
    let listing = scene.run("list --output json").await.well().stdout;
    scene.write("whole", &listing);
    scene.write("cut", &listing[..listing.len() / 2]);
    scene.write("table", &scene.run("list").await.well().stdout);
    scene.write("empty", "");
    scene.write("elsewhere", &listing.replace(&scene.api.credentials.account_id, "OTHER"));
    for (line, status, words) in [
        ("diff whole cut", 2, "no whole listing"),
        ("diff table whole", 2, "no whole listing"),
        ("diff whole empty", 2, "it is empty"),
        ("diff whole nowhere", 1, "nowhere"),
        ("diff - -", 2, "both listings"),
        ("watch --once --from cut", 2, "no whole listing"),
        ("watch --once --from elsewhere", 2, "of account OTHER"),
        ("diff whole elsewhere", 2, "of two accounts"),
    ] {
        let ended = scene.run(line).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (status, ""), "{line}: {}", ended.stderr);
        ended.says(words);
    }
}

struct Watching {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    fn begin(scene: &Scene, line: &str) -> Self {
        let mut child = scene.command(line).spawn();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn line(&mut self) -> Value {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("a change is told");
        serde_json::from_str(&line.unwrap().expect("it goes on")).unwrap()
    }

    /// What it said beside.
    async fn end(self, signal: &str) -> String {
        send_signal(self.child.id().unwrap(), signal).await;
        let ended = timeout(PATIENCE, self.child.wait_with_output()).await.unwrap().unwrap();
        assert_eq!(ended.status.code(), Some(0));
        String::from_utf8(ended.stderr).unwrap()
    }
}

#[tokio::test]
async fn a_watch_tells_what_changes_and_nothing_else() {
    let scene = Scene::good_day().await;
    let id = text(&scene.suspendable().await[0]["id"]);
    let mut watching = Watching::begin(&scene, "watch --every 1s --initial");
    for _ in 0..50 {
        assert_eq!(watching.line().await["change"], json!("present"));
    }
    let token = scene.api.token().await;
    let _ = scene.api.suspend(&token, &id).await.json_of(200);
    let change = watching.line().await;
    assert_eq!((&change["change"], &change["id"]), (&json!("suspended"), &json!(id)));
    assert_eq!(change["before"]["state"], json!("ACTIVE"));
    assert_eq!(change["after"]["state"], json!("SUSPENDED"));
    assert!(text(&change["time"]).ends_with('Z'));
    let _ = scene.api.reactivate(&token, &id).await.json_of(200);
    assert_eq!(watching.line().await["change"], json!("reactivated"));
    let said = watching.end("INT").await;
    assert!(said.contains("Watching 50 people"), "{said}");
}

#[tokio::test]
async fn a_listing_that_fails_removes_nobody() {
    let scene = Scene::with(&["--no-scenarios", "--users", "2500"]).await;
    let id = text(&scene.suspendable().await[0]["id"]);
    let mut watching = Watching::begin(&scene, "watch --every 1s");
    let before = scene.calls("ListUsers").await;
    while scene.calls("ListUsers").await < before + 5 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // Of each listing the first page comes, and no other.
    let fault = json!({
        "name": "later pages are refused",
        "when": { "operations": ["ListUsers"], "page": "later" },
        "times": 2,
        "effect": { "kind": "answer", "status": 403 },
    });
    let control = Control::of(&scene.server);
    let set = control.send("POST", "/faults", &fault).await;
    assert!([200, 201].contains(&set.status), "{}", set.text);
    loop {
        let faults = control.done("GET", "/faults").await;
        let all = faults["faults"].as_array().unwrap();
        if all.iter().any(|one| one["name"] == "later pages are refused" && one["met"] == 2) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let token = scene.api.token().await;
    let _ = scene.api.suspend(&token, &id).await.json_of(200);
    let change = watching.line().await;
    assert_eq!(
        (&change["change"], &change["id"]),
        (&json!("suspended"), &json!(id)),
        "the first line"
    );
    let said = watching.end("TERM").await;
    assert!(said.contains("no change is told of it"), "{said}");
}

#[tokio::test]
async fn once_compares_with_what_was_saved() {
    let scene = Scene::good_day().await;
    let listing = scene.run("list --output jsonl").await.well().stdout;
    scene.write("saved", &listing);
    let quiet = scene.run("watch --once --from saved").await.well();
    assert_eq!(quiet.stdout, "");
    let short: Vec<&str> = listing.lines().skip(1).collect();
    scene.write("saved", &short.join("\n"));
    let one = scene.run("watch --once --from saved").await.well();
    let change: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(change["change"], json!("added"));
    assert_eq!(scene.unreached("watch --once").await.code(), 3);
    let wrong =
        scene.command("watch --once").env("ROLLCALL_CLIENT_SECRET", "rcs_wrong").run().await;
    assert_eq!(wrong.code(), 4);
    assert_eq!(scene.run("watch --every 60").await.code(), 2);
}
