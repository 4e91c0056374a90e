//! Clients that nobody here wrote, as they come from where they are published, in four languages.
//! The hosted address is written into what they run, and nothing around them is changed but
//! `dev --tls --`: they walk every page of the list, suspend somebody and let them back in.

use rollcall_system_tests::{Rollcall, repository, setting};
use tempfile::TempDir;

/// Everybody of the default account, and both acts, by what the client itself printed.
async fn walks_and_acts(name: &str, command: &[&str], said: impl Fn(&str) -> String) {
    let home = TempDir::new().unwrap();
    let start = ["dev", "--tls", "--listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0", "--"];
    let ended = Rollcall::new(start.iter().chain(command))
        // Some keep notes about themselves there.
        .env("HOME", home.path())
        .env("RUNTIME__DLTHUB_TELEMETRY", "false")
        .run()
        .await;
    assert_eq!(ended.code(), 0, "{name}: {}", ended.stdout);
    for line in ["50 people", "suspend, now SUSPENDED", "reactivate, now ACTIVE"].map(said) {
        assert!(ended.stdout.contains(&line), "{name}: {line:?} is not in:\n{}", ended.stdout);
    }
    // Nothing but the double was called by way of the proxy.
    assert!(!ended.stderr.contains("the proxy refused"), "{name}: {}", ended.stderr);
}

fn source(file: &str) -> String {
    repository().join("system-tests/clients/drop-in").join(file).display().to_string()
}

fn installed(file: &str) -> String {
    format!("{}/drop-in/{file}", setting("ROLLCALL_CLIENTS"))
}

#[tokio::test]
async fn dlt_in_python() {
    let (python, script) = (installed("dlt/bin/python"), source("dlt/people.py"));
    // Without its cache of compiled scripts, which would lie in the repository.
    walks_and_acts("dlt", &[&python, "-B", &script], |line| format!("dlt: {line}")).await;
}

#[tokio::test]
async fn newman_in_javascript() {
    let newman = installed("newman/node_modules/newman/bin/newman.js");
    let collection = source("newman/people.postman_collection.json");
    let run = "exec node \"$0\" run \"$1\" --color off --env-var client_id=$ROLLCALL_CLIENT_ID \
               --env-var client_secret=$ROLLCALL_CLIENT_SECRET --env-var account_id=$ROLLCALL_ACCOUNT_ID";
    walks_and_acts("newman", &["sh", "-c", run, &newman, &collection], |line| match line {
        "50 people" => "newman: 50 people".to_owned(),
        // A test of the collection, with the mark of one that passed.
        act => format!("✓  {act}"),
    })
    .await;
}

#[tokio::test]
async fn x_oauth2_in_go() {
    walks_and_acts("go", &[&installed("go/people")], |line| format!("go: {line}")).await;
}

#[tokio::test]
async fn the_gem_oauth2_in_ruby() {
    let script = source("ruby/people.rb");
    walks_and_acts("ruby", &["ruby", &script], |line| format!("ruby: {line}")).await;
}
