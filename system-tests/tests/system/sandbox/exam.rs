//! `rollcall sandbox exam`: each wrong client gets the finding of its fault and no other, and the
//! right ones get none.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use rollcall_sandbox::exam::Scenario;
use rollcall_sandbox::report::{Check, Report, Verdict};
use rollcall_system_tests::{Ended, Example, PATIENCE, Rollcall, repository, send_signal, setting};
use tempfile::TempDir;
use tokio::time::timeout;

/// Exams at a time, and scenarios at a time in each: most of it is waiting.
const EXAMS: usize = 3;
const JOBS: &str = "4";

fn client(fault: &str) -> Vec<String> {
    let python = format!("{}/python/bin/python", setting("ROLLCALL_CLIENTS"));
    let script = repository().join("system-tests/clients/wrong/client.py").display().to_string();
    // Without what it does not need: it is started some hundred times.
    [python.as_str(), "-S", "-B", &script, fault].map(str::to_owned).to_vec()
}

/// The faults that the client knows, each with the check that is to find it.
fn faults() -> Vec<(String, Option<Check>)> {
    let source = include_str!("../../../clients/wrong/client.py");
    let table = source.split("FAULTS = {\n").nth(1).unwrap().split("\n}").next().unwrap();
    let faults = table.lines().map(|line| {
        let (fault, check) = line.trim().trim_end_matches(',').split_once(": ").unwrap();
        let (fault, check) = (fault.trim_matches('"').to_owned(), check.trim_matches('"'));
        let check = (check != "None").then(|| Check::from_id(check).expect("a check"));
        (fault, check)
    });
    faults.collect()
}

async fn exam(options: &[&str], command: Vec<String>) -> (Ended, Report) {
    let words = ["sandbox", "exam", "--json", "--jobs", JOBS].iter().chain(options);
    let words = words.map(|&word| word.to_owned()).chain(["--".to_owned()]).chain(command);
    let ended = Rollcall::new(words).run().await;
    let report = serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.stdout, ended.stderr));
    (ended, report)
}

fn found(report: &Report) -> Vec<Check> {
    report.wrong().map(|(check, _)| check).collect()
}

#[tokio::test]
async fn each_wrong_client_gets_its_finding_and_no_other() {
    let faults = faults();
    assert!(faults.len() > 16, "{faults:?}");
    let exams = faults.into_iter().map(|(fault, check)| async move {
        // The one that never ends would take the whole limit in each scenario.
        let options: &[&str] = match fault.as_str() {
            "never-ends" => &["--only", "walk,suspend", "--time-limit", "5s"],
            _ => &[],
        };
        let (ended, report) = exam(options, client(&fault)).await;
        let as_expected = found(&report).iter().eq(check.iter());
        let code_fits = ended.code() == i32::from(check.is_some());
        (!as_expected || !code_fits).then(|| format!("{fault}: {check:?}\n{}", report.words()))
    });
    let wrong: Vec<String> =
        stream::iter(exams).buffer_unordered(EXAMS).filter_map(async |one| one).collect().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn the_right_client_shows_all_that_an_exam_can_show() {
    let (ended, report) = exam(&[], client("right")).await;
    assert_eq!((found(&report), ended.code()), (vec![], 0), "{}", report.words());
    assert_eq!(report.scenarios.len(), Scenario::ALL.len());
    let unknown: Vec<Check> = Check::ALL
        .iter()
        .copied()
        .filter(|check| matches!(report.verdict(*check), Some(Verdict::Unknown { .. })))
        .collect();
    // It never filters and never revokes.
    assert_eq!(unknown, [Check::TokenRevoked, Check::FilterAsDocumented], "{}", report.words());
    let (ended, _) = exam(&["--strict", "--only", "walk"], client("right")).await;
    assert_eq!(ended.code(), 1, "what was not shown counts");
}

#[tokio::test]
async fn the_examples_are_right() {
    let exams = Example::ALL.into_iter().map(|example| async move {
        let (ended, report) = exam(&[], example.command()).await;
        let is_right = found(&report).is_empty() && ended.code() == 0;
        // Right, and not because nothing was seen of it.
        let seen = [Check::PagedToTheEnd, Check::ResultsRead, Check::RetryAfterObeyed]
            .iter()
            .all(|check| matches!(report.verdict(*check), Some(Verdict::Passed { .. })));
        (!is_right || !seen).then(|| format!("{example:?}\n{}", report.words()))
    });
    let wrong: Vec<String> =
        stream::iter(exams).buffer_unordered(EXAMS).filter_map(async |one| one).collect().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn a_command_that_calls_nobody_is_not_blamed_and_not_called_right() {
    let idle = ["sh", "-c", "exit 0"].map(str::to_owned).to_vec();
    let (ended, report) = exam(&["--only", "walk,suspend,find-and-suspend"], idle).await;
    assert_eq!((found(&report), ended.code()), (vec![], 1), "{}", report.words());
    let passed = report.checks.iter().filter(|one| matches!(one.verdict, Verdict::Passed { .. }));
    let passed: Vec<Check> = passed.map(|one| one.check).collect();
    assert_eq!(passed, [Check::EndsInTime]);
}

#[tokio::test]
async fn under_tls_the_command_is_told_the_certificate() {
    let mut command = client("right");
    command.truncate(3);
    command.extend(["-c".to_owned(), UNDER_TLS.to_owned()]);
    let (ended, report) = exam(&["--tls", "--only", "walk"], command).await;
    assert_eq!((found(&report), ended.code()), (vec![Check::UserAgentSent], 1));
    assert_eq!(report.exchanges, 1, "{}", report.words());
}

/// Answered 401, which shows that the certificate was good under both names.
const UNDER_TLS: &str = "
import os, urllib.request, urllib.error
path = '/v1beta1/accounts/' + os.environ['ROLLCALL_ACCOUNT_ID'] + '/users'
try:
    urllib.request.urlopen(os.environ['ROLLCALL_HOSTED_URL'] + path)
except urllib.error.HTTPError as error:
    raise SystemExit(0 if error.code == 401 else 1)
";

#[tokio::test]
async fn a_signal_ends_the_exam_and_its_commands_and_nothing_is_left_behind() {
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = |name: &str| outside.path().join(name);
    let (started, late) = (file("started"), file("late"));
    let script = format!("touch {}; sleep 3; touch {}", started.display(), late.display());
    let words = ["sandbox", "exam", "--only", "walk", "--", "sh", "-c", &script];
    let mut process = Rollcall::new(words).env("TMPDIR", folder.path()).spawn();
    while !started.exists() {
        assert!(process.try_wait().unwrap().is_none(), "it ended before its command began");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    send_signal(process.id().unwrap(), "TERM").await;
    let ended = timeout(PATIENCE, process.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(128 + 15));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!late.exists(), "the command went on");
}

#[tokio::test]
async fn what_cannot_be_is_told_with_the_way_out() {
    let unknown =
        Rollcall::new(["sandbox", "exam", "--only", "sunshine", "--", "true"]).run().await;
    assert_eq!(unknown.code(), 2);
    unknown.says("find-and-suspend");
    let nothing = Rollcall::new(["sandbox", "exam"]).run().await;
    assert_eq!(nothing.code(), 2);
    let words = ["sandbox", "exam", "--only", "walk", "--", "rollcall-no-such-program"];
    let missing = Rollcall::new(words).run().await;
    assert_eq!(missing.code(), 2);
    missing.says("rollcall-no-such-program");
}
