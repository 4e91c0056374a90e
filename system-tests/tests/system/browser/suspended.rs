//! Suspension ends everything in the same act: the next click of somebody who is signed in is the
//! sign-in page; and reactivation brings none of it back, neither session nor code nor vault.

use rollcall_directory::sessions::{Password, SetPassword};
use rollcall_system_tests::{Beside, Store, note_secret};

use super::{Console, is_session};

on_both_stores!(
    the_next_click_is_the_sign_in_page,
    an_old_invitation_is_dead,
    an_old_code_for_a_password_is_dead,
    access_to_a_vault_has_ended,
);

/// An administrator of the double.
const EMAIL: &str = "grazyna.wojcik@rollcall.example";
const NAME: &str = "Grażyna Wójcik";
const PASSWORD: &str = "correct-horse-battery-staple";
const NEW_PASSWORD: &str = "another-horse-another-staple";

/// The double gives a password to its owner alone.
async fn give_password(console: &Console, beside: &Beside) -> String {
    note_secret(PASSWORD);
    let api = console.api();
    let id = api.id_of(&api.token().await, EMAIL).await;
    let hash = Password::new(PASSWORD.to_owned()).hash(&beside.store.world().bytes());
    let user = id.parse().expect("an id");
    beside.act(SetPassword { user, hash: hash.expect("a hash") }).await;
    id
}

/// Suspended and let in again, by the API.
async fn out_and_in(console: &Console, user: &str) {
    let api = console.api();
    let token = api.token().await;
    assert_eq!(api.suspend(&token, user).await.json_of(200)["state"], "SUSPENDED");
    assert_eq!(api.reactivate(&token, user).await.json_of(200)["state"], "ACTIVE");
}

async fn the_next_click_is_the_sign_in_page(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, server } = &console;
    let user = give_password(&console, &server.beside().await).await;
    console.signs_in(EMAIL, PASSWORD).await;
    browser.press("Integrations").await;
    browser.is_at("Integrations").await;
    let cookies = browser.cookies().await;
    let session = cookies.into_iter().find(|cookie| is_session(cookie.name())).unwrap();

    let api = console.api();
    let token = api.token().await;
    assert_eq!(api.suspend(&token, &user).await.status, 200);
    browser.press("Directory").await;
    console.is_asked_to_sign_in().await;
    browser.fill("Email", EMAIL).await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Sign in").await;
    assert_eq!(browser.problems().await.len(), 1, "{}", browser.text().await);
    browser.sees_not("suspended").await;

    assert_eq!(api.reactivate(&token, &user).await.status, 200);
    browser.put_cookie(session).await;
    browser.open(&console.at("integrations")).await;
    console.is_asked_to_sign_in().await;
    // The person themselves is in again, by the front door.
    console.signs_in(EMAIL, PASSWORD).await;
    browser.open(&console.at("integrations")).await;
    browser.is_at("Integrations").await;
}

async fn an_old_invitation_is_dead(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, .. } = &console;
    console.the_owner_signs_in().await;
    browser.press("People").await;
    browser.press("Invite").await;
    browser.fill("Name", "Noor Haddad").await;
    browser.fill("Email", "noor@rollcall.example").await;
    browser.press("Invite").await;
    browser.sees("shown once").await;
    let code = browser.fact("Code").await;
    note_secret(&code);
    let api = console.api();
    let user = api.id_of(&api.token().await, "noor@rollcall.example").await;

    out_and_in(&console, &user).await;
    the_code_is_refused(&console, &code).await;
}

async fn an_old_code_for_a_password_is_dead(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, server } = &console;
    let user = give_password(&console, &server.beside().await).await;
    let code = makes_a_reset_link(&console).await;
    out_and_in(&console, &user).await;
    the_code_is_refused(&console, &code).await;

    // One that was made since works, once, and is a way in.
    let code = makes_a_reset_link(&console).await;
    uses(&console, &code).await;
    browser.sees("Sign out").await;
    browser.sees(NAME).await;
    the_code_is_refused(&console, &code).await;
}

async fn makes_a_reset_link(console: &Console) -> String {
    let Console { browser, .. } = console;
    console.the_owner_signs_in().await;
    browser.press("People").await;
    browser.press(NAME).await;
    browser.press("Make reset link").await;
    browser.press("Make reset link").await;
    browser.sees("shown once").await;
    let code = browser.fact("Code").await;
    note_secret(&code);
    code
}

/// In a browser that knows nobody.
async fn uses(console: &Console, code: &str) {
    let Console { browser, .. } = console;
    note_secret(NEW_PASSWORD);
    browser.forget_cookies().await;
    browser.open(&console.at("link")).await;
    browser.fill("Code", code).await;
    browser.fill("New password", NEW_PASSWORD).await;
    browser.fill("New password again", NEW_PASSWORD).await;
    browser.press("Set password and sign in").await;
}

async fn the_code_is_refused(console: &Console, code: &str) {
    uses(console, code).await;
    let problems = console.browser.problems().await;
    assert_eq!(problems.len(), 1, "{}", console.browser.text().await);
    assert!(!console.browser.offers("Sign out").await);
}

/// What somebody was given before is not theirs again by itself.
async fn access_to_a_vault_has_ended(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, server } = &console;
    let user = give_password(&console, &server.beside().await).await;
    console.signs_in(EMAIL, PASSWORD).await;
    browser.press("Vaults").await;
    browser.press("New vault").await;
    browser.fill("Name", "Of one person").await;
    browser.press("Make vault").await;
    browser.is_at("Of one person").await;
    let vault = browser.address().await;

    out_and_in(&console, &user).await;
    console.signs_in(EMAIL, PASSWORD).await;
    browser.press("Vaults").await;
    browser.sees_not("Of one person").await;
    browser.open(&vault).await;
    assert!(!browser.offers("New item").await, "{}", browser.text().await);
}
