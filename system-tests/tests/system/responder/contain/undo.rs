//! `contain undo`: only those whom the run changed, and who are still as it left them.

use rollcall_system_tests::{Control, send_signal};
use serde_json::{Value, json};

use super::resume::{ended, under_way};
use super::{SUSPENDED, Scene, changed};

#[tokio::test]
async fn an_undo_brings_back_whom_the_run_changed_and_nobody_else() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    let run = scene.planned().await;
    let api = scene.api();
    let token = api.token().await;
    // Somebody else suspends one before the run comes to them, and lets one back in after.
    let early = api.id_of(&token, "gudrun.jonsdottir@rollcall.example").await;
    assert_eq!(api.suspend(&token, &early).await.status, 200);
    assert_eq!(scene.run("contain apply plan.json --yes").await.code(), 5);
    let since = api.id_of(&token, "juergen.gross@rollcall.example").await;
    assert_eq!(api.reactivate(&token, &since).await.status, 200);

    let ended = scene.run("contain undo inc-4711 --yes --output json").await.well();
    ended.says("active already (1)");
    ended.says("left alone (2)");
    ended.says("was so before the run came to them");
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["undoes"], json!(run));
    assert_eq!(report["reason"], json!(format!("undo of {run}")));
    assert_eq!(report["ticket"], json!("INC-4711"));
    assert_eq!(report["sums"]["done"], json!(3));
    // As it was before the run, but for whom somebody else suspended.
    let after = scene.states().await;
    let other = ("gudrun.jonsdottir@rollcall.example".to_owned(), "SUSPENDED".to_owned());
    assert_eq!(changed(&before, &after), [other]);
    for email in SUSPENDED.iter().filter(|email| !email.starts_with("gudrun")) {
        assert_eq!(after[*email], "ACTIVE", "{email}");
    }

    // Nothing is left to be taken back.
    let again = scene.run(&format!("contain undo {run} --yes")).await;
    assert_eq!(again.code(), 6, "{}", again.stderr);
    again.says("Nobody is to be reactivated: nothing was changed.");
    assert_eq!(scene.states().await, after);

    // An undo is a run like any other.
    let listed = scene.run("contain list --json").await.well().stdout;
    let runs: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(runs.len(), 2);
    let undone = runs.iter().find(|one| one["undoes"] == json!(run)).unwrap();
    assert_eq!(undone["sums"]["planned"], json!(3));
}

#[tokio::test]
async fn an_undo_that_was_broken_off_is_gone_on_with() {
    let scene = Scene::new().await;
    let run = scene.planned().await;
    assert_eq!(scene.run("contain apply plan.json --yes").await.code(), 5);
    let control = Control::of(&scene.server);
    let slow = json!({
        "name": "slow",
        "when": { "operations": ["ReactivateUser"] },
        "effect": { "kind": "slow", "millis": 300 },
    });
    let _ = control.send("POST", "/faults", &slow).await.json_of(201);
    let undo = scene.command(&format!("contain undo {run} --yes --concurrency 1")).spawn();
    under_way(&scene, "ReactivateUser", 1).await;
    send_signal(undo.id().unwrap(), "INT").await;
    let first = ended(undo).await;
    assert_eq!(first.code(), 130, "{}", first.stderr);
    first.says(&format!("To go on:\n  rollcall contain undo {run}"));
    let _ = control.done("DELETE", "/faults").await;
    let second = scene.run(&format!("contain undo {run} --yes")).await.well();
    second.says("Resuming: ");
    let listed = scene.run("contain list --json").await.well().stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");
    let states = scene.states().await;
    assert!(SUSPENDED.iter().all(|email| states[*email] == "ACTIVE"));
}
