//! Lists: every page once, in order, and an end to each.

use futures_util::{StreamExt, TryStreamExt};
use rollcall_sdk::{Error, Filter, Match};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{client, user};

const LIST: &str = "GET /v1beta1/accounts/ACCOUNT/users?max_page_size=1000";

fn page(ids: &[&str], next: &str) -> Reply {
    let results: Vec<_> = ids.iter().map(|id| user(id, "ACTIVE")).collect();
    Reply::status(200, json!({"results": results, "next_page_token": next}))
}

#[tokio::test]
async fn people_come_in_order_over_all_pages() {
    let server =
        Server::start([page(&["U1", "U2"], "p/2 &"), page(&[], "p3"), page(&["U3"], "")]).await;
    let people = client(&server).list(Filter::All).people().map_ok(|user| user.id);
    assert_eq!(people.try_collect::<Vec<_>>().await.unwrap(), ["U1", "U2", "U3"]);
    let next = |token: &str| format!("{LIST}&page_token={token}");
    assert_eq!(server.calls(), [LIST.to_owned(), next("p%2F2+%26"), next("p3")]);
}

#[tokio::test]
async fn filters_are_the_documented_ones() {
    let server = Server::start([page(&[], ""), page(&[], "")]).await;
    let client = client(&server);
    client.list(Filter::Active).page_size(7).page(None).await.unwrap();
    client.list(Filter::Suspended).page_size(0).page(None).await.unwrap();
    let with = |size, filter| {
        format!("GET /v1beta1/accounts/ACCOUNT/users?max_page_size={size}&filter={filter}")
    };
    assert_eq!(server.calls(), [with(7, "user.isActive%28%29"), with(1, "user.isSuspended%28%29")]);
}

#[tokio::test]
async fn a_list_that_goes_in_a_circle_ends() {
    for (tokens, page_of_the_circle) in [(vec!["a", "a"], 2), (vec!["a", "b", "c", "b"], 4)] {
        let server = Server::start(tokens.iter().map(|token| page(&["U1"], token))).await;
        let heard: Vec<_> = client(&server).list(Filter::All).pages().collect().await;
        let (last, before) = heard.split_last().unwrap();
        assert!(before.iter().all(Result::is_ok));
        assert!(
            matches!(last, Err(Error::PagesRepeat { page }) if *page == page_of_the_circle),
            "{last:?}"
        );
        assert!(server.is_over(), "and nothing was asked after it");
    }
}

#[tokio::test]
async fn a_list_of_nothing_ends() {
    let server = Server::start((0..2000).map(|n| page(&[], &format!("p{n}")))).await;
    let error =
        client(&server).list(Filter::All).people().try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, Error::PagesEmpty { pages: 1000 }), "{error}");
}

#[tokio::test]
async fn an_error_ends_the_list_after_what_came_before_it() {
    let server =
        Server::start([page(&["U1"], "p2"), Reply::no(400, 3, "page_token_invalid")]).await;
    let heard: Vec<_> = client(&server).list(Filter::All).people().collect().await;
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0].as_ref().unwrap().id, "U1");
    assert_eq!(heard[1].as_ref().unwrap_err().status(), Some(400));
}

#[tokio::test]
async fn a_page_that_fails_is_asked_for_again() {
    let server = Server::start([
        page(&["U1"], "p2"),
        Reply::Half("x".repeat(100)),
        Reply::no(503, 14, "unavailable"),
        page(&["U2"], ""),
    ])
    .await;
    let people: Vec<_> = client(&server).list(Filter::All).people().try_collect().await.unwrap();
    assert_eq!(people.len(), 2);
}

#[tokio::test]
async fn somebody_without_an_id_is_strange() {
    for person in
        [json!({"email": "a@b.c"}), json!({"id": "", "email": "a@b.c"}), json!({"id": null})]
    {
        let body = json!({"results": [person], "next_page_token": ""});
        let server = Server::start((0..4).map(|_| Reply::status(200, body.clone()))).await;
        let error = client(&server).list(Filter::All).page(None).await.unwrap_err();
        assert!(matches!(&error, Error::Strange(_)), "{error}");
    }
}

#[tokio::test]
async fn two_pages_are_fetched_while_one_is_used_and_no_more() {
    let server = Server::start((0..10).map(|n| page(&["U1"], &format!("p{n}")))).await;
    let mut pages = std::pin::pin!(client(&server).list(Filter::All).pages());
    pages.next().await.unwrap().unwrap();
    for _ in 0..200 {
        if server.calls().len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn people_are_found_in_one_listing() {
    let server = Server::start([page(&["U1", "U2"], "p2"), page(&["U3"], "")]).await;
    let lookup = client(&server).find(["U1@EXAMPLE.com", "U3", "nobody@x"]).await.unwrap();
    let found = |wanted| match lookup.get(wanted) {
        Match::One(user) => Some(user.id.as_str()),
        _ => None,
    };
    assert_eq!((found("u1@example.com"), found("U3")), (Some("U1"), Some("U3")));
    assert_eq!(lookup.get("nobody@x"), Match::None);
    assert_eq!(server.calls().len(), 2);
}
