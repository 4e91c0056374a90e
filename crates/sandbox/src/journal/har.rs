//! The journal as an HTTP Archive 1.2, which the developer tools of browsers open.

use form_urlencoded::parse;
use serde_json::{Value, json};

use super::{Answered, Exchange, Text};

/// What is not known: the sizes of heads, as they were on the wire.
const UNKNOWN: i64 = -1;

#[must_use]
pub fn har(exchanges: &[Exchange]) -> Value {
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "Rollcall", "version": env!("CARGO_PKG_VERSION") },
            "entries": exchanges.iter().map(entry).collect::<Vec<Value>>(),
        }
    })
}

/// Names with a bar before them are ours: the format leaves them to whoever writes it.
fn entry(exchange: &Exchange) -> Value {
    let millis = exchange.took.as_secs_f64() * 1000.0;
    let mut entry = json!({
        "startedDateTime": exchange.started.rfc3339_millis(),
        "time": millis,
        "request": request(exchange),
        "response": response(exchange),
        "cache": {},
        "timings": { "send": 0, "wait": millis, "receive": 0 },
        "_number": exchange.number,
        "_requestId": exchange.request_id,
        "_operation": exchange.meant.operation,
    });
    if let (Some(played), Some(fields)) = (&exchange.played, entry.as_object_mut()) {
        fields.insert("_played".to_owned(), json!(played));
        fields.insert("comment".to_owned(), json!(format!("played: {played}")));
    }
    entry
}

fn request(exchange: &Exchange) -> Value {
    let sent = &exchange.sent;
    let host = header(&sent.headers, "host").unwrap_or("localhost");
    let scheme = if sent.secure { "https" } else { "http" };
    let query = sent.target.split_once('?').map_or("", |(_, query)| query);
    let query = parse(query.as_bytes()).map(|(name, value)| named(&name, &value));
    let mut request = json!({
        "method": sent.method,
        "url": format!("{scheme}://{host}{}", without_angles(&sent.target)),
        "httpVersion": sent.version,
        "cookies": [],
        "headers": headers(&sent.headers),
        "queryString": query.collect::<Vec<Value>>(),
        "headersSize": UNKNOWN,
        "bodySize": sent.body.bytes,
    });
    if sent.body.bytes > 0
        && let Some(fields) = request.as_object_mut()
    {
        let mime_type = header(&sent.headers, "content-type").unwrap_or("");
        fields.insert(
            "postData".to_owned(),
            json!({ "mimeType": mime_type, "text": sent.body.text, "params": [] }),
        );
    }
    request
}

/// A call without an answer has status 0, as browsers write it.
fn response(exchange: &Exchange) -> Value {
    let none = (Vec::new(), Text::default());
    let (status, (sent, body), error) = match &exchange.answered {
        Answered::Whole { status, headers, body } => {
            (*status, (headers.clone(), body.clone()), None)
        }
        Answered::Broken { status, headers, body, .. } => {
            (*status, (headers.clone(), body.clone()), Some("broken off in the middle"))
        }
        Answered::Nothing { .. } => (0, none, Some("ended without an answer")),
    };
    let reason = axum::http::StatusCode::from_u16(status).ok();
    let mut response = json!({
        "status": status,
        "statusText": reason.and_then(|status| status.canonical_reason()).unwrap_or(""),
        "httpVersion": exchange.sent.version,
        "cookies": [],
        "headers": headers(&sent),
        "content": {
            "size": body.bytes,
            "mimeType": header(&sent, "content-type").unwrap_or("x-unknown"),
            "text": body.text,
        },
        "redirectURL": header(&sent, "location").unwrap_or(""),
        "headersSize": UNKNOWN,
        "bodySize": body.bytes,
    });
    if let (Some(error), Some(fields)) = (error, response.as_object_mut()) {
        fields.insert("_error".to_owned(), json!(error));
    }
    response
}

fn headers(all: &[(String, String)]) -> Vec<Value> {
    all.iter().map(|(name, value)| named(name, value)).collect()
}

fn named(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn header<'h>(all: &'h [(String, String)], wanted: &str) -> Option<&'h str> {
    all.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

/// Labels stand in angle brackets and have blanks, which an address has not.
fn without_angles(target: &str) -> String {
    target.replace('<', "%3C").replace('>', "%3E").replace(' ', "%20")
}

#[cfg(test)]
mod tests {
    use super::super::tests::exchange;
    use super::super::{Left, Sent};
    use super::*;

    fn three() -> Vec<Exchange> {
        let headers = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
        };
        let text =
            |text: &str| Text { text: text.to_owned(), bytes: text.len() as u64, is_cut: false };
        let json = headers(&[("content-type", "application/json")]);
        let mut whole = exchange(1, "A");
        whole.sent = Sent {
            method: "POST".to_owned(),
            target: "/v1/oauth/token?access_token=<token 1>".to_owned(),
            version: "HTTP/1.1".to_owned(),
            secure: true,
            headers: headers(&[("host", "api.1password.com"), ("content-type", "text/x")]),
            body: text("grant_type=client_credentials"),
        };
        whole.answered =
            Answered::Whole { status: 200, headers: json.clone(), body: text("{\"a\":1}") };
        let mut broken = exchange(2, "A");
        broken.answered =
            Answered::Broken { status: 502, headers: json, body: text("{"), by: Left::Double };
        broken.played = Some("cut-body".to_owned());
        vec![whole, broken, exchange(3, "A")]
    }

    /// Read by a library that knows the format and not us.
    #[test]
    fn it_reads_as_an_archive_of_1_2() {
        let text = har(&three()).to_string();
        let har::Spec::V1_2(log) = har::from_slice(text.as_bytes()).unwrap().log else {
            panic!("it is 1.2")
        };
        let of = |at: usize| &log.entries[at];
        assert_eq!(log.entries.len(), 3);
        let url = "https://api.1password.com/v1/oauth/token?access_token=%3Ctoken%201%3E";
        assert_eq!(of(0).request.url, url);
        assert_eq!(of(0).response.status, 200);
        let sent = of(0).request.post_data.as_ref().unwrap();
        assert_eq!(sent.text.as_deref(), Some("grant_type=client_credentials"));
        assert_eq!(of(1).response.status_text, "Bad Gateway");
        assert_eq!(of(1).comment.as_deref(), Some("played: cut-body"));
        assert_eq!(of(2).response.status, 0);
        assert!(url::Url::parse(&of(2).request.url).is_ok());
    }

    #[test]
    fn an_empty_journal_is_an_archive_too() {
        let text = har(&[]).to_string();
        assert!(har::from_slice(text.as_bytes()).is_ok());
    }
}
