//! `rollcall admin application` and `secret` beside a running server: what they change is in force
//! on the server's next call, and what the server saw is shown by them.

use std::os::unix::fs::PermissionsExt;

use rollcall_system_tests::{Api, Ended, PATIENCE, RunningServer, Store, note_secret};
use rollcall_wire::route::Family;
use serde_json::{Value, json};

use super::admin::admin;

on_both_stores!(
    an_application_is_made_used_changed_and_deleted,
    a_secret_is_changed_over_without_an_outage,
    an_end_and_an_address_list_hold_on_the_next_call,
    a_last_use_is_shown_after_a_call,
    a_secret_goes_into_a_new_file_alone,
    what_cannot_be_is_refused_and_nothing_is_made,
);

struct Story {
    server: RunningServer,
    /// The application that was made by the command.
    id: String,
    api: Api,
}

fn one(ended: &Ended) -> Value {
    let line = ended.stdout.strip_suffix('\n').unwrap();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// An application of our own, with every scope.
async fn begin(store: Store, more: &[&str]) -> Story {
    let server = RunningServer::with_one_account(store).await;
    let scopes = ["get_user", "list_users", "suspend_users", "reactivate_users"];
    let mut arguments = vec!["--name", "SOAR", "--json"];
    arguments.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
    arguments.extend(more);
    let made = admin(&["application", "create"], server.database(), &arguments).await.well();
    assert_eq!(made.stderr, "", "with --json there is nothing to say");
    let made = one(&made);
    let (id, secret) = (text(&made["client_id"]), text(&made["client_secret"]));
    note_secret(&secret);
    assert_eq!(made["account_id"], server.credentials.account_id);
    assert_eq!(made["scopes"], json!(scopes));
    let api = server.api(Family::V1).with_client(&id, &secret);
    Story { server, id, api }
}

impl Story {
    async fn application(&self, verb: &str, more: &[&str]) -> Ended {
        let more = [&[self.id.as_str()], more].concat();
        admin(&["application", verb], self.server.database(), &more).await
    }

    async fn secret(&self, verb: &str, more: &[&str]) -> Ended {
        let more = [&[self.id.as_str()], more].concat();
        admin(&["secret", verb], self.server.database(), &more).await
    }

    async fn shown(&self) -> Value {
        one(&self.application("show", &["--json"]).await.well())
    }

    async fn first_secret(&self) -> String {
        text(&self.shown().await["secrets"][0]["secret_id"])
    }

    /// The token and the secret are refused as strangers are, and nothing is told.
    async fn is_shut_out(&self, token: &str) {
        self.api.list(token, "").await.refuses(401, 16, "token_invalid");
        self.api.suspend(token, "AAAAAAAAAAAAAAAAAAAAAAAAAA").await.refuses(
            401,
            16,
            "token_invalid",
        );
        let refused = self.api.ask_for_a_token().await;
        refused.refuses_oauth(401, "invalid_client");
        let wrong = self.api.with_client(&self.id, "a-wrong-secret").ask_for_a_token().await;
        assert_eq!(refused.text, wrong.text, "a right secret is answered like a wrong one");
        self.api.revoke(token).await.refuses_oauth(401, "invalid_client");
    }

    async fn works(&self, token: &str) {
        assert_eq!(self.api.list(token, "").await.status, 200);
        assert_eq!(self.api.ask_for_a_token().await.status, 200);
    }
}

async fn an_application_is_made_used_changed_and_deleted(store: Store) {
    let story = begin(store, &[]).await;
    let token = story.api.token().await;
    story.works(&token).await;

    let listed = admin(&["application", "list"], story.server.database(), &["--json"]).await;
    let listed: Vec<Value> =
        listed.well().stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(listed.len(), 2, "ours and the double's");
    assert!(listed.iter().any(|app| app["client_id"] == story.id.as_str()));
    let words = admin(&["application", "list"], story.server.database(), &[]).await.well().stdout;
    assert!(words.lines().any(|line| line.starts_with(&story.id) && line.ends_with("SOAR")));

    let edit = story.application("edit", &["--scope", "get_user", "--name", "SOAR 2"]).await.well();
    assert!(edit.stdout.contains("SOAR 2") && edit.stderr.contains("next call"), "{edit:?}");
    story.api.list(&token, "").await.refuses(403, 7, "scope_missing");
    story.application("edit", &["--scope", "list_users"]).await.well();
    assert_eq!(story.api.list(&token, "").await.status, 200);
    assert_eq!(story.shown().await["scopes"], json!(["list_users"]));

    // Nobody is at a terminal to be asked.
    let unasked = story.application("delete", &[]).await;
    assert_eq!(unasked.code(), 2);
    unasked.says("--yes");
    story.works(&token).await;
    story.application("delete", &["--yes"]).await.well();
    story.is_shut_out(&token).await;
    let gone = story.application("show", &[]).await;
    assert_eq!((gone.code(), gone.stdout.as_str()), (1, ""));
    gone.says("there is no application");
    assert_eq!(story.application("delete", &["--yes"]).await.code(), 1);
}

async fn a_secret_is_changed_over_without_an_outage(store: Store) {
    let story = begin(store, &[]).await;
    let (first, token) = (story.first_secret().await, story.api.token().await);
    let added = story.secret("add", &["--label", "since March"]).await.well();
    let second = added.stdout.strip_suffix('\n').unwrap();
    note_secret(second);
    assert!(second.starts_with("rcs_") && second.len() == 53, "the secret and nothing else");
    assert!(!added.stderr.contains(second));
    let by_second = story.api.with_client(&story.id, second);
    let token_of_second = by_second.token().await;
    story.works(&token).await;
    assert_eq!(story.secret("add", &[]).await.code(), 1, "two at most");

    story.secret("retire", &[&first]).await.well();
    story.is_shut_out(&token).await;
    assert_eq!(by_second.list(&token_of_second, "").await.status, 200);
    let left = story.secret("list", &["--json"]).await.well();
    assert_eq!(one(&left)["label"], "since March");
    let again = story.secret("retire", &[&first]).await;
    assert_eq!(again.code(), 1);
    again.says("has no secret");
}

async fn an_end_and_an_address_list_hold_on_the_next_call(store: Store) {
    let story = begin(store, &["--expires", "1h", "--allow-from", "127.0.0.0/8"]).await;
    let answer = story.api.ask_for_a_token().await;
    assert_eq!(answer.json_of(200)["expires_in"], 900);
    let token = text(&answer.json()["access_token"]);
    story.works(&token).await;
    let secret = story.first_secret().await;
    assert_eq!(story.shown().await["secrets"][0]["allow_from"], json!(["127.0.0.0/8"]));

    let edit = |more: &'static [&'static str]| {
        let more = [&[secret.as_str()], more].concat();
        let story = &story;
        async move { story.secret("edit", &more).await.well() }
    };
    edit(&["--allow-from", "10.0.0.0/8", "--allow-from", "2001:db8::1"]).await;
    story.is_shut_out(&token).await;
    edit(&["--allow-from-everywhere"]).await;
    story.works(&token).await;

    edit(&["--expires", "5m"]).await;
    let short = story.api.ask_for_a_token().await.json_of(200)["expires_in"].as_u64().unwrap();
    assert!((1..=300).contains(&short), "{short}");
    story.works(&token).await;
    edit(&["--expires", "1s"]).await;
    let refused = async {
        while story.api.list(&token, "").await.status == 200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.expect("it ends");
    story.is_shut_out(&token).await;
    let words = story.secret("list", &[]).await.well().stdout;
    assert!(words.contains(": ended"), "{words}");
    edit(&["--expires", "never"]).await;
    story.works(&token).await;
}

async fn a_last_use_is_shown_after_a_call(store: Store) {
    let story = begin(store, &[]).await;
    assert_eq!(story.shown().await["secrets"][0]["last_use"], Value::Null);
    // What does not work is no use.
    let wrong = story.api.with_client(&story.id, "a-wrong-secret");
    wrong.ask_for_a_token().await.refuses_oauth(401, "invalid_client");
    let token = story.api.token().await;
    let list =
        story.api.request("GET", &story.api.path(rollcall_wire::route::Route::ListUsers, ""));
    let list = list.bearer_auth(&token).header("User-Agent", format!("soar/{}", "7".repeat(300)));
    assert_eq!(story.api.answer(list).await.status, 200);
    let wanted = format!("soar/{}", "7".repeat(195));
    let seen = async {
        loop {
            let last = story.shown().await["secrets"][0]["last_use"].clone();
            if last["agent"] == wanted.as_str() {
                return last;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let last = tokio::time::timeout(PATIENCE, seen).await.expect("the use is written");
    assert_eq!(last["address"], "127.0.0.1");
    let words = story.secret("list", &[]).await.well().stdout;
    assert!(words.contains("from 127.0.0.1 by soar/777"), "{words}");
}

async fn a_secret_goes_into_a_new_file_alone(store: Store) {
    let story = begin(store, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("soar.secret");
    let file = path.to_str().unwrap();
    let added = story.secret("add", &["--secret-file", file, "--json"]).await.well();
    let secret = std::fs::read_to_string(&path).unwrap();
    let secret = secret.strip_suffix('\n').unwrap();
    note_secret(secret);
    assert!(!added.stdout.contains(secret) && !added.stderr.contains(secret));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(story.api.with_client(&story.id, secret).ask_for_a_token().await.status, 200);
    // It is not overwritten, and then nothing is made; refused, nothing is left.
    story.secret("retire", &[&text(&one(&added)["secret_id"])]).await.well();
    let again = story.secret("add", &["--secret-file", file]).await;
    assert_eq!(again.code(), 2);
    again.says("is there already");
    assert_eq!(std::fs::read_to_string(&path).unwrap().trim_end(), secret);
    assert_eq!(story.shown().await["secrets"].as_array().unwrap().len(), 1);
    let other = folder.path().join("other.secret");
    let long = "x".repeat(101);
    let refused =
        story.secret("add", &["--secret-file", other.to_str().unwrap(), "--label", &long]).await;
    assert_eq!(refused.code(), 1);
    assert!(!other.exists(), "a secret that nobody knows");
}

async fn what_cannot_be_is_refused_and_nothing_is_made(store: Store) {
    let story = begin(store, &[]).await;
    for (more, code) in [
        (&["--expires", "2020-01-01T00:00:00Z"][..], 1),
        (&["--expires", "tomorrow"], 2),
        (&["--allow-from", "somewhere"], 2),
        (&["--scope", "everything"], 2),
        (&["--redirect-url", "http://plain.example"], 1),
    ] {
        let arguments = [&["--name", "Other", "--scope", "get_user"], more].concat();
        let refused = admin(&["application", "create"], story.server.database(), &arguments).await;
        assert_eq!((refused.code(), refused.stdout.as_str()), (code, ""), "{more:?}");
    }
    let unscoped = admin(&["application", "create"], story.server.database(), &["--name", "x"]);
    assert_eq!(unscoped.await.code(), 2);
    let listed = admin(&["application", "list"], story.server.database(), &[]).await.well();
    assert_eq!(listed.stdout.lines().count(), 2);
    assert_eq!(story.application("edit", &[]).await.code(), 2);
    let nobody = "00000000-0000-4000-8000-000000000000";
    let missing = admin(&["secret", "list"], story.server.database(), &[nobody]).await;
    assert_eq!(missing.code(), 1);
}
