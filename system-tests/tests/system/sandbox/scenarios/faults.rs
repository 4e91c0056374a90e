//! Faults set by the control API and by a seed file: whom they meet, and whom not.

use rollcall_system_tests::{Api, Control, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::{Value, json};

use super::{Day, a_server};

async fn set(control: &Control, fault: Value) -> Value {
    control.send("POST", "/faults", &fault).await.json_of(201)
}

fn of_account(day: &Day) -> Value {
    json!(day.api.credentials.account_id)
}

#[tokio::test]
async fn the_token_endpoint_errs_in_its_own_shape() {
    let server = a_server().await;
    let control = Control::of(&server);
    for day in Day::both(&server).await {
        let when = json!({ "operations": ["RequestToken"], "account": of_account(&day) });
        for (status, error) in [
            (429, "temporarily_unavailable"),
            (503, "temporarily_unavailable"),
            (500, "server_error"),
            (401, "invalid_client"),
            (400, "invalid_request"),
        ] {
            let effect = json!({ "kind": "answer", "status": status, "retry_after_seconds": 3 });
            let fault = json!({ "name": "door", "when": when, "times": 1, "effect": effect });
            set(&control, fault).await;
            let answer = day.api.ask_for_a_token().await;
            answer.refuses_oauth(status, error);
            assert_eq!(answer.header("retry-after"), Some("3"));
        }
        let _ = day.api.token().await;
    }
}

#[tokio::test]
async fn whom_a_fault_names_is_told_by_name_and_kept_by_id() {
    let server = a_server().await;
    let control = Control::of(&server);
    let api = server.api(Family::V1);
    let email = "wang.xiuying@rollcall.example";
    let effect = json!({ "kind": "answer", "status": 403, "word": "plan_not_entitled" });
    let when = json!({ "user": email, "application": "Containment" });
    let kept = set(&control, json!({ "name": "named", "when": when, "effect": effect })).await;
    let token = api.token().await;
    let user = api.id_of(&token, email).await;
    assert_eq!(kept["when"]["user"], *user);
    assert_eq!(kept["when"]["account"], *api.credentials.account_id);
    assert_eq!(kept["when"]["client_id"], *api.credentials.client_id);
    let refused = api.suspend(&token, &user).await;
    refused.refuses(403, 7, "plan_not_entitled");
    assert!(refused.header("www-authenticate").unwrap().starts_with("Bearer "));
    let listed = control.done("GET", "/faults").await;
    let named = |one: &&Value| one["name"] == "named";
    let one = listed["faults"].as_array().unwrap().iter().find(named).unwrap().clone();
    assert_eq!(
        (&one["set_by"], &one["asked"], &one["met"]),
        (&json!("control_api"), &json!(1), &json!(1))
    );
    assert_eq!(control.done("DELETE", "/faults?name=named").await, json!({ "removed": 1 }));
    assert_eq!(api.suspend(&token, &user).await.status, 200);
    assert_eq!(control.call("DELETE", "/faults?name=named").await.status, 404);
}

#[tokio::test]
async fn turns_shares_and_order_are_kept() {
    let server = a_server().await;
    let control = Control::of(&server);
    let day = &Day::both(&server).await[1];
    let token = day.api.token().await;
    let when = json!({ "operations": ["ListUsers"], "account": of_account(day) });
    let fault = |name: &str, status: u16, more: Value| {
        let effect = json!({ "kind": "answer", "status": status });
        let mut fault = json!({ "name": name, "when": when, "effect": effect });
        fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fault
    };
    set(&control, fault("second", 503, json!({ "skip": 1, "times": 1, "order": 2 }))).await;
    set(&control, fault("first", 500, json!({ "skip": 1, "times": 2, "order": 1 }))).await;
    set(&control, fault("never", 400, json!({ "probability": 0.0, "order": 0 }))).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(day.api.list(&token, "").await.status);
    }
    // `first` takes the second and third call, so `second` sees the first, the fourth and more.
    assert_eq!(statuses, [200, 500, 500, 503, 200, 200]);
    assert_eq!(control.done("DELETE", "/faults").await, json!({ "removed": 3 }));
    let left = control.done("GET", "/faults").await;
    let left = left["faults"].as_array().unwrap();
    assert!(!left.is_empty() && left.iter().all(|one| one["set_by"] == "scenario"));
}

#[tokio::test]
async fn what_cannot_be_a_fault_is_refused_with_its_field() {
    let server = a_server().await;
    let control = Control::of(&server);
    let silent = json!({ "kind": "silence" });
    for (fault, words) in [
        (json!({ "effect": silent }), "name"),
        (json!({ "name": "", "effect": silent }), "`name`"),
        (json!({ "name": "x" }), "effect"),
        (json!({ "name": "x", "effect": { "kind": "silense" } }), "silense"),
        (json!({ "name": "x", "effect": silent, "oftn": 1 }), "oftn"),
        (json!({ "name": "x", "effect": { "kind": "cut_before", "more": 1 } }), "more"),
        (json!({ "name": "x", "probability": 1.5, "effect": silent }), "`probability`"),
        (json!({ "name": "x", "effect": { "kind": "vanish" } }), "`when.user`"),
        (
            json!({ "name": "x", "when": { "operations": ["Token"] }, "effect": silent }),
            "RequestToken",
        ),
        (
            json!({ "name": "x", "when": { "user": "nobody@example.com" }, "effect": silent }),
            "nobody@",
        ),
        (json!({ "name": "x", "when": { "account": "Nowhere Ltd" }, "effect": silent }), "Nowhere"),
        (json!({ "name": "x", "when": { "application": "None" }, "effect": silent }), "None"),
    ] {
        let refused = control.send("POST", "/faults", &fault).await.json_of(400);
        let error = refused["error"].as_str().unwrap();
        assert!(error.contains(words), "{fault}: {error}");
        assert!(!refused["hint"].as_str().unwrap().is_empty());
    }
    let set = control.done("GET", "/faults").await;
    assert!(set["faults"].as_array().unwrap().iter().all(|one| one["set_by"] == "scenario"));
}

/// Whoever is not of the account gets what the server itself says to strangers.
#[tokio::test]
async fn strangers_are_refused_by_the_server_and_not_by_a_fault() {
    let server = a_server().await;
    let days = Day::both(&server).await;
    let (one, other) = (&days[0], &days[1]);
    let foreign = other.api.token().await;
    for key in ["rate-limited", "gone-on-get", "cut-after-act"] {
        let user = one.person(key);
        one.api.suspend(&foreign, &user).await.refuses(403, 7, "account_mismatch");
        one.api.suspend("rct_nonsense", &user).await.refuses(401, 16, "token_invalid");
    }
    let token = one.api.token().await;
    one.api.user(&token, &one.person("rate-limited")).await.refuses(429, 8, "rate_limited");
}

#[tokio::test]
async fn a_seed_file_brings_faults_and_scenarios() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("seed.toml");
    std::fs::write(&file, SEED).unwrap();
    let server =
        RunningServer::start_with(Store::Sqlite, &["--seed", file.to_str().unwrap()]).await;
    let control = Control::of(&server);
    let story = async |api: &Api| {
        let token = api.token().await;
        let ines = api.id_of(&token, "ines.garcia@rollcall.example").await;
        let busy = api.suspend(&token, &ines).await;
        busy.refuses(429, 8, "rate_limited");
        assert_eq!(busy.header("retry-after"), Some("9"));
        api.suspend(&token, &ines).await.refuses(403, 7, "no_owner_remain");
    };
    let api = server.api(Family::V1beta1);
    story(&api).await;
    control.reset().await;
    story(&api).await;
    let scenarios = control.done("GET", "/scenarios").await;
    let account = &scenarios["accounts"][0];
    assert_eq!(account["name"], "Bad days");
    assert_eq!(account["people"].as_array().unwrap().len(), 14);
}

const SEED: &str = r#"
[[accounts]]
name = "Harbour Example Ltd"

[[accounts.people]]
email = "ines.garcia@rollcall.example"
groups = ["owners"]

[[accounts.applications]]
name = "Containment"
redirect_url = "https://localhost.example/callback"
scopes = ["list_users", "suspend_users"]

[[accounts]]
name = "Bad days"
scenarios = true

[[faults]]
name = "suspend is busy"
when = { operations = ["SuspendUser"], user = "ines.garcia@rollcall.example" }
times = 1
effect = { kind = "answer", status = 429, retry_after_seconds = 9 }
"#;
