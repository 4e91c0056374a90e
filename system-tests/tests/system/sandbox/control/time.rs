//! The double's clock: what ends by waiting ends by moving it.

use rollcall_system_tests::{Control, RunningServer, Store};
use rollcall_wire::route::Family;

on_both_stores!(a_token_ends_when_the_clock_says_so, a_clock_that_stands_still_ends_nothing);

async fn a_token_ends_when_the_clock_says_so(store: Store) {
    let server = RunningServer::start(store).await;
    let (control, api) = (Control::of(&server), server.api(Family::V1));
    let token = api.token().await;
    let somebody = api.id_of(&token, &api.credentials.owner_email).await;
    control.advance(890).await;
    let before = api.user(&token, &somebody).await;
    assert_eq!(before.status, 200);
    control.advance(10).await;
    api.user(&token, &somebody).await.refuses(401, 16, "token_invalid");
    let fresh = api.token().await;
    assert_eq!(api.user(&fresh, &somebody).await.json(), before.json());
    // A hundred days in one step do no harm: keys still sign, and what is signed is good.
    control.advance(100 * 86_400).await;
    api.user(&fresh, &somebody).await.refuses(401, 16, "token_invalid");
    let later = api.token().await;
    assert_eq!(api.user(&later, &somebody).await.status, 200);
    let member = api.list_all(&later, "filter=user.isActive()").await;
    let member = member.last().unwrap()["id"].as_str().unwrap();
    assert_eq!(api.suspend(&later, member).await.status, 200);
}

async fn a_clock_that_stands_still_ends_nothing(store: Store) {
    let server = RunningServer::start(store).await;
    let control = Control::of(&server);
    let frozen = control.done("POST", "/clock:freeze").await;
    assert_eq!(frozen["frozen"], true);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let still = control.done("GET", "/clock").await;
    assert_eq!((&still["now"], &still["frozen"]), (&frozen["now"], &frozen["frozen"]));
    let api = server.api(Family::V1);
    let issued = api.ask_for_a_token().await.json_of(200);
    assert_eq!(issued["expires_in"], 900);
    let token = issued["access_token"].as_str().unwrap();
    control.advance(899).await;
    assert_eq!(api.list(token, "").await.status, 200);
    control.advance(1).await;
    assert_eq!(api.list(token, "").await.status, 401);
    let resumed = control.done("POST", "/clock:resume").await;
    assert_eq!(resumed["frozen"], false);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_ne!(control.done("GET", "/clock").await["now"], resumed["now"]);
}
