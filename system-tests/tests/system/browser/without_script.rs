//! The walk with every script blocked. Only copying by a button is missed: what is to be copied
//! can be selected, and no button is shown that would do nothing.

use rollcall_system_tests::Store;

use super::Console;

on_both_stores!(the_walk_without_script, somebody_is_suspended_and_let_in_without_script);

async fn the_walk_without_script(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, .. } = &console;
    browser.block_scripts().await;
    console.the_owner_signs_in().await;
    for link in ["Integrations", "Directory", "OAuth Application"] {
        browser.press(link).await;
        browser.is_at(link).await;
    }
    let shown = console.makes_an_application("No script", &["List users"]).await;
    assert!(!browser.offers("Copy Client secret").await, "a button that does nothing");
    let vault = console.saves_in_vault().await;
    browser.press("View integration").await;
    browser.is_at("No script").await;
    for link in ["Vaults", &vault, "No script"] {
        browser.press(link).await;
        browser.is_at(link).await;
    }
    browser.press("Reveal").await;
    assert_eq!(browser.fact("Client secret").await, shown.secret);

    let api = console.api().with_client(&shown.id, &shown.secret);
    let (people, _) = api.list(&api.token().await, "").await.page();
    assert_eq!(people.len(), 25);
}

/// Suspending is what a person may have to do on any machine, in any browser.
async fn somebody_is_suspended_and_let_in_without_script(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, .. } = &console;
    browser.block_scripts().await;
    console.the_owner_signs_in().await;
    browser.press("People").await;
    browser.fill("Search", "guðrún").await;
    browser.press("Show").await;
    browser.press("Guðrún Jónsdóttir").await;
    browser.press("Suspend").await;
    browser.fill("Reason", "A phone was stolen").await;
    browser.press("Suspend").await;
    browser.sees("A phone was stolen").await;
    browser.press("Reactivate").await;
    browser.press("Reactivate").await;
    browser.will_offer("Suspend").await;
}
