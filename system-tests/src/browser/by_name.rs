//! Finding things by their accessible name, as the browser computes it, and using them.

use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use tokio::time::{Instant, sleep};

use super::devtools::computed;
use super::{Browser, LOOK_AGAIN, PATIENCE};

/// What can be pressed.
const PRESSED: &str = "a[href], button, summary, input[type=submit]";
/// What can be filled in, ticked or chosen from.
const FILLED: &str = "input:not([type=hidden]):not([type=submit]), select, textarea";

/// How long a page may stay after something was pressed that leads away from it. Not a failure then:
/// the page may have asked whether to leave, and what the test looks for says whether it was left.
const LEAVES_WITHIN: Duration = Duration::from_secs(5);

/// Does pressing it bring another page? Links to a part of this one and buttons of scripts do not.
async fn leads_away(found: &Element) -> bool {
    match found.tag_name().await.as_deref() {
        Ok("a") => !found.attr("href").await.ok().flatten().is_some_and(|to| to.starts_with('#')),
        Ok("button" | "input") => {
            found.attr("type").await.ok().flatten().as_deref() != Some("button")
        }
        Ok(_) | Err(_) => false,
    }
}

/// Waits until this page is another one's past: what is read next is of the page that was led to.
async fn is_left(page: &Element) {
    let until = Instant::now() + LEAVES_WITHIN;
    while page.tag_name().await.is_ok() && Instant::now() < until {
        sleep(LOOK_AGAIN).await;
    }
}

impl Browser {
    /// Presses the one button or link of this name.
    pub async fn press(&self, name: &str) {
        self.press_within(None, name).await;
    }

    /// Presses the one of this name in the row, entry or form that says `place`.
    pub async fn press_in(&self, place: &str, name: &str) {
        self.press_within(Some(place), name).await;
    }

    async fn press_within(&self, place: Option<&str>, name: &str) {
        let found = self.the_one(place, PRESSED, name).await;
        let page = match leads_away(&found).await {
            true => self.client.find(Locator::Css("html")).await.ok(),
            false => None,
        };
        self.told(&format!("press {name:?}"), found.click()).await;
        if let Some(page) = page {
            is_left(&page).await;
        }
    }

    /// The field of this label.
    pub async fn field(&self, label: &str) -> Element {
        self.the_one(None, FILLED, label).await
    }

    /// Writes into a field, instead of what was in it.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        self.told(&format!("empty {label:?}"), field.clear()).await;
        self.told(&format!("fill {label:?}"), field.send_keys(text)).await;
    }

    /// The same in the part of the page that has this name or says these words.
    pub async fn fill_in(&self, place: &str, label: &str, text: &str) {
        let field = self.the_one(Some(place), FILLED, label).await;
        self.told(&format!("fill {label:?}"), field.send_keys(text)).await;
    }

    /// What stands in a field.
    pub async fn value(&self, label: &str) -> String {
        let field = self.field(label).await;
        self.told("say what is in it", field.prop("value")).await.unwrap_or_default()
    }

    /// Sets a check box, whatever it was.
    pub async fn tick(&self, label: &str, ticked: bool) {
        let field = self.field(label).await;
        if self.told("say if it is ticked", field.is_selected()).await != ticked {
            self.told(&format!("tick {label:?}"), field.click()).await;
        }
    }

    pub async fn is_ticked(&self, label: &str) -> bool {
        let field = self.field(label).await;
        self.told("say if it is ticked", field.is_selected()).await
    }

    /// Takes the entry that says this from a list to choose from.
    pub async fn choose(&self, label: &str, entry: &str) {
        let field = self.field(label).await;
        self.told(&format!("choose {entry:?}"), field.select_by_label(entry)).await;
    }

    /// What a list has to choose from.
    pub async fn entries(&self, label: &str) -> Vec<String> {
        let field = self.field(label).await;
        let found = self.told("list its entries", field.find_all(Locator::Css("option"))).await;
        let mut entries = Vec::new();
        for entry in found {
            entries.push(self.told("be read", entry.text()).await);
        }
        entries
    }

    /// Whether something of this name can be pressed now. Does not wait.
    pub async fn offers(&self, name: &str) -> bool {
        !all_named(&self.client, None, PRESSED, name).await.unwrap_or_default().is_empty()
    }

    /// Waits until something of this name can be pressed.
    pub async fn will_offer(&self, name: &str) {
        self.the_one(None, PRESSED, name).await;
    }

    /// Whether there is a field of this label now. Does not wait.
    pub async fn asks_for(&self, label: &str) -> bool {
        !all_named(&self.client, None, FILLED, label).await.unwrap_or_default().is_empty()
    }

    /// The message that a screen reader says of this field.
    pub async fn said_of(&self, label: &str) -> String {
        let field = self.field(label).await;
        let ids = self.told("name its words", field.attr("aria-describedby")).await;
        let mut said = Vec::new();
        for id in ids.unwrap_or_default().split_whitespace() {
            let words = self.told("have its words", self.client.find(Locator::Id(id))).await;
            said.push(self.told("be read", words.text()).await);
        }
        said.join(" ")
    }

    /// Whether a screen reader says that what is in this field is wrong.
    pub async fn is_invalid(&self, label: &str) -> bool {
        let field = self.field(label).await;
        let invalid = self.told("say if it is right", field.attr("aria-invalid")).await;
        invalid.as_deref() == Some("true")
    }

    /// What the page shows under this word: a field to be read, or an entry of a list of facts.
    /// Waits for it, for the page that has it may be on its way.
    pub async fn fact(&self, word: &str) -> String {
        assert!(!word.contains('"'), "words without quotes: {word}");
        let path = format!("//dt[normalize-space(.)=\"{word}\"]/following-sibling::dd[1]");
        let until = Instant::now() + PATIENCE;
        loop {
            if self.asks_for(word).await {
                return self.value(word).await;
            }
            if let Ok(fact) = self.client.find(Locator::XPath(&path)).await {
                let code = fact.find(Locator::Css("code, output")).await.unwrap_or(fact);
                if let Ok(text) = code.text().await {
                    return text;
                }
            }
            if Instant::now() > until {
                panic!("no {word:?}: {}", self.told_of_page().await);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// What the summary at the top says is wrong, once it is there. It is heard first.
    pub async fn problems(&self) -> Vec<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let problems = self.problems_now().await.unwrap_or_default();
            if !problems.is_empty() || Instant::now() > until {
                return problems;
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    async fn problems_now(&self) -> Result<Vec<String>, CmdError> {
        let mut problems = Vec::new();
        for line in self.client.find_all(Locator::Css("[role=alert] li")).await? {
            problems.push(line.text().await?);
        }
        Ok(problems)
    }

    async fn names_of(&self, kind: &str) -> Vec<String> {
        let mut names = Vec::new();
        for element in self.client.find_all(Locator::Css(kind)).await.unwrap_or_default() {
            names.extend(computed(&self.client, &element, "computedlabel").await);
        }
        names
    }

    /// Several links of one name are one when they lead to one place.
    async fn the_one(&self, place: Option<&str>, kind: &str, name: &str) -> Element {
        let until = Instant::now() + PATIENCE;
        loop {
            // Between two pages an element may be of the page before.
            let found = all_named(&self.client, place, kind, name).await.unwrap_or_default();
            if let Some(one) = one_of(found, name).await {
                return one;
            }
            if Instant::now() > until {
                let within = place.map(|place| format!(" in {place:?}")).unwrap_or_default();
                let names = self.names_of(kind).await;
                let page = self.told_of_page().await;
                panic!("nothing is called {name:?}{within}, but {names:?}: {page}");
            }
            sleep(LOOK_AGAIN).await;
        }
    }
}

async fn one_of(found: Vec<Element>, name: &str) -> Option<Element> {
    let mut leads = Vec::new();
    for element in &found {
        leads.push(element.prop("href").await.ok()?);
    }
    let same = leads.iter().all(|lead| lead.is_some() && *lead == leads[0]);
    assert!(found.len() <= 1 || same, "{} things are called {name:?}: {leads:?}", found.len());
    found.into_iter().next()
}

async fn all_named(
    client: &Client,
    place: Option<&str>,
    kind: &str,
    name: &str,
) -> Result<Vec<Element>, CmdError> {
    let candidates = match place {
        None => client.find_all(Locator::Css(kind)).await?,
        Some(words) => match innermost(client, words).await? {
            Some(place) => place.find_all(Locator::Css(kind)).await?,
            None => Vec::new(),
        },
    };
    let mut named = Vec::new();
    for element in candidates {
        if computed(client, &element, "computedlabel").await? == name
            && element.is_displayed().await?
        {
            named.push(element);
        }
    }
    Ok(named)
}

/// The smallest part of a page that says these words.
async fn innermost(client: &Client, words: &str) -> Result<Option<Element>, CmdError> {
    assert!(!words.contains('"'), "words without quotes: {words}");
    let part = "self::tr or self::li or self::section or self::form or self::fieldset";
    let says = format!("contains(normalize-space(.), \"{words}\")");
    let path = format!("//*[({part}) and {says} or @aria-label=\"{words}\"]");
    Ok(client.find_all(Locator::XPath(&path)).await?.pop())
}
