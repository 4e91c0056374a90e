//! The address of a call: path and query.

use percent_encoding::percent_decode_str;

use super::super::{Known, Misplaced, PageToken, Place};
use super::words::{self, NOT_KEPT};
use super::{Finds, Named};

#[derive(Debug, Default)]
pub(crate) struct MaskedTarget {
    pub(crate) text: String,
    pub(crate) page_token: PageToken,
    pub(crate) filter: Option<String>,
    pub(crate) page_size: Option<String>,
    pub(crate) misplaced: Vec<Misplaced>,
}

/// As it was written, where nothing had to go.
pub(crate) fn target(known: &Known, path: &str, query: Option<&str>) -> MaskedTarget {
    let mut masked = MaskedTarget::default();
    let mut finds = Finds::default();
    let segments = path.split('/').map(|raw| segment(known, raw, &mut finds));
    masked.text = segments.collect::<Vec<String>>().join("/");
    if let Some(query) = query {
        masked.text.push('?');
        let pairs = query.split('&').map(|raw| pair(known, raw, &mut finds, &mut masked));
        let pairs = pairs.collect::<Vec<String>>().join("&");
        masked.text.push_str(&pairs);
    }
    masked.misplaced = finds.0;
    masked
}

fn segment(known: &Known, raw: &str, finds: &mut Finds) -> String {
    let decoded = percent_decode_str(raw).decode_utf8_lossy();
    let masked = words::without_secrets(known, &decoded);
    if masked.had_ours {
        finds.add(Place::Path, None, true);
    }
    // Undecoded there may be a run that decoding breaks up.
    let is_kept = masked.text == decoded && words::without_secrets(known, raw).text == raw;
    match (is_kept, masked.text == decoded) {
        (true, _) => raw.to_owned(),
        (false, false) => masked.text.into_owned(),
        (false, true) => NOT_KEPT.to_owned(),
    }
}

fn pair(known: &Known, raw: &str, finds: &mut Finds, masked: &mut MaskedTarget) -> String {
    let decode =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let Some((raw_name, raw_value)) = raw.split_once('=') else {
        // A name alone may be anything.
        let name = decode(raw);
        let shown = words::without_secrets(known, &name);
        if shown.had_ours {
            finds.add(Place::Query, None, true);
        }
        return if shown.text == name { raw.to_owned() } else { shown.text.into_owned() };
    };
    let (name, value) = (decode(raw_name), decode(raw_value));
    let shown_name = words::without_secrets(known, &name);
    let shown_name =
        if shown_name.text == name { raw_name.to_owned() } else { shown_name.text.into_owned() };
    let shown = match Named::of(&name) {
        Named::PageToken => {
            masked.page_token = known.page_token(&value);
            page_token(masked.page_token, raw_value)
        }
        _ => super::value(known, Place::Query, &name, &value, finds),
    };
    match name.trim().to_ascii_lowercase().as_str() {
        "filter" => masked.filter = Some(shown.clone()),
        "max_page_size" | "maxpagesize" => masked.page_size = Some(shown.clone()),
        _ => {}
    }
    let shown = if shown == value { raw_value } else { &shown };
    format!("{shown_name}={shown}")
}

/// One that was given here is no secret; anything else may be.
fn page_token(is: PageToken, raw: &str) -> String {
    match is {
        PageToken::None => String::new(),
        PageToken::AsGiven { .. } => raw.to_owned(),
        PageToken::Altered { exchange, .. } => {
            format!("<the page token of exchange {exchange}, altered>")
        }
        PageToken::Unknown => "<a page token that was not given here>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let known = super::super::tests::one_client();
        known.gave_page_token("AQAAAAEAAAGbxYz0123456789", 4);
        known
    }

    fn masked(target: &str) -> MaskedTarget {
        let (path, query) = target.split_once('?').map_or((target, None), |(p, q)| (p, Some(q)));
        super::target(&known(), path, query)
    }

    #[test]
    fn an_ordinary_address_stays_as_it_was_written() {
        for target in [
            "/v1beta1/accounts/UXINQV4TXZ3BSJX4N4CCWJNEVA/users?max_page_size=2",
            "/v1/accounts/UXINQV4TXZ3BSJX4N4CCWJNEVA/users/CSUX5LZGACK24L5V5FGECGEFLE%3Asuspend",
            "/v1/accounts/A/users?filter=user.isActive%28%29&maxPageSize=1&pageToken=AQAAAAEAAAGbxYz0123456789",
            "//v1/oauth/token/?",
            "/",
        ] {
            let masked = masked(target);
            assert_eq!(masked.text, target);
            assert_eq!(masked.misplaced, []);
        }
        let read = masked("/v1/accounts/A/users?filter=user.isActive%28%29&maxPageSize=1");
        assert_eq!(read.filter.as_deref(), Some("user.isActive()"));
        assert_eq!(read.page_size.as_deref(), Some("1"));
    }

    #[test]
    fn credentials_in_an_address_go_and_are_told() {
        let ours = masked("/v1/accounts/A/users?access_token=rct_ours-1");
        assert_eq!(ours.text, "/v1/accounts/A/users?access_token=<token 1>");
        let find = |name: Option<&str>, is_ours| Misplaced {
            place: if name.is_some() { Place::Query } else { Place::Path },
            name: name.map(str::to_owned),
            is_ours,
        };
        assert_eq!(ours.misplaced, [find(Some("access_token"), true)]);
        let theirs = masked("/v1/accounts/A/users?client_secret=short&other=word");
        assert_eq!(theirs.text, "/v1/accounts/A/users?client_secret=<not kept>&other=<not kept>");
        assert_eq!(theirs.misplaced, [find(Some("client_secret"), false)]);
        let path = masked("/v1/rcs%5Fours/users");
        assert_eq!(path.text, "/v1/<secret of client ours>/users");
        assert_eq!(path.misplaced, [find(None, true)]);
        let unknown = masked("/v1/sk-live-9aB3kPq7Lm2ZxT5v/users?9aB3kPq7Lm2ZxT5vYq8W");
        assert_eq!(unknown.text, "/v1/<not kept>/users?<not kept>");
    }

    #[test]
    fn page_tokens_are_told_apart() {
        let of = |token: &str| masked(&format!("/v1/accounts/A/users?page_token={token}"));
        let given = of("AQAAAAEAAAGbxYz0123456789");
        assert_eq!(given.page_token, PageToken::AsGiven { exchange: 4 });
        let altered = of("aqaaaaeaaagbxyz0123456789");
        assert!(altered.text.ends_with("page_token=<the page token of exchange 4, altered>"));
        let unknown = of("b2Zmc2V0PTUw");
        assert_eq!(unknown.page_token, PageToken::Unknown);
        assert!(unknown.text.ends_with("page_token=<a page token that was not given here>"));
        let ours = of("rct_ours-1");
        assert!(!ours.text.contains("rct_"), "{}", ours.text);
    }
}
