//! What every answer of the console carries, and what is let in.

use crate::stage::{ACCOUNT, Stage};

#[tokio::test]
async fn every_page_carries_its_headers() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    for path in
        ["/people", "/integrations", "/vaults", "/activity", "/settings", "/link", "/nowhere"]
    {
        let page = visitor.get(path).await;
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
            "script-src 'self'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    for headers in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &stage.base)],
    ] {
        let refused = visitor.post_as("/sign-out", &[], headers).await;
        assert_eq!(refused.status, 403, "{headers:?}");
        assert!(refused.says("Nothing was changed"));
        assert!(visitor.is_signed_in().await);
    }
    let ours = visitor.post_as("/sign-out", &[], &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(ours.status, 303);
}

#[tokio::test]
async fn what_cannot_be_read_changes_nothing() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    let origin = stage.base.clone();
    let json = [("origin", &*origin), ("content-type", "application/json")];
    // The form's own content type stands first; twice is not a form.
    assert_eq!(visitor.post_as("/vaults/new", &[("name", "x")], &json).await.status, 400);
    let large = "x".repeat(200 * 1024);
    assert_eq!(visitor.post("/vaults/new", &[("name", &large)]).await.status, 413);
    assert!(visitor.get("/vaults").await.says("No vault yet"));
}

#[tokio::test]
async fn heads_methods_and_addresses_are_answered_as_they_are() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    let head = visitor.head("/people").await;
    assert!(head.status == 200 && head.body.is_empty());
    assert_eq!(visitor.post("/people", &[]).await.status, 405);
    assert_eq!(visitor.get("/sign-out").await.status, 405);
    let front = visitor.get("/console").await;
    assert_eq!(front.location(), format!("/console/{ACCOUNT}"));
    assert_eq!(visitor.get("").await.leads_to(), "/people");
    assert_eq!(stage.signed_in("mia").await.get("").await.leads_to(), "/vaults");
    let page = visitor.get("/link").await;
    let (_, style) = page.body.split_once("href=\"/console/assets/").unwrap();
    let style = format!("/console/assets/{}", style.split('"').next().unwrap());
    let style = visitor.get(&style).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert!(style.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(visitor.get("/console/assets/console.css").await.status, 404);
}

#[tokio::test]
async fn an_account_that_nobody_has_tells_nothing() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    for account in ["AAAAAAAAAAAAAAAAAAAAAAAAAA", "x", "%00", "%0d%0aset-cookie:%20x"] {
        let page = visitor.get(&format!("/console/{account}/people")).await;
        assert!(matches!(page.status, 303 | 404), "{account}: {}", page.status);
        assert!(!page.headers.get_all("set-cookie").iter().any(|c| c == "x"));
        let form = visitor.get(&format!("/console/{account}/sign-in")).await;
        assert!(form.status == 200 && !form.says("Acme"), "{account}");
    }
}

#[tokio::test]
async fn where_the_console_is_off_its_addresses_are_the_apis() {
    let stage = Stage::with(|settings| settings.console = false).await;
    let page = stage.stranger().get("/sign-in").await;
    assert_eq!(page.status, 404);
    assert_eq!(page.headers["content-type"], "application/json");
}

/// Everything would look like the answer to a question that was not asked.
#[tokio::test]
async fn activity_that_cannot_be_looked_for_is_said_to_be_and_none_is_shown() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("adam").await;
    assert!(visitor.get("/activity").await.says("class=\"log\""));
    for (asked, said) in [
        ("kind=made_up", "There is no such kind of record"),
        ("application=made_up", "Give a client ID"),
        ("person=made_up", "Give an email, or a user ID"),
        ("person=nobody%40example.net", "Nobody in this account has this email"),
    ] {
        let page = visitor.get(&format!("/activity?{asked}")).await;
        assert!(page.says(said) && page.says("aria-invalid"), "{asked}");
        assert!(!page.says("class=\"log\""), "{asked}");
    }
}
