//! `dev trust`: it prints what others need, and changes nothing.

use std::path::Path;

use rollcall_system_tests::{Ended, Rollcall};
use serde_json::Value;
use tempfile::TempDir;

async fn trust(data: &Path, more: &[&str]) -> Ended {
    let arguments = ["dev", "trust", "--data", data.to_str().unwrap()];
    Rollcall::new(arguments.iter().chain(more)).run().await
}

async fn kept(data: &Path, more: &[&str]) {
    let data = data.to_str().unwrap();
    let arguments = ["dev", "--listen", "127.0.0.1:0", "--data", data];
    Rollcall::new(arguments.iter().chain(more).chain(&["--", "true"])).run().await.well();
}

#[tokio::test]
async fn it_prints_what_other_places_need_and_how_to_take_it_back() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("double");
    kept(&data, &["--tls", "--proxy-listen", "127.0.0.1:0"]).await;
    let taken = trust(&data, &[]).await.well().stdout;
    let file = data.join("tls/authority.pem").display().to_string();
    for line in [
        "echo '127.0.0.1 api.1password.com api.1password.ca api.1password.eu # rollcall double' | sudo tee -a /etc/hosts".to_owned(),
        format!("sudo install -m 0644 '{file}' /usr/local/share/ca-certificates/rollcall-double.crt"),
        format!("keytool -importcert -noprompt -cacerts -storepass changeit -alias rollcall-double -file '{file}'"),
        "      - \"api.1password.com:127.0.0.1\"".to_owned(),
    ] {
        assert!(taken.lines().any(|said| said == line), "{line} is not in:\n{taken}");
    }
    let undone = trust(&data, &["--undo"]).await.well().stdout;
    let json = trust(&data, &["--json"]).await.well().stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let steps = json["steps"].as_array().unwrap();
    let ids: Vec<&str> = steps.iter().map(|step| step["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["hosts", "debian", "fedora", "macos", "windows", "nss", "java", "compose"]);
    for step in steps {
        let lines = |side: &str| step[side].as_array().unwrap().clone();
        for (side, words) in [("do", &taken), ("undo", &undone)] {
            assert!(!lines(side).is_empty(), "{step}");
            for line in lines(side) {
                assert!(words.contains(line.as_str().unwrap()), "{line} is not in:\n{words}");
            }
        }
    }
    assert_eq!(json["ca_file"], file.as_str());
}

/// The hosts line, as a shell takes it and takes it back, on a copy of the file.
#[tokio::test]
async fn the_hosts_line_comes_and_goes() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("double");
    kept(&data, &["--tls", "--proxy-listen", "127.0.0.1:0"]).await;
    let json: Value = serde_json::from_str(&trust(&data, &["--json"]).await.well().stdout).unwrap();
    let line = |side: &str| {
        let line = json["steps"][0][side][0].as_str().unwrap();
        line.replace("sudo ", "").replace("/etc/hosts", "hosts")
    };
    let hosts = folder.path().join("hosts");
    let before = "127.0.0.1 localhost\n";
    std::fs::write(&hosts, before).unwrap();
    let shell = async |line: String| {
        let mut shell = tokio::process::Command::new("sh");
        let ran = shell.args(["-c", &line]).current_dir(folder.path()).output().await.unwrap();
        assert!(ran.status.success(), "{line}");
        std::fs::read_to_string(&hosts).unwrap()
    };
    assert!(shell(line("do")).await.contains("\n127.0.0.1 api.1password.com "));
    assert_eq!(shell(line("undo")).await, before);
}

#[tokio::test]
async fn it_is_for_a_double_that_is_kept_and_makes_its_authority_once() {
    let folder = TempDir::new().unwrap();
    let (empty, data) = (folder.path().join("empty"), folder.path().join("double"));
    let ended = trust(&empty, &[]).await;
    assert_eq!((ended.code(), &*ended.stdout), (2, ""));
    ended.says("holds no double");
    assert!(!empty.exists(), "nothing was made where there is no double");
    assert_eq!(Rollcall::new(["dev", "trust"]).run().await.code(), 2);
    // Kept without TLS: it is made now, and served later.
    kept(&data, &[]).await;
    let first = trust(&data, &["--json"]).await.well().stdout;
    kept(&data, &["--tls", "--proxy-listen", "127.0.0.1:0"]).await;
    assert_eq!(trust(&data, &["--json"]).await.well().stdout, first);
}

/// A command of that name is still a command.
#[tokio::test]
async fn behind_two_dashes_it_is_a_command_to_run() {
    // Some machines have a program of this name.
    let nothing = tempfile::TempDir::new().unwrap();
    let rollcall = Rollcall::new(["dev", "--listen", "127.0.0.1:0", "--", "trust"]);
    let ended = rollcall.env("PATH", nothing.path()).run().await;
    assert_eq!(ended.code(), 127, "{}", ended.stderr);
}
