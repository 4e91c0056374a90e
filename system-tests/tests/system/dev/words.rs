//! What the binary prints when it is asked about itself: help with examples, completions, and the
//! one line of JSON.

use rollcall_system_tests::{Rollcall, RunningServer, Store};

#[tokio::test]
async fn every_help_text_has_an_example() {
    for verb in [
        &[][..],
        &["dev"],
        &["admin", "audit", "verify"],
        &["admin", "audit", "head"],
        &["admin", "integrity"],
        &["completions"],
    ] {
        let ended = Rollcall::new([verb, &["--help"]].concat()).run().await.well();
        assert!(ended.stdout.contains("Example"), "{verb:?}:\n{}", ended.stdout);
    }
}

#[tokio::test]
async fn there_are_completions_for_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let ended = Rollcall::new(["completions", shell]).run().await.well();
        // The script asks the binary, so that it knows profiles and runs too.
        assert!(ended.stdout.contains("ROLLCALL_COMPLETE"), "{shell}: {}", ended.stdout);
    }
    let ended = Rollcall::new(["completions", "bash"]).run().await.well();
    let folder = tempfile::TempDir::new().unwrap();
    let script = folder.path().join("completions.bash");
    std::fs::write(&script, ended.stdout).unwrap();
    let status = std::process::Command::new("bash").arg("-n").arg(&script).status().unwrap();
    assert!(status.success(), "bash does not understand its completions");
}

#[tokio::test]
async fn nothing_asked_is_wrong_use() {
    let ended = Rollcall::new([] as [&str; 0]).run().await;
    assert_eq!(ended.code(), 2);
    assert_eq!(Rollcall::new(["--version"]).run().await.well().stdout.lines().count(), 1);
}

/// What it prints is what works: the account and the application are those of the account.
#[tokio::test]
async fn the_line_of_json_says_what_was_promised() {
    let server = RunningServer::with_one_account(Store::Sqlite).await;
    let who = &server.credentials;
    assert_eq!((who.account_id.len(), who.client_id.len()), (26, 36));
    assert!(who.account_id.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')));
    assert!(who.base_url.starts_with("http://127.0.0.1:"));
    assert!(who.owner_email.ends_with(".example") || who.owner_email.contains("@example."));
}
