//! What stops the start of `serve`: each with its status, what is wrong, and the way out.

use std::os::unix::fs::PermissionsExt as _;

use rollcall_system_tests::{
    Database, Ended, Ground, PATIENCE, RunningServe, RunningServer, Store, send_signal,
};
use tokio::time::timeout;

#[track_caller]
fn refused(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code(), code, "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
    for words in words {
        ended.says(words);
    }
}

#[tokio::test]
async fn without_a_root_key_that_is_ones_own() {
    let ground = Ground::fresh(Store::Sqlite).await;
    let key = ground.file("root.key");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&key, open).unwrap();
    refused(&ground.serve(&[]).run().await, 2, &["can be read by others", "0644", "chmod 600"]);
    std::fs::remove_file(&key).unwrap();
    refused(&ground.serve(&[]).run().await, 2, &["root.key", "new-root-key"]);

    let none = ["--public-url", "http://localhost:1", "--data", &ground.text_of("new")];
    let none = rollcall_system_tests::Rollcall::new([&["serve"], &none[..]].concat());
    refused(&none.run().await, 2, &["no root key", "new-root-key"]);
    let credential = ground.serve(&["--root-key-credential", "root-key"]).run().await;
    refused(&credential, 2, &["LoadCredential=root-key"]);
    let command = ground.serve(&["--root-key-command", "false"]).run().await;
    refused(&command, 1, &["the root key command false", "exit status: 1"]);
    let variable = ground.serve(&["--root-key-environment", "NOT_THERE"]).run().await;
    refused(&variable, 2, &["no variable NOT_THERE"]);
    assert!(!ground.database.folder().exists(), "nothing is founded without a key");
}

#[tokio::test]
async fn another_root_key_or_a_copy_without_one_opens_nothing() {
    let server = RunningServe::start(Store::Sqlite).await;
    let ground = server.stop().await;
    ground.new_root_key("other.key").await;
    let other = ground.text_of("other.key");
    let ended = ground.serve(&["--root-key-file", &other]).run().await;
    refused(&ended, 1, &["the root key does not open this database's keys"]);

    let copy = ground.file("copy");
    rollcall_system_tests::copy_folder(&ground.database.folder(), &copy);
    let copy = copy.to_str().unwrap();
    let ended = ground.serve(&["--data", copy, "--root-key-file", &other]).run().await;
    refused(&ended, 1, &["the root key does not open this database's keys"]);
    // Nor can somebody with another key put one of their own into it, and sign with that.
    for verb in [&["keys", "rotate"][..], &["keys", "rotate", "--drop-old"]] {
        let more = ["--data", copy, "--root-key-file", &other];
        let ended = ground.admin(verb, &more).run().await;
        refused(&ended, 1, &["the root key does not open this database's keys"]);
    }
    // The one it has goes on.
    ground.serve(&["--listen", "192.0.2.1:1"]).run().await.says("unencrypted");
}

#[tokio::test]
async fn what_dev_made() {
    let dev = RunningServer::start(Store::Sqlite).await;
    let database = dev.stop().await;
    let ground = Ground::fresh(Store::Sqlite).await;
    let folder = database.folder();
    let ended = ground.serve(&["--data", folder.to_str().unwrap()]).run().await;
    refused(&ended, 2, &["rollcall dev", "choose another place"]);

    let dev = RunningServer::start(Store::Postgres).await;
    let database = dev.stop().await;
    let Database::Postgres(fresh) = &database else { unreachable!("asked for") };
    let ended = ground.serve(&["--database", &fresh.address()]).run().await;
    refused(&ended, 2, &["rollcall dev", "choose another place"]);
}

#[tokio::test]
async fn a_folder_that_is_served_already() {
    let server = RunningServe::start(Store::Sqlite).await;
    refused(&server.ground.serve(&[]).run().await, 1, &["is being served by another process"]);
    server.api().token().await;
    server.stop().await;
}

#[tokio::test]
async fn a_database_newer_than_the_program() {
    let server = RunningServe::start(Store::Postgres).await;
    let ground = server.stop().await;
    let Database::Postgres(fresh) = &ground.database else { unreachable!("asked for") };
    let newer = "insert into rollcall_migrations (version, name, applied_on, checksum)
                 values (9999, 'later', '2030-01-01T00:00:00Z', '1')";
    fresh.connect().await.execute(newer, &[]).await.unwrap();
    refused(
        &ground.serve(&[]).run().await,
        1,
        &["newer than this program", "use a newer rollcall"],
    );
}

#[tokio::test]
async fn settings_that_cannot_be() {
    let ground = Ground::fresh(Store::Sqlite).await;
    for (more, words) in [
        (&["--listen", "0.0.0.0:0"][..], &["unencrypted", "ends_tls = true"][..]),
        (&["--listen", "0.0.0.0:0", "--proxy-ends-tls"], &["unencrypted"]),
        (&["--public-url", "http://rollcall.example.com"], &["--public-url", "this machine alone"]),
        (&["--limits-idle-timeout", "soon"], &["--limits-idle-timeout", "whole number"]),
        (&["--keys-rotate-every", "1d"], &["rotate_every is too short", "4d"]),
        (&["--tls-certificate", "/nowhere"], &["belong together"]),
        (&["--data", "/a", "--database", "postgres://b"], &["exclude each other"]),
        (&["--database", "postgres://me:hunter2@localhost/x"], &["password", "file"]),
        (&["--data", ""], &["store.data is empty"]),
        (&["--log-filter", "a=zz"], &["log.filter"]),
    ] {
        let ended = ground.serve(more).run().await;
        refused(&ended, 2, words);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
        // Whoever asks for the settings beforehand hears the same.
        let asked = ground.admin(&["settings"], more).run().await;
        assert_eq!(asked.code(), 2, "{more:?}");
        words.iter().for_each(|words| asked.says(words));
        let all = format!("{}{}", asked.stdout, asked.stderr);
        assert!(!all.contains("hunter2"), "{all}");
    }
    ground.write_settings("[limits]\nheader_timout = \"5s\"\n");
    let ended = ground.serve(&[]).run().await;
    refused(&ended, 2, &["line 11, column 1", "did you mean `header_timeout` in [limits]?"]);
    assert!(!ground.database.folder().exists());
}

/// And the program is ended with it.
#[tokio::test]
async fn a_start_that_waits_for_the_root_key_ends_when_it_is_told_to() {
    let ground = RunningServe::start(Store::Sqlite).await.stop().await;
    let path = ground.file("pid");
    let script = format!("echo $$ > {}; exec sleep 600", path.display());
    let command = serde_json::json!(["sh", "-c", script]).to_string();
    let more = ["--root-key-command", &command];
    let (serve, rotate) = (ground.serve(&more), ground.admin(&["keys", "rotate"], &more));
    for (asked, code) in [(serve, 0), (rotate, 130)] {
        let running = tokio::spawn(asked.run());
        let pid = loop {
            match std::fs::read_to_string(&path) {
                Ok(text) if text.ends_with('\n') => break text.trim().to_owned(),
                _ => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        };
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap();
        send_signal(parent.trim().parse().unwrap(), "TERM").await;
        let ended = timeout(PATIENCE, running).await.expect("it ends").unwrap();
        assert_eq!(ended.code(), code, "{}", ended.stderr);
        let is_there = std::path::Path::new("/proc").join(&pid).exists();
        let state = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        assert!(!is_there || state.contains("State:\tZ"), "the program goes on");
        std::fs::remove_file(&path).unwrap();
    }
}

/// It would stay unsaid, and the default in force, without a word.
#[tokio::test]
async fn a_setting_that_is_misspelt_in_the_environment() {
    let ground = Ground::fresh(Store::Sqlite).await;
    for (name, words) in [
        ("ROLLCALL_LISTNE", "did you mean ROLLCALL_LISTEN?"),
        ("ROLLCALL_LIMITS_HEADER_TIMOUT", "did you mean ROLLCALL_LIMITS_HEADER_TIMEOUT?"),
        ("ROLLCALL_DATABASE", "did you mean ROLLCALL_STORE_DATABASE?"),
        ("ROLLCALL_DATA", "did you mean ROLLCALL_STORE_DATA?"),
        ("ROLLCALL_TRUSTED_PROXY", "did you mean ROLLCALL_PROXY_TRUSTED?"),
        ("ROLLCALL_LIMITS_OF_ALL_THERE_COULD_EVER_BE", "[limits]"),
    ] {
        let ended = ground.serve(&[]).env(name, "1").run().await;
        refused(&ended, 2, &[&format!("{name} is no setting"), words]);
        let ended = ground.admin(&["account", "list"], &[]).env(name, "1").run().await;
        refused(&ended, 2, &[&format!("{name} is no setting"), words]);
    }
    assert!(!ground.database.folder().exists());
    // What others read, and what an orchestrator gives every container.
    let others = [
        "ROLLCALL_CLIENT_SECRET",
        "ROLLCALL_CONSOLE_URL",
        "ROLLCALL_PROXY_URL",
        "ROLLCALL_SANDBOX_URL",
        "ROLLCALL_SERVICE_HOST",
        "ROLLCALL_PORT_8787_TCP_ADDR",
    ];
    let asked = ["admin", "settings", "--config"].map(str::to_owned);
    let config = ground.text_of("rollcall.toml");
    let asked = rollcall_system_tests::Rollcall::new(asked.into_iter().chain([config]));
    others
        .iter()
        .fold(asked, |asked, name| asked.env(name, "tcp://10.0.0.1:8787"))
        .run()
        .await
        .well();
}
