//! Requests as real clients and strangers make them: an escaped colon, forms and rubbish for a
//! body, other methods, paths that are not there, headers given twice, a token in the address.

use reqwest::header::CONTENT_TYPE;
use rollcall_system_tests::{Answer, Api, RunningServer, Store, raw};
use rollcall_wire::route::{Family, Method, Route};

on_both_stores!(bodies_of_an_act_are_ignored_up_to_their_limit, the_colon_may_be_escaped);

async fn the_colon_may_be_escaped(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let (api, token, user) = member(&server, family).await;
        for (verb, state) in [("suspend", "SUSPENDED"), ("reactivate", "ACTIVE")] {
            let path = format!("{}%3A{verb}", api.path(Route::GetUser, &user));
            for path in [&path, &path.replace("%3A", "%3a")] {
                assert_eq!(api.bearer("POST", path, &token).await.json_of(200)["state"], state);
            }
        }
        // Decoded once: what was escaped twice is not a verb.
        let twice = format!("{}%253Asuspend", api.path(Route::GetUser, &user));
        assert_eq!(api.bearer("POST", &twice, &token).await.status, 405);
    }
}

async fn bodies_of_an_act_are_ignored_up_to_their_limit(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let (api, token, user) = member(&server, family).await;
        let bodies: [(&str, Vec<u8>); 6] = [
            ("application/x-www-form-urlencoded", vec![]),
            ("application/json", b"{}".to_vec()),
            ("application/json", b"{ not json".to_vec()),
            ("text/plain; charset=nonsense", vec![0xff, 0, 0xfe]),
            ("not a content type", b"x".to_vec()),
            ("application/octet-stream", vec![b'x'; 64 * 1024]),
        ];
        for (kind, body) in bodies {
            let answer = with_body(&api, &token, &user, kind, body).await;
            assert_eq!(answer.json_of(200)["state"], "SUSPENDED", "{kind}");
            assert_eq!(api.reactivate(&token, &user).await.status, 200);
        }
        let too_large = vec![b'x'; 64 * 1024 + 1];
        let answer = with_body(&api, &token, &user, "application/json", too_large).await;
        answer.refuses(413, 3, "body_too_large");
        assert_eq!(api.user(&token, &user).await.json_of(200)["state"], "ACTIVE");
    }
}

async fn with_body(api: &Api, token: &str, user: &str, kind: &str, body: Vec<u8>) -> Answer {
    let request = api.request("POST", &api.path(Route::SuspendUser, user));
    api.answer(request.bearer_auth(token).header(CONTENT_TYPE, kind).body(body)).await
}

/// A length that is not said beforehand has the same limit.
#[tokio::test]
async fn a_chunked_body_has_the_same_limit() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (api, token, user) = member(&server, Family::V1).await;
    for (bytes, status) in [(0, 200), (64 * 1024, 200), (64 * 1024 + 1, 413)] {
        let mut body = Vec::new();
        if bytes > 0 {
            body.extend(format!("{bytes:x}\r\n").bytes());
            body.extend(vec![b'x'; bytes]);
            body.extend(b"\r\n");
        }
        body.extend(b"0\r\n\r\n");
        let lines = [
            &format!("POST {} HTTP/1.1", api.path(Route::SuspendUser, &user)),
            "Host: rollcall.example",
            &format!("Authorization: bearer {token}"),
            "Transfer-Encoding: chunked",
        ];
        assert_eq!(raw(server.authority(), &lines, &body).await.status, status, "{bytes}");
    }
}

#[tokio::test]
async fn the_scheme_is_compared_without_case() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (api, token, user) = member(&server, Family::V1).await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = api.request("GET", &api.path(Route::GetUser, &user));
        let answer = api.answer(request.header("authorization", format!("{scheme} {token}"))).await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn every_route_says_which_methods_it_takes() {
    let server = RunningServer::start(Store::Sqlite).await;
    for &family in Family::ALL {
        let (api, token, user) = member(&server, family).await;
        for &route in Route::ALL {
            let path = api.path(route, &user);
            let allow = match route.method() {
                Method::Get => "GET, HEAD, OPTIONS",
                Method::Post => "POST, OPTIONS",
            };
            let options = api.bearer("OPTIONS", &path, &token).await;
            assert_eq!((options.status, &*options.text), (204, ""), "{path}");
            assert_eq!(options.header("allow"), Some(allow), "{path}");
            let wrong = match route.method() {
                Method::Get => ["POST", "PUT", "DELETE", "PATCH", "get"],
                Method::Post => ["GET", "PUT", "DELETE", "PATCH", "Post"],
            };
            for method in wrong {
                let refused = api.bearer(method, &path, &token).await;
                refused.refuses(405, 12, "method_not_allowed");
                assert_eq!(refused.header("allow"), Some(allow), "{method} {path}");
            }
            let head = api.bearer("HEAD", &path, &token).await;
            let expected = if route.method() == Method::Get { 200 } else { 405 };
            assert_eq!((head.status, &*head.text), (expected, ""), "HEAD {path}");
            assert_eq!(head.header("content-type"), Some("application/json"), "HEAD {path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_refused_in_the_same_shape() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (api, token, user) = member(&server, Family::V1).await;
    let users = api.path(Route::ListUsers, "");
    for path in [
        "/",
        "/v1",
        "/v2/oauth/token",
        "/v1/oauth/token/",
        "/V1/oauth/token",
        "/v1/oauth2/token",
        "/v1//accounts",
        "/openapi.json/",
        &format!("{users}/"),
        &format!("{users}/{user}:delete"),
        &format!("{users}/{user}:Suspend"),
        &format!("{users}/:suspend"),
        &format!("{users}/{user}/suspend"),
        &format!("{users}/%ff"),
        "/v1/accounts//users",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = api.bearer(method, path, &token).await;
            answer.refuses(404, 5, "not_found");
        }
    }
}

#[tokio::test]
async fn a_header_that_counts_may_be_there_once() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (api, token, user) = member(&server, Family::V1).await;
    let (bearer, host) = (format!("Authorization: Bearer {token}"), "Host: rollcall.example");
    let oauth = [Route::Token, Route::Revoke];
    for &route in Route::ALL {
        let line = format!("{} {} HTTP/1.1", route.method().as_str(), api.path(route, &user));
        for twice in [[host, &bearer, &bearer], [host, host, &bearer]] {
            let lines: Vec<&str> = [&line as &str].into_iter().chain(twice).collect();
            let answer = raw(server.authority(), &lines, b"").await;
            assert_eq!(answer.status, 400, "{line}: {}", answer.body);
            if oauth.contains(&route) {
                assert!(
                    answer.body.starts_with(r#"{"error":"invalid_request""#),
                    "{}",
                    answer.body
                );
            } else {
                let exactly = r#"{"code":3,"message":"request_invalid","details":[]}"#;
                assert_eq!(answer.body, exactly, "{line}");
            }
        }
    }
    assert_eq!(api.user(&token, &user).await.json_of(200)["state"], "ACTIVE");
}

#[tokio::test]
async fn a_token_in_an_address_is_refused() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (api, token, user) = member(&server, Family::V1).await;
    for route in [Route::ListUsers, Route::GetUser, Route::SuspendUser, Route::ReactivateUser] {
        let path = format!("{}?access_token={token}", api.path(route, &user));
        let method = route.method().as_str();
        api.answer(api.request(method, &path)).await.refuses(400, 3, "request_invalid");
        api.bearer(method, &path, &token).await.refuses(400, 3, "request_invalid");
        let escaped = format!("{}?a=b&acce%73s_token={token}", api.path(route, &user));
        api.bearer(method, &escaped, &token).await.refuses(400, 3, "request_invalid");
    }
    assert_eq!(api.user(&token, &user).await.json_of(200)["state"], "ACTIVE");
}

/// An active member whom the application may suspend.
async fn member(server: &RunningServer, family: Family) -> (Api, String, String) {
    let api = server.api(family);
    let token = api.token().await;
    let (people, _) = api.list(&token, "filter=user.isActive()&max_page_size=1000").await.page();
    let user = people.last().unwrap()["id"].as_str().unwrap().to_owned();
    (api, token, user)
}
