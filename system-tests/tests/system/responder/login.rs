//! `rollcall login`, `logout` and `profiles`: where a secret may come from, where it is kept, and that
//! it is sent nowhere else.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use rollcall_system_tests::{Credentials, RunningServer, Store, note_secret};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;

use super::desk::{Desk, json, named, plain};

fn mode(path: &Path) -> u32 {
    let is = std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    is.permissions().mode() & 0o7777
}

#[tokio::test]
async fn what_was_kept_works_and_nobody_else_can_read_it() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let is = &server.credentials;
    let said = "--profile prod --keep file --protect Break-Glass@example.com --rate 50 --json";
    let kept = json(desk.login(is, said).await);
    assert_eq!((&kept["profile"], &kept["default"]), (&"prod".into(), &Value::Bool(true)));
    assert_eq!((&kept["secret_kept"], &kept["checked"]), (&"file".into(), &Value::Bool(true)));
    assert_eq!(mode(&desk.kept().join("profiles.toml")), 0o600);
    let secret = desk.kept().join("profiles-secrets/prod");
    assert_eq!((mode(&secret), mode(&desk.kept().join("profiles-secrets"))), (0o600, 0o700));
    let profiles = std::fs::read_to_string(desk.kept().join("profiles.toml")).expect("text");
    assert!(!profiles.contains(&is.client_secret), "no secret is in a profile");

    let found = json(desk.run("whoami --json").await);
    assert_eq!((&found["profile"], &found["works"]), (&"prod".into(), &Value::Bool(true)));
    assert_eq!(found["protected"][0], "Break-Glass@example.com");
    let shown = desk.run("profiles show").await.well().stdout;
    assert!(shown.contains("rate       50 a second") && !shown.contains(&is.client_secret));

    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).expect("ours");
    let open = desk.run("whoami").await;
    assert_eq!(open.code(), 1);
    open.says("can be read by others (its mode is 0644)");
}

#[tokio::test]
async fn a_secret_comes_from_wherever_it_is_told_but_never_from_an_argument() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let is = &server.credentials;
    let (file, who) = (desk.secret_file(&is.client_secret), named(is));
    let login = format!("login {who} --keep none --json");

    let by_stdin = desk.rollcall(&format!("{login} --secret-stdin")).input(Path::new(&file));
    assert_eq!(json(by_stdin.run().await)["checked"], true);
    // Standard input is a descriptor like others.
    let by_number = desk.rollcall(&format!("{login} --secret-fd 0")).input(Path::new(&file));
    assert_eq!(json(by_number.run().await)["checked"], true);
    let by_variable = desk.rollcall(&login).env("ROLLCALL_CLIENT_SECRET", &is.client_secret);
    assert_eq!(json(by_variable.run().await)["checked"], true);

    let kept = desk.rollcall(&format!("login {who} --profile op --json --secret-command"));
    let kept = kept.argument(&format!("cat '{file}'"));
    assert_eq!(json(kept.run().await)["secret_kept"], "command");
    assert_eq!(json(desk.run("whoami --profile op --json").await)["works"], true);
    std::fs::write(&file, "").expect("ours");
    let empty = desk.run("whoami --profile op").await;
    assert_eq!(empty.code(), 1);
    empty.says("the command cat printed no secret: there is no secret in it");

    for argument in ["--secret x", "--client-secret x"] {
        assert_eq!(desk.run(&format!("login {who} {argument}")).await.code(), 2);
    }
    let nobody = desk.run("login --profile new --client-id c").await;
    assert_eq!(nobody.code(), 2);
    nobody.says("say --account ID");
}

#[tokio::test]
async fn what_does_not_work_is_not_kept() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let is = &server.credentials;
    let wrong = Credentials { client_secret: "rcs_wrong".to_owned(), ..is.clone() };
    let refused = desk.login(&wrong, "--keep file").await;
    assert_eq!(refused.code(), 4);
    refused.says("nothing was kept");
    let nowhere = Credentials { base_url: "http://127.0.0.1:1".to_owned(), ..is.clone() };
    let unreached = desk.login(&nowhere, "--keep file --timeout 5").await;
    assert_eq!(unreached.code(), 3);
    assert!(!desk.kept().exists(), "neither profiles nor secrets");
    let _ = desk.login(&wrong, "--keep file --no-check").await.well();
    assert!(desk.kept().join("profiles-secrets/default").is_file());

    std::fs::write(desk.path("blocked"), "").expect("ours");
    let inside = plain(&desk.path("blocked/profiles.toml"));
    let file = desk.secret_file(&is.client_secret);
    let said = format!("login {} --secret-file {file} --keep file", named(is));
    let blocked = desk.rollcall(&said).env("ROLLCALL_PROFILES", inside).run().await;
    assert_eq!(blocked.code(), 1);
    blocked.says("ROLLCALL_PROFILES names another file");
}

#[tokio::test]
async fn a_kept_secret_is_sent_to_its_own_server_alone() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let _ = desk.login(&server.credentials, "--profile prod --keep file").await.well();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let elsewhere = format!("http://{}", listener.local_addr().expect("bound"));

    let by_option = desk.run(&format!("whoami --url {elsewhere}")).await;
    assert_eq!(by_option.code(), 2);
    by_option.says("is not sent elsewhere");
    let by_variable = desk.rollcall("whoami").env("ROLLCALL_URL", &elsewhere).run().await;
    assert_eq!(by_variable.code(), 2);
    by_variable.says("ROLLCALL_URL alone");
    // Whoever turns the profile by hand has turned it away from its secret.
    let file = desk.kept().join("profiles.toml");
    let text = std::fs::read_to_string(&file).expect("text");
    std::fs::write(&file, text.replace(&server.credentials.base_url, &elsewhere)).expect("ours");
    let by_hand = desk.run("whoami").await;
    assert_eq!(by_hand.code(), 2);
    by_hand.says("belongs to others");
    let called = timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(called.is_err(), "nobody called there");
}

#[tokio::test]
async fn a_profile_is_chosen_changed_and_forgotten() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    for name in ["one", "two"] {
        let said = format!("--profile {name} --keep file --protect a@example.com");
        let _ = desk.login(&server.credentials, &said).await.well();
    }
    let _ = desk.run("profiles use two").await.well();
    let listed = desk.run("profiles").await.well().stdout;
    assert!(
        listed.starts_with("  one  http://") && listed.contains("\n* two  http://"),
        "{listed}"
    );
    // What is not said stays as it was, the secret too.
    let _ = desk.run("login --profile two --rate 9").await.well();
    let _ = desk.run("profiles protect add B@example.com").await.well();
    let protected = json(desk.run("profiles protect remove A@EXAMPLE.com --json").await);
    assert_eq!(protected["protected"], serde_json::json!(["B@example.com"]));
    let two = json(desk.run("profiles show two --json").await);
    assert_eq!((&two["rate"], &two["secret_kept"]), (&9.into(), &"file".into()));

    let out = json(desk.run("logout --json").await);
    assert_eq!((&out["profile"], &out["secret_forgotten"]), (&"two".into(), &Value::Bool(true)));
    assert!(!desk.kept().join("profiles-secrets/two").exists());
    let without = desk.run("whoami").await;
    assert_eq!(without.code(), 2);
    without.says("`rollcall login --profile two` keeps one");
    let protected = json(desk.run("profiles show --json").await);
    assert_eq!(protected["protected"][0], "B@example.com", "logging out protects nobody less");

    let _ = desk.run("profiles remove one").await.well();
    assert!(!desk.kept().join("profiles-secrets/one").exists());
    let gone = desk.run("whoami --profile one").await;
    assert_eq!(gone.code(), 2);
    gone.says("there are: two");
}

/// `script` gives it a terminal.
#[tokio::test]
async fn on_a_terminal_it_asks_and_the_secret_is_not_seen() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let Credentials { base_url, account_id, client_id, client_secret, .. } = &server.credentials;
    note_secret(client_secret);
    let binary = rollcall_system_tests::rollcall_binary();
    let line = format!("{} login --url {base_url} --keep file", plain(&binary));
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    terminal.env_remove("ROLLCALL_CLIENT_SECRET").env("HOME", desk.path("")).env("TERM", "xterm");
    terminal.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = terminal.kill_on_drop(true).spawn().expect("script is there");
    let mut typed = child.stdin.take().expect("a pipe");
    let answers = async {
        let said = format!("{account_id}\r{client_id}\r{client_secret}\rice@example.com\r");
        for line in said.split_inclusive('\r') {
            // As a person types: one question after the other.
            tokio::time::sleep(Duration::from_millis(700)).await;
            typed.write_all(line.as_bytes()).await.expect("it reads");
        }
        // Its end would be the end of the terminal.
        tokio::time::sleep(Duration::from_secs(20)).await;
    };
    let ended = timeout(rollcall_system_tests::PATIENCE, async {
        tokio::select! {
            ended = child.wait_with_output() => ended.expect("its end is known"),
            () = answers => panic!("it does not end"),
        }
    });
    let ended = ended.await.expect("it ends");
    let seen = String::from_utf8_lossy(&ended.stdout);
    assert!(!seen.contains(client_secret), "the secret was seen");
    assert!(ended.status.success(), "{seen}");
    assert!(seen.contains("The account's ID") && seen.contains("is kept"), "{seen}");
    let kept = json(desk.run("profiles show --json").await);
    assert_eq!(kept["protected"], serde_json::json!(["ice@example.com"]));
    assert_eq!(json(desk.run("whoami --json").await)["works"], true);
}
