//! People whose identity chooses the answer.

use std::time::{Duration, Instant};

use rollcall_sandbox::scenario::Scenario;
use serde_json::Value;

use super::{Day, a_server, text};

#[tokio::test]
async fn rules_refuse_what_they_refuse_anywhere() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let last = day.person("last-owner");
        day.api.suspend(&token, &last).await.refuses(403, 7, "no_owner_remain");
        let managed = day.person("externally-managed");
        day.api.suspend(&token, &managed).await.refuses(403, 7, "user_externally_managed");
        let already = day.person("already-suspended");
        for _ in 0..2 {
            assert_eq!(day.api.suspend(&token, &already).await.json_of(200)["state"], "SUSPENDED");
        }
    }
}

#[tokio::test]
async fn the_awkward_name_comes_unchanged_in_a_list_and_alone() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let awkward = day.person("awkward-name");
        let alone = day.api.user(&token, &awkward).await.json_of(200);
        assert_eq!(alone["display_name"], Scenario::AwkwardName.name());
        let all = day.api.list_all(&token, "").await;
        assert!(all.contains(&alone));
    }
}

/// Twice, whatever is called, and in the server's own words and headers.
#[tokio::test]
async fn too_many_calls_twice_and_then_well() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let user = day.person("rate-limited");
        for answer in [day.api.user(&token, &user).await, day.api.suspend(&token, &user).await] {
            answer.refuses(429, 8, "rate_limited");
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert!(answer.header("x-request-id").is_some());
            // The connection can go on, as after any answer.
            assert_eq!(answer.header("connection"), None);
        }
        assert_eq!(day.state_of(&token, &user).await, "ACTIVE", "nothing was done");
        assert_eq!(day.api.suspend(&token, &user).await.json_of(200)["state"], "SUSPENDED");
    }
}

#[tokio::test]
async fn an_error_of_the_server_once_and_a_bad_gateway_once() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let fails = day.person("fails-once");
        day.api.suspend(&token, &fails).await.refuses(500, 13, "internal");
        assert_eq!(day.state_of(&token, &fails).await, "ACTIVE");
        assert_eq!(day.api.suspend(&token, &fails).await.status, 200);

        let user = day.person("bad-gateway");
        let answer = day.api.suspend(&token, &user).await;
        assert_eq!((answer.status, answer.header("content-type")), (502, Some("text/html")));
        assert!(answer.text.contains("<h1>502 Bad Gateway</h1>"), "{}", answer.text);
        assert_eq!(day.state_of(&token, &user).await, "ACTIVE", "nothing was done");
        assert_eq!(day.api.suspend(&token, &user).await.status, 200);
    }
}

#[tokio::test]
async fn slow_is_two_seconds_and_the_act_is_done_at_once() {
    let server = a_server().await;
    let day = &Day::both(&server).await[0];
    let token = day.api.token().await;
    let user = day.person("slow");
    let began = Instant::now();
    let suspended = day.api.suspend(&token, &user);
    let looked = async {
        // The list is not slow: it shows what is there, long before the answer.
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        let all = day.api.list_all(&token, "filter=user.isSuspended()").await;
        (all.iter().any(|one| one["id"] == *user), began.elapsed())
    };
    let (suspended, (seen, at)) = tokio::join!(suspended, looked);
    assert_eq!(suspended.json_of(200)["state"], "SUSPENDED");
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert!(seen || at >= Duration::from_secs(2), "not done before it was answered");
}

#[tokio::test]
async fn somebody_vanishes_between_two_pages() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let user = day.person("vanishes-between-pages");
        let is_on = |page: &[Value]| page.iter().any(|one| one["id"] == *user);
        assert_eq!(day.api.user(&token, &user).await.status, 200);
        let (first, next) = day.api.list(&token, "").await.page();
        assert!(is_on(&first));
        assert_eq!(day.api.user(&token, &user).await.status, 200, "still there");
        let next = next.unwrap();
        let (second, _) = day.api.list(&token, &format!("page_token={next}")).await.page();
        assert_eq!((first.len(), second.len()), (25, 25));
        for answer in [
            day.api.user(&token, &user).await,
            day.api.suspend(&token, &user).await,
            day.api.reactivate(&token, &user).await,
        ] {
            answer.refuses(404, 5, "user_not_found");
        }
        // Page by page, so that they would be on a later one.
        let by_ones = async |query: String| day.api.list(&token, &query).await.page();
        let (mut page, mut next) = by_ones("max_page_size=1".to_owned()).await;
        let mut seen = page.len();
        while let Some(token) = next {
            (page, next) = by_ones(format!("max_page_size=1&page_token={token}")).await;
            assert!(!is_on(&page), "listed after they have gone");
            seen += page.len();
        }
        assert_eq!(seen, 59);
        // A new walk.
        let (first, _) = day.api.list(&token, "").await.page();
        assert!(is_on(&first));
        assert_eq!(day.state_of(&token, &user).await, "ACTIVE", "nobody was suspended");
    }
}

#[tokio::test]
async fn a_stale_list_and_somebody_who_is_listed_and_gone() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let (stale, gone) = (day.person("listed-stale"), day.person("gone-on-get"));
        let listed = |all: &[Value], id: &str| {
            all.iter().find(|one| one["id"] == *id).map(|one| text(&one["state"]))
        };
        let all = day.api.list_all(&token, "").await;
        assert_eq!(all.len(), 60);
        assert_eq!(listed(&all, &stale).as_deref(), Some("ACTIVE"));
        assert_eq!(day.state_of(&token, &stale).await, "SUSPENDED");
        let suspended = day.api.list_all(&token, "filter=user.isSuspended()").await;
        assert_eq!(listed(&suspended, &stale), None, "a list that follows what it shows");

        assert_eq!(listed(&all, &gone).as_deref(), Some("ACTIVE"));
        for answer in [
            day.api.user(&token, &gone).await,
            day.api.suspend(&token, &gone).await,
            day.api.reactivate(&token, &gone).await,
        ] {
            answer.refuses(404, 5, "user_not_found");
        }
    }
}

/// What is made up cannot be told from what is real, header by header.
#[tokio::test]
async fn somebody_who_is_gone_looks_like_somebody_who_never_was() {
    let server = a_server().await;
    let day = &Day::both(&server).await[1];
    let token = day.api.token().await;
    let gone = day.api.user(&token, &day.person("gone-on-get")).await;
    let never = day.api.user(&token, "AAAAAAAAAAAAAAAAAAAAAAAAAE").await;
    assert_eq!((gone.status, &gone.text), (never.status, &never.text));
    let names = |answer: &rollcall_system_tests::Answer| -> Vec<(String, String)> {
        let differs = |name: &str| name == "date" || name == "x-request-id";
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let all = answer.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        all.filter(|(name, _)| !differs(name)).collect()
    };
    assert_eq!(names(&gone), names(&never));
}
