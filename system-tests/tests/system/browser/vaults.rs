//! Vaults: made, shared, filled, revealed with a record of each look, and gone for whoever has no
//! access. Two people look at one vault.

use rollcall_directory::sessions::{Password, SetPassword};
use rollcall_system_tests::{Store, note_secret};

use super::Console;

on_both_stores!(a_vault_is_shared_and_taken_back);

const READER: &str = "siobhan.osullivan@rollcall.example";
const READER_NAME: &str = "Siobhán O’Sullivan";
const PASSWORD: &str = "correct-horse-battery-staple";
const HIDDEN: &str = "open-sesame-4711-and-a-half";

async fn a_vault_is_shared_and_taken_back(store: Store) {
    let console = Console::start(store).await;
    gives_the_reader_a_password(&console).await;
    let Console { browser, .. } = &console;
    console.the_owner_signs_in().await;
    makes_a_vault_with_an_item(&console).await;
    browser.press("Change access").await;
    browser.fill("Email", READER).await;
    browser.choose("Access", "Read").await;
    browser.press("Give access").await;
    browser.sees(READER_NAME).await;
    browser.press("Sign out").await;

    console.signs_in(READER, PASSWORD).await;
    for link in ["Vaults", "Night shift", "Alarm panel"] {
        browser.press(link).await;
        browser.is_at(link).await;
    }
    assert!(!browser.offers("Delete item").await, "who may read, may not delete");
    browser.sees_not(HIDDEN).await;
    browser.press("Reveal").await;
    assert_eq!(browser.fact("Code").await, HIDDEN);
    assert!(!browser.address().await.contains(HIDDEN));
    let item = browser.address().await;
    let vault = item.split("/items/").next().unwrap().to_owned();
    browser.press("Sign out").await;

    // Each look is on record, under the name of who looked.
    console.the_owner_signs_in().await;
    browser.press("Activity").await;
    browser.sees(READER_NAME).await;
    browser.sees_not(HIDDEN).await;
    browser.sees_not("Alarm panel").await;
    browser.open(&format!("{vault}/access")).await;
    browser.press_in(READER_NAME, &format!("Take away: {READER_NAME}")).await;
    browser.sees_not(READER).await;
    browser.press("Sign out").await;

    console.signs_in(READER, PASSWORD).await;
    browser.press("Vaults").await;
    browser.sees_not("Night shift").await;
    browser.open(&vault).await;
    browser.sees_not("Alarm panel").await;
}

async fn gives_the_reader_a_password(console: &Console) {
    note_secret(PASSWORD);
    let api = console.api();
    let user = api.id_of(&api.token().await, READER).await.parse().expect("an id");
    let beside = console.server.beside().await;
    let hash = Password::new(PASSWORD.to_owned()).hash(&beside.store.world().bytes());
    beside.act(SetPassword { user, hash: hash.expect("a hash") }).await;
}

async fn makes_a_vault_with_an_item(console: &Console) {
    let Console { browser, .. } = console;
    note_secret(HIDDEN);
    browser.press("Vaults").await;
    browser.press("New vault").await;
    browser.fill("Name", "Night shift").await;
    browser.press("Make vault").await;
    browser.is_at("Night shift").await;
    browser.press("New item").await;
    browser.fill("Title", "Alarm panel").await;
    browser.fill_in("Field 1", "Label", "Code").await;
    browser.fill_in("Field 1", "Value", HIDDEN).await;
    browser.tick("Hide value 1", true).await;
    browser.press("Save item").await;
    browser.press("Night shift").await;
    browser.is_at("Night shift").await;
    browser.sees("Alarm panel").await;
}
