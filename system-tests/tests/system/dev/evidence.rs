//! What leaves the store beside a running server: the audit log in the forms that others read, and
//! backups. The chain is checked again by a few lines of Python that know nothing of this program.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use rollcall_system_tests::{Database, Rollcall, RunningServer, Store, repository};
use rollcall_wire::route::Family;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use super::admin::{admin, head};

on_both_stores!(
    the_log_is_exported_in_three_forms_and_its_chain_checked_by_others,
    an_export_begins_where_the_one_before_it_ended
);

async fn a_server_with_acts(store: Store) -> RunningServer {
    let server = RunningServer::with_one_account(store).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let (people, _) = api.list(&token, "filter=user.isActive()").await.page();
    let user = people.last().unwrap()["id"].as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(api.suspend(&token, user).await.status, 200);
        assert_eq!(api.reactivate(&token, user).await.status, 200);
    }
    assert_eq!(api.revoke(&token).await.status, 200);
    server
}

/// The lines that `docs/reference/audit.md` gives to whoever wants to check an export.
fn the_check_of_the_document() -> String {
    let text = std::fs::read_to_string(repository().join("docs/reference/audit.md")).unwrap();
    let (_, after) = text.split_once("```python\n").expect("the document has the check");
    after.split_once("```").unwrap().0.to_owned()
}

async fn checked_by_python(export: &str) -> (i32, String) {
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script.path(), the_check_of_the_document()).unwrap();
    let mut python = tokio::process::Command::new("python3");
    python.arg(script.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut python = python.spawn().unwrap();
    let mut input = python.stdin.take().unwrap();
    // It may have seen enough before all of it is read.
    let _ = input.write_all(export.as_bytes()).await;
    drop(input);
    let ended = python.wait_with_output().await.unwrap();
    (ended.status.code().unwrap(), String::from_utf8(ended.stdout).unwrap())
}

async fn the_log_is_exported_in_three_forms_and_its_chain_checked_by_others(store: Store) {
    let server = a_server_with_acts(store).await;
    let database = server.database();
    let head = head(database).await;
    let records: usize = head.split_once(':').unwrap().0.parse().unwrap();
    let export = async |more: &[&str]| {
        admin(&["audit", "export"], database, &[&["--all"], more].concat()).await.well().stdout
    };
    let lines = export(&[]).await;
    assert_eq!(lines.lines().count(), records);
    let account = &server.credentials.account_id;
    assert_eq!(checked_by_python(&lines).await, (0, format!("{account} {head}\n")));
    let changed = lines.replacen("user_suspended\\\"", "user_reactivated\\\"", 1);
    assert_ne!(changed, lines);
    assert_ne!(checked_by_python(&changed).await.0, 0, "a changed record is noticed");
    let cut: String = lines
        .lines()
        .enumerate()
        .filter(|(at, _)| *at != 1)
        .fold(String::new(), |text, (_, line)| text + line + "\n");
    assert_ne!(checked_by_python(&cut).await.0, 0, "a missing record is noticed");

    let table = export(&["--format", "csv"]).await;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().next(), Some("account"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), records);
    assert!(head.ends_with(&rows[records - 1][9]));

    let events = export(&["--format", "ocsf"]).await;
    let events: Vec<Value> =
        events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), records);
    let suspended = events.iter().filter(|event| event["type_uid"] == 300_105).count();
    assert_eq!(suspended, 3);
    assert_eq!(events[records - 1]["class_uid"], 3002, "the token was revoked last");
}

async fn an_export_begins_where_the_one_before_it_ended(store: Store) {
    let server = a_server_with_acts(store).await;
    let database = server.database();
    let account = server.credentials.account_id.clone();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("audit.jsonl");
    let out = ["--account", &account, "--out", file.to_str().unwrap()];
    admin(&["audit", "export"], database, &out).await.well();
    let whole = std::fs::read_to_string(&file).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let again = admin(&["audit", "export"], database, &out).await;
    assert_eq!(again.code(), 2, "it never overwrites");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), whole);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let behind = ["--account", &account, "--after", "2"];
    let rest = admin(&["audit", "export"], database, &behind).await.well();
    let rest: Vec<String> = rest.stdout.lines().map(ToOwned::to_owned).collect();
    assert_eq!(rest, whole.lines().skip(2).collect::<Vec<_>>());
    let long_ago = ["--account", &account, "--until", "2001-01-01T00:00:00Z"];
    assert_eq!(admin(&["audit", "export"], database, &long_ago).await.well().stdout, "");
    for (more, code) in [
        (&["--all", "--after", "2"][..], 2),
        (&[][..], 2),
        (&["--all", "--account", &account], 2),
        (&["--all", "--since", "yesterday"], 2),
        (&["--account", "AAAAAAAAAAAAAAAAAAAAAAAAAA"], 1),
    ] {
        let ended = admin(&["audit", "export"], database, more).await;
        assert_eq!((ended.code(), &*ended.stdout), (code, ""), "{more:?}");
    }
}

async fn backup(database: &Database, to: &Path, more: &[&str]) -> rollcall_system_tests::Ended {
    let to = ["--to", to.to_str().unwrap()];
    admin(&["backup"], database, &[&to, more].concat()).await
}

#[tokio::test]
async fn a_backup_is_made_beside_the_server_checked_and_never_over_another() {
    let server = a_server_with_acts(Store::Sqlite).await;
    let folder = tempfile::TempDir::new().unwrap();
    let into = folder.path().join("backups/");
    let kept = head(server.database()).await;
    // The folder is made, and the file named by the time.
    let made = backup(server.database(), &into.join(""), &["--json"]).await.well().stdout;
    let made: Value = serde_json::from_str(&made).unwrap();
    let file = Path::new(made["file"].as_str().unwrap()).to_owned();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&into), mode(&file)), (0o700, 0o600));
    assert_eq!(made["bytes"], std::fs::metadata(&file).unwrap().len());
    let heads = made["heads"].as_array().unwrap();
    let told = format!("{}:{}", heads[0]["records"], heads[0]["hash"].as_str().unwrap());
    assert_eq!((heads.len(), told), (1, kept));
    let names = std::fs::read_dir(&into).unwrap().count();
    assert_eq!(names, 1, "nothing lies beside it");
    let again = backup(server.database(), &file, &[]).await;
    assert_eq!(again.code(), 2);
    again.says("is there already");
    // What dev made is not restored, whatever the key.
    let key = folder.path().join("root.key");
    std::fs::write(&key, "0".repeat(64)).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let place = folder.path().join("anew");
    let restored = Rollcall::new(
        [
            &["admin", "restore", "--from", file.to_str().unwrap()][..],
            &["--data", place.to_str().unwrap(), "--root-key-file", key.to_str().unwrap()],
        ]
        .concat(),
    );
    let restored = restored.run().await;
    assert_eq!(restored.code(), 1);
    restored.says("dev");
    assert!(!place.exists());
}

#[tokio::test]
async fn postgresql_is_left_to_its_own_tools_in_words() {
    let to = tempfile::TempDir::new().unwrap();
    let place = ["admin", "backup", "--database", "postgres://nobody@127.0.0.1/none"];
    let to = ["--to", to.path().to_str().unwrap()];
    let ended = Rollcall::new([&place[..], &to].concat()).run().await;
    assert_eq!((ended.code(), &*ended.stdout), (2, ""));
    ended.says("pg_dump");
}
