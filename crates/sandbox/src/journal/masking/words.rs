//! What in a free text is a secret: what is one of this double's, and what looks like anybody's.

use std::borrow::Cow;

use super::super::Known;

/// Stands for what is not kept: nothing of it, not even how long it was.
pub(crate) const NOT_KEPT: &str = "<not kept>";

/// The prefixes of what this server and this double give out.
const PREFIXES: [&str; 3] = ["rct_", "rcs_", "sbx_"];
const SECRETISH_MIN_CHARS: usize = 20;
/// By far fewer than base32, hex and base64 of random bytes have; words have fewer still.
const TURNS_MIN: usize = 3;
const TURNS_MIN_WITHOUT_DIGITS: usize = 6;
const ID_CHARS: usize = 26;

/// What became of a text.
pub(super) struct Masked<'t> {
    pub(super) text: Cow<'t, str>,
    /// A secret or a token of this double was in it.
    pub(super) had_ours: bool,
}

/// Replaces this double's own secrets and tokens, and whatever bears the prefix of one. For texts
/// that the server wrote, which hold page tokens and ids and must keep them.
pub(super) fn without_ours<'t>(known: &Known, text: &'t str) -> Masked<'t> {
    // Most answers have none, and are long.
    if !PREFIXES.iter().any(|prefix| text.contains(prefix)) {
        return Masked { text: Cow::Borrowed(text), had_ours: false };
    }
    replaced(text, |run| ours(known, run))
}

/// Replaces what looks like anybody's secret too. For parts of an address and of a form.
pub(super) fn without_secrets<'t>(known: &Known, text: &'t str) -> Masked<'t> {
    let masked = of(known, text);
    // Where forms are decoded, a blank may have been the plus sign of base64.
    if text.contains(' ') && of(known, &text.replace(' ', "+")).text.contains(NOT_KEPT) {
        return Masked { text: Cow::Borrowed(NOT_KEPT), ..masked };
    }
    masked
}

fn of<'t>(known: &Known, text: &'t str) -> Masked<'t> {
    replaced(text, |run| ours(known, run).or_else(|| not_kept(known, run, is_secretish(run))))
}

/// As [`without_secrets`], for texts in which names and versions stand with few blanks between:
/// `Acme-Containment/1.2.3-beta.4`.
pub(super) fn prose_without_secrets<'t>(known: &Known, text: &'t str) -> Masked<'t> {
    replaced(text, |run| {
        let parts =
            run.split(|letter: char| !letter.is_ascii_alphanumeric() && !"_-".contains(letter));
        let is_dense = run.len() >= SECRETISH_MIN_CHARS && turns(run) * 5 >= run.len() * 2;
        let is_secretish = is_dense && !is_id(run) || parts.into_iter().any(is_secretish);
        ours(known, run).or_else(|| not_kept(known, run, is_secretish))
    })
}

fn not_kept(known: &Known, run: &str, is_secretish: bool) -> Option<(String, bool)> {
    (is_secretish && !known.has_client(run)).then(|| (NOT_KEPT.to_owned(), false))
}

fn replaced<'t>(text: &'t str, label: impl Fn(&str) -> Option<(String, bool)>) -> Masked<'t> {
    let (mut out, mut had_ours) = (None::<String>, false);
    let mut copied = 0;
    for (start, run) in runs(text) {
        if let Some((label, is_ours)) = label(run) {
            let out = out.get_or_insert_default();
            out.push_str(&text[copied..start]);
            out.push_str(&label);
            copied = start + run.len();
            had_ours |= is_ours;
        }
    }
    let text = match out {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.push_str(&text[copied..]);
            Cow::Owned(out)
        }
    };
    Masked { text, had_ours }
}

/// A run that is one of ours, or holds what bears one of our prefixes: whatever stands around it
/// without a border goes with it.
fn ours(known: &Known, run: &str) -> Option<(String, bool)> {
    // First, for it is cheap: a page of people has hundreds of runs, and looking one up is a digest.
    let start = PREFIXES.iter().filter_map(|prefix| run.find(prefix)).min()?;
    if let Some(label) = known.label(run) {
        return Some((label, true));
    }
    let rest = &run[start..];
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_-".contains(letter));
    match known.label(&rest[..end.unwrap_or(rest.len())]) {
        Some(label) => Some((label, true)),
        None => Some((NOT_KEPT.to_owned(), false)),
    }
}

/// The longest stretches of the characters that tokens are made of, in any alphabet of base64 and
/// with the dots of a JWT, and where each begins.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+/=.~".contains(&byte);
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|byte| is_part(*byte))?;
        let length = bytes[start..].iter().position(|byte| !is_part(*byte));
        at = length.map_or(bytes.len(), |length| start + length);
        Some((start, &text[start..at]))
    })
}

/// Long, and of such a mixture as words are not. The ids of accounts and people are no secrets.
fn is_secretish(run: &str) -> bool {
    if run.len() < SECRETISH_MIN_CHARS || is_id(run) {
        return false;
    }
    let has = |kind: fn(&u8) -> bool| run.as_bytes().iter().any(kind);
    let has_digit = has(u8::is_ascii_digit);
    let (has_upper, has_lower) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    let turns = turns(run);
    let mixed = has_digit && (has_upper || has_lower) && turns >= TURNS_MIN;
    mixed || (has_upper && has_lower && turns >= TURNS_MIN_WITHOUT_DIGITS)
}

/// 26 of base32, in one case: a client may have changed it.
fn is_id(run: &str) -> bool {
    let digits = |byte: u8| matches!(byte, b'2'..=b'7');
    run.len() == ID_CHARS
        && (run.bytes().all(|byte| byte.is_ascii_uppercase() || digits(byte))
            || run.bytes().all(|byte| byte.is_ascii_lowercase() || digits(byte)))
}

/// How often letters of one case, of the other, and digits take turns.
fn turns(run: &str) -> usize {
    let kinds: Vec<u8> = run
        .bytes()
        .filter_map(|byte| match byte {
            b'0'..=b'9' => Some(0),
            b'a'..=b'z' => Some(1),
            b'A'..=b'Z' => Some(2),
            _ => None,
        })
        .collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_wrote(text: &str) -> String {
        let known = Known::default();
        known.client("0d9f66d7-f422-489c-80aa-000000000001".to_owned(), "ACCOUNT".to_owned());
        known.token("rct_ours-1", "client");
        prose_without_secrets(&known, text).text.into_owned()
    }

    #[test]
    fn words_stay() {
        for text in [
            "",
            "python-requests/2.31.0",
            "Acme-Containment/1.2.3-beta.4 (linux; x86_64)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "user.isSuspended()",
            "UXINQV4TXZ3BSJX4N4CCWJNEVA",
            "uxinqv4txz3bsjx4n4ccwjneva",
            "release-candidate-of-december",
            "0d9f66d7-f422-489c-80aa-000000000001",
            "127.0.0.1:8787",
        ] {
            assert_eq!(client_wrote(text), text);
        }
    }

    #[test]
    fn secrets_go_whatever_stands_around_them() {
        for secret in [
            "rct_x",
            "rcs_f5JG6-dQa_3EsyQhKl39YDTMJXafwf4uOTULksVh6QAky3O3w",
            "d41d8cd98f00b204e9800998ecf8427e",
            "sk-live-9aB3kPq7Lm2ZxT5v",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "0d9f66d7-f422-489c-80aa-000000000002",
            "jt2wei-4uk7sl-rjjqyb-x7q5in",
        ] {
            let text = format!("a ({secret}) b");
            assert_eq!(client_wrote(&text), format!("a ({NOT_KEPT}) b"), "{secret}");
        }
    }

    #[test]
    fn ours_go_by_their_names() {
        assert_eq!(client_wrote("(rct_ours-1;y"), "(<token 1>;y");
        assert_eq!(client_wrote("x=rct_ours-1.y z"), "<token 1> z");
        assert_eq!(client_wrote("beforerct_ours-1"), "<token 1>");
        assert_eq!(client_wrote("rct_ours-12"), NOT_KEPT);
    }
}
