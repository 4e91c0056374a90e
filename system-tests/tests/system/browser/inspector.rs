//! The inspector, as somebody looks at it whose connector runs beside: live, filtered, one exchange
//! in full, by mouse and by keyboard; and whatever a client sends stays text.

use std::time::Duration;

use fantoccini::key::Key;
use rollcall_system_tests::{Api, Browser, Looks, RunningServer, Store, Theme, note_secret};
use rollcall_wire::route::{Family, Route};
use tokio::time::sleep;

/// What would be markup, or code, if it were taken for any.
const AWKWARD: &str =
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>";
const OURS: &str = "Acme-Containment/1.2";

struct Desk {
    server: RunningServer,
    browser: Browser,
    api: Api,
    token: String,
}

impl Desk {
    /// A journal with a good walk in it, and with calls that the report finds wrong.
    async fn start() -> Self {
        let server = RunningServer::start(Store::Sqlite).await;
        let browser = Browser::start().await;
        browser.look(Looks { theme: Theme::Light, width: Looks::WIDE }).await;
        browser.open(&server.credentials.inspector_url).await;
        browser.sees("Nothing yet").await;
        let api = server.api(Family::V1);
        let token = api.token().await;
        let desk = Self { server, browser, api, token };
        // Made while the page is open: it comes without being asked for.
        desk.browser.will_offer("RequestToken of exchange 1").await;
        desk
    }

    async fn calls(&self, method: &str, path: &str, agent: &str) -> String {
        let request = self.api.request(method, path).bearer_auth(&self.token);
        self.api.answer(request.header("user-agent", agent)).await.text
    }

    fn users(&self) -> String {
        self.api.path(Route::ListUsers, "")
    }

    /// Exchanges 2 to 6.
    async fn walks(&self) {
        let users = self.users();
        self.calls("GET", &format!("{users}?max_page_size=30"), OURS).await;
        self.calls("GET", &format!("{users}/{}", "A".repeat(26)), OURS).await;
        let address = format!("{users}?access_token={}", self.token);
        self.calls("GET", &address, "curl/8.5.0").await;
        self.calls("GET", "/v1/%3Cb%3Enothing%3C%2Fb%3E", AWKWARD).await;
        self.calls("GET", &users, OURS).await;
    }
}

#[tokio::test]
async fn an_exchange_is_found_and_seen_in_full() {
    let desk = Desk::start().await;
    let Desk { browser, .. } = &desk;
    assert!(!browser.address().await.contains("sbx_"), "{}", browser.address().await);
    desk.walks().await;
    browser.will_offer("ListUsers of exchange 6").await;

    browser.choose("Operation", "GetUser").await;
    assert!(browser.offers("GetUser of exchange 3").await);
    assert!(!browser.offers("ListUsers of exchange 2").await);
    browser.choose("Operation", "All").await;
    browser.choose("Answer", "4xx").await;
    assert!(!browser.offers("ListUsers of exchange 2").await);
    browser.choose("Answer", "All").await;
    browser.fill("Text", "nothing%3C").await;
    assert!(browser.offers("NotFound of exchange 5").await);
    assert!(!browser.offers("ListUsers of exchange 6").await);
    browser.fill("Text", "no such words").await;
    browser.sees("No exchange fits this filter").await;
    browser.fill("Text", " ").await;
    browser.sees("2 wrong").await;
    browser.tick("Only with findings", true).await;
    assert!(browser.offers("ListUsers of exchange 4").await);
    assert!(!browser.offers("RequestToken of exchange 1").await);

    browser.press("ListUsers of exchange 4").await;
    for words in ["Exchange 4", "What the report says", "no-secret-in-address"] {
        browser.sees(words).await;
    }
    assert!(browser.fact("Credential").await.starts_with("token 1 of client "));
    assert!(browser.fact("After the one before").await.ends_with("after 3 had ended"));
    browser.sees("access_token=<token 1>").await;
    browser.sees("curl -i \"$ROLLCALL_URL\"").await;
    browser.press("Copy").await;
    browser.sees("Copied").await;
    let source = browser.source().await;
    assert!(!source.contains(&desk.token) && !source.contains("sbx_"));
    browser.press("Close").await;
    is_gone(browser, "What the report says").await;
    browser.tick("Only with findings", false).await;

    // Back and forth as in any page.
    browser.press("GetUser of exchange 3").await;
    browser.sees("user_not_found").await;
    browser.back().await;
    is_gone(browser, "user_not_found").await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn what_a_client_sends_stays_text() {
    let desk = Desk::start().await;
    let Desk { browser, .. } = &desk;
    desk.walks().await;
    browser.press("NotFound of exchange 5").await;
    browser.sees(&format!("user-agent: {AWKWARD}")).await;
    assert_eq!(browser.title().await, "Inspector · Rollcall");
    assert!(!browser.source().await.contains("<img"));
    // Its origin is this machine's alone, and it asks nobody else.
    let origin = desk.server.credentials.base_url.replace("127.0.0.1", "localhost");
    let asked = browser.asked_for().await;
    // The browser's own first page aside.
    let asked: Vec<_> = asked.iter().filter(|one| one.starts_with("http")).collect();
    let elsewhere: Vec<_> = asked.iter().filter(|one| !one.starts_with(&origin)).collect();
    assert!(!asked.is_empty() && elsewhere.is_empty(), "{elsewhere:?}");
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn the_journal_is_cleared_and_the_double_reset() {
    let desk = Desk::start().await;
    let Desk { browser, server, .. } = &desk;
    desk.walks().await;
    browser.will_offer("ListUsers of exchange 6").await;
    browser.press("Clear journal").await;
    browser.sees("Nothing yet").await;
    let somebody = server.api(Family::V1).list_all(&desk.token, "").await[12]["id"].clone();
    let path = desk.api.path(Route::SuspendUser, somebody.as_str().unwrap());
    desk.calls("POST", &path, OURS).await;
    browser.will_offer("SuspendUser of exchange 9").await;
    browser.press("Reset double").await;
    browser.press("Leave it").await;
    assert!(browser.offers("SuspendUser of exchange 9").await);
    browser.press("Reset double").await;
    browser.press("Reset now").await;
    browser.sees("Nothing yet").await;
    let token = desk.api.token().await;
    let back = desk.api.user(&token, somebody.as_str().unwrap()).await.json_of(200);
    assert_eq!(back["state"], "ACTIVE");
}

#[tokio::test]
async fn without_the_token_it_asks_for_it() {
    let server = RunningServer::start(Store::Sqlite).await;
    let browser = Browser::start().await;
    let (page, token) = server.credentials.inspector_url.split_once("#token=").unwrap();
    note_secret(token);
    browser.open(&format!("{page}#token=sbx_another")).await;
    browser.sees("This is not the token").await;
    assert!(browser.asks_for("Control token").await);
    browser.fill("Control token", token).await;
    browser.press("Show the journal").await;
    browser.sees("Nothing yet").await;
    assert!(!browser.asks_for("Control token").await);
    // It is kept for this tab, and not shown.
    browser.reload().await;
    browser.sees("Nothing yet").await;
    assert!(!browser.source().await.contains(token));
}

#[tokio::test]
async fn by_keyboard_alone() {
    let desk = Desk::start().await;
    let Desk { browser, .. } = &desk;
    desk.walks().await;
    browser.will_offer("ListUsers of exchange 6").await;
    browser.tab_to("Text").await;
    browser.type_text("aaaaa").await;
    browser.tab_to("GetUser of exchange 3").await;
    browser.hit(Key::Enter).await;
    browser.sees("user_not_found").await;
    browser.tab_to("Close").await;
    browser.hit(Key::Enter).await;
    is_gone(browser, "user_not_found").await;
    assert_eq!(browser.focused().await, "GetUser of exchange 3", "back where it was");
    browser.tab_to("Reset double").await;
    browser.hit(Key::Enter).await;
    browser.sees("Reset the double?").await;
    browser.hit(Key::Escape).await;
    is_gone(browser, "Reset the double?").await;
    assert_eq!(browser.focused().await, "Reset double");
}

#[tokio::test]
async fn it_keeps_the_rules_in_both_themes_and_widths() {
    let desk = Desk::start().await;
    let Desk { browser, .. } = &desk;
    stop(browser, "inspector-first-call").await;
    desk.walks().await;
    let control = &desk.server.credentials;
    let fault = r#"{"name":"cut-after-act","when":{"operations":["SuspendUser"]},"effect":{"kind":"cut_after_act"}}"#;
    let set = rollcall_system_tests::http_client().no_proxy().build().unwrap();
    let set =
        set.post(format!("{}/faults", control.sandbox_url)).bearer_auth(&control.sandbox_token);
    let set = set.header("content-type", "application/json").body(fault).send().await.unwrap();
    assert!(set.status().is_success());
    let somebody = desk.api.list_all(&desk.token, "").await[12]["id"].clone();
    let path = desk.api.path(Route::SuspendUser, somebody.as_str().unwrap());
    let cut = desk.api.request("POST", &path).bearer_auth(&desk.token).send().await;
    assert!(cut.is_err(), "the connection was to be cut");
    browser.sees("2 wrong").await;
    stop(browser, "inspector").await;
    browser.press("ListUsers of exchange 4").await;
    browser.sees("What the report says").await;
    stop(browser, "inspector-exchange").await;
    browser.press("Reset double").await;
    browser.sees("Reset the double?").await;
    stop(browser, "inspector-reset").await;
}

/// The page does it by itself, a moment later.
async fn is_gone(browser: &Browser, words: &str) {
    for _ in 0..100 {
        if !browser.text().await.contains(words) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    browser.sees_not(words).await;
}

async fn stop(browser: &Browser, name: &str) {
    for looks in Looks::ALL {
        browser.look(looks).await;
        browser.fits(name).await;
        browser.keeps_the_rules(name).await;
        if matches!(name, "inspector" | "inspector-exchange") {
            browser.picture(name, looks).await;
        }
    }
    browser.look(Looks::ALL[0]).await;
}
