//! The first half of the getting-started walk, as a person does it: from the sign-in page to
//! credentials saved in a vault; then the secret is read back from the vault and used.

use rollcall_system_tests::Store;

use super::{Console, REDIRECT, Shown};

on_both_stores!(the_whole_walk, sent_twice_it_is_one_application, leaving_unsaved_asks_first);

const NAME: &str = "Night watch";

async fn the_whole_walk(store: Store) {
    let console = Console::start(store).await;
    console.the_owner_signs_in().await;
    goes_to_the_form(&console).await;
    its_mistakes_are_told(&console).await;
    let shown = generates_credentials(&console).await;
    assert!(!console.browser.asks_for("Vault").await, "the choice is closed until it is wanted");
    let vault = console.saves_in_vault().await;
    it_is_not_shown_again(&console, &shown).await;
    the_integration_is_told(&console).await;
    let read = reads_it_back(&console, &vault).await;
    assert_eq!(read, shown.secret);
    it_opens_the_api(&console, &shown.id, &read).await;
    is_kept_from_scripts_and_caches(&console).await;
}

async fn goes_to_the_form(console: &Console) {
    let Console { browser, .. } = console;
    for link in ["Integrations", "Directory", "OAuth Application"] {
        browser.press(link).await;
    }
    assert_eq!(browser.heading().await, "OAuth Application");
    for scope in ["Get user", "List users", "Suspend users", "Reactivate users"] {
        assert!(!browser.said_of(scope).await.is_empty(), "{scope} says what it lets one do");
    }
}

/// No name, an address without TLS, no scope: each is said beside its field and in the summary,
/// and what was typed is still there.
async fn its_mistakes_are_told(console: &Console) {
    let Console { browser, .. } = console;
    browser.fill("Description", "Closes the door at night").await;
    browser.fill("Redirect URL", "http://soar.example/callback").await;
    for scope in ["Get user", "List users", "Suspend users", "Reactivate users"] {
        browser.tick(scope, false).await;
    }
    browser.press("Generate credentials").await;
    browser.sees("https://").await;
    assert!(browser.is_invalid("Application name").await);
    assert!(browser.is_invalid("Redirect URL").await);
    assert!(browser.said_of("Redirect URL").await.contains("https"));
    assert_eq!(browser.value("Redirect URL").await, "http://soar.example/callback");
    assert_eq!(browser.value("Description").await, "Closes the door at night");
    assert_eq!(browser.problems().await.len(), 3, "{:?}", browser.problems().await);
    assert!(browser.title().await.starts_with("Not done yet"), "{}", browser.title().await);

    browser.fill("Application name", NAME).await;
    browser.fill("Redirect URL", REDIRECT).await;
    browser.press("Generate credentials").await;
    browser.sees("scope").await;
    assert_eq!(browser.problems().await.len(), 1, "{:?}", browser.problems().await);
}

async fn generates_credentials(console: &Console) -> Shown {
    let Console { browser, .. } = console;
    for scope in ["Get user", "List users"] {
        browser.tick(scope, true).await;
    }
    browser.press("Generate credentials").await;
    browser.sees("shown once").await;
    let shown = console.is_shown_credentials().await;
    assert_eq!(shown.id.len(), 36, "{}", shown.id);
    assert!(shown.secret.starts_with("rcs_"));
    assert!(!browser.address().await.contains(&shown.secret), "a secret in an address");
    browser.press("Copy Client secret").await;
    browser.sees("Copied").await;
    shown
}

async fn it_is_not_shown_again(console: &Console, shown: &Shown) {
    let Console { browser, .. } = console;
    assert!(!browser.source().await.contains(&shown.secret), "the next page shows it again");
    browser.reload().await;
    assert!(!browser.source().await.contains(&shown.secret), "a reload shows it again");
    browser.back().await;
    assert!(!browser.source().await.contains(&shown.secret), "the back button shows it again");
    browser.open(&console.at(&format!("integrations/{}", shown.id))).await;
}

async fn the_integration_is_told(console: &Console) {
    let Console { browser, .. } = console;
    assert_eq!(browser.heading().await, NAME);
    let owner = "Olivia Owusu";
    for words in ["Get user", "List users", REDIRECT, owner, "Not yet"] {
        browser.sees(words).await;
    }
    browser.sees_not("Suspend users").await;
}

/// What stands in the item, once it is revealed.
async fn reads_it_back(console: &Console, vault: &str) -> String {
    let Console { browser, .. } = console;
    browser.press("Vaults").await;
    browser.press(vault).await;
    browser.press(NAME).await;
    browser.sees_not("rcs_").await;
    browser.press("Reveal").await;
    browser.sees("rcs_").await;
    browser.fact("Client secret").await
}

async fn it_opens_the_api(console: &Console, id: &str, secret: &str) {
    let api = console.api().with_client(id, secret);
    let token = api.token().await;
    let (people, _) = api.list(&token, "").await.page();
    assert_eq!(people.len(), 25);
    // Only what was ticked.
    let refused = api.suspend(&token, people[1]["id"].as_str().unwrap()).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
}

async fn is_kept_from_scripts_and_caches(console: &Console) {
    let Console { browser, .. } = console;
    for cookie in browser.cookies().await {
        assert_eq!(cookie.http_only(), Some(true), "{}", cookie.name());
    }
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    let own = ["http://localhost:", "http://127.0.0.1:", "data:", "chrome"];
    for address in browser.asked_for().await {
        assert!(own.iter().any(|own| address.starts_with(own)), "asked for {address}");
        assert!(!address.contains("rcs_"), "a secret in an address");
    }
}

/// A reload sends the form once more, as an impatient second press does: the same client, and no
/// second secret.
async fn sent_twice_it_is_one_application(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, .. } = &console;
    console.the_owner_signs_in().await;
    console.makes_an_application(NAME, &["List users"]).await;
    browser.reload().await;
    browser.sees("View integration").await;
    assert!(!browser.source().await.contains("rcs_"), "a secret is shown a second time");
    browser.press("View integration").await;
    assert_eq!(browser.heading().await, NAME);
    browser.open(&console.at("integrations")).await;
    assert_eq!(browser.text().await.matches(NAME).count(), 1, "one application of this name");
}

/// A click on another page asks, for the secret would be gone; saving it does not.
async fn leaving_unsaved_asks_first(store: Store) {
    let console = Console::start(store).await;
    let Console { browser, .. } = &console;
    console.the_owner_signs_in().await;
    console.makes_an_application(NAME, &["List users"]).await;
    browser.press("Save in vault").await;
    assert!(!browser.leaving_asks("Save").await, "saving asks");
    browser.sees("View integration").await;
    assert!(!browser.leaving_asks("View integration").await, "asks though it is saved");
    console.makes_an_application("Another", &["List users"]).await;
    assert!(browser.leaving_asks("People").await, "a person leaves unsaved and is not asked");
}
