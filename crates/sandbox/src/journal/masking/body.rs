//! Bodies. What a client sends is kept when it is a form or JSON, and then as its parameters are;
//! what the server answers is kept but for the tokens in it.

use serde_json::Value;

use super::super::{Known, Misplaced, Place};
use super::words::{self, NOT_KEPT};
use super::{Finds, Named};

/// `revokes`: then a `token` is where it belongs.
pub(crate) fn request_body(known: &Known, body: &[u8], revokes: bool) -> (String, Vec<Misplaced>) {
    let mut finds = Finds::default();
    if body.is_empty() {
        return (String::new(), finds.0);
    }
    let text = String::from_utf8_lossy(body);
    let masked = match serde_json::from_slice::<Value>(body) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => {
            json(known, "", value, &mut finds).to_string()
        }
        _ if is_form(&text) => form(known, &text, revokes, &mut finds),
        _ => {
            if words::without_ours(known, &text).had_ours {
                finds.add(Place::Body, None, true);
            }
            NOT_KEPT.to_owned()
        }
    };
    (masked, finds.0)
}

/// By what it is, not by what is said of it: some say nothing.
fn is_form(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+%*~".contains(&byte);
    text.split('&')
        .all(|pair| pair.split_once('=').is_some_and(|(name, _)| name.bytes().all(is_name)))
}

fn form(known: &Known, text: &str, revokes: bool, finds: &mut Finds) -> String {
    let pairs = form_urlencoded::parse(text.as_bytes()).map(|(name, value)| {
        let shown = if name == "token" && revokes {
            known.label(&value).unwrap_or_else(|| "<not of this double>".to_owned())
        } else {
            super::value(known, Place::Body, &name, &value, finds)
        };
        format!("{}={shown}", super::part(known, &name))
    });
    pairs.collect::<Vec<String>>().join("&")
}

fn json(known: &Known, name: &str, value: Value, finds: &mut Finds) -> Value {
    match value {
        Value::String(text) => Value::String(super::value(known, Place::Body, name, &text, finds)),
        Value::Number(number) => match Named::of(name) {
            Named::Parameter => Value::Number(number),
            _ => Value::String(NOT_KEPT.to_owned()),
        },
        Value::Array(all) => {
            Value::Array(all.into_iter().map(|one| json(known, name, one, finds)).collect())
        }
        Value::Object(fields) => {
            let fields = fields
                .into_iter()
                .map(|(name, value)| (super::part(known, &name), json(known, &name, value, finds)));
            Value::Object(fields.collect())
        }
        other @ (Value::Null | Value::Bool(_)) => other,
    }
}

/// The first bytes of an answer, as text. Masked before it is cut: half a token is one too.
pub(crate) fn answer_body(known: &Known, body: &[u8], max_bytes: usize) -> (String, bool) {
    let text = String::from_utf8_lossy(body);
    let text = words::without_ours(known, &text).text;
    if text.len() <= max_bytes {
        return (text.into_owned(), false);
    }
    let end = (0..=max_bytes).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    (text[..end].to_owned(), true)
}

#[cfg(test)]
mod tests {
    use super::super::tests::one_client as known;
    use super::*;

    fn masked(body: &str, revokes: bool) -> (String, Vec<Option<String>>) {
        let (text, finds) = request_body(&known(), body.as_bytes(), revokes);
        (text, finds.into_iter().map(|find| find.name).collect())
    }

    #[test]
    fn forms_keep_what_the_api_has() {
        let plain = "grant_type=client_credentials&scope=openid&client_id=ours";
        assert_eq!(masked(plain, false), (plain.to_owned(), Vec::new()));
        let (text, finds) = masked("grant_type=x&client_id=theirs&client_secret=rcs_ours", false);
        assert_eq!(text, "grant_type=x&client_id=<not kept>&client_secret=<secret of client ours>");
        assert_eq!(finds, [Some("client_secret".to_owned())]);
        assert_eq!(masked("token=rct_ours-1", true), ("token=<token 1>".to_owned(), Vec::new()));
        assert_eq!(masked("token=other", true).0, "token=<not of this double>");
        assert_eq!(masked("token=other", false).1, [Some("token".to_owned())]);
        assert_eq!(
            masked("password=hunter2&who=me", false).0,
            "password=<not kept>&who=<not kept>"
        );
    }

    #[test]
    fn json_keeps_its_shape() {
        let sent = r#"{"grant_type":"client_credentials","deep":[{"password":"hunter2","n":4}]}"#;
        let (text, finds) = masked(sent, false);
        assert_eq!(
            text,
            r#"{"deep":[{"n":"<not kept>","password":"<not kept>"}],"grant_type":"client_credentials"}"#
        );
        assert_eq!(finds, [Some("password".to_owned())]);
    }

    #[test]
    fn of_anything_else_nothing_is_kept() {
        for body in ["hunter2", "\"hunter2\"", "<a>b=c</a>", "{\"cut\":\"of", "a=b&hunter2"] {
            assert_eq!(masked(body, false).0, NOT_KEPT, "{body}");
        }
        assert_eq!(masked("", false).0, "");
    }

    #[test]
    fn an_answer_keeps_all_but_tokens_and_is_cut_between_characters() {
        let answer =
            r#"{"access_token":"rct_ours-1","next_page_token":"AQAAAAEAAAGbxYz0123456789"}"#;
        let (text, is_cut) = answer_body(&known(), answer.as_bytes(), 1000);
        assert_eq!(text, answer.replace("rct_ours-1", "<token 1>"));
        assert!(!is_cut);
        assert_eq!(answer_body(&known(), "aé".as_bytes(), 2), ("a".to_owned(), true));
        let (cut, _) = answer_body(&known(), b"rct_ours-1 and more", 5);
        assert_eq!(cut, "<toke");
    }
}
