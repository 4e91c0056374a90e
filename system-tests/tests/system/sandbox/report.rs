//! `rollcall sandbox report`, asked while the double runs, by the command that it runs.

use rollcall_sandbox::report::{Check, Report, Verdict};
use rollcall_system_tests::{Ended, Rollcall, repository, rollcall_binary, setting};
use tempfile::TempDir;

/// Runs the client with this fault under `dev`, then what `script` says. `$REPORT` is the command.
async fn dev(fault: &str, script: &str) -> Ended {
    let python = format!("{}/python/bin/python", setting("ROLLCALL_CLIENTS"));
    let client = repository().join("system-tests/clients/wrong/client.py");
    let report = format!("{} sandbox report", rollcall_binary().display());
    let script = format!("{python} -S -B {} {fault}\n{script}", client.display());
    let words = ["dev", "--listen", "127.0.0.1:0", "--users", "130", "--", "sh", "-c", &script];
    Rollcall::new(words).env("REPORT", report).run().await
}

fn read(ended: &Ended) -> Report {
    // The first line is the client's.
    let json = ended.stdout.lines().find(|line| line.starts_with('{'));
    serde_json::from_str(json.unwrap_or_else(|| panic!("{}", ended.stderr))).unwrap()
}

#[tokio::test]
async fn it_grades_what_the_command_did_before() {
    let ended = dev("right", "$REPORT --json").await.well();
    let report = read(&ended);
    assert_eq!(report.wrong().count(), 0, "{}", report.words());
    for check in [Check::PagedToTheEnd, Check::PageTokenAsGiven, Check::BasicAtTokenEndpoint] {
        let verdict = report.verdict(check);
        assert!(
            matches!(verdict, Some(Verdict::Passed { exchanges, .. }) if !exchanges.is_empty())
        );
    }
    let ended = dev("no-user-agent", "$REPORT --json").await;
    assert_eq!(ended.code(), 1);
    let report = read(&ended);
    let wrong: Vec<Check> = report.wrong().map(|(check, _)| check).collect();
    assert_eq!(wrong, [Check::UserAgentSent], "{}", report.words());
}

#[tokio::test]
async fn words_junit_and_sarif_say_the_same() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let script = format!(
        "$REPORT; $REPORT --format junit --output {}; $REPORT --format sarif --output {}",
        file("report.xml"),
        file("report.sarif"),
    );
    let ended = dev("page-size-5000", &script).await;
    assert_eq!(ended.code(), 1);
    assert!(ended.stdout.contains("\nwrong (1)\n  page-size-in-range: "), "{}", ended.stdout);
    assert!(ended.stdout.contains("docs/reference/client-report.md#page-size-in-range"));
    ended.says("one check found something");
    let junit = std::fs::read_to_string(file("report.xml")).unwrap();
    assert!(junit.contains("<failure message=") && junit.contains("page-size-in-range"), "{junit}");
    let sarif = std::fs::read_to_string(file("report.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], "page-size-in-range");
}

#[tokio::test]
async fn strict_counts_what_was_not_shown_and_an_account_is_told_apart() {
    let strict = dev("right", "$REPORT --strict").await;
    assert_eq!(strict.code(), 1, "no call was answered 429, for one");
    let script = "$REPORT --json --account $ROLLCALL_ACCOUNT_ID && ! $REPORT --account NOBODY";
    let ended = dev("right", script).await.well();
    assert!(read(&ended).exchanges > 3);
    assert!(ended.stdout.contains("no call reached the double"), "{}", ended.stdout);
}

#[tokio::test]
async fn without_a_double_it_says_how_to_start_one() {
    let nowhere = TempDir::new().unwrap();
    let alone = Rollcall::new(["sandbox", "report"]).env("XDG_RUNTIME_DIR", nowhere.path());
    let ended = alone.run().await;
    assert_eq!(ended.code(), 1);
    ended.says("rollcall dev");
    let wrong = Rollcall::new(["sandbox", "report", "--format", "html"]).run().await;
    assert_eq!(wrong.code(), 2);
    wrong.says("text, json, junit or sarif");
}
