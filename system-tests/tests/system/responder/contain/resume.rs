//! Broken off in the middle, by Ctrl-C and by `kill -9`, and gone on with by the same command.

use std::time::Duration;

use rollcall_system_tests::{Control, Ended, PATIENCE, send_signal};
use serde_json::{Value, json};
use tokio::process::Child;
use tokio::time::{sleep, timeout};

use super::Scene;

const PEOPLE: usize = 40;

/// A plan of forty, against a server on which each suspension takes a while.
async fn slow_scene() -> (Scene, String) {
    let scene = Scene::with(&["--no-scenarios", "--users", "100"]).await;
    let states = scene.states().await;
    let active = states.iter().filter(|(email, state)| {
        let is_refused = ["olivia.owusu", "yael.cohen", "hanako.sato"];
        *state == "ACTIVE" && !is_refused.iter().any(|name| email.starts_with(name))
    });
    let list: Vec<&str> = active.map(|(email, _)| email.as_str()).take(PEOPLE).collect();
    scene.write("list", &list.join("\n"));
    let line = "contain plan --from list --reason drill --output json";
    let said = scene.run(line).await.well().stdout;
    let plan: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(plan["findings"]["to_do"], json!(PEOPLE));
    let slow = json!({
        "name": "slow",
        "when": { "operations": ["SuspendUser"] },
        "effect": { "kind": "slow", "millis": 150 },
    });
    let _ = Control::of(&scene.server).send("POST", "/faults", &slow).await.json_of(201);
    (scene, plan["run"].as_str().unwrap().to_owned())
}

async fn count(scene: &Scene, operation: &str) -> usize {
    scene.calls().await.iter().filter(|call| *call == operation).count()
}

/// It works, and so many calls of this kind have been answered.
pub(super) async fn under_way(scene: &Scene, operation: &str, at_least: usize) {
    let wait = async {
        while count(scene, operation).await < at_least {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it begins in time");
}

pub(super) async fn ended(process: Child) -> Ended {
    let output = timeout(PATIENCE, process.wait_with_output()).await.expect("it ends in time");
    let output = output.expect("its end is known");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

async fn suspended(scene: &Scene) -> usize {
    let list: Vec<String> = scene.read("list").lines().map(str::to_owned).collect();
    let states = scene.states().await;
    list.iter().filter(|email| states[*email] == "SUSPENDED").count()
}

#[tokio::test]
async fn ctrl_c_ends_it_well_and_the_same_command_goes_on() {
    let (scene, run) = slow_scene().await;
    let apply = "contain apply plan.json --yes --concurrency 4";
    let process = scene.command(apply).spawn();
    under_way(&scene, "SuspendUser", 4).await;
    send_signal(process.id().unwrap(), "INT").await;
    let first = ended(process).await;
    assert_eq!(first.code(), 130, "{}", first.stderr);
    first.says("Stopping: what is under way comes to its end.");
    first.says("It was interrupted.\nTo go on:\n  rollcall contain apply plan.json");

    // What was under way came to its end: the journal knows of nobody of whom it is not known.
    let status = scene.run("contain status --json").await.well().stdout;
    let status: Value = serde_json::from_str(&status).unwrap();
    let sum = |name: &str| status["sums"][name].as_u64().unwrap() as usize;
    assert_eq!((sum("unknown"), sum("not_done"), sum("refused")), (0, 0, 0));
    assert!(sum("done") > 0 && sum("open") > 0, "{status}");
    assert_eq!(suspended(&scene).await, sum("done"));
    assert_eq!((&status["standing"], &status["in_use"]), (&json!("stopped"), &json!(false)));
    assert_eq!(status["next"], json!(format!("rollcall contain apply {run}")));
    let words = scene.run("contain status").await.well().stdout;
    assert!(words.contains(&format!("{} of {PEOPLE} suspended", sum("done"))), "{words}");

    let second = scene.run(apply).await.well();
    second.says(&format!("Resuming: {} of {PEOPLE} done.", sum("done")));
    assert_eq!((suspended(&scene).await, count(&scene, "SuspendUser").await), (PEOPLE, PEOPLE));
    let none = scene.run("contain status").await.well();
    none.says("No run is under way, and none is left unfinished.");
}

#[tokio::test]
async fn a_second_ctrl_c_ends_it_at_once() {
    let (scene, _) = slow_scene().await;
    let silent = json!({
        "name": "silent",
        "when": { "operations": ["SuspendUser"] },
        "order": -1,
        "effect": { "kind": "silence" },
    });
    let _ = Control::of(&scene.server).send("POST", "/faults", &silent).await.json_of(201);
    let process = scene.command("contain apply plan.json --yes --concurrency 2").spawn();
    // The calls themselves are never answered.
    under_way(&scene, "GetUser", 2).await;
    sleep(Duration::from_millis(300)).await;
    let pid = process.id().unwrap();
    send_signal(pid, "INT").await;
    sleep(Duration::from_millis(300)).await;
    send_signal(pid, "INT").await;
    let first = ended(process).await;
    assert_eq!(first.code(), 130, "{}", first.stderr);
    let _ = Control::of(&scene.server).done("DELETE", "/faults").await;
    scene.run("contain apply plan.json --yes --concurrency 16").await.well();
    assert_eq!(suspended(&scene).await, PEOPLE);
}

#[tokio::test]
async fn killed_it_goes_on_and_meanwhile_nobody_else_may() {
    let (scene, run) = slow_scene().await;
    let mut process = scene.command("contain apply plan.json --yes --concurrency 4").spawn();
    under_way(&scene, "SuspendUser", 4).await;

    // While it works, it is seen, and nobody else applies it.
    let status = scene.run(&format!("contain status {run}")).await.well().stdout;
    assert!(status.contains("being applied now"), "{status}");
    let other = scene.run("contain apply plan.json --yes").await;
    assert_eq!(other.code(), 1, "{}", other.stderr);
    other.says(&format!("run {run} is being applied by another process"));
    let undo = scene.run(&format!("contain undo {run} --yes")).await;
    assert_eq!(undo.code(), 1, "{}", undo.stderr);

    process.kill().await.unwrap();
    let status = scene.run(&format!("contain status {run}")).await.well().stdout;
    assert!(status.contains("cut off"), "{status}");
    scene.run(&format!("contain apply {run} --yes --concurrency 16")).await.well();
    assert_eq!(suspended(&scene).await, PEOPLE);
    let shown = scene.run(&format!("contain show {run} --output json")).await.well().stdout;
    let report: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&report["applies"], &report["sums"]["done"]), (&json!(2), &json!(PEOPLE)));
}
