//! Calls of one application, as they are written: its account, its client, its token.

use anyhow::{Context as _, Result};
use serde_json::Value;

pub(crate) struct Credentials {
    account: String,
    basic: String,
    token: String,
}

impl Credentials {
    pub(crate) fn of(account: String, basic: String) -> Self {
        Self { account, basic, token: String::new() }
    }

    /// From an answer of the token endpoint.
    pub(crate) fn take_token_of(&mut self, body: &[u8]) -> Result<()> {
        let answer: Value = serde_json::from_slice(body)?;
        let token = answer.get("access_token").and_then(Value::as_str).context("no token")?;
        token.clone_into(&mut self.token);
        Ok(())
    }

    pub(crate) fn write_token_request(&self, into: &mut Vec<u8>) {
        write_token_request(into, TOKEN_PATH, &self.basic);
    }

    pub(crate) fn write_list(&self, into: &mut Vec<u8>, size: usize, page_token: &str) {
        self.write_head(into, "GET", &["?max_page_size=", &size.to_string()], page_token);
        into.extend_from_slice(b"\r\n");
    }

    pub(crate) fn write_get(&self, into: &mut Vec<u8>, user: &str) {
        self.write_head(into, "GET", &["/", user], "");
        into.extend_from_slice(b"\r\n");
    }

    /// `verb`: suspend or reactivate.
    pub(crate) fn write_act(&self, into: &mut Vec<u8>, user: &str, verb: &str) {
        self.write_head(into, "POST", &["/", user, ":", verb], "");
        into.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    }

    fn write_head(&self, into: &mut Vec<u8>, method: &str, rest: &[&str], page_token: &str) {
        let start = [method, " /v1beta1/accounts/", &self.account, "/users"];
        for part in start.iter().chain(rest) {
            into.extend_from_slice(part.as_bytes());
        }
        if !page_token.is_empty() {
            into.extend_from_slice(b"&page_token=");
            into.extend_from_slice(page_token.as_bytes());
        }
        let headers = [
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nAuthorization: Bearer ",
            &self.token,
            "\r\n",
        ];
        for part in headers {
            into.extend_from_slice(part.as_bytes());
        }
    }
}

pub(crate) const TOKEN_PATH: &str = "/v1beta1/users/oauth2/token";

pub(crate) fn write_token_request(into: &mut Vec<u8>, path: &str, basic: &str) {
    let form = "grant_type=client_credentials&scope=openid";
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\
         Authorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    into.extend_from_slice(request.as_bytes());
}

/// What a walk sees of a page.
pub(crate) struct Page {
    /// With which token it was asked for; empty for the first.
    pub(crate) asked_with: String,
    pub(crate) next: Option<String>,
    pub(crate) ids: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    results: Vec<Id<'a>>,
    next_page_token: Option<String>,
}

#[derive(serde::Deserialize)]
struct Id<'a> {
    id: &'a str,
}

impl Page {
    pub(crate) fn read(body: &[u8], asked_with: String) -> Result<Self> {
        let answer: Answer<'_> = serde_json::from_slice(body)?;
        let ids = answer.results.iter().map(|user| user.id.to_owned()).collect();
        Ok(Self { asked_with, next: answer.next_page_token, ids })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_ids_and_where_it_goes_on() {
        let body =
            br#"{"results":[{"id":"B","email":"e"},{"id":"C","email":"f"}],"next_page_token":"t"}"#;
        let page = Page::read(body, String::new()).unwrap();
        assert_eq!(
            (page.ids, page.next),
            (vec!["B".to_owned(), "C".to_owned()], Some("t".to_owned()))
        );
    }

    #[test]
    fn a_call_is_whole() {
        let mut who = Credentials::of("A".to_owned(), "YTpi".to_owned());
        who.take_token_of(br#"{"access_token":"t"}"#).unwrap();
        let mut request = Vec::new();
        who.write_list(&mut request, 25, "p");
        let text = String::from_utf8(request).unwrap();
        assert!(text.starts_with(
            "GET /v1beta1/accounts/A/users?max_page_size=25&page_token=p HTTP/1.1\r\n"
        ));
        assert!(text.ends_with("Authorization: Bearer t\r\n\r\n"));
    }
}
