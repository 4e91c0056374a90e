//! Every page, as it looks: in both themes, on a wide screen and a narrow one. No rule of
//! accessibility is broken, nothing sticks out sideways, no policy is violated, and a picture is
//! taken where pictures are asked for (`cargo xtask pictures`).

use rollcall_directory::accounts::{Plan, SetAccount};
use rollcall_server::{Page, PageMethod};
use rollcall_system_tests::{Looks, Store};

use super::{Console, REDIRECT};

const APPLICATION: &str = "Night watch";

on_both_stores!(every_page_in_both_themes);

async fn every_page_in_both_themes(store: Store) {
    let console = Console::start(store).await;
    let mut tour = Tour { console, ids: Vec::new(), seen: 0 };
    tour.signed_out().await;
    tour.console.the_owner_signs_in().await;
    tour.with_nothing_yet().await;
    tour.the_two_steps().await;
    tour.fills_the_rooms().await;
    for &page in Page::ALL {
        if let Some(address) = tour.address(page) {
            tour.console.browser.open(&address).await;
            tour.stop(&name_of(page)).await;
        }
    }
    tour.shown_once().await;
    tour.refused().await;
    tour.closed().await;
    let complaints = tour.console.browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert!(tour.seen > 40, "{} pages", tour.seen);
}

struct Tour {
    console: Console,
    /// What stands for the parts of an address.
    ids: Vec<(&'static str, String)>,
    seen: usize,
}

impl Tour {
    /// Looks at the page that is open, in each way.
    async fn stop(&mut self, name: &str) {
        let browser = &self.console.browser;
        for looks in Looks::ALL {
            browser.look(looks).await;
            browser.fits(name).await;
            browser.keeps_the_rules(name).await;
            browser.picture(name, looks).await;
        }
        browser.look(Looks::ALL[0]).await;
        self.seen += 1;
    }

    /// Of a page that its address alone shows; the others are reached on the way.
    fn address(&self, page: Page) -> Option<String> {
        if page.method() == PageMethod::Post {
            return None;
        }
        match page {
            // Leads elsewhere.
            Page::Front | Page::Home => None,
            // For whoever is not signed in.
            Page::SignInForm | Page::LinkForm => None,
            // After something was saved.
            Page::CredentialsSaved => None,
            _ => {
                let path = self.ids.iter().fold(page.path().to_owned(), |path, (part, id)| {
                    // Who is to be let in again is somebody else than who is looked at.
                    let part = match (page, *part) {
                        (Page::ReactivateForm, "{suspended}") => "{user}",
                        (Page::ReactivateForm, "{user}") => "{nobody}",
                        (_, part) => part,
                    };
                    path.replace(part, id)
                });
                let origin = &self.console.server.credentials.base_url;
                Some(format!("{}{path}", origin.replace("127.0.0.1", "localhost")))
            }
        }
    }

    async fn signed_out(&mut self) {
        self.console.browser.open(&self.console.server.credentials.console_url).await;
        self.stop("sign-in").await;
        let browser = &self.console.browser;
        browser.fill("Email", "nobody@rollcall.example").await;
        browser.fill("Password", "not the right one").await;
        browser.press("Sign in").await;
        assert_eq!(browser.problems().await.len(), 1);
        self.stop("sign-in-failed").await;
        self.console.browser.open(&self.console.at("link")).await;
        self.stop("link").await;
        self.console.browser.open(&self.console.at("no-such-page")).await;
        self.stop("not-found").await;
    }

    async fn with_nothing_yet(&mut self) {
        for (page, name) in [
            ("people?search=nobody-of-this-name", "people-nobody"),
            ("people?state=suspended", "people-suspended"),
            ("activity?kind=vault_deleted", "activity-nothing"),
        ] {
            self.console.browser.open(&self.console.at(page)).await;
            self.stop(name).await;
        }
    }

    /// The form with its mistakes, the credentials, and where they were saved.
    async fn the_two_steps(&mut self) {
        let browser = &self.console.browser;
        browser.open(&self.console.at("integrations/directory/oauth-application")).await;
        browser.fill("Redirect URL", "http://soar.example/callback").await;
        browser.press("Generate credentials").await;
        browser.sees("https://").await;
        self.stop("oauth-application-mistakes").await;
        let browser = &self.console.browser;
        browser.fill("Application name", APPLICATION).await;
        browser.fill("Redirect URL", REDIRECT).await;
        for scope in ["Get user", "List users", "Suspend users", "Reactivate users"] {
            browser.tick(scope, true).await;
        }
        browser.press("Generate credentials").await;
        browser.sees("shown once").await;
        let shown = self.console.is_shown_credentials().await;
        self.ids.push(("{application}", shown.id));
        self.stop("credentials").await;
        self.console.saves_in_vault().await;
        self.stop("credentials-saved").await;
    }

    /// Ids of what there is to look at.
    async fn fills_the_rooms(&mut self) {
        let browser = &self.console.browser;
        browser.press("Open the item").await;
        let item = browser.path().await;
        let parts: Vec<&str> = item.split('/').collect();
        let ["", "console", account, "vaults", vault, "items", item] = parts[..] else {
            panic!("not an item's address: {parts:?}");
        };
        let mut ids = vec![
            ("{account}", account.to_owned()),
            ("{vault}", vault.to_owned()),
            ("{item}", item.to_owned()),
        ];
        browser.press("Reveal").await;
        browser.sees("rcs_").await;
        self.stop("item-revealed").await;

        let browser = &self.console.browser;
        browser.press("View integration").await;
        browser.press("Rotate first").await;
        let rotate = browser.path().await;
        let secret = rotate.split('/').rev().nth(1).expect("the secret stands in the address");
        ids.push(("{secret}", secret.to_owned()));
        let api = self.console.api();
        let token = api.token().await;
        let user = api.id_of(&token, "gudrun.jonsdottir@rollcall.example").await;
        let suspended = api.id_of(&token, "eleni.papadopoulou@rollcall.example").await;
        ids.extend([("{user}", user), ("{suspended}", suspended)]);
        self.ids.extend(ids);
    }

    /// Answers of a form that no address shows again.
    async fn shown_once(&mut self) {
        let browser = &self.console.browser;
        browser.open(&self.console.at("people/invite")).await;
        browser.fill("Name", "Noor Haddad").await;
        browser.fill("Email", "noor@rollcall.example").await;
        browser.press("Invite").await;
        browser.sees("shown once").await;
        self.stop("invited").await;
        let user = self.ids.iter().find(|(part, _)| *part == "{user}").unwrap().1.clone();
        let browser = &self.console.browser;
        browser.open(&self.console.at(&format!("people/{user}/suspend"))).await;
        browser.fill("Reason", "A phone was stolen").await;
        browser.press("Suspend").await;
        browser.sees("Undo").await;
        self.stop("suspended").await;
    }

    /// A member of no group, at an address that is not for them.
    async fn refused(&mut self) {
        use rollcall_directory::sessions::{Password, SetPassword};
        let (email, password) = ("suharti@rollcall.example", "correct-horse-battery-staple");
        rollcall_system_tests::note_secret(password);
        let api = self.console.api();
        let user = api.id_of(&api.token().await, email).await.parse().expect("an id");
        let beside = self.console.server.beside().await;
        let hash = Password::new(password.to_owned()).hash(&beside.store.world().bytes());
        beside.act(SetPassword { user, hash: hash.expect("a hash") }).await;
        self.console.browser.press("Sign out").await;
        self.console.signs_in(email, password).await;
        for entry in ["People", "Integrations", "Activity"] {
            assert!(!self.console.browser.offers(entry).await, "{entry} is in the menu");
        }
        self.console.browser.open(&self.console.at("vaults")).await;
        self.stop("vaults-none").await;
        self.console.browser.open(&self.console.at("integrations")).await;
        self.stop("refused").await;
        self.console.browser.press("Sign out").await;
    }

    /// On an account that may not have integrations.
    async fn closed(&mut self) {
        let beside = self.console.server.beside().await;
        let other =
            SetAccount { name: None, plan: Some(Plan::Other), provisioning_automated: None };
        beside.act(other).await;
        self.console.the_owner_signs_in().await;
        self.console.browser.open(&self.console.at("integrations")).await;
        self.stop("integrations-closed").await;
        let form = self.console.at("integrations/directory/oauth-application");
        self.console.browser.open(&form).await;
        assert!(!self.console.browser.offers("Generate credentials").await);
        self.stop("oauth-application-closed").await;
    }
}

/// `ConsoleEditIntegrationForm`: `edit-integration`.
fn name_of(page: Page) -> String {
    let name = page.name().trim_start_matches("Console").trim_end_matches("Form");
    name.chars().enumerate().fold(String::new(), |mut name, (at, letter)| {
        if letter.is_ascii_uppercase() && at > 0 {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
        name
    })
}
