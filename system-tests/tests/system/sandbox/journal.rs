//! What a connector did, as its builder reads it: by the control API, by `tail`, in a file.

use std::time::Duration;

use rollcall_system_tests::{Api, Control, Rollcall, RunningServer, Store};
use rollcall_wire::route::{Family, Route};
use serde_json::{Value, json};

struct Ground {
    server: RunningServer,
    control: Control,
    api: Api,
    token: String,
}

impl Ground {
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With a token, which is exchange 1.
    async fn start_with(arguments: &[&str]) -> Self {
        let server = RunningServer::start_with(Store::Sqlite, arguments).await;
        let (control, api) = (Control::of(&server), server.api(Family::V1));
        let token = api.token().await;
        Self { server, control, api, token }
    }

    fn users(&self) -> String {
        self.api.path(Route::ListUsers, "")
    }

    async fn tail(&self, arguments: &[&str]) -> String {
        let who = &self.server.credentials;
        let at = ["sandbox", "tail", "--url", &who.sandbox_url, "--token", &who.sandbox_token];
        let ended = Rollcall::new([&at[..], arguments].concat()).run().await.well();
        ended.stdout
    }
}

fn numbers(answer: &Value) -> Vec<u64> {
    let exchanges = answer["exchanges"].as_array().expect("a list");
    exchanges.iter().map(|one| one["number"].as_u64().expect("a number")).collect()
}

#[tokio::test]
async fn the_journal_is_followed_and_no_credential_is_in_it() {
    let Ground { server, control, api, token } = Ground::start().await;
    let users = api.path(Route::ListUsers, "");
    let (page, next) = api.list(&token, "max_page_size=2").await.page();
    let next = next.expect("there are more");
    let _ = api.list(&token, &format!("page_token={next}")).await.json_of(200);
    let _ = api.list(&token, &format!("page_token={}", next.to_lowercase())).await.json_of(400);
    let _ = api.get_path(&format!("{users}?access_token={token}")).await.json_of(400);
    api.with_client("0d9f66d7-f422-489c-80aa-000000000002", "somebodys-real-secret")
        .ask_for_a_token()
        .await
        .refuses_oauth(401, "invalid_client");

    let journal = control.done("GET", "/journal").await;
    assert_eq!(numbers(&journal), [1, 2, 3, 4, 5, 6]);
    let one = |at: usize| &journal["exchanges"][at];
    assert_eq!(one(0)["told"]["token"], 1);
    let told: Vec<&Value> = page.iter().map(|person| &person["id"]).collect();
    assert_eq!(one(1)["told"]["people"], json!(told));
    assert_eq!(one(2)["meant"]["page_token"], json!({ "kind": "as_given", "exchange": 2 }));
    let altered = json!({ "kind": "altered", "exchange": 2, "how": "case" });
    assert_eq!(one(3)["meant"]["page_token"], altered);
    let misplaced = json!([{ "place": "query", "name": "access_token", "is_ours": true }]);
    assert_eq!(one(4)["meant"]["misplaced"], misplaced);
    assert_eq!(one(5)["meant"]["credential"], json!({ "kind": "unknown", "scheme": "Basic" }));
    let archive = control.done("GET", "/journal.har").await;
    assert_eq!(archive["log"]["version"], "1.2");
    assert_eq!(archive["log"]["entries"].as_array().map(Vec::len), Some(6));
    for text in [journal.to_string(), archive.to_string()] {
        for secret in [token.as_str(), &server.credentials.client_secret, "somebodys-real-secret"] {
            assert!(!text.contains(secret), "a secret is in the journal");
        }
    }

    let full = control.done("GET", "/journal/5").await;
    assert!(full["curl"].as_str().is_some_and(|line| line.contains("?access_token='\"$TOKEN\"")));
    assert_eq!(full["notes"][0]["check"], "no-secret-in-address");
    let notes = control.done("GET", "/notes").await;
    assert_eq!(notes["notes"]["5"][0]["check"], "no-secret-in-address");
    let _ = control.call("GET", "/journal/99").await.json_of(404);
    let _ = control.call("GET", "/journal/x").await.json_of(400);
    let _ = control.call("GET", "/journal?after=x").await.json_of(400);

    let _ = control.done("DELETE", "/journal").await;
    let cleared = control.done("GET", "/journal").await;
    assert_eq!((numbers(&cleared), &cleared["cleared"]), (vec![], &json!(1)));
}

#[tokio::test]
async fn a_follower_waits_and_is_told_as_soon_as_a_call_ends() {
    let ground = Ground::start().await;
    let newest = ground.control.done("GET", "/journal").await["newest"].clone();
    let path = format!("/journal?after={newest}&wait_seconds=30");
    let control = ground.control.clone();
    let waiting = tokio::spawn(async move { control.done("GET", &path).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    let _ = ground.api.list(&ground.token, "").await.json_of(200);
    let told = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    let told = told.expect("long before the wait is over").expect("it was answered");
    assert_eq!(numbers(&told), [2]);

    // Nobody else's calls, where one account is asked for.
    let other = ground.control.account(&json!({ "users": 2 })).await;
    let others_token = other.token().await;
    let _ = other.list(&others_token, "").await.json_of(200);
    let account = &other.credentials.account_id;
    let of_one = ground.control.done("GET", &format!("/journal?account={account}")).await;
    assert_eq!(numbers(&of_one), [3, 4]);
    assert_eq!(of_one["exchanges"][0]["meant"]["account"], json!(account));

    // Tokens begin at one again, as after a fresh start.
    ground.control.reset().await;
    ground.api.token().await;
    let fresh = ground.control.done("GET", "/journal").await;
    assert_eq!(fresh["exchanges"][0]["told"]["token"], 1);
}

#[tokio::test]
async fn tail_says_what_came_and_what_was_wrong() {
    let ground = Ground::start().await;
    let (users, token) = (ground.users(), ground.token.clone());
    let calls = async {
        // After tail has begun to follow.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let _ = ground.api.list(&token, "").await.json_of(200);
        let _ = ground.api.get_path(&format!("{users}?access_token={token}")).await.json_of(400);
        let _ = ground.api.get_path("/v1/no%1b%5B2Jsuch").await.json_of(404);
    };
    let (told, ()) = tokio::join!(ground.tail(&["--limit", "3"]), calls);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("    2  ") && lines[0].contains("  200  "), "{told}");
    assert!(lines[1].contains("access_token=<token 1>  400  "), "{told}");
    assert!(lines[2].contains("GET  /v1/no%1b%5B2Jsuch  404"), "{told}");
    assert!(
        lines[3..]
            .iter()
            .any(|line| line.starts_with("wrong  ") && line.contains("(no-secret-in-address; 3)")),
        "{told}"
    );
    assert!(!told.contains('\u{1b}'), "colour is for a terminal");

    let failed = ground.tail(&["--from-start", "--failed", "--json", "--limit", "2"]).await;
    let read: Vec<Value> =
        failed.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let statuses: Vec<&Value> = read.iter().map(|one| &one["answered"]["status"]).collect();
    assert_eq!(statuses, [400, 404]);
}

#[tokio::test]
async fn a_file_has_a_line_for_each_exchange() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("exchanges.jsonl");
    let ground = Ground::start_with(&["--journal", path.to_str().expect("UTF-8")]).await;
    let _ = ground.api.list(&ground.token, "").await.json_of(200);
    let text = std::fs::read_to_string(&path).expect("the file");
    let read: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let kept = ground.control.done("GET", "/journal").await;
    assert_eq!(json!(read), kept["exchanges"]);
    assert!(!text.contains(&ground.token));
}
