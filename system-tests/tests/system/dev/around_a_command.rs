//! `dev -- COMMAND`: an integration's test suite in one line. The command has the standard output
//! and the last word; `dev` passes signals on and leaves nothing behind.

use std::path::Path;
use std::process::Stdio;

use rollcall_system_tests::{
    Credentials, Ended, PATIENCE, Rollcall, note_secret, send_signal, words_of_dev,
};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::timeout;

/// Runs `dev` with the rest of its arguments, its temporary files in a folder of their own, and
/// says what it left there.
async fn dev(arguments: &[&str]) -> Ended {
    let folder = TempDir::new().unwrap();
    let all = ["dev", "--listen", "127.0.0.1:0"].into_iter().chain(arguments.iter().copied());
    let ended = Rollcall::new(all).env("TMPDIR", folder.path()).run().await;
    assert_eq!(left_in(folder.path()), [] as [String; 0], "{arguments:?}");
    ended
}

fn left_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn it_ends_as_its_command_ends() {
    for (script, status) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 42", 42),
        ("exit 255", 255),
        ("kill -KILL $$", 128 + 9),
        ("kill -TERM $$", 128 + 15),
    ] {
        assert_eq!(dev(&["--", "sh", "-c", script]).await.code(), status, "{script}");
    }
}

#[tokio::test]
async fn a_command_that_cannot_be_run_is_told_as_a_shell_tells_it() {
    let missing = dev(&["--", "rollcall-no-such-program"]).await;
    assert_eq!(missing.code(), 127);
    missing.says("rollcall-no-such-program");
    assert_eq!(dev(&["--", "/"]).await.code(), 126);
}

#[tokio::test]
async fn standard_output_is_the_commands_alone() {
    for with_json in [&[][..], &["--json"]] {
        let arguments = [with_json, &["--", "printf", "one\\ntwo"]].concat();
        let ended = dev(&arguments).await.well();
        assert_eq!(ended.stdout, "one\ntwo");
        ended.says("http://127.0.0.1:");
    }
}

#[tokio::test]
async fn its_arguments_are_passed_as_they_are() {
    let ended = dev(&["--", "printf", "%s,", "--json", "a b", "$HOME", "--", ""]).await.well();
    assert_eq!(ended.stdout, "--json,a b,$HOME,--,,");
}

#[tokio::test]
async fn the_command_finds_the_server_by_its_environment() {
    let names =
        ["URL", "ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET", "OWNER_EMAIL", "OWNER_PASSWORD"];
    let print: String = names.iter().map(|name| format!("echo $ROLLCALL_{name}; ")).collect();
    let call = "curl --silent --fail --noproxy '*' --user $ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET \
                --data grant_type=client_credentials --output /dev/null --write-out '%{http_code}' \
                $ROLLCALL_URL/v1/oauth/token";
    let ended = dev(&["--", "sh", "-c", &format!("{print}{call}")]).await.well();
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let [url, account, client, secret, email, password, status] = lines[..] else {
        panic!("six variables and a status: {} lines", lines.len());
    };
    note_secret(secret);
    note_secret(password);
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with('/'), "{url}");
    assert_eq!((account.len(), client.len(), status), (26, 36, "200"));
    assert!(secret.starts_with("rcs_") && email.contains('@') && password.len() >= 8);
}

#[tokio::test]
async fn its_listener_is_gone_when_it_has_ended() {
    let ended = dev(&["--", "sh", "-c", "echo $ROLLCALL_URL"]).await.well();
    let authority = ended.stdout.trim().strip_prefix("http://").unwrap().to_owned();
    assert!(tokio::net::TcpStream::connect(authority).await.is_err());
}

/// Says that it is ready, then which signal came; ends with 7.
const WAITS: &str = "
import signal
waited_for = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
print('ready', flush=True)
print(signal.Signals(signal.sigwait(waited_for)).name, flush=True)
raise SystemExit(7)
";

#[tokio::test]
async fn signals_are_passed_on_and_nothing_is_left_behind() {
    for name in ["TERM", "INT", "HUP"] {
        let folder = TempDir::new().unwrap();
        let all = ["dev", "--listen", "127.0.0.1:0", "--", "python3", "-c", WAITS];
        let mut process = Rollcall::new(all).env("TMPDIR", folder.path()).spawn();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut next = async || timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
        assert_eq!(next().await.as_deref(), Some("ready"));
        let there = left_in(folder.path());
        assert_eq!(there.len(), 2, "its folder, and where it says that it runs: {there:?}");
        send_signal(process.id().unwrap(), name).await;
        assert_eq!(next().await, Some(format!("SIG{name}")));
        let ended = timeout(PATIENCE, process.wait()).await.unwrap().unwrap();
        assert_eq!(ended.code(), Some(7), "{name}");
        assert_eq!(left_in(folder.path()), [] as [String; 0], "{name}");
    }
}

#[tokio::test]
async fn without_a_command_a_signal_ends_it_and_nothing_is_left_behind() {
    for name in ["TERM", "INT", "HUP"] {
        let folder = TempDir::new().unwrap();
        let all = ["dev", "--listen", "127.0.0.1:0", "--json"];
        let mut process = Rollcall::new(all).env("TMPDIR", folder.path()).spawn();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        Credentials::from_line(&line);
        send_signal(process.id().unwrap(), name).await;
        let ended = timeout(PATIENCE, process.wait()).await.unwrap().unwrap();
        assert_eq!(ended.code(), Some(0), "{name}");
        assert_eq!(timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap(), None);
        assert_eq!(left_in(folder.path()), [] as [String; 0], "{name}");
    }
}

#[tokio::test]
async fn the_commands_it_prints_can_be_pasted() {
    let folder = TempDir::new().unwrap();
    let all = ["dev", "--listen", "127.0.0.1:0"];
    let mut process = Rollcall::new(all).env("TMPDIR", folder.path()).spawn();
    let pasted = words_of_dev(&mut process).await;
    let start = pasted.iter().position(|line| line.contains("TOKEN=$(curl")).unwrap();
    let script = format!("export NO_PROXY='*'\nset -e\n{}", pasted[start..].join("\n"));
    let mut shell = tokio::process::Command::new("sh");
    let output = shell.args(["-c", &script]).stderr(Stdio::inherit()).output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains(r#"{"results":[{"id":"#) && said.contains(r#""next_page_token":"#));
    assert!(said.trim_end().ends_with('}') && said.contains(r#""state":"SUSPENDED""#), "{said}");
    send_signal(process.id().unwrap(), "TERM").await;
    assert_eq!(timeout(PATIENCE, process.wait()).await.unwrap().unwrap().code(), Some(0));
}
