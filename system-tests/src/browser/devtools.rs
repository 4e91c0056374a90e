//! What WebDriver has and fantoccini does not wrap: the computed name of an element, the logs, and
//! Chromium's own protocol.

use fantoccini::Client;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::Browser;

#[derive(Debug)]
struct Plain {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Plain {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

/// `computedlabel`: its accessible name; `computedrole`: what it is to a screen reader.
pub(super) async fn computed(
    client: &Client,
    element: &Element,
    what: &str,
) -> Result<String, CmdError> {
    let path = format!("element/{}/{what}", &*element.element_id());
    let answer = client.issue_cmd(Plain { method: Method::GET, path, body: None }).await?;
    Ok(answer.as_str().unwrap_or_default().to_owned())
}

impl Browser {
    /// One command of the Chrome DevTools Protocol.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = Some(json!({ "cmd": command, "params": parameters }));
        let path = "goog/cdp/execute".to_owned();
        let asked = self.client.issue_cmd(Plain { method: Method::POST, path, body });
        self.told(command, asked).await
    }

    /// What was logged since this was asked last: `browser` or `performance`.
    async fn log(&self, kind: &str) -> Vec<String> {
        let (path, body) = ("se/log".to_owned(), Some(json!({ "type": kind })));
        let asked = self.client.issue_cmd(Plain { method: Method::POST, path, body });
        let entries = self.told("hand out its log", asked).await;
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| Some(entry["message"].as_str()?.to_owned())).collect()
    }

    /// With the page's scripts blocked, as some people browse. What the test itself asks of the
    /// page goes on.
    pub async fn block_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// What pages complained of since this was asked last, such as a violation of their policy.
    /// That a page was answered with an error status is no complaint.
    pub async fn complaints(&self) -> Vec<String> {
        let mut all = self.log("browser").await;
        let expected =
            ["the server responded with a status of 4", "Blocked attempt to show a 'beforeunload'"];
        all.retain(|line| !expected.iter().any(|words| line.contains(words)));
        all
    }

    /// Every address that was asked for since this was asked last.
    pub async fn asked_for(&self) -> Vec<String> {
        let mut addresses = Vec::new();
        for line in self.log("performance").await {
            let Ok(event) = serde_json::from_str::<Value>(&line) else { continue };
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent"
                && let Some(address) = event["params"]["request"]["url"].as_str()
            {
                addresses.push(address.to_owned());
            }
        }
        addresses
    }

    /// Whether the page asks before it is left by this link. The driver says yes for the person, so
    /// the test goes back where it was.
    pub async fn leaving_asks(&self, link: &str) -> bool {
        self.log("performance").await;
        self.press(link).await;
        let asked = |line: &String| {
            line.contains("Page.javascriptDialogOpening") && line.contains("beforeunload")
        };
        self.log("performance").await.iter().any(asked)
    }

    /// What a script answers that runs beside the page's own.
    pub(super) async fn evaluate(&self, script: &str) -> Value {
        self.told("run a script", self.client.execute(script, Vec::new())).await
    }
}
