//! What the four calls refuse, word by word, and what they take: the last owner, people who are
//! managed elsewhere, ids that are nobody's, filters, page sizes and page tokens in both spellings.

use rollcall_system_tests::{RunningServer, Store, repository};
use rollcall_wire::route::Family;

on_both_stores!(
    the_last_owner_stays,
    of_two_owners_suspended_at_once_one_remains,
    people_managed_elsewhere_stay,
    nobody_is_not_found,
    arguments_of_a_list,
    a_page_token_is_bound_to_its_list,
);

const ROUNDS: usize = 50;
/// An administrator and a member of the default people, by their places in the list.
const MANAGED_ELSEWHERE: [usize; 2] = [5, 8];

async fn the_last_owner_stays(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let api = server.api(family);
        let token = api.token().await;
        let owner = api.id_of(&token, &api.credentials.owner_email).await;
        let refused = api.suspend(&token, &owner).await;
        refused.refuses(403, 7, "no_owner_remain");
        assert_eq!(refused.header("www-authenticate"), Some(r#"Bearer realm="rollcall""#));
        assert_eq!(api.user(&token, &owner).await.json_of(200)["state"], "ACTIVE");
        assert_eq!(api.reactivate(&token, &owner).await.json_of(200)["state"], "ACTIVE");
    }
}

/// As two operators would, each unaware of the other, each by their own family of addresses.
async fn of_two_owners_suspended_at_once_one_remains(store: Store) {
    let file = repository().join("examples/seed.toml");
    let server = RunningServer::start_with(store, &["--seed", file.to_str().unwrap()]).await;
    let (one, two) = (server.api(Family::V1), server.api(Family::V1beta1));
    let token = one.token().await;
    let ines = one.id_of(&token, "ines.garcia@rollcall.example").await;
    let kofi = one.id_of(&token, "kofi.mensah@rollcall.example").await;
    for round in 0..ROUNDS {
        let answers = tokio::join!(one.suspend(&token, &ines), two.suspend(&token, &kofi));
        let (suspended, refused) = match (answers.0.status, answers.1.status) {
            (200, 403) => (&ines, answers.1),
            (403, 200) => (&kofi, answers.0),
            other => panic!("round {round}: {other:?}"),
        };
        refused.refuses(403, 7, "no_owner_remain");
        assert_eq!(one.reactivate(&token, suspended).await.status, 200);
    }
}

async fn people_managed_elsewhere_stay(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let api = server.api(family);
        let token = api.token().await;
        let (people, _) = api.list(&token, "").await.page();
        for index in MANAGED_ELSEWHERE {
            let id = people[index]["id"].as_str().unwrap();
            api.suspend(&token, id).await.refuses(403, 7, "user_externally_managed");
            assert_eq!(api.user(&token, id).await.json_of(200)["state"], "ACTIVE");
        }
    }
}

/// Unknown, of another shape, of another length: always 404, never 400. By id only.
async fn nobody_is_not_found(store: Store) {
    let server = RunningServer::start(store).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let email = api.credentials.owner_email.replace('@', "%40");
    let long = "A".repeat(2000);
    for id in
        ["AAAAAAAAAAAAAAAAAAAAAAAAAA", "short", "%20", "%00", "a%2Fb", "%E2%80%AE", &email, &long]
    {
        for answer in [
            api.user(&token, id).await,
            api.suspend(&token, id).await,
            api.reactivate(&token, id).await,
        ] {
            answer.refuses(404, 5, "user_not_found");
        }
    }
    let mut elsewhere = api.clone();
    for account in ["AAAAAAAAAAAAAAAAAAAAAAAAAA", "ACCOUNT123", "x"] {
        elsewhere.credentials.account_id = account.to_owned();
        let refused = elsewhere.user(&token, "AAAAAAAAAAAAAAAAAAAAAAAAAA").await;
        refused.refuses(403, 7, "account_mismatch");
        elsewhere.list(&token, "max_page_size=no").await.refuses(403, 7, "account_mismatch");
    }
}

async fn arguments_of_a_list(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        let api = server.api(family);
        let token = api.token().await;
        let count = async |query: &str| api.list(&token, query).await.page().0.len();
        for (query, expected) in [
            ("", 25),
            ("max_page_size=", 25),
            ("max_page_size=0", 25),
            ("max_page_size=3", 3),
            ("maxPageSize=3", 3),
            ("maxPageSize=3&max_page_size=3", 3),
            ("max_page_size=1000", 50),
            ("max_page_size=2147483647", 50),
            ("max_page_size=1000&filter=", 50),
            ("max_page_size=1000&filter=user.isSuspended()", 3),
            ("max_page_size=1000&filter=user.isSuspended%28%29", 3),
            ("max_page_size=1000&filter=+user.isActive()+", 47),
            ("max_page_size=1000&page_token=", 50),
            ("max_page_size=1000&somebody_elses=name", 50),
        ] {
            assert_eq!(count(query).await, expected, "{query}");
        }
        for (query, word) in [
            ("max_page_size=-1", "page_size_invalid"),
            ("max_page_size=ten", "page_size_invalid"),
            ("max_page_size=2147483648", "page_size_invalid"),
            ("filter=user.isactive()", "filter_invalid"),
            ("filter=user.isActive()%20||%20user.isSuspended()", "filter_invalid"),
            ("page_token=rubbish", "page_token_invalid"),
            ("pageToken=CAIQAg", "page_token_invalid"),
            ("max_page_size=2&maxPageSize=3", "request_invalid"),
            ("filter=user.isActive()&filter=user.isSuspended()", "request_invalid"),
            ("page_token=a&pageToken=b", "request_invalid"),
        ] {
            api.list(&token, query).await.refuses(400, 3, word);
        }
        let (first, next) = api.list(&token, "maxPageSize=30").await.page();
        let (last, end) = api.list(&token, &format!("pageToken={}", next.unwrap())).await.page();
        assert_eq!((first.len(), last.len(), end), (30, 20, None));
    }
}

async fn a_page_token_is_bound_to_its_list(store: Store) {
    let server = RunningServer::start(store).await;
    let api = server.api(Family::V1beta1);
    let token = api.token().await;
    let (_, next) = api.list(&token, "max_page_size=2").await.page();
    let next = next.unwrap();
    let another_filter = format!("filter=user.isActive()&page_token={next}");
    api.list(&token, &another_filter).await.refuses(400, 3, "page_token_invalid");
    let changed = format!("page_token={}A", &next[..next.len() - 1]);
    let changed = if changed.ends_with(&next) { changed.replace('A', "B") } else { changed };
    api.list(&token, &changed).await.refuses(400, 3, "page_token_invalid");
    let another_size = format!("max_page_size=5&page_token={next}");
    assert_eq!(api.list(&token, &another_size).await.page().0.len(), 5);
    let with_another_token = api.list(&api.token().await, &format!("page_token={next}")).await;
    assert_eq!(with_another_token.page().0.len(), 25);
}
