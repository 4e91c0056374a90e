//! On a terminal, which `script` of util-linux makes: the question and its answers, colour, width.

use std::process::Stdio;

use rollcall_system_tests::{PATIENCE, rollcall_binary};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::{Scene, text};

/// How it ended, and all that stood on the screen.
async fn on_a_terminal(scene: &Scene, columns: u16, line: &str, typed: &str) -> (i32, String) {
    let binary = rollcall_binary();
    let inner = format!("stty cols {columns} rows 40; exec {} users {line}", binary.display());
    let credentials = &scene.api.credentials;
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &inner, "/dev/null"]);
    script.env_clear().env("PATH", std::env::var("PATH").unwrap()).env("TERM", "xterm-256color");
    script.env("HOME", scene.folder.path()).env("SHELL", "/bin/sh");
    script.env("ROLLCALL_URL", &credentials.base_url);
    script.env("ROLLCALL_ACCOUNT_ID", &credentials.account_id);
    script.env("ROLLCALL_CLIENT_ID", &credentials.client_id);
    script.env("ROLLCALL_CLIENT_SECRET", &credentials.client_secret);
    script.current_dir(scene.folder.path());
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = script.spawn().expect("script of util-linux");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(typed.as_bytes()).await.unwrap();
    stdin.flush().await.unwrap();
    let ended = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").unwrap();
    drop(stdin);
    let screen = String::from_utf8(ended.stdout).unwrap().replace('\r', "");
    (ended.status.code().unwrap(), screen)
}

#[tokio::test]
async fn somebody_who_is_asked_sees_who_and_where_and_what_is_left_out() {
    let scene = Scene::good_day().await;
    let person = &scene.suspendable().await[0];
    let (id, email) = (text(&person["id"]), text(&person["email"]));
    let line = format!("suspend {id} typo@example.com --output jsonl");
    for (typed, status, state) in [
        ("no\n", 1, "ACTIVE"),
        ("\n", 1, "ACTIVE"),
        ("y\n", 1, "ACTIVE"),
        ("yes\n", 5, "SUSPENDED"),
    ] {
        let (code, screen) = on_a_terminal(&scene, 120, &line, typed).await;
        assert_eq!((code, scene.state(&id).await.as_str()), (status, state), "{typed:?}: {screen}");
        let credentials = &scene.api.credentials;
        for words in [
            &email,
            &credentials.account_id,
            &credentials.base_url,
            "typo@example.com: not found",
            "Type yes",
        ] {
            assert!(screen.contains(words), "{words}: {screen}");
        }
        assert_eq!(screen.contains("Nothing was done."), status == 1, "{screen}");
    }
}

#[tokio::test]
async fn a_table_keeps_to_the_terminal_and_colours_states() {
    let scene = Scene::bad_day().await;
    for columns in [40_u16, 80] {
        let (code, screen) = on_a_terminal(&scene, columns, "list", "").await;
        assert_eq!(code, 0, "{screen}");
        assert!(screen.contains("\u{1b}[33mSUSPENDED\u{1b}[0m") || columns == 40, "{screen}");
        let plain = screen.replace("\u{1b}[33m", "").replace("\u{1b}[0m", "");
        assert!(!plain.contains('\u{1b}'), "{plain:?}");
        assert_eq!(plain.lines().count(), 61, "a line for each, and a header: {plain}");
    }
    let (_, screen) = on_a_terminal(&scene, 80, "list --color never", "").await;
    assert!(!screen.contains('\u{1b}'), "{screen:?}");
}
