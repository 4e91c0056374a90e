//! Standard output that takes nothing: what could not be shown is never told as done, and what was
//! done all the same is named, with the way out. A reader that went away is no error.

use std::fs::OpenOptions;
use std::process::Stdio;

use rollcall_system_tests::{Ended, Rollcall, RunningServer, Store};

use super::Operator;

/// Printed to a disk that is full.
async fn to_full(command: Rollcall) -> Ended {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    command.output(Stdio::from(full)).await
}

#[tokio::test]
async fn what_could_not_be_shown_is_an_error_and_what_was_done_is_named() {
    let server = RunningServer::with_one_account(Store::Sqlite).await;
    let operator = Operator::of(&server);
    let owner = &server.credentials.owner_email;
    let create = ["application", "create", "--name", "Lost", "--scope", "get_user"];
    for (words, hint) in [
        (&["audit", "head"][..], "not whole"),
        (&["people", "list"], "not whole"),
        (&["people", "list", "--csv"], "not whole"),
        (&create, "was made all the same, and nobody has it"),
        (&[&create[..], &["--json"]].concat(), "rollcall admin secret retire"),
        (&["people", "link", owner], "nobody has its code"),
        (&["recover", "--email", owner], "nobody has their new password"),
        (&["recover", "--email", owner, "--keep-password", "--json"], "is as it was"),
    ] {
        let ended = to_full(operator.command(words)).await;
        assert_eq!(ended.code(), 1, "{words:?}: {}", ended.stderr);
        ended.says(hint);
        ended.says("error: standard output could not be written: No space left on device");
    }
    // It was made, as it says.
    let applications = operator.run(&["application", "list", "--json"]).await.well().stdout;
    assert!(applications.contains("Lost"), "{applications}");
}

#[tokio::test]
async fn commands_without_a_store_say_so_too() {
    for words in [
        &["admin", "settings", "--schema"][..],
        &["admin", "keys", "new-root-key"],
        &["completions", "bash"],
    ] {
        let ended = to_full(Rollcall::new(words)).await;
        assert_eq!(ended.code(), 1, "{words:?}: {}", ended.stderr);
        ended.says("standard output could not be written");
    }
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let command = Rollcall::new(["admin", "settings", "--schema"]);
    let ended = command.output(Stdio::from(writer)).await.well();
    assert_eq!(ended.stderr, "");
}
