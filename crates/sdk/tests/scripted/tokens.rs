//! Tokens: taken once, renewed once, given back.

use futures_util::future::join_all;
use rollcall_sdk::{Class, Error};
use serde_json::json;

use crate::server::{Reply, Server, token};
use crate::{QUICK, client, user};

fn somebody() -> Reply {
    Reply::status(200, user("U1", "ACTIVE"))
}

fn authorizations(server: &Server) -> Vec<String> {
    let bearer = |heard: &crate::server::Heard| heard.header("authorization").map(str::to_owned);
    server.heard().iter().filter_map(bearer).filter(|text| !text.starts_with("Basic")).collect()
}

#[tokio::test]
async fn a_hundred_callers_take_one_token() {
    let server = Server::start((0..100).map(|_| somebody())).await;
    let client = client(&server);
    let calls = (0..100).map(|_| client.get("U1"));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_call_repeated() {
    let server = Server::start([somebody(), Reply::no(401, 16, "token_invalid"), somebody()]).await;
    let client = client(&server);
    client.get("U1").await.unwrap();
    client.get("U1").await.unwrap();
    assert_eq!(authorizations(&server), ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_second_refusal_stands() {
    let no = || Reply::no(401, 16, "token_invalid");
    let server = Server::start([no(), no()]).await;
    let error = client(&server).get("U1").await.unwrap_err();
    assert_eq!(error.class(), Class::Credentials);
    assert_eq!((server.calls().len(), server.tokens()), (2, 2));
}

#[tokio::test]
async fn the_scheme_is_the_server_s() {
    let server = Server::start([somebody()]).await;
    let said = json!({"access_token": "abc", "token_type": "Custom", "expires_in": "900"});
    server.answer_tokens([Reply::status(200, said)]);
    client(&server).get("U1").await.unwrap();
    assert_eq!(authorizations(&server), ["Custom abc"]);
}

#[tokio::test]
async fn a_token_that_has_ended_at_its_birth_is_used_once() {
    let server =
        Server::start([somebody(), Reply::no(401, 16, "x"), Reply::no(401, 16, "x")]).await;
    server.answer_tokens((1..=3).map(|n| token(&format!("short-{n}"), json!(0))));
    let client = client(&server);
    client.get("U1").await.unwrap();
    client.get("U1").await.unwrap_err();
    assert_eq!(authorizations(&server), ["Bearer short-1", "Bearer short-2", "Bearer short-3"]);
    assert!(server.is_over());
}

#[tokio::test]
async fn credentials_that_do_not_work_are_told_at_once() {
    let server = Server::start([]).await;
    let no = json!({"error": "invalid_client", "error_description": "unknown client"});
    server.answer_tokens([Reply::status(401, no).with("x-request-id", "r3")]);
    let error = client(&server).get("U1").await.unwrap_err();
    assert_eq!((error.class(), error.request_id()), (Class::Credentials, Some("r3")));
    assert_eq!(error.to_string(), "no token was given: 401 invalid_client: unknown client");
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn an_oauth_error_may_be_a_word_that_is_not_known() {
    let server = Server::start([]).await;
    server.answer_tokens([Reply::status(400, json!({"error": "unauthorized_client"}))]);
    let error = client(&server).check_credentials().await.unwrap_err();
    assert!(matches!(error, Error::Oauth(no) if no.error == "unauthorized_client"));
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_asked_again() {
    let server = Server::start([somebody()]).await;
    server.answer_tokens([
        Reply::Cut,
        Reply::text(502, "<html></html>"),
        Reply::text(200, "<html></html>"),
    ]);
    client(&server).get("U1").await.unwrap();
    assert_eq!(server.tokens(), 1 + QUICK.times as usize);
}

#[tokio::test]
async fn a_hundred_hear_of_one_failure() {
    let server = Server::start([]).await;
    server.answer_tokens([Reply::status(401, json!({"error": "invalid_client"}))]);
    let client = client(&server);
    let heard = join_all((0..100).map(|_| client.get("U1"))).await;
    assert!(heard.iter().all(|one| matches!(one, Err(Error::Oauth(no)) if no.status == 401)));
    assert_eq!((server.tokens(), server.calls().len()), (1, 0));
}

#[tokio::test]
async fn signing_off_gives_the_token_back() {
    let server = Server::start([somebody(), somebody()]).await;
    let client = client(&server);
    client.sign_off().await.unwrap();
    assert!(server.heard().is_empty(), "there was none");
    client.get("U1").await.unwrap();
    server.answer_tokens([Reply::text(200, "")]);
    client.sign_off().await.unwrap();
    let heard = server.heard().pop().unwrap();
    assert_eq!(heard.line, "POST /v1beta1/users/oauth2/revoke");
    assert_eq!(heard.body, "token=token-1");
    assert!(heard.header("authorization").unwrap().starts_with("Basic "));
    client.get("U1").await.unwrap();
    assert_eq!(authorizations(&server).last().unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn a_token_that_ends_between_pages_does_not_end_the_list() {
    use futures_util::TryStreamExt;
    let page = |id: &str, next: &str| {
        Reply::status(200, json!({"results": [user(id, "ACTIVE")], "next_page_token": next}))
    };
    let server =
        Server::start([page("U1", "p2"), Reply::no(401, 16, "token_invalid"), page("U2", "")])
            .await;
    let people: Vec<_> =
        client(&server).list(rollcall_sdk::Filter::All).people().try_collect().await.unwrap();
    assert_eq!(people.len(), 2);
}
