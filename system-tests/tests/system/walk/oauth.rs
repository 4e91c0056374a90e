//! The OAuth endpoints by RFC 6749 and RFC 7009: every way of asking wrongly, each with its error,
//! and the ways of asking that look odd and are right.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use rollcall_directory::applications::ClientSecret;
use rollcall_sandbox::seed::Seed;
use rollcall_system_tests::{
    Answer, Api, RunningServer, SEED_NUMBER, Store, note_secret, repository,
};
use rollcall_wire::route::{Family, Route};

on_both_stores!(the_token_endpoint, the_revocation_endpoint, another_applications_token_stays);

const FORM: &str = "application/x-www-form-urlencoded";
const GRANT: &str = "grant_type=client_credentials";

/// How the credentials come.
#[derive(Clone, Copy, Debug)]
enum By<'a> {
    Right,
    /// Every character escaped, as RFC 6749 2.3.1 may be read.
    RightEscaped,
    Nothing,
    Header(&'a str),
    Pair(&'a str, &'a str),
}

async fn ask(api: &Api, route: Route, by: By<'_>, kind: Option<&str>, body: &[u8]) -> Answer {
    let credentials = &api.credentials;
    let (id, secret) = (&*credentials.client_id, &*credentials.client_secret);
    let request = api.request("POST", &api.path(route, "")).body(body.to_vec());
    let request = match by {
        By::Right => request.basic_auth(id, Some(secret)),
        By::RightEscaped => request.basic_auth(escaped(id), Some(escaped(secret))),
        By::Nothing => request,
        By::Header(header) => request.header(AUTHORIZATION, header),
        By::Pair(id, secret) => request.basic_auth(id, Some(secret)),
    };
    let request = match kind {
        Some(kind) => request.header(CONTENT_TYPE, kind),
        None => request,
    };
    let answer = api.answer(request).await;
    if answer.status == 200 && !answer.text.is_empty() {
        note_secret(answer.json()["access_token"].as_str().unwrap());
    }
    answer
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn the_token_endpoint(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let api = server.api(family);
        what_is_right(&api).await;
        what_is_wrong_with_the_form(&api).await;
        what_is_wrong_with_the_client(&api).await;
    }
}

async fn what_is_right(api: &Api) {
    let with_id = format!("{GRANT}&client_id={}", api.credentials.client_id);
    for (by, kind, body) in [
        (By::Right, FORM, GRANT),
        (By::RightEscaped, FORM, GRANT),
        (
            By::Right,
            "application/x-www-form-urlencoded; charset=UTF-8",
            "grant_type=client_credentials&scope=openid",
        ),
        (
            By::Right,
            "Application/X-WWW-Form-Urlencoded;charset=utf-8",
            "scope=openid&grant_type=client_credentials",
        ),
        (By::Right, FORM, "grant_type=client_credentials&scope="),
        (By::Right, FORM, "grant%5Ftype=client%5Fcredentials"),
        (By::Right, FORM, "grant_type=client_credentials&resource=https%3A%2F%2Fapi.example"),
        (By::Right, FORM, &with_id),
    ] {
        let answer = ask(api, Route::Token, by, Some(kind), body.as_bytes()).await;
        assert_eq!(answer.json_of(200)["scope"], "openid", "{by:?} {kind} {body}");
    }
}

async fn what_is_wrong_with_the_form(api: &Api) {
    let oversize = format!("{GRANT}&padding={}", "x".repeat(16 * 1024));
    let not_utf8 = [GRANT.as_bytes(), b"&scope=\xff\xfe"].concat();
    let cases: [(&str, Option<&str>, &[u8]); 14] = [
        ("invalid_request", Some(FORM), b""),
        ("invalid_request", Some(FORM), b"grant_type="),
        (
            "invalid_request",
            Some(FORM),
            b"grant_type=client_credentials&grant_type=client_credentials",
        ),
        ("invalid_request", Some(FORM), b"grant_type=client_credentials&scope=openid&scope=openid"),
        ("invalid_request", Some("application/json"), br#"{"grant_type":"client_credentials"}"#),
        ("invalid_request", Some("multipart/form-data; boundary=x"), GRANT.as_bytes()),
        ("invalid_request", None, GRANT.as_bytes()),
        ("invalid_request", Some(FORM), oversize.as_bytes()),
        ("invalid_request", Some(FORM), &not_utf8),
        ("invalid_request", Some(FORM), b"grant_type=client_credentials&scope=%ff"),
        ("unsupported_grant_type", Some(FORM), b"grant_type=password&username=a&password=b"),
        ("unsupported_grant_type", Some(FORM), b"grant_type=CLIENT_CREDENTIALS"),
        ("invalid_scope", Some(FORM), b"grant_type=client_credentials&scope=profile"),
        ("invalid_scope", Some(FORM), b"grant_type=client_credentials&scope=openid+suspend_users"),
    ];
    for (error, kind, body) in cases {
        let answer = ask(api, Route::Token, By::Right, kind, body).await;
        answer.refuses_oauth(400, error);
    }
}

async fn what_is_wrong_with_the_client(api: &Api) {
    let (id, secret) = (&*api.credentials.client_id, &*api.credentials.client_secret);
    let unknown = "00000000-0000-4000-8000-000000000000";
    let upper = id.to_uppercase();
    for by in [
        By::Nothing,
        By::Header("Basic"),
        By::Header("Basic !!!"),
        By::Header("Basic bm9jb2xvbg=="),
        By::Header("Digest username=\"a\""),
        By::Header("Bearer rubbish"),
        By::Pair(id, "wrong"),
        By::Pair(id, ""),
        By::Pair(unknown, secret),
        By::Pair("not-a-uuid", secret),
        By::Pair(&upper, secret),
        By::Pair("", ""),
    ] {
        for route in [Route::Token, Route::Revoke] {
            let body = format!("{GRANT}&token=x");
            let answer = ask(api, route, by, Some(FORM), body.as_bytes()).await;
            answer.refuses_oauth(401, "invalid_client");
        }
    }
    // Who asks is looked at before what is asked for.
    let answer = ask(api, Route::Token, By::Pair(id, "wrong"), Some(FORM), b"grant_type=x").await;
    answer.refuses_oauth(401, "invalid_client");

    let in_the_body = format!("{GRANT}&client_id={id}&client_secret={secret}");
    let answer = ask(api, Route::Token, By::Nothing, Some(FORM), in_the_body.as_bytes()).await;
    answer.refuses_oauth(401, "invalid_client");
    let description = answer.json()["error_description"].as_str().unwrap().to_owned();
    assert!(description.contains("client_secret_basic"), "{description}");
    let answer = ask(api, Route::Token, By::Right, Some(FORM), in_the_body.as_bytes()).await;
    answer.refuses_oauth(400, "invalid_request");
    let somebody_else = format!("{GRANT}&client_id={unknown}");
    let answer = ask(api, Route::Token, By::Right, Some(FORM), somebody_else.as_bytes()).await;
    answer.refuses_oauth(400, "invalid_request");
}

async fn the_revocation_endpoint(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let api = server.api(family);
        let token = api.token().await;
        for (body, kind) in [("", FORM), ("token=", FORM), ("token=x", "application/json")] {
            let answer = ask(&api, Route::Revoke, By::Right, Some(kind), body.as_bytes()).await;
            answer.refuses_oauth(400, "invalid_request");
        }
        let twice = format!("token={token}&token={token}");
        api.form(Route::Revoke, twice).await.refuses_oauth(400, "invalid_request");
        let wrong = api.with_client(&api.credentials.client_id, "rcs_wrong-wrong-wrong");
        wrong.revoke(&token).await.refuses_oauth(401, "invalid_client");
        assert_eq!(api.list(&token, "").await.status, 200, "nothing has revoked it yet");

        for body in [
            "token=unknown".to_owned(),
            format!("token={}", &token[..token.len() - 1]),
            format!("token={token}&token_type_hint=refresh_token"),
            format!("token={token}"),
        ] {
            let answer = api.form(Route::Revoke, body).await;
            assert_eq!((answer.status, &*answer.text), (200, ""));
        }
        api.list(&token, "").await.refuses(401, 16, "token_invalid");
    }
}

/// Whether the other application is of the same account or not: it answers 200 and does nothing.
async fn another_applications_token_stays(store: Store) {
    let file = repository().join("examples/seed.toml");
    let server = RunningServer::start_with(store, &["--seed", file.to_str().unwrap()]).await;
    let seed = Seed::from_file(&file, SEED_NUMBER).unwrap();
    for &family in Family::ALL {
        let api = server.api(family);
        let token = api.token().await;
        let others = [&seed.accounts[0].applications[1], &seed.accounts[1].applications[0]];
        for other in others {
            let id = rollcall_directory::world::ApplicationId::from_bytes(other.client_id);
            let secret = ClientSecret::from_random(&other.secret_bytes[0]);
            let other = api.with_client(&id.to_string(), secret.expose());
            let answer = other.revoke(&token).await;
            assert_eq!((answer.status, &*answer.text), (200, ""));
            assert_eq!(api.list(&token, "").await.status, 200);
            let own = other.token().await;
            assert_eq!(api.revoke(&own).await.status, 200);
            assert_ne!(other.list(&own, "").await.status, 401);
        }
        // The second secret of the first application works as its first one does.
        let second = ClientSecret::from_random(&seed.accounts[0].applications[0].secret_bytes[1]);
        let second = api.with_client(&api.credentials.client_id, second.expose());
        assert_eq!(second.revoke(&token).await.status, 200);
        api.list(&token, "").await.refuses(401, 16, "token_invalid");
    }
}
