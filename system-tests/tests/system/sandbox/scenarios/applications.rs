//! Applications whose credentials choose what happens.

use std::collections::HashSet;

use rollcall_system_tests::{Api, Control};

use super::{Day, a_server};

#[tokio::test]
async fn each_permission_is_alone() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let user = day.person("awkward-name");
        for (at, name) in
            ["Only list users", "Only get user", "Only suspend users", "Only reactivate users"]
                .iter()
                .enumerate()
        {
            let api = day.by(name);
            let token = api.token().await;
            let answers = [
                api.list(&token, "").await,
                api.user(&token, &user).await,
                api.suspend(&token, &user).await,
                api.reactivate(&token, &user).await,
            ];
            for (call, answer) in answers.iter().enumerate() {
                if call == at {
                    assert_eq!(answer.status, 200, "{name}: {}", answer.text);
                } else {
                    answer.refuses(403, 7, "scope_missing");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_token_ends_in_the_middle_of_a_walk_and_a_new_one_goes_on() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let api = day.by("Token ends mid-walk");
        let token = api.token().await;
        let (first, next) = api.list(&token, "").await.page();
        let (second, last) =
            api.list(&token, &format!("page_token={}", next.unwrap())).await.page();
        let last = format!("page_token={}", last.unwrap());
        for _ in 0..2 {
            let refused = api.list(&token, &last).await;
            refused.refuses(401, 16, "token_invalid");
            let challenge = refused.header("www-authenticate").unwrap();
            assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        }
        let renewed = api.token().await;
        let (third, end) = api.list(&renewed, &last).await.page();
        assert_eq!((first.len() + second.len() + third.len(), end), (60, None));
        api.list(&token, "").await.refuses(401, 16, "token_invalid");
        assert_eq!(api.list(&renewed, "").await.status, 200);
    }
}

#[tokio::test]
async fn a_secret_is_retired_at_the_third_call_and_a_reset_brings_it_back() {
    let server = a_server().await;
    let control = Control::of(&server);
    let story = async |api: &Api, others: &Api| {
        let token = api.token().await;
        assert_eq!(api.list(&token, "").await.status, 200);
        api.list(&token, "").await.refuses(401, 16, "token_invalid");
        for _ in 0..2 {
            api.ask_for_a_token().await.refuses_oauth(401, "invalid_client");
        }
        // Nobody else's.
        let token = others.token().await;
        assert_eq!(others.list(&token, "").await.status, 200);
    };
    for day in Day::both(&server).await {
        story(&day.by("Secret retired at the third call"), &day.api).await;
    }
    let seeded = control.done("GET", "/scenarios").await;
    let account = &seeded["accounts"][0];
    let mut api = server.api(rollcall_wire::route::Family::V1);
    api.credentials.account_id = super::text(&account["account_id"]);
    let by = |scenario: &str| {
        let all = account["applications"].as_array().unwrap();
        let one = all.iter().find(|one| one["scenario"] == scenario).unwrap();
        api.with_client(&super::text(&one["client_id"]), &super::text(&one["client_secret"]))
    };
    for _ in 0..2 {
        story(&by("secret-retired"), &by("full-access")).await;
        control.reset().await;
    }
}

/// Each token leads on, and none is given twice.
#[tokio::test]
async fn empty_pages_stand_before_full_ones() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let api = day.by("Empty pages");
        let token = api.token().await;
        for filter in ["", "filter=user.isActive()&"] {
            let (mut people, mut empty, mut given) = (Vec::new(), 0, HashSet::new());
            let (page, mut next) =
                api.list(&token, &format!("{filter}max_page_size=20")).await.page();
            people.extend(page);
            while let Some(page_token) = next {
                let query = format!("{filter}max_page_size=20&page_token={page_token}");
                assert!(given.insert(page_token), "a token was given twice");
                let (page, further) = api.list(&token, &query).await.page();
                empty += usize::from(page.is_empty());
                people.extend(page);
                next = further;
            }
            let without = day.api.list_all(&day.api.token().await, filter).await;
            assert_eq!(people, without, "everybody, in the same order");
            assert_eq!(empty, 2, "one before each later page");
        }
    }
}

#[tokio::test]
async fn unknown_fields_stand_behind_the_known_ones() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let api = day.by("Unknown fields");
        let token = api.token().await;
        let plain = day.api.token().await;
        let user = day.person("awkward-name");
        let page = api.list(&token, "").await.json_of(200);
        assert!(page.get("total_size").is_some());
        let known = day.api.user(&plain, &user).await.json_of(200);
        let more = api.user(&token, &user).await.json_of(200);
        assert_eq!(known.as_object().unwrap().len(), 6);
        assert!(more.as_object().unwrap().len() > 6);
        for (field, value) in known.as_object().unwrap() {
            assert_eq!(&more[field], value);
        }
        let (listed, next) = (page["results"].as_array().unwrap(), &page["next_page_token"]);
        assert_eq!((listed.len(), listed.contains(&more)), (25, true));
        let query = format!("page_token={}", next.as_str().unwrap());
        assert_eq!(day.api.list(&plain, &query).await.status, 200, "the token is a right one");
    }
}
