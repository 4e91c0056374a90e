//! A person at the console, in a real browser, against the real binary: the walk from sign-in to
//! credentials in a vault, by mouse, by keyboard and without script; suspension, which ends
//! everything at once; every page against the rules of accessibility, in both themes.

mod first_owner;
mod inspector;
mod keyboard;
mod served;
mod suspended;
mod tour;
mod traces;
mod vaults;
mod walk;
mod without_script;

use rollcall_system_tests::{Api, Browser, Looks, RunningServer, Store, Theme, note_secret};
use rollcall_wire::route::Family;

const REDIRECT: &str = "https://soar.example/callback";

/// What a page showed once.
struct Shown {
    id: String,
    secret: String,
}

/// A server, and a browser in front of it.
struct Console {
    server: RunningServer,
    browser: Browser,
}

impl Console {
    async fn start(store: Store) -> Self {
        Self::start_with(store, &[]).await
    }

    async fn start_with(store: Store, arguments: &[&str]) -> Self {
        let server = RunningServer::start_with(store, arguments).await;
        let browser = Browser::start().await;
        browser.look(Looks { theme: Theme::Light, width: Looks::WIDE }).await;
        Self { server, browser }
    }

    /// A page's address, from behind the account's own.
    fn at(&self, page: &str) -> String {
        format!("{}/{page}", self.server.credentials.console_url)
    }

    fn api(&self) -> Api {
        self.server.api(Family::V1)
    }

    async fn the_owner_signs_in(&self) {
        let who = &self.server.credentials;
        self.signs_in(&who.owner_email, &who.owner_password).await;
    }

    async fn signs_in(&self, email: &str, password: &str) {
        let Self { browser, .. } = self;
        browser.open(&self.server.credentials.console_url).await;
        browser.fill("Email", email).await;
        browser.fill("Password", password).await;
        browser.press("Sign in").await;
        browser.sees("Sign out").await;
        note_session(browser).await;
    }

    /// Straight to the form, and through it: what it shows then.
    async fn makes_an_application(&self, name: &str, scopes: &[&str]) -> Shown {
        let Self { browser, .. } = self;
        browser.open(&self.at("integrations/directory/oauth-application")).await;
        browser.fill("Application name", name).await;
        browser.fill("Redirect URL", REDIRECT).await;
        for scope in scopes {
            browser.tick(scope, true).await;
        }
        browser.press("Generate credentials").await;
        browser.sees("shown once").await;
        self.is_shown_credentials().await
    }

    async fn is_shown_credentials(&self) -> Shown {
        let (id, secret) = ("Client ID", "Client secret");
        let shown =
            Shown { id: self.browser.fact(id).await, secret: self.browser.fact(secret).await };
        note_secret(&shown.secret);
        shown
    }

    /// In the first vault that there is to choose.
    async fn saves_in_vault(&self) -> String {
        let Self { browser, .. } = self;
        browser.press("Save in vault").await;
        let vaults = browser.entries("Vault").await;
        browser.choose("Vault", &vaults[0]).await;
        browser.press("Save").await;
        browser.sees("View integration").await;
        vaults[0].clone()
    }

    /// Whether the sign-in page is what a person sees now.
    async fn is_asked_to_sign_in(&self) {
        assert!(self.browser.asks_for("Email").await && self.browser.asks_for("Password").await);
        assert!(self.browser.path().await.ends_with("/sign-in"), "{}", self.browser.path().await);
    }
}

/// No log, and no file of the store, may hold them.
async fn note_session(browser: &Browser) {
    let cookies = browser.cookies().await;
    assert!(cookies.iter().any(|cookie| is_session(cookie.name())), "no session");
    for cookie in cookies {
        note_secret(cookie.value());
    }
}

/// Over TLS and without it.
fn is_session(cookie: &str) -> bool {
    matches!(cookie, "__Host-rollcall" | "rollcall-session")
}
