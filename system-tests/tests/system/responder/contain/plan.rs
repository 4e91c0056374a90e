//! `contain plan`: each kind of line, one listing, a file that nobody else reads, and nobody changed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::Scene;

#[tokio::test]
async fn a_plan_says_what_each_line_means_and_changes_nobody() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    let line = "contain plan --from alerts.csv --reason theft --output json";
    let ended = scene.run(line).await.well();
    let plan: Value = serde_json::from_str(&ended.stdout).unwrap();
    let findings: Vec<(u64, &str)> = plan["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["number"].as_u64().unwrap(), finding(line)))
        .collect();
    let expected = [
        (2, "to_do"),
        (3, "to_do"),
        (4, "to_do"),
        (5, "already"),
        (6, "to_do"),
        (7, "same_as"),
        (8, "to_do"),
        (9, "unknown"),
        (10, "to_do"),
    ];
    assert_eq!(findings, expected);
    assert_eq!(plan["lines"][5]["finding"]["line"], json!(2));
    assert_eq!(plan["findings"]["to_do"], json!(6));
    assert_eq!((&plan["act"], &plan["reason"]), (&json!("suspend"), &json!("theft")));
    ended.says("Nothing was changed. The plan is in plan.json.");
    ended.says("warning: 1 line is left out");
    ended.says("rollcall contain apply plan.json");
    // One token, one listing of fifty people, and nothing else.
    let calls = scene.calls().await;
    let mine: Vec<&str> =
        calls.iter().map(String::as_str).filter(|call| call.ends_with("User")).collect();
    assert!(mine.is_empty(), "{calls:?}");
    assert_eq!(scene.states().await, before);
    // What is printed stands in the file, which is for its owner alone.
    let file = scene.folder.path().join("plan.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    let kept: Value = serde_json::from_str(&scene.read("plan.json")).unwrap();
    assert_eq!((&kept["digest"], &kept["lines"]), (&plan["digest"], &plan["lines"]));
}

fn finding(line: &Value) -> &str {
    line["finding"]["finding"].as_str().unwrap()
}

#[tokio::test]
async fn one_listing_and_no_more_however_long_the_list_is() {
    let scene = Scene::with(&["--no-scenarios", "--users", "2500"]).await;
    let everybody: Vec<String> = scene.states().await.into_keys().collect();
    let _ = rollcall_system_tests::Control::of(&scene.server).done("DELETE", "/journal").await;
    scene.write("all", &everybody.join("\n"));
    let ended = scene.run("contain plan --from all --reason drill --output json").await.well();
    let plan: Value = serde_json::from_str(&ended.stdout).unwrap();
    let sums = &plan["findings"];
    let sum = |name: &str| sums[name].as_u64().unwrap();
    assert_eq!(sum("to_do") + sum("already"), everybody.len() as u64);
    let calls = scene.calls().await;
    let lists = calls.iter().filter(|call| *call == "ListUsers").count();
    // And a token, which is taken and given back.
    assert_eq!((lists, calls.len()), (3, 5), "{calls:?}");
}

#[tokio::test]
async fn lists_come_in_several_forms() {
    let scene = Scene::new().await;
    let states = scene.states().await;
    let api = scene.api();
    let token = api.token().await;
    let id = api.id_of(&token, "grazyna.wojcik@rollcall.example").await;
    let account = &scene.server.credentials.account_id;
    let list = format!(
        "# from the alert\n\n  JUERGEN.gross@rollcall.example\r\n{id}\naccounts/{account}/users/{id}\n"
    );
    let file = scene.write("list", &list);
    let planned = scene
        .command("contain plan --from - --reason x --output json --out stdin.json")
        .input(&file)
        .run()
        .await
        .well();
    let plan: Value = serde_json::from_str(&planned.stdout).unwrap();
    let findings: Vec<&str> = plan["lines"].as_array().unwrap().iter().map(finding).collect();
    assert_eq!(findings, ["to_do", "to_do", "same_as"]);
    scene.write("people.txt", "name;who\nAnn;juergen.gross@rollcall.example\n");
    let line = "contain plan --from people.txt --column WHO --reason x --out csv.json";
    scene.run(line).await.well();
    // The other way: who is active is so already.
    let line = "contain plan --from list --act reactivate --reason x --out back.json";
    let ended = scene.run(line).await;
    assert_eq!(ended.code(), 6, "{}", ended.stderr);
    ended.says("Nobody is to be reactivated: no plan is written.");
    assert!(!scene.folder.path().join("back.json").exists());
    assert_eq!(scene.states().await, states);
}

#[tokio::test]
async fn what_was_left_out_is_told_and_may_end_the_command() {
    let scene = Scene::new().await;
    let ended = scene.run("contain plan --from alerts.csv --reason x --strict").await;
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    assert!(ended.stdout.contains("reception@rollcall.example"), "{}", ended.stdout);
    assert!(scene.folder.path().join("plan.json").exists());
    scene.write("nobody", "ann@nowhere.example\nbo@nowhere.example\n");
    let ended = scene.run("contain plan --from nobody --reason x --out nobody.json").await;
    assert_eq!(ended.code(), 6, "{}", ended.stderr);
}
