//! The walk by keyboard alone: every stop is reached by Tab, can be seen when it has the focus, and
//! is used with the keys that people know.

use fantoccini::key::Key;
use rollcall_system_tests::{Browser, Store, note_secret};

use super::{Console, REDIRECT};

on_both_stores!(the_walk_by_keyboard_alone, the_menu_of_a_small_screen_opens_by_a_key);

async fn the_walk_by_keyboard_alone(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, server } = &console;
    browser.open(&server.credentials.console_url).await;
    browser.hit(Key::Tab).await;
    assert_eq!(browser.focused().await, "Skip to content", "the first stop");
    types_into(browser, "Email", &server.credentials.owner_email).await;
    types_into(browser, "Password", &server.credentials.owner_password).await;
    browser.hit(Key::Enter).await;
    browser.sees("Sign out").await;
    super::note_session(browser).await;

    for link in ["Integrations", "Directory", "OAuth Application"] {
        goes_by(browser, link, Key::Enter).await;
        browser.is_at(link).await;
    }
    types_into(browser, "Application name", "By hand").await;
    types_into(browser, "Redirect URL", "http://soar.example").await;
    goes_by(browser, "List users", Key::Space).await;
    goes_by(browser, "Generate credentials", Key::Enter).await;
    browser.sees("http:// is not taken").await;
    a_mistake_leads_to_its_field(browser).await;
    browser.hit_with_control('a').await;
    browser.type_text(REDIRECT).await;
    goes_by(browser, "Generate credentials", Key::Enter).await;
    browser.sees("shown once").await;
    let secret = browser.fact("Client secret").await;
    note_secret(&secret);

    goes_by(browser, "Save in vault", Key::Enter).await;
    let vault = browser.entries("Vault").await[0].clone();
    browser.tab_to("Vault").await;
    browser.type_text(&vault).await;
    goes_by(browser, "Save", Key::Enter).await;
    goes_by(browser, "View integration", Key::Enter).await;
    browser.sees("By hand").await;
    for link in ["Vaults", &vault, "By hand"] {
        goes_by(browser, link, Key::Enter).await;
        browser.is_at(link).await;
    }
    goes_by(browser, "Reveal", Key::Enter).await;
    browser.sees("rcs_").await;
    assert_eq!(browser.fact("Client secret").await, secret);
    goes_by(browser, "Sign out", Key::Enter).await;
    browser.sees("Password").await;
}

async fn types_into(browser: &Browser, field: &str, text: &str) {
    browser.tab_to(field).await;
    browser.type_text(text).await;
}

async fn goes_by(browser: &Browser, name: &str, key: Key) {
    browser.tab_to(name).await;
    browser.hit(key).await;
}

/// The summary has the focus; its first line leads into the field.
async fn a_mistake_leads_to_its_field(browser: &Browser) {
    browser.hit(Key::Tab).await;
    let line = browser.focused().await;
    assert!(browser.problems().await.contains(&line), "{line:?} is not what is wrong");
    browser.hit(Key::Enter).await;
    assert_eq!(browser.focused().await, "Redirect URL");
}

/// On a small screen the menu opens without a script, by a key too.
async fn the_menu_of_a_small_screen_opens_by_a_key(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, .. } = &console;
    console.the_owner_signs_in().await;
    browser.look(rollcall_system_tests::Looks::ALL[2]).await;
    browser.reload().await;
    assert!(!browser.offers("Vaults").await, "the menu is closed");
    goes_by(browser, "Menu", Key::Enter).await;
    goes_by(browser, "Vaults", Key::Enter).await;
    browser.is_at("Vaults").await;
}
