//! Lists: each format says the same, hostile names do nothing, and each way to end.

use std::process::Stdio;

use rollcall_sandbox::scenario::Scenario;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::timeout;

use super::{Scene, json_lines, text};
use rollcall_system_tests::PATIENCE;

#[tokio::test]
async fn each_format_has_everybody_as_the_api_says() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    assert_eq!(scene.lines("list --page-size 7", 0).await, everybody);
    let array = scene.run("list --output json").await.well().stdout;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&array).unwrap(), everybody);
    let csv = scene.run("list --output csv --columns state,id").await.well().stdout;
    let expected: String = everybody
        .iter()
        .map(|one| format!("{},{}\n", text(&one["state"]), text(&one["id"])))
        .collect();
    assert_eq!(csv, format!("state,id\n{expected}"));
    let table = scene.run("list").await.well().stdout;
    for (line, one) in table.lines().skip(1).zip(&everybody) {
        assert!(line.starts_with(one["email"].as_str().unwrap()), "{line}");
        assert!(line.ends_with(one["id"].as_str().unwrap()), "{line}");
    }
    assert_eq!(table.lines().count(), everybody.len() + 1);
}

#[tokio::test]
async fn a_list_is_narrowed_and_ended_early() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    let of = |state: &str| {
        everybody.iter().filter(|one| one["state"] == state).cloned().collect::<Vec<_>>()
    };
    assert!(!of("SUSPENDED").is_empty() && !of("ACTIVE").is_empty());
    assert_eq!(scene.lines("list --active", 0).await, of("ACTIVE"));
    assert_eq!(scene.lines("list --suspended", 0).await, of("SUSPENDED"));
    assert_eq!(scene.lines("list --limit 3 --page-size 2", 0).await, everybody[..3]);
    assert_eq!(scene.lines("list --limit 0", 0).await, Vec::<Value>::new());
    let holds = |one: &&Value, part: &str| {
        ["email", "display_name"]
            .iter()
            .any(|field| text(&one[*field]).to_lowercase().contains(part))
    };
    let expected: Vec<Value> = everybody.iter().filter(|one| holds(one, "łu")).cloned().collect();
    assert!(!expected.is_empty());
    assert_eq!(scene.lines("list --match ŁU", 0).await, expected);
    let nobody = scene.run("list --match nobody-is-called-so --output json").await;
    assert_eq!((nobody.code(), nobody.stdout.as_str()), (6, "[]\n"));
    nobody.says("nobody-is-called-so");
}

#[tokio::test]
async fn a_hostile_name_is_carried_and_does_nothing() {
    let scene = Scene::bad_day().await;
    let name = Scenario::AwkwardName.name();
    let id = scene.person("awkward-name");
    let of_lines = scene.lines("list --match awkward-name", 0).await;
    assert_eq!((of_lines.len(), &of_lines[0]["display_name"]), (1, &json!(name)));
    let csv = scene.run("list --output csv --columns display_name,id").await.well().stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let awkward = rows.iter().find(|row| row[1] == *id).unwrap();
    assert!(!awkward[0].starts_with(['=', '+', '-', '@']), "{:?}", &awkward[0]);
    assert_eq!(awkward[0].trim_start_matches('\''), name);
    for format in ["table", "json", "jsonl"] {
        let printed = scene.run(&format!("list --output {format}")).await.well().stdout;
        let obeyed = |c: char| {
            c.is_control() && c != '\n'
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c)
        };
        assert_eq!(printed.chars().find(|c| obeyed(*c)), None, "{format}");
    }
}

#[tokio::test]
async fn bad_days_of_a_walk_are_walked_through() {
    for application in ["Empty pages", "Unknown fields", "Token ends mid-walk"] {
        let scene = Scene::bad_day().await.by(application);
        let people = scene.lines("list --page-size 25", 0).await;
        let mut ids: Vec<&str> = people.iter().map(|one| one["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 60, "{application}");
    }
}

#[tokio::test]
async fn whoever_has_seen_enough_ends_it_well() {
    let scene = Scene::with(&["--no-scenarios", "--users", "5000"]).await;
    for format in ["table", "json", "jsonl", "csv"] {
        let line = format!("list --page-size 50 --output {format}");
        let mut child = scene.command(&line).spawn();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
        assert!(first.is_some(), "{format}");
        drop(lines);
        let ended = timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!((ended.status.code(), said.as_str()), (Some(0), ""), "{format}");
    }
    let whole = scene.run("list --output jsonl").await.well();
    assert_eq!(json_lines(&whole.stdout).len(), 5000);
}

#[tokio::test]
async fn a_list_that_cannot_be_had_says_why_and_how_to_go_on() {
    let mut scene = Scene::bad_day().await;
    for (line, status, words) in [
        ("list --active --suspended", 2, "cannot be used with"),
        ("list --columns id,secret", 2, "secret"),
        ("list --page-size 0", 2, "1..=1000"),
        ("list --output yaml", 2, "yaml"),
    ] {
        let ended = scene.run(line).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (status, ""), "{line}: {}", ended.stderr);
        ended.says(words);
    }
    let unreached = scene.unreached("list --output json").await;
    assert_eq!((unreached.code(), unreached.stdout.as_str()), (3, ""));
    unreached.says("whoami");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let full = scene.command("list --output csv").output(Stdio::from(full)).await;
    assert_eq!(full.code(), 1);
    full.says("disk full");
    scene = scene.by("Only get user");
    let forbidden = scene.run("list --output json").await;
    assert_eq!((forbidden.code(), forbidden.stdout.as_str()), (4, ""), "{}", forbidden.stderr);
    forbidden.says("scope_missing");
    scene.api.credentials.client_secret.push('x');
    let wrong = scene.run("list").await;
    assert_eq!(wrong.code(), 4);
    wrong.says("whoami");
}
