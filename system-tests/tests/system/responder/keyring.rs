//! The system's keyring: a real Secret Service on a bus of the test's own, unlocked, locked, and absent.

use rollcall_system_tests::{Ended, PATIENCE, RunningServer, Store, rollcall_binary};
use tokio::process::Command;
use tokio::time::timeout;

use super::desk::{Desk, json, named, plain};

/// Begins a session in which the keyring is unlocked, as somebody's sign-in does.
const UNLOCKED: &str = "printf unlocked-by-a-test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";
/// It runs, and nobody has unlocked it.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 </dev/null";

/// Runs lines of a shell in a session of their own. What they start ends with it.
async fn session(desk: &Desk, lines: &str) -> Ended {
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", &format!("set -e\n{lines}\n")]).env_clear();
    let kept = ["PATH", "TMPDIR", "LANG"];
    command.envs(kept.into_iter().filter_map(|name| Some((name, std::env::var(name).ok()?))));
    command.env("HOME", desk.path("")).env("XDG_RUNTIME_DIR", desk.path(""));
    command.env("rollcall", rollcall_binary()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.expect("it ends");
    let output = output.expect("dbus-run-session is there: `cargo xtask test` installs it");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[tokio::test]
async fn a_secret_is_kept_found_and_forgotten_in_a_real_keyring() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let file = desk.secret_file(&server.credentials.client_secret);
    let login = format!("$rollcall login {} --secret-file {file}", named(&server.credentials));
    let kept =
        session(&desk, &format!("{UNLOCKED}\n{login} --json\n$rollcall whoami --json")).await;
    let kept = kept.well();
    let lines: Vec<serde_json::Value> =
        kept.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[0]["secret_kept"], "keyring", "where there is one, it is taken");
    assert_eq!(lines[1]["works"], true);
    assert_eq!(lines[1]["secret_from"], "in the system's keyring");
    assert!(!desk.kept().join("profiles-secrets").exists());

    // Another session of the same person, in which nobody has typed the keyring's password.
    let locked = session(&desk, &format!("{LOCKED}\n$rollcall whoami")).await;
    assert_eq!(locked.code(), 1, "{}", locked.stderr);
    locked.says("the system's keyring does not give the secret");
    locked.says("unlock it");

    let out = format!("{UNLOCKED}\n$rollcall logout --json\n$rollcall whoami");
    let out = session(&desk, &out).await;
    assert_eq!(out.code(), 2, "{}", out.stderr);
    assert!(out.stdout.contains("\"secret_forgotten\":true"), "{}", out.stdout);
    out.says("keeps no secret");
}

#[tokio::test]
async fn where_there_is_no_keyring_it_says_what_it_does_instead() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let file = desk.secret_file(&server.credentials.client_secret);
    let login = format!("login {} --secret-file {file}", named(&server.credentials));
    let no_bus = |run: rollcall_system_tests::Rollcall| {
        run.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", plain(&desk.path("no-bus"))))
    };
    let asked_for = no_bus(desk.rollcall(&format!("{login} --keep keyring"))).run().await;
    assert_eq!(asked_for.code(), 1);
    asked_for.says("the system's keyring does not keep the secret");
    asked_for.says("`rollcall login --keep file`");
    assert!(!desk.kept().join("profiles.toml").exists());

    let fallen_back = no_bus(desk.rollcall(&login)).run().await.well();
    fallen_back.says("profiles-secrets/default, which only you can read");
    assert_eq!(json(desk.run("whoami --json").await)["works"], true);
}
