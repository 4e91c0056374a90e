//! A real Chromium, used as a person uses it: what is pressed and filled in is found by the name
//! that a screen reader says, and what is asked of a page is what stands on it.
//!
//! Chromium is driven through Debian's chromedriver. One browser at a time on this machine: two
//! would slow each other down until both are late.

mod by_name;
mod devtools;
mod driver;
mod keyboard;
mod looks;
mod rules;

use std::future::Future;
use std::time::Duration;

use fantoccini::cookies::Cookie;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::json;
use tokio::time::{Instant, sleep};

use driver::Driver;

pub use looks::{Looks, Theme};

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(40);

#[derive(Debug)]
pub struct Browser {
    client: Client,
    // After the client: it is told to end first.
    _driver: Driver,
}

impl Browser {
    pub async fn start() -> Self {
        let (driver, client) = Driver::start().await;
        Self { client, _driver: driver }
    }

    /// Ends it as a person does, by closing the window.
    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    pub async fn open(&self, address: &str) {
        self.told(&format!("open {address}"), self.client.goto(address)).await;
    }

    pub async fn reload(&self) {
        self.told("reload", self.client.refresh()).await;
    }

    /// The back button.
    pub async fn back(&self) {
        self.told("go back", self.client.back()).await;
    }

    pub async fn address(&self) -> String {
        self.told("say where it is", self.client.current_url()).await.to_string()
    }

    /// The path of where it is.
    pub async fn path(&self) -> String {
        self.told("say where it is", self.client.current_url()).await.path().to_owned()
    }

    pub async fn title(&self) -> String {
        self.told("say its title", self.client.title()).await
    }

    /// What a person reads on the page.
    pub async fn text(&self) -> String {
        loop {
            let coming = self.client.wait().at_most(PATIENCE).for_element(Locator::Css("body"));
            let body = self.told("have a body", coming).await;
            if let Some(text) = self.text_of(&body).await {
                return text;
            }
        }
    }

    /// The page as the browser holds it, with what nobody sees.
    pub async fn source(&self) -> String {
        self.told("show its source", self.client.source()).await
    }

    /// The one heading of the page.
    pub async fn heading(&self) -> String {
        loop {
            let all = self.told("have a heading", self.client.find_all(Locator::Css("h1"))).await;
            let [heading] = &all[..] else { panic!("{} headings of the first rank", all.len()) };
            if let Some(text) = self.text_of(heading).await {
                return text;
            }
        }
    }

    /// Waits until the page says this, whatever the case of its letters is made by its style.
    pub async fn sees(&self, words: &str) {
        let until = Instant::now() + PATIENCE;
        let wanted = words.to_lowercase();
        while !self.text_or_nothing().await.to_lowercase().contains(&wanted) {
            if Instant::now() > until {
                panic!("{words:?} does not come: {}", self.told_of_page().await);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits until the page's heading is this.
    pub async fn is_at(&self, heading: &str) {
        let until = Instant::now() + PATIENCE;
        while self.heading_or_nothing().await != heading {
            if Instant::now() > until {
                panic!("the heading is not {heading:?}: {}", self.told_of_page().await);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn sees_not(&self, words: &str) {
        let text = self.text().await.to_lowercase();
        assert!(!text.contains(&words.to_lowercase()), "{words:?} is there:\n{text}");
    }

    /// Every cookie, also those that no script may read.
    pub async fn cookies(&self) -> Vec<Cookie<'static>> {
        self.told("show its cookies", self.client.get_all_cookies()).await
    }

    /// Puts a cookie back that it had before, as whoever copied it would.
    pub async fn put_cookie(&self, cookie: Cookie<'static>) {
        // WebDriver's own way names a domain, which a `__Host-` cookie must not have.
        let put = json!({
            "name": cookie.name(),
            "value": cookie.value(),
            "url": self.address().await,
            "path": "/",
            "secure": cookie.secure(),
            "httpOnly": cookie.http_only(),
            "sameSite": "Lax",
        });
        let answer = self.devtools("Network.setCookie", put).await;
        assert_eq!(answer["success"], true, "the browser did not take {}", cookie.name());
    }

    /// As on a machine that knows nobody.
    pub async fn forget_cookies(&self) {
        self.told("forget its cookies", self.client.delete_all_cookies()).await;
    }

    /// `None`: the next page came between finding it and reading it.
    async fn text_of(&self, found: &Element) -> Option<String> {
        match found.text().await {
            Err(error) if error.is_stale_element_reference() => None,
            read => Some(self.told("be read", std::future::ready(read)).await),
        }
    }

    async fn heading_or_nothing(&self) -> String {
        let Ok(heading) = self.client.find(Locator::Css("h1")).await else { return String::new() };
        heading.text().await.unwrap_or_default()
    }

    /// Between two pages there is nothing to be read.
    async fn text_or_nothing(&self) -> String {
        let Ok(body) = self.client.find(Locator::Css("body")).await else { return String::new() };
        body.text().await.unwrap_or_default()
    }

    async fn told<T>(&self, what: &str, asked: impl Future<Output = Result<T, CmdError>>) -> T {
        asked.await.unwrap_or_else(|error| panic!("the browser did not {what}: {error}"))
    }

    /// For whoever reads why a test failed.
    async fn told_of_page(&self) -> String {
        let address = self.client.current_url().await.map(String::from).unwrap_or_default();
        format!("at {address} stands\n{}", self.text_or_nothing().await)
    }
}
