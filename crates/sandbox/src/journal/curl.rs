//! A line for a POSIX shell that repeats an exchange. Secrets are not in it: it takes them from the
//! variables that `rollcall dev -- COMMAND` sets, and a token from `$TOKEN`.

use super::masking::NOT_KEPT;
use super::{Credential, Exchange};

const TOKEN: &str = "\"$TOKEN\"";
const SECRET: &str = "\"$ROLLCALL_CLIENT_SECRET\"";
const CLIENT: &str = "\"$ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET\"";
const URL: &str = "\"$ROLLCALL_URL\"";

/// What curl sets by itself, and what belongs to one connection.
const LEFT_OUT: [&str; 9] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
];

#[must_use]
pub fn curl(exchange: &Exchange) -> String {
    let sent = &exchange.sent;
    let mut words = vec!["curl".to_owned(), "-i".to_owned()];
    if sent.target.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if sent.target.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    let has_body = !sent.body.text.is_empty();
    match (sent.method.as_str(), has_body) {
        ("GET", false) | ("POST", true) => {}
        ("HEAD", _) => words.push("--head".to_owned()),
        (method, _) => words.extend(["-X".to_owned(), quoted(method)]),
    }
    words.push(format!("{URL}{}", quoted(&sent.target)));
    words.extend(credential(&exchange.meant.credential, exchange));
    for (name, value) in &sent.headers {
        if LEFT_OUT.contains(&name.as_str()) || value == NOT_KEPT {
            continue;
        }
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.extend(["-H".to_owned(), quoted(&line)]);
    }
    // What curl would add by itself and this client did not send.
    let has = |wanted: &str| sent.headers.iter().any(|(name, _)| name == wanted);
    let by_curl = [("user-agent", true), ("accept", true), ("content-type", has_body)];
    for (name, would) in by_curl {
        if would && !has(name) {
            words.extend(["-H".to_owned(), quoted(&format!("{name}:"))]);
        }
    }
    if has_body {
        words.extend(["--data-raw".to_owned(), quoted(&sent.body.text)]);
    }
    words.join(" ")
}

fn credential(credential: &Credential, exchange: &Exchange) -> Vec<String> {
    match credential {
        Credential::None => Vec::new(),
        Credential::Client { is_right: true, .. } => vec!["--user".to_owned(), CLIENT.to_owned()],
        Credential::Client { client_id, is_right: false } => {
            vec!["--user".to_owned(), quoted(&format!("{client_id}:another"))]
        }
        Credential::Token { .. } => {
            let written = exchange.sent.headers.iter().find(|(name, _)| name == "authorization");
            let scheme = written.and_then(|(_, value)| value.split(' ').next()).unwrap_or("Bearer");
            vec![
                "-H".to_owned(),
                format!("{}{TOKEN}", quoted(&format!("Authorization: {scheme} "))),
            ]
        }
        Credential::Unknown { scheme } => {
            let line = format!("Authorization: {scheme} not-of-this-double");
            vec!["-H".to_owned(), quoted(&line)]
        }
    }
}

/// One word of the shell. Where a secret of this double was, its variable.
fn quoted(text: &str) -> String {
    let mut word = String::new();
    let mut rest = text;
    while let Some((before, variable, after)) = label(rest) {
        word.push_str(&in_quotes(before));
        word.push_str(variable);
        rest = after;
    }
    if !rest.is_empty() || word.is_empty() {
        word.push_str(&in_quotes(rest));
    }
    word
}

/// The first label in a text, what stands around it, and what takes its place.
fn label(text: &str) -> Option<(&str, &'static str, &str)> {
    let labels = [("<token ", TOKEN), ("<secret of client ", SECRET)];
    let found = labels.iter().filter_map(|(begin, variable)| {
        let start = text.find(begin)?;
        let (name, after) = text[start + begin.len()..].split_once('>')?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_name.then_some((&text[..start], *variable, after))
    });
    found.min_by_key(|(before, _, _)| before.len())
}

/// Words of harmless characters as they are, all others in single quotes, in which only they
/// themselves mean anything.
fn in_quotes(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    // A NUL cannot be part of a word at all.
    if text.is_empty() {
        "''".to_owned()
    } else {
        format!("'{}'", text.replace('\0', "").replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::super::tests::exchange;
    use super::super::{Sent, Text};
    use super::*;

    /// What the shell makes of the line: the words that curl would be given.
    fn words(line: &str) -> Vec<String> {
        let script = line.replacen("curl", "printf '%s\\0'", 1);
        let ran = Command::new("sh")
            .args(["-c", &script])
            .env("TOKEN", "rct_token")
            .env("ROLLCALL_URL", "http://127.0.0.1:8787")
            .env("ROLLCALL_CLIENT_ID", "id")
            .env("ROLLCALL_CLIENT_SECRET", "rcs_secret")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{script}: {ran:?}");
        let printed = String::from_utf8(ran.stdout).unwrap();
        printed.split_terminator('\0').map(str::to_owned).collect()
    }

    fn sent(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Exchange {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let body = Text { text: body.to_owned(), ..Text::default() };
        let (method, target) = (method.to_owned(), target.to_owned());
        let sent = Sent { method, target, headers: headers.collect(), body, ..Sent::default() };
        Exchange { sent, ..exchange(1, "A") }
    }

    #[test]
    fn a_list_and_a_token() {
        let mut list = sent(
            "GET",
            "/v1/accounts/A/users?filter=user.isActive()",
            &[
                ("host", "h"),
                ("user-agent", "Acme/1"),
                ("accept", "*/*"),
                ("authorization", "bearer <token 3>"),
            ],
            "",
        );
        list.meant.credential = Credential::Token { number: 3, client_id: "id".to_owned() };
        assert_eq!(
            curl(&list),
            "curl -i \"$ROLLCALL_URL\"'/v1/accounts/A/users?filter=user.isActive()' \
             -H 'Authorization: bearer '\"$TOKEN\" -H 'user-agent: Acme/1' -H 'accept: */*'"
        );
        let mut token = sent("POST", "/v1/oauth/token", &[], "grant_type=client_credentials");
        token.meant.credential = Credential::Client { client_id: "id".to_owned(), is_right: true };
        assert_eq!(
            curl(&token),
            "curl -i \"$ROLLCALL_URL\"/v1/oauth/token \
             --user \"$ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET\" -H user-agent: -H accept: \
             -H content-type: --data-raw grant_type=client_credentials"
        );
    }

    #[test]
    fn variables_stand_for_what_was_secret_wherever_it_stood() {
        let misplaced = sent("GET", "/v1/users?access_token=<token 3>&b='", &[], "");
        let words = words(&curl(&misplaced));
        assert_eq!(words[1], "http://127.0.0.1:8787/v1/users?access_token=rct_token&b='");
        let odd = sent("POST", "/<token $(id)>", &[], "a=<secret of client 0-1>");
        let words = self::words(&curl(&odd));
        assert_eq!(words[1], "http://127.0.0.1:8787/<token $(id)>");
        assert_eq!(words.last().unwrap(), "a=rcs_secret");
    }

    #[test]
    fn acts_and_odd_methods_say_their_method() {
        assert!(curl(&sent("POST", "/", &[], "")).starts_with("curl -i -X POST "));
        assert!(curl(&sent("HEAD", "/", &[], "")).starts_with("curl -i --head "));
        assert!(curl(&sent("GET", "/a[1]/../b", &[], "")).contains("--globoff --path-as-is "));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn the_shell_reads_what_was_meant(target in "/[^<\\x00]{0,30}", value in "[^<\\x00]{1,30}", body in "[^<\\x00]{1,30}") {
            let line = curl(&sent("PATCH", &target, &[("x-odd", &value)], &body));
            let words = words(&line);
            let at = words.iter().position(|word| word == "-X").unwrap();
            prop_assert_eq!(&words[at + 1], "PATCH");
            prop_assert_eq!(&words[at + 2], &format!("http://127.0.0.1:8787{target}"));
            prop_assert_eq!(&words[at + 4], &format!("x-odd: {value}"));
            prop_assert_eq!(words.last().unwrap(), &body);
        }
    }
}
