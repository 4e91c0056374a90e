//! Reads: what is sent, what is tried again, and what an error keeps.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use rollcall_sdk::{Class, Error, Family, Filter, Retries, SetupError, State};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{QUICK, builder, client, user};

fn somebody() -> Reply {
    Reply::status(200, user("U1", "ACTIVE"))
}

#[tokio::test]
async fn a_call_says_who_calls() {
    let server = Server::start([somebody()]).await;
    client(&server).get("U1").await.unwrap();
    let heard = server.heard();
    let [token, get] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(token.line, "POST /v1beta1/users/oauth2/token");
    assert_eq!(token.body, "grant_type=client_credentials&scope=openid");
    assert!(token.header("authorization").unwrap().starts_with("Basic "));
    assert_eq!(get.line, "GET /v1beta1/accounts/ACCOUNT/users/U1");
    assert_eq!(get.header("authorization"), Some("Bearer token-1"));
    assert_eq!(get.header("user-agent"), Some("Scripted/1.0"));
    assert_eq!(token.header("user-agent"), Some("Scripted/1.0"));
}

#[tokio::test]
async fn the_other_family_has_other_addresses() {
    let server = Server::start([somebody()]).await;
    builder(server.url()).family(Family::V1).build().unwrap().get("U1").await.unwrap();
    assert_eq!(server.heard()[0].line, "POST /v1/oauth/token");
    assert_eq!(server.calls(), ["GET /v1/accounts/ACCOUNT/users/U1"]);
}

#[tokio::test]
async fn an_id_is_one_part_of_the_path() {
    let id = "a/b:c?d#e%f ä";
    let server = Server::start([Reply::status(200, user(id, "ACTIVE"))]).await;
    let client = client(&server);
    client.get(id).await.unwrap();
    let path = "/v1beta1/accounts/ACCOUNT/users/a%2Fb%3Ac%3Fd%23e%25f%20%C3%A4";
    assert_eq!(server.calls(), [format!("GET {path}")]);
    for wrong in ["", ".", ".."] {
        let error = client.suspend(wrong).await.unwrap_err();
        assert!(matches!(error, Error::Setup(SetupError::User(_))), "{error}");
    }
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    for reply in [
        Reply::Cut,
        Reply::Half(user("U1", "ACTIVE").to_string()),
        Reply::no(429, 8, "rate_limited"),
        Reply::no(500, 13, "internal"),
        Reply::text(502, "<html>bad gateway</html>"),
        Reply::no(503, 14, "unavailable"),
        Reply::text(504, ""),
        Reply::text(200, "<html>welcome</html>"),
        Reply::status(200, json!({"email": "without an ID"})),
        Reply::status(200, user("U2", "ACTIVE")),
    ] {
        let server = Server::start([reply.clone(), somebody()]).await;
        assert_eq!(client(&server).get("U1").await.unwrap().id, "U1", "{reply:?}");
        assert!(server.is_over());
    }
}

#[tokio::test]
async fn a_refusal_is_kept_whole() {
    let details = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "metadata": {"explanation": "Nobody has this ID."}}]);
    let said = json!({"code": 5, "message": "user_not_found", "details": details, "more": 1});
    let server = Server::start([Reply::status(404, said).with("x-request-id", "r1")]).await;
    let error = client(&server).get("U1").await.unwrap_err();
    assert_eq!(error.class(), Class::Refused);
    assert_eq!(error.request_id(), Some("r1"));
    let Error::Refused(no) = error else { panic!("{error}") };
    assert_eq!((no.status, no.code, no.message.as_str()), (404, 5, "user_not_found"));
    assert_eq!(no.explanation(), Some("Nobody has this ID."));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_permission_that_is_missing_is_about_the_application() {
    for (reply, class) in [
        (Reply::no(403, 7, "whatever"), Class::Credentials),
        (Reply::no(404, 5, "user_not_found"), Class::Refused),
    ] {
        let server = Server::start([reply]).await;
        assert_eq!(client(&server).get("U1").await.unwrap_err().class(), class);
    }
    for (word, class) in [
        ("scope_missing", Class::Credentials),
        ("account_mismatch", Class::Credentials),
        ("no_owner_remain", Class::Refused),
    ] {
        let server = Server::start([Reply::no(403, 7, word)]).await;
        assert_eq!(client(&server).suspend("U1").await.unwrap_err().class(), class, "{word}");
    }
}

#[tokio::test]
async fn tries_end() {
    let server = Server::start([]).await;
    let error = client(&server).get("U1").await.unwrap_err();
    assert!(matches!(error, Error::Refused(no) if no.message == "script_is_over"));
    assert_eq!(server.calls().len(), 1 + QUICK.times as usize);

    let server = Server::start([]).await;
    let once = builder(server.url()).retries(Retries::none()).build().unwrap();
    once.get("U1").await.unwrap_err();
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_waited_for() {
    let server =
        Server::start([Reply::no(429, 8, "rate_limited").with("retry-after", "1"), somebody()])
            .await;
    let began = Instant::now();
    client(&server).get("U1").await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_time_to_come_back_is_read_with_the_date_of_the_answer() {
    let server = Server::start([Reply::no(503, 14, "unavailable")
        .with("date", "Thu, 26 Nov 2020 21:00:00 GMT")
        .with("retry-after", "Thu, 26 Nov 2020 21:05:00 GMT")])
    .await;
    let error = client(&server).get("U1").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)), "{error}");
    assert_eq!(server.calls().len(), 1, "it is beyond the deadline");
}

#[tokio::test]
async fn the_deadline_ends_what_would_go_on() {
    let server = Server::start([]).await;
    let retries = Retries {
        deadline: Duration::from_millis(300),
        times: 1_000_000,
        first_wait: Duration::from_millis(20),
        longest_wait: Duration::from_millis(20),
    };
    let began = Instant::now();
    let patient = builder(server.url()).retries(retries).build().unwrap();
    let error = patient.get("U1").await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5));
    let Error::Deadline { after, last: Some(last) } = error else { panic!("{error:?}") };
    assert_eq!(after, retries.deadline);
    // The last try may be the one that the deadline cut.
    assert!(last.status() == Some(500) || matches!(*last, Error::NoAnswer(_)), "{last:?}");
    assert!(server.calls().len() > 2);
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_at_its_time() {
    for reply in [Reply::Hold, Reply::Slow("{}".repeat(50), Duration::from_millis(50))] {
        let server = Server::start([reply]).await;
        let hurried = builder(server.url())
            .timeout(Duration::from_millis(200))
            .retries(Retries::none())
            .build()
            .unwrap();
        let error = hurried.get("U1").await.unwrap_err();
        assert!(matches!(&error, Error::NoAnswer(no) if no.timed_out && no.sent), "{error:?}");
    }
    let server = Server::start([Reply::Hold]).await;
    let listening = builder(server.url())
        .read_timeout(Duration::from_millis(100))
        .retries(Retries::none())
        .build()
        .unwrap();
    let error = listening.get("U1").await.unwrap_err();
    assert!(matches!(&error, Error::NoAnswer(no) if no.timed_out), "{error:?}");
}

#[tokio::test]
async fn the_rate_holds_for_every_request_of_all_clones() {
    let server = Server::start((0..9).map(|_| somebody())).await;
    let limited = builder(server.url()).per_second(NonZeroU32::new(50).unwrap()).build().unwrap();
    let began = Instant::now();
    let gets = (0..9).map(|_| {
        let client = limited.clone();
        async move { client.get("U1").await.unwrap() }
    });
    futures_util::future::join_all(gets).await;
    // One token and nine looks: nine intervals of 20 ms between them.
    assert!(began.elapsed() >= Duration::from_millis(175), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([somebody()]).await;
    let server = Server::start([Reply::text(302, "").with("location", &elsewhere.url())]).await;
    let error = client(&server).get("U1").await.unwrap_err();
    assert!(matches!(error, Error::Strange(answer) if answer.status == 302));
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn a_proxy_is_asked_instead() {
    let proxy = Server::start([somebody()]).await;
    let client = builder("http://localhost:9").proxy(proxy.url()).build().unwrap();
    client.get("U1").await.unwrap();
    assert_eq!(proxy.calls(), ["GET http://localhost:9/v1beta1/accounts/ACCOUNT/users/U1"]);
}

#[tokio::test]
async fn a_person_is_read_leniently() {
    let said = json!({"id": "U1", "email": null, "state": "TRANSFER_STARTED", "groups": ["x"]});
    let server =
        Server::start([Reply::status(200, said), Reply::status(200, json!({"id": "U1"}))]).await;
    let client = client(&server);
    let found = client.get("U1").await.unwrap();
    assert_eq!((found.email.as_str(), found.state), ("", State::Other("TRANSFER_STARTED".into())));
    assert_eq!(client.get("U1").await.unwrap().state, State::Unspecified);
}

#[tokio::test]
async fn a_body_without_an_end_is_left() {
    let long = format!(r#"{{"results":[],"x":"{}"}}"#, "x".repeat(17 * 1024 * 1024));
    let server = Server::start([Reply::text(200, &long)]).await;
    let once = builder(server.url()).retries(Retries::none()).build().unwrap();
    let error = once.list(Filter::All).page(None).await.unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}
