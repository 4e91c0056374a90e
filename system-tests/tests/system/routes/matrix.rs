//! Every route with every credential. What is refused has changed nothing: after each call the
//! person is looked at, and must be as they were, or as the act left them.

use reqwest::header::CONTENT_TYPE;
use rollcall_system_tests::{Answer, Api, Beside, RunningServer, Store, TwoNodes, note_secret};
use rollcall_wire::problem::Word;
use rollcall_wire::route::{Effect, Family, Route};

use super::credential::{Credential, Shown, Wallet};
use super::expected::{Expected, expected};

on_both_stores!(every_route_with_every_credential);

async fn every_route_with_every_credential(store: Store) {
    let server = RunningServer::start(store).await;
    let beside = server.beside().await;
    for &family in Family::ALL {
        let api = server.api(family);
        let (people, _) = api.list(&api.token().await, "filter=user.isActive()").await.page();
        each_cell(&beside, &api, &api, people.last().unwrap()["id"].as_str().unwrap()).await;
    }
}

/// What one node was told holds in the other's next answer. In turn: each is the one that is told
/// in one of the families.
#[tokio::test]
async fn every_route_with_every_credential_over_two_nodes() {
    let nodes = TwoNodes::start().await;
    let beside = nodes.first.beside().await;
    let [first, other] = nodes.apis();
    for (told, asked, family) in [(&first, &other, Family::V1beta1), (&other, &first, Family::V1)] {
        each_cell(&beside, &told.by(family), &asked.by(family), &nodes.first.member).await;
    }
}

/// `told`: issues, revokes and prepares, and is looked at afterwards. `asked`: gets the calls.
async fn each_cell(beside: &Beside, told: &Api, asked: &Api, user: &str) {
    let family = told.family;
    let wallet = Wallet::fill(beside, told).await;
    let watching = told.token().await;
    for &route in Route::ALL {
        for credential in Credential::ALL {
            let cell = format!("{family} {route:?} with {credential:?}");
            let before = state_before(told, &watching, user, route).await;
            let answer = call(asked, route, user, wallet.show(credential)).await;
            let expected = expected(route, credential);
            check(&cell, &answer, expected);
            let after = told.user(&watching, user).await.json_of(200)["state"].clone();
            let acted = route.effect() == Effect::Act && expected == Expected::Done;
            let left = match route {
                Route::SuspendUser if acted => "SUSPENDED",
                Route::ReactivateUser if acted => "ACTIVE",
                Route::SuspendUser
                | Route::ReactivateUser
                | Route::Token
                | Route::Revoke
                | Route::ListUsers
                | Route::GetUser
                | Route::OpenApi
                | Route::Metadata => before,
            };
            assert_eq!(after, left, "{cell}");
        }
    }
}

/// So that an act which should have been refused would be seen.
async fn state_before(api: &Api, token: &str, user: &str, route: Route) -> &'static str {
    if route == Route::ReactivateUser {
        assert_eq!(api.suspend(token, user).await.status, 200);
        "SUSPENDED"
    } else {
        assert_eq!(api.reactivate(token, user).await.status, 200);
        "ACTIVE"
    }
}

async fn call(api: &Api, route: Route, user: &str, shown: &Shown) -> Answer {
    let mut api = api.clone();
    api.credentials.account_id.clone_from(&shown.account);
    let mut request = api.request(route.method().as_str(), &api.path(route, user));
    if let Some(header) = &shown.header {
        request = request.header("authorization", header);
    }
    if matches!(route, Route::Token | Route::Revoke) {
        let kind = "application/x-www-form-urlencoded";
        let body = "grant_type=client_credentials&token=somebodys";
        request = request.header(CONTENT_TYPE, kind).body(body);
    }
    let answer = api.answer(request).await;
    if route == Route::Token && answer.status == 200 {
        note_secret(answer.json()["access_token"].as_str().unwrap());
    }
    answer
}

#[track_caller]
fn check(cell: &str, answer: &Answer, expected: Expected) {
    let challenge = answer.header("www-authenticate");
    match expected {
        Expected::Done => assert_eq!(answer.status, 200, "{cell}: {}", answer.text),
        Expected::TokenMissing => {
            assert_eq!(answer.text, body_of(Word::TokenInvalid), "{cell}");
            assert_eq!(answer.status, 401, "{cell}");
            assert_eq!(challenge, Some(r#"Bearer realm="rollcall""#), "{cell}");
        }
        Expected::Refused(word) => {
            assert_eq!(answer.text, body_of(word), "{cell}");
            assert_eq!(answer.status, word.http_status(), "{cell}");
            let error = match word {
                Word::TokenInvalid => ", error=\"invalid_token\"",
                Word::ScopeMissing | Word::AccountMismatch => ", error=\"insufficient_scope\"",
                _ => "",
            };
            assert_eq!(challenge, Some(&*format!("Bearer realm=\"rollcall\"{error}")), "{cell}");
        }
        Expected::RefusedByOauth(error) => answer.refuses_oauth(error.status(), error.as_str()),
    }
}

fn body_of(word: Word) -> String {
    format!(r#"{{"code":{},"message":"{word}","details":[]}}"#, word.code().number())
}
