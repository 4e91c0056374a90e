//! Wrong credentials are counted and right ones are not: whoever guesses is told to wait, and
//! whoever knows the secret gets a token all the while.

use rollcall_system_tests::{RunningServer, Store};
use rollcall_wire::route::{Family, Route};

/// Far more than a minute is allowed.
const ATTEMPTS_MAX: usize = 1_000;
/// As many as a client with one token per call makes at once.
const TOKENS: usize = 300;

#[tokio::test]
async fn guessing_is_slowed_down_and_nobody_else_is() {
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1);
    let guesser = api.with_client(&api.credentials.client_id, "rcs_wrong-wrong-wrong");
    let mut refused_before = 0;
    let limited = loop {
        let answer = guesser.ask_for_a_token().await;
        if answer.status == 429 {
            break answer;
        }
        answer.refuses_oauth(401, "invalid_client");
        refused_before += 1;
        assert!(refused_before < ATTEMPTS_MAX, "nobody was slowed down");
    };
    assert!(refused_before >= 10, "a few mistakes are forgiven, not only {refused_before}");
    limited.refuses_oauth(429, "temporarily_unavailable");
    let seconds: u64 = limited.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    // One more guess may be heard by now, and not two.
    let again = || guesser.form(Route::Revoke, "token=x");
    let (one, other) = tokio::join!(again(), again());
    assert!([one.status, other.status].contains(&429), "{one:?} {other:?}");

    let token = api.token().await;
    assert_eq!(api.list(&token, "").await.status, 200);
    assert_eq!(api.revoke(&token).await.status, 200);
}

#[tokio::test]
async fn a_client_may_take_a_token_for_every_call() {
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1beta1);
    let first = api.token().await;
    for _ in 0..TOKENS {
        assert_eq!(api.ask_for_a_token().await.status, 200);
    }
    assert_eq!(api.list(&first, "").await.status, 200, "new tokens end no older one");
}
