//! An organisation's own server: its first owner comes in by the link that the operator handed
//! over, once; cookies over TLS are bound to this host; and an application whose secret somebody
//! has seen does not let them in again.

use rollcall_system_tests::{Api, Credentials, Store, note_secret};
use serde_json::Value;

use super::served::{FirstOwner, Served};

on_both_stores!(
    the_link_is_a_way_in_once,
    who_has_seen_a_secret_is_not_let_in_by_it,
    a_changed_password_ends_other_sessions,
);

const PASSWORD: &str = "correct-horse-battery-staple";

async fn the_link_is_a_way_in_once(store: Store) {
    let served = Served::start(store).await;
    let Served { browser, .. } = &served;
    let owner = served.founds_an_account().await;
    assert_eq!(owner.address, served.at(&owner.account, "link"));
    served.uses_the_link(&owner, PASSWORD).await;
    browser.sees("Sign out").await;
    browser.sees("Ann Arbor").await;

    let cookies = browser.cookies().await;
    assert!(cookies.iter().any(|cookie| cookie.name() == "__Host-rollcall"), "{cookies:?}");
    for cookie in &cookies {
        note_secret(cookie.value());
        assert!(cookie.name().starts_with("__Host-"), "{}", cookie.name());
        assert_eq!(cookie.path(), Some("/"), "{}", cookie.name());
        assert_eq!((cookie.secure(), cookie.http_only()), (Some(true), Some(true)));
        let same_site = cookie.same_site().map(|site| site.to_string());
        assert_eq!(same_site.as_deref(), Some("Lax"), "{}", cookie.name());
    }

    browser.forget_cookies().await;
    served.uses_the_link(&owner, "another-horse-another-staple").await;
    assert_eq!(browser.problems().await.len(), 1, "{}", browser.text().await);
    assert!(!browser.offers("Sign out").await);
    signs_in(&served, &owner, PASSWORD).await;
    browser.sees("Sign out").await;
}

async fn signs_in(served: &Served, owner: &FirstOwner, password: &str) {
    let Served { browser, .. } = served;
    browser.open(&served.at(&owner.account, "sign-in")).await;
    browser.fill("Email", "ann@example.com").await;
    browser.fill("Password", password).await;
    browser.press("Sign in").await;
}

/// The API as an application of this account sees it.
fn api(served: &Served, account: &str, id: &str, secret: &str) -> Api {
    note_secret(secret);
    let credentials = Credentials {
        base_url: served.origin.clone(),
        account_id: account.to_owned(),
        client_id: id.to_owned(),
        client_secret: secret.to_owned(),
        ..served.serve.credentials.clone()
    };
    Api::over_tls(&credentials)
}

async fn who_has_seen_a_secret_is_not_let_in_by_it(store: Store) {
    let served = Served::start(store).await;
    let Served { browser, serve, .. } = &served;
    let owner = served.founds_an_account().await;
    let account = ["--account", &owner.account];
    let more = ["--email", "bo@example.com", "--name", "Bo Berg", "--group", "owners", "--json"];
    let add = serve.ground.admin(&["people", "add"], &[&account[..], &more].concat());
    add.run().await.well();
    served.uses_the_link(&owner, PASSWORD).await;
    browser.sees("Sign out").await;

    browser.open(&served.at(&owner.account, "integrations/directory/oauth-application")).await;
    browser.fill("Application name", "Seen").await;
    browser.fill("Redirect URL", "https://soar.example/callback").await;
    for scope in ["Get user", "List users", "Suspend users", "Reactivate users"] {
        browser.tick(scope, true).await;
    }
    browser.press("Generate credentials").await;
    browser.sees("shown once").await;
    let (id, secret) = (browser.fact("Client ID").await, browser.fact("Client secret").await);
    let seen = api(&served, &owner.account, &id, &secret);
    let unseen = {
        let scopes = ["list_users", "get_user", "suspend_users", "reactivate_users"];
        let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
        let create = ["--name", "Unseen", "--json"].into_iter().chain(account).chain(scopes);
        let create: Vec<&str> = create.collect();
        let made = serve.ground.admin(&["application", "create"], &create).run().await.well();
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        api(&served, &owner.account, &text("client_id"), &text("client_secret"))
    };

    let (token, other) = (seen.token().await, unseen.token().await);
    let ann = seen.id_of(&token, "ann@example.com").await;
    assert_eq!(seen.suspend(&token, &ann).await.status, 200);
    browser.press("People").await;
    browser.sees("Password").await;
    let refused = seen.reactivate(&token, &ann).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert_eq!(unseen.user(&other, &ann).await.json_of(200)["state"], "SUSPENDED");
    assert_eq!(unseen.reactivate(&other, &ann).await.json_of(200)["state"], "ACTIVE");
}

async fn a_changed_password_ends_other_sessions(store: Store) {
    let served = Served::start(store).await;
    let Served { browser, .. } = &served;
    let owner = served.founds_an_account().await;
    served.uses_the_link(&owner, PASSWORD).await;
    browser.sees("Sign out").await;
    let elsewhere = browser.cookies().await;
    browser.forget_cookies().await;

    signs_in(&served, &owner, PASSWORD).await;
    browser.press("Settings").await;
    browser.press("Change password").await;
    let new = "a-newer-horse-a-newer-staple";
    note_secret(new);
    browser.fill("Current password", PASSWORD).await;
    browser.fill("New password", new).await;
    browser.fill("New password again", new).await;
    browser.press("Change password").await;
    browser.press("Vaults").await;
    browser.is_at("Vaults").await;

    browser.forget_cookies().await;
    for cookie in elsewhere {
        browser.put_cookie(cookie).await;
    }
    browser.open(&served.at(&owner.account, "vaults")).await;
    browser.is_at("Sign in").await;
    signs_in(&served, &owner, PASSWORD).await;
    assert_eq!(browser.problems().await.len(), 1, "the old password");
    signs_in(&served, &owner, new).await;
    browser.sees("Sign out").await;
}
