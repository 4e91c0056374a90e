//! Who may speak to the control API: every route with and without the token, by its own name and by
//! others, from a program and from a foreign page.

use rollcall_sandbox::control_api::ControlRoute;
use rollcall_system_tests::{Control, RunningServer, Store, raw};
use serde_json::{Value, json};

fn path(route: ControlRoute) -> String {
    let path = route.path().replace("{name}", "before-lunch").replace("{number}", "1");
    path.strip_prefix("/sandbox/v1").unwrap().to_owned()
}

/// What the route needs to do its work.
fn body(route: ControlRoute) -> Option<Value> {
    match route {
        ControlRoute::AdvanceClock => Some(json!({ "seconds": 1 })),
        ControlRoute::AddFault => Some(json!({
            "name": "late", "when": { "operations": ["GetUser"] }, "effect": { "kind": "slow", "millis": 1 },
        })),
        ControlRoute::MakeAccount => Some(json!({ "users": 1 })),
        _ => None,
    }
}

/// The order of the list lets each find what it needs: a snapshot is kept before it is restored.
#[tokio::test]
async fn every_route_needs_the_token_its_own_name_and_no_foreign_page() {
    let server = RunningServer::start(Store::Sqlite).await;
    let control = Control::of(&server);
    let own = server.authority().to_owned();
    let foreign_hosts = ["api.1password.com", "rebound.example", "localhost.example"];
    let foreign_pages = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for route in ControlRoute::ALL.iter().copied() {
        let request = |token: Option<&str>| {
            let request = control.request(route.method().as_str(), &path(route));
            let request = match body(route) {
                Some(body) => request.json(&body),
                None => request,
            };
            match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            }
        };
        let right = Some(server.credentials.sandbox_token.as_str());
        for token in [None, Some("sbx_wrong"), Some("")] {
            let answer = control.answer(request(token)).await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{route:?}");
            refused(&answer.json_of(401));
            for host in foreign_hosts {
                let answer = control.answer(request(token).header("host", host)).await;
                refused(&answer.json_of(403));
            }
        }
        for host in foreign_hosts {
            let answer = control.answer(request(right).header("host", host)).await;
            refused(&answer.json_of(403));
        }
        for (name, value) in foreign_pages {
            let answer = control.answer(request(right).header(name, value)).await;
            refused(&answer.json_of(403));
        }
        let page = format!("http://{own}");
        let answer = control.answer(request(right).header("origin", page)).await;
        // Nobody has called the API, so that no exchange has a number.
        let may_be_missing = route.path().contains("{number}") && answer.status == 404;
        let answered = (200..300).contains(&answer.status) || may_be_missing;
        assert!(answered, "{route:?}: {}", answer.text);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{route:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{route:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{route:?}");
    }
}

fn refused(body: &Value) {
    let text = |field: &str| body[field].as_str().unwrap().to_owned();
    assert!(!text("error").is_empty() && !text("hint").is_empty(), "{body}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
}

#[tokio::test]
async fn the_index_lists_every_route() {
    let server = RunningServer::start(Store::Sqlite).await;
    let index = Control::of(&server).done("GET", "").await;
    let listed: Vec<(String, String)> = index["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|route| {
            let text = |field: &str| route[field].as_str().unwrap().to_owned();
            (text("method"), text("path"))
        })
        .collect();
    let all: Vec<(String, String)> = ControlRoute::ALL
        .iter()
        .map(|route| (route.method().to_string(), route.path().to_owned()))
        .collect();
    assert_eq!(listed, all);
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_way_out() {
    let server = RunningServer::start(Store::Sqlite).await;
    let control = Control::of(&server);
    let form = control.with_token("POST", "/clock:advance");
    let form = form.header("content-type", "text/plain").body("{\"seconds\": 1}");
    refused(&control.answer(form).await.json_of(415));
    let long = control.with_token("POST", "/faults").header("content-type", "application/json");
    refused(&control.answer(long.body("x".repeat(1024 * 1024 + 1))).await.json_of(413));
    for (method, path, body) in [
        ("POST", "/clock:advance", json!({ "seconds": 1, "hours": 1 })),
        ("POST", "/clock:advance", json!({ "seconds": -1 })),
        ("POST", "/clock:advance", json!({ "seconds": 1.5 })),
        ("POST", "/clock:advance", json!({ "seconds": u64::MAX })),
        ("POST", "/clock:advance", json!([])),
        ("POST", "/reset", json!({ "please": true })),
        ("POST", "/accounts", json!({ "users": 0 })),
        ("POST", "/accounts", json!({ "users": 10_001 })),
        ("POST", "/accounts", json!({ "users": 3, "scenarios": true })),
        ("POST", "/accounts", json!({ "name": "" })),
        ("POST", "/accounts", json!({ "name": "a\nb" })),
        ("POST", "/accounts", json!({ "owner": "me" })),
        ("POST", "/faults", json!({ "name": "x" })),
        ("PUT", "/snapshots/Upper", json!({})),
        ("PUT", "/snapshots/a.b", json!({})),
    ] {
        let answer = control.send(method, path, &body).await;
        assert_eq!(answer.status, 400, "{method} {path} {body}: {}", answer.text);
        refused(&answer.json());
    }
    refused(&control.call("GET", "/clock?zone=utc").await.json_of(400));
    refused(&control.call("POST", "/clock:advance").await.json_of(400));
    refused(&control.call("GET", "/nothing").await.json_of(404));
    refused(&control.call("POST", "/snapshots/none:restore").await.json_of(404));
    refused(&control.call("DELETE", "/snapshots/none").await.json_of(404));
    let method = control.call("DELETE", "/reset").await;
    assert_eq!(method.header("allow"), Some("POST"));
    refused(&method.json_of(405));
    // The clock was moved by none of them.
    let clock = control.done("GET", "/clock").await;
    assert_eq!(clock["ahead_seconds"].as_f64(), Some(0.0), "{clock}");
}

/// Two hosts, or none: a client that says both is not asked which it meant.
#[tokio::test]
async fn a_host_that_is_there_twice_or_not_at_all_is_not_ours() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (own, token) = (server.authority(), &server.credentials.sandbox_token);
    let ask = async |hosts: &[String]| {
        let mut lines = vec!["GET /sandbox/v1 HTTP/1.1".to_owned()];
        lines.extend(hosts.iter().map(|host| format!("Host: {host}")));
        lines.push(format!("Authorization: Bearer {token}"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        raw(own, &lines, b"").await.status
    };
    assert_eq!(ask(&[own.to_owned()]).await, 200);
    for hosts in [vec![], vec![own.to_owned(), "rebound.example".to_owned()]] {
        let status = ask(&hosts).await;
        assert!(matches!(status, 400 | 403), "{hosts:?}: {status}");
    }
}
