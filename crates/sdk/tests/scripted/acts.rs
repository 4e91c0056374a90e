//! Acts whose answer is missing, strange or about somebody else are read back.

use rollcall_sdk::{Act, Error, How, State};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{QUICK, builder, client, user};

const SUSPEND: &str = "POST /v1beta1/accounts/ACCOUNT/users/U1:suspend";
const GET: &str = "GET /v1beta1/accounts/ACCOUNT/users/U1";

fn is(state: &str) -> Reply {
    Reply::status(200, user("U1", state))
}

/// Answers that leave open whether it was done.
fn doubtful() -> Vec<Reply> {
    vec![
        Reply::Cut,
        Reply::Half(user("U1", "SUSPENDED").to_string()),
        Reply::no(500, 13, "internal"),
        Reply::text(502, "<html>bad gateway</html>"),
        Reply::no(503, 14, "unavailable"),
        Reply::text(200, "<html>welcome</html>"),
        Reply::status(200, user("U2", "SUSPENDED")),
        Reply::status(200, user("U1", "ACTIVE")),
        Reply::status(204, json!(null)),
    ]
}

#[tokio::test]
async fn an_answer_is_believed() {
    let server = Server::start([is("SUSPENDED")]).await;
    let acted = client(&server).suspend("U1").await.unwrap();
    assert_eq!((acted.user.state, acted.how), (State::Suspended, How::Answered));
    assert_eq!(server.calls(), [SUSPEND]);
    let heard = &server.heard()[1];
    let lengths: Vec<_> =
        heard.headers.iter().filter(|(name, _)| name == "content-length").collect();
    assert!(matches!(lengths[..], [(_, zero)] if zero == "0"), "of every POST, once: {lengths:?}");
    assert_eq!(heard.body, "");
}

#[tokio::test]
async fn what_was_done_all_the_same_is_found_and_not_repeated() {
    for reply in doubtful() {
        let server = Server::start([reply.clone(), is("SUSPENDED")]).await;
        let acted = client(&server).suspend("U1").await.unwrap();
        assert_eq!(acted.how, How::ReadBack, "{reply:?}");
        assert_eq!(server.calls(), [SUSPEND, GET], "{reply:?}");
    }
}

#[tokio::test]
async fn what_was_not_done_is_sent_again_after_a_look() {
    for reply in doubtful() {
        let server = Server::start([reply.clone(), is("ACTIVE"), is("SUSPENDED")]).await;
        let acted = client(&server).suspend("U1").await.unwrap();
        assert_eq!(acted.how, How::Answered, "{reply:?}");
        assert_eq!(server.calls(), [SUSPEND, GET, SUSPEND], "{reply:?}");
    }
}

#[tokio::test]
async fn an_act_that_waits_too_long_is_read_back() {
    let server = Server::start([Reply::Hold, is("SUSPENDED")]).await;
    let client =
        builder(server.url()).timeout(std::time::Duration::from_millis(100)).build().unwrap();
    assert_eq!(client.suspend("U1").await.unwrap().how, How::ReadBack);
}

#[tokio::test]
async fn who_may_not_look_is_told_that_nobody_knows() {
    let server = Server::start([Reply::Cut, Reply::no(403, 7, "scope_missing")]).await;
    let error = client(&server).suspend("U1").await.unwrap_err();
    assert!(error.may_have_been_done());
    assert_eq!(server.calls(), [SUSPEND, GET], "it is not repeated");
    let Error::OutcomeUnknown { act: Act::Suspend, user, why } = error else { panic!("{error}") };
    assert_eq!((user.as_str(), why.status()), ("U1", Some(403)));
}

#[tokio::test]
async fn a_look_that_fails_to_the_end_leaves_it_unknown() {
    let looks = (0..=QUICK.times).map(|_| Reply::no(503, 14, "unavailable"));
    let server = Server::start([Reply::Cut].into_iter().chain(looks)).await;
    let error = client(&server).suspend("U1").await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert!(server.is_over());
}

#[tokio::test]
async fn a_look_that_fails_at_first_goes_on() {
    let server =
        Server::start([Reply::Cut, Reply::no(503, 14, "unavailable"), is("SUSPENDED")]).await;
    assert_eq!(client(&server).suspend("U1").await.unwrap().how, How::ReadBack);
}

#[tokio::test]
async fn tries_end_and_the_last_error_stands() {
    let mut replies = Vec::new();
    for _ in 0..=QUICK.times {
        replies.extend([Reply::no(500, 13, "internal"), is("ACTIVE")]);
    }
    let server = Server::start(replies).await;
    let error = client(&server).suspend("U1").await.unwrap_err();
    assert!(matches!(&error, Error::Refused(no) if no.status == 500), "{error}");
    assert!(server.is_over());
}

#[tokio::test]
async fn a_limit_and_a_refused_token_are_not_done_and_sent_again() {
    let server = Server::start([
        Reply::no(429, 8, "rate_limited"),
        Reply::text(429, "slow down"),
        Reply::no(401, 16, "token_invalid"),
        is("SUSPENDED"),
    ])
    .await;
    let acted = client(&server).suspend("U1").await.unwrap();
    assert_eq!(acted.how, How::Answered);
    assert_eq!(server.calls(), [SUSPEND; 4]);
    assert_eq!(server.tokens(), 2);
}

#[tokio::test]
async fn a_refusal_stands_at_once() {
    let server =
        Server::start([Reply::no(403, 7, "no_owner_remain").with("x-request-id", "r7")]).await;
    let error = client(&server).suspend("U1").await.unwrap_err();
    assert_eq!(error.request_id(), Some("r7"));
    assert!(!error.may_have_been_done());
    assert!(matches!(error, Error::Refused(no) if no.code == 7 && !no.to_caller));
    assert_eq!(server.calls(), [SUSPEND]);
}

#[tokio::test]
async fn without_a_connection_nothing_was_done() {
    let server = Server::start([is("SUSPENDED")]).await;
    let client = client(&server);
    client.check_credentials().await.unwrap();
    drop(server);
    tokio::task::yield_now().await;
    let error = client.suspend("U1").await.unwrap_err();
    assert!(matches!(&error, Error::NoAnswer(no) if !no.sent), "{error:?}");
    assert!(!error.may_have_been_done());
}

#[tokio::test]
async fn to_come_back_after_the_deadline_ends_an_act_at_once_and_says_so() {
    let after = |reply: Reply| reply.with("retry-after", "300");
    let server = Server::start([after(Reply::no(429, 8, "rate_limited"))]).await;
    let error = client(&server).suspend("U1").await.unwrap_err();
    assert!(!error.may_have_been_done());
    assert!(error.to_string().contains("come back in 300 s"), "{error}");

    let server = Server::start([after(Reply::no(503, 14, "unavailable"))]).await;
    let error = client(&server).suspend("U1").await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert_eq!(server.calls(), [SUSPEND], "a look is a request too");
}

#[tokio::test]
async fn a_look_has_time_even_when_the_deadline_is_over() {
    let server = Server::start([Reply::Hold, is("SUSPENDED")]).await;
    let deadline = std::time::Duration::from_millis(150);
    let client =
        builder(server.url()).retries(rollcall_sdk::Retries { deadline, ..QUICK }).build().unwrap();
    client.check_credentials().await.unwrap();
    assert_eq!(client.suspend("U1").await.unwrap().how, How::ReadBack);
}

#[tokio::test]
async fn reactivating_leads_to_active() {
    let server = Server::start([Reply::Cut, is("ACTIVE")]).await;
    let acted = client(&server).reactivate("U1").await.unwrap();
    assert_eq!((acted.user.state, acted.how), (State::Active, How::ReadBack));
    assert!(server.calls()[0].ends_with("U1:reactivate"));
}
