//! Servers that are right but for one thing, and what each is told.

use rollcall_system_tests::{RunningServer, Store};
use serde_json::{Value, json};

use super::stand_in::{Asked, Memory, Reply, StandIn, Twist};
use super::{conform, found, somebody};

type Before = fn(&mut Memory, &mut Asked) -> Option<Reply>;
type After = fn(&mut Memory, &Asked, &mut Reply);

const AS_IT_IS: Before = |_, _| None;
const AS_IT_WAS: After = |_, _, _| {};

fn answers(after: After) -> Twist {
    Twist { before: AS_IT_IS, after }
}

fn reads(before: Before) -> Twist {
    Twist { before, after: AS_IT_WAS }
}

fn is_refusal_of_people(asked: &Asked, reply: &Reply) -> bool {
    reply.status >= 400 && !asked.is_token() && !asked.is_revoke()
}

/// Each with the fact that it breaks, and whether that is a failure.
fn differences() -> Vec<(&'static str, bool, Twist)> {
    [of_tokens(), of_lists(), of_people(), of_errors(), of_acts()].concat()
}

#[rustfmt::skip]
fn of_tokens() -> Vec<(&'static str, bool, Twist)> {
    vec![
        ("token-status", true, answers(|_, asked, reply| {
            if asked.is_token() && reply.status == 200 { reply.status = 201; }
        })),
        ("token-type", true, answers(|_, asked, reply| if asked.is_token() {
            reply.change(|json| _ = json.as_object_mut().unwrap().remove("token_type"));
        })),
        ("token-expires-in", true, answers(|_, asked, reply| if asked.is_token() && reply.status == 200 {
            reply.change(|json| json["expires_in"] = json!("900"));
        })),
        ("token-not-stored", false, answers(|_, asked, reply| if asked.is_token() {
            reply.without("cache-control");
        })),
        ("token-wrong-secret", true, answers(|_, asked, reply| {
            if asked.is_token() && asked.header("authorization").is_some() && reply.status == 401 { reply.status = 400; }
        })),
        ("token-other-scope", true, reads(|_, asked| {
            asked.body = asked.body.replace("scope=profile", "scope=openid");
            None
        })),
        ("tokens-side-by-side", true, answers(|memory, asked, reply| {
            if asked.is_token() && reply.status == 200 {
                let answer: Value = serde_json::from_str(&reply.body).unwrap();
                memory.tokens.push(answer["access_token"].as_str().unwrap().to_owned());
            }
            let is_first = memory.tokens.len() > 1
                && asked.header("authorization").is_some_and(|given| given.ends_with(&memory.tokens[0]));
            if is_first { *reply = Reply::of(401, r#"{"code":16,"message":"token_invalid","details":[]}"#); }
        })),
        ("revoke-status", true, answers(|_, asked, reply| {
            if asked.is_revoke() && reply.status == 200 && !asked.body.contains("not-a-token") { reply.status = 202; }
        })),
        ("revoke-empty", true, answers(|_, asked, reply| {
            if asked.is_revoke() && reply.status == 200 { reply.body = "{}".to_owned(); }
        })),
        ("revoke-ends", true, reads(|_, asked| {
            let is_meant = asked.is_revoke() && asked.body.starts_with("token=") && !asked.body.contains("not-a-token");
            is_meant.then(|| Reply::of(200, ""))
        })),
        ("user-agent-optional", true, reads(|_, asked| {
            asked.header("user-agent").is_none().then(|| Reply::of(403, r#"{"code":7,"message":"who","details":[]}"#))
        })),
    ]
}

#[rustfmt::skip]
fn of_lists() -> Vec<(&'static str, bool, Twist)> {
    vec![
        ("list-results", true, answers(|_, asked, reply| if asked.is_list() {
            reply.body = reply.body.replacen("\"results\"", "\"users\"", 1);
        })),
        ("list-two-fields", true, answers(|_, asked, reply| if asked.is_list() && reply.status == 200 {
            reply.change(|json| json["total_size"] = json!(50));
        })),
        ("list-default-page", true, reads(|_, asked| {
            if asked.is_list() {
                asked.replace("max_page_size=0", "");
                if !asked.target.to_lowercase().replace('_', "").contains("maxpagesize") {
                    let mark = if asked.target.contains('?') { '&' } else { '?' };
                    asked.target.push_str(&format!("{mark}max_page_size=40"));
                }
            }
            None
        })),
        ("list-page-size", true, reads(|_, asked| {
            for name in ["max_page_size=", "maxPageSize="] {
                asked.target = (asked.target.clone() + "&").replace(&format!("{name}2&"), &format!("{name}7&"));
                asked.target.pop();
            }
            None
        })),
        ("list-camel-case", true, reads(|_, asked| {
            asked.replace("maxPageSize", "ignored");
            asked.replace("pageToken", "ignored_too");
            None
        })),
        ("list-filter-wrong", true, reads(|_, asked| {
            asked.replace("filter=user.isOwner()", "");
            None
        })),
        ("list-filter-suspended", true, reads(|_, asked| {
            asked.replace("filter=user.isSuspended()", "filter=");
            None
        })),
        ("list-page-token-form", true, Twist {
            before: |_, asked| {
                asked.replace("oken=%2B%2F", "oken=");
                None
            },
            after: |_, asked, reply| if asked.is_list() {
                reply.change(|json| if let Some(token) = json["next_page_token"].as_str() {
                    json["next_page_token"] = json!(format!("+/{token}"));
                } else if let Some(page) = json.as_object_mut() {
                    page.remove("next_page_token");
                });
            },
        }),
        ("list-walk", true, answers(|_, asked, reply| if asked.is_list() && reply.status == 200 {
            let token = asked.target.split("page_token=").nth(1).map(str::to_owned);
            reply.change(|json| if let (None, Some(token)) = (json.get("next_page_token"), token) {
                json["next_page_token"] = json!(token);
            });
        })),
        ("list-end", true, answers(|_, asked, reply| if asked.is_list() && reply.status == 200 {
            reply.change(|json| if json.get("next_page_token").is_none() { json["next_page_token"] = Value::Null; });
        })),
        ("list-order", false, answers(|_, asked, reply| if asked.is_list() && reply.status == 200 {
            reply.change(|json| json["results"].as_array_mut().unwrap().reverse());
        })),
    ]
}

#[rustfmt::skip]
fn of_people() -> Vec<(&'static str, bool, Twist)> {
    vec![
        ("user-fields", true, answers(|_, _, reply| reply.each_user(|user| user["uuid"] = user["id"].clone()))),
        ("user-path", true, answers(|_, _, reply| {
            reply.each_user(|user| user["path"] = json!(format!("/{}", user["path"].as_str().unwrap())));
        })),
        ("user-create-time", true, answers(|_, _, reply| {
            reply.each_user(|user| user["create_time"] = json!(user["create_time"].as_str().unwrap().replace('T', " ")));
        })),
        ("user-state", true, answers(|_, asked, reply| if asked.is_list() && !asked.target.contains("filter=user") {
            reply.each_user(|user| if user["state"] == "SUSPENDED" { user["state"] = json!("suspended"); });
        })),
        ("get-as-listed", true, answers(|_, asked, reply| if asked.is_get() {
            reply.each_user(|user| user["display_name"] = json!("somebody else"));
        })),
        ("get-unknown", true, answers(|_, asked, reply| if asked.is_get() && reply.status == 404 {
            *reply = Reply::of(400, r#"{"code":3,"message":"user_invalid","details":[]}"#);
        })),
    ]
}

#[rustfmt::skip]
fn of_errors() -> Vec<(&'static str, bool, Twist)> {
    vec![
        ("no-token", true, answers(|_, asked, reply| if asked.is_list() && asked.header("authorization").is_none() {
            *reply = Reply::of(403, r#"{"code":7,"message":"who","details":[]}"#);
        })),
        ("rubbish-token", true, answers(|_, asked, reply| {
            if asked.header("authorization").is_some_and(|given| given.ends_with("not-a-token")) {
                *reply = Reply::of(403, r#"{"code":7,"message":"who","details":[]}"#);
            }
        })),
        ("error-shape", true, answers(|_, asked, reply| if is_refusal_of_people(asked, reply) {
            reply.change(|json| *json = json!({ "error": json.clone() }));
        })),
        ("error-details", true, answers(|_, asked, reply| if is_refusal_of_people(asked, reply) {
            reply.change(|json| _ = json.as_object_mut().unwrap().remove("details"));
        })),
        ("error-json", true, answers(|_, asked, reply| if is_refusal_of_people(asked, reply) {
            reply.without("content-type");
            reply.headers.push(("content-type".to_owned(), "text/plain".to_owned()));
        })),
        ("error-codes", false, answers(|_, asked, reply| if is_refusal_of_people(asked, reply) {
            reply.change(|json| json["code"] = json!(2));
        })),
        ("bearer-challenge", false, answers(|_, asked, reply| if is_refusal_of_people(asked, reply) {
            reply.without("www-authenticate");
        })),
        ("wrong-method", false, answers(|_, _, reply| if reply.status == 405 { reply.status = 404; })),
    ]
}

#[rustfmt::skip]
fn of_acts() -> Vec<(&'static str, bool, Twist)> {
    vec![
        ("suspend-answers", true, answers(|_, asked, reply| if asked.path().ends_with(":suspend") && reply.status == 200 {
            reply.each_user(|user| user["state"] = json!("ACTIVE"));
        })),
        ("suspend-twice", true, reads(|memory, asked| {
            if asked.path().ends_with("reactivate") { memory.is_suspended = false; }
            let again = asked.path().ends_with(":suspend") && std::mem::replace(&mut memory.is_suspended, true);
            again.then(|| Reply::of(400, r#"{"code":9,"message":"already","details":[]}"#))
        })),
        ("suspend-shows", true, answers(|memory, asked, reply| {
            if asked.path().ends_with(":suspend") { memory.is_suspended = true; }
            if asked.path().ends_with("reactivate") { memory.is_suspended = false; }
            if asked.is_get() && memory.is_suspended { reply.each_user(|user| user["state"] = json!("ACTIVE")); }
        })),
        ("act-form-type", true, reads(|_, asked| {
            let is_form = asked.path().ends_with(":reactivate") && asked.header("content-type").is_some();
            is_form.then(|| Reply::of(415, r#"{"code":3,"message":"type","details":[]}"#))
        })),
        ("act-colon-escaped", false, reads(|_, asked| {
            let is_escaped = asked.path().ends_with("%3Areactivate");
            is_escaped.then(|| Reply::of(404, r#"{"code":5,"message":"not_found","details":[]}"#))
        })),
    ]
}

#[tokio::test]
async fn each_server_is_told_what_it_does_differently_and_nothing_else() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let user = somebody(&server).await;
    let more = ["--json", "--routes", "v1beta1", "--acts", "--user", user["id"].as_str().unwrap()];
    let differences = differences();
    assert!(differences.len() >= 40);
    let mut surprises = Vec::new();
    for (fact, fails, twist) in differences {
        let stand_in = StandIn::before(&credentials.base_url, twist).await;
        let ended = conform(credentials, &stand_in.url, &more).run().await;
        let verdict = if fails { "differs" } else { "note" };
        let wanted = [(verdict.to_owned(), fact.to_owned())];
        if ended.stdout.is_empty() || found(&ended) != wanted || ended.code() != i32::from(fails) {
            surprises.push(format!("{fact}: {}\n{}", ended.stderr, told(&ended.stdout)));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// The facts that do not hold, a line each.
fn told(stdout: &str) -> String {
    let lines = stdout.replace("{\"asks\"", "\n{\"asks\"");
    let lines =
        lines.lines().filter(|line| line.contains("\"differs\"") || line.contains("\"note\""));
    lines.collect::<Vec<_>>().join("\n")
}
