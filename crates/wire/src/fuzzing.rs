//! What must hold of any bytes a stranger sends as an address or a filter. The fuzz targets feed
//! these, and so do the property tests below; a failure is a panic. Never in the binary.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::paging::{Filter, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PageSize};
use crate::resolve::{Resolved, resolve};
use crate::route::{Family, Route, RoutesServed};

const SERVED: [RoutesServed; 3] = [RoutesServed::Both, RoutesServed::V1beta1, RoutesServed::V1];
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "OPTIONS", "DELETE", "get"];

/// A path under every method: what is found prints back to an address that is found the same, and
/// the methods agree with each other.
pub fn verb_path(data: &[u8]) {
    let Some((&choice, path)) = data.split_first() else { return };
    let Ok(path) = std::str::from_utf8(path) else { return };
    if !path.is_empty() {
        any_text_is_somebodys_id(path);
    }
    let served = SERVED[usize::from(choice) % SERVED.len()];
    let answers = METHODS.map(|method| resolve(served, method, path));
    let [get, head, post, options, delete, _] = &answers;
    assert_eq!(get, head, "HEAD finds what GET finds");
    let known = matches!(options, Resolved::Options { .. });
    let finds = |answer: &Resolved| matches!(answer, Resolved::Found { .. });
    assert_eq!(known, finds(get) != finds(post), "a known address has one method: {path:?}");
    assert_eq!(known, matches!(delete, Resolved::MethodNotAllowed { .. }));
    for (method, answer) in METHODS.iter().zip(&answers) {
        match answer {
            Resolved::Found { route, family, account, user } => {
                assert!(*method == "HEAD" || *method == route.method().as_str());
                assert!(family.is_none_or(|family| served.serves(family)));
                assert_eq!(family.is_none(), route.is_shared());
                found_again(*route, *family, account.as_deref(), user.as_deref());
            }
            Resolved::Options { .. } => assert_eq!(*method, "OPTIONS"),
            Resolved::MethodNotAllowed { allow } => {
                let stands = allow.split(", ").any(|allowed| allowed == *method);
                assert!(known && !stands, "{method} is allowed and not: {path:?}");
            }
            Resolved::NotFound => assert!(!known, "{method} of a known address: {path:?}"),
        }
    }
}

/// Whatever an id is made of, also what looks like a verb: cut at the last colon alone.
fn any_text_is_somebodys_id(text: &str) {
    for &family in Family::ALL {
        found_again(Route::ListUsers, Some(family), Some(text), None);
        found_again(Route::SuspendUser, Some(family), Some(text), Some(text));
        found_again(Route::ReactivateUser, Some(family), Some(text), Some(text));
        if !text.contains(':') {
            found_again(Route::GetUser, Some(family), Some(text), Some(text));
        }
    }
}

/// Printed with every character escaped, and with none that may stand as it is.
fn found_again(route: Route, family: Option<Family>, account: Option<&str>, user: Option<&str>) {
    const ALL: &AsciiSet = NON_ALPHANUMERIC;
    const FEW: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b':').remove(b'@');
    let found = Resolved::Found {
        route,
        family,
        account: account.map(str::to_owned),
        user: user.map(str::to_owned),
    };
    let template = route.path(family.unwrap_or(Family::V1));
    for escaped in [ALL, FEW] {
        let print = |id: Option<&str>| utf8_percent_encode(id.unwrap_or(""), escaped).to_string();
        let printed =
            template.replace("{account}", &print(account)).replace("{user}", &print(user));
        let again = resolve(RoutesServed::Both, route.method().as_str(), &printed);
        assert_eq!(again, found, "printed as {printed:?}");
    }
}

/// A filter and a page size: each is one of the few things it may be, or refused.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let words = [Filter::All, Filter::Active, Filter::Suspended];
    let said = words.into_iter().find(|word| word.as_str() == text.trim());
    assert_eq!(Filter::parse(text).ok(), said, "{text:?}");
    assert_eq!(PageSize::parse(Some(text)).ok().map(PageSize::get), page_size(text), "{text:?}");
}

/// Read in another way than the code reads it: an int32 in digits, zero or nothing is the default.
fn page_size(text: &str) -> Option<u16> {
    if text.is_empty() {
        return Some(PAGE_SIZE_DEFAULT);
    }
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: i64, digit: &u8| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    match digits.iter().fold(0, add) {
        0 => Some(PAGE_SIZE_DEFAULT),
        size if negative || size > i64::from(i32::MAX) => None,
        size => Some(u16::try_from(size).map_or(PAGE_SIZE_MAX, |size| size.min(PAGE_SIZE_MAX))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_path_resolves_as_it_prints(
            choice: u8,
            path in "(/(v1|v1beta1|accounts|users|oauth|oauth2|token|[A-Z2-7%:.]{0,9}|\\PC{0,5})){0,6}\
                     (:suspend|%3Asuspend|:reactivate)?",
        ) {
            verb_path(&[&[choice], path.as_bytes()].concat());
        }

        #[test]
        fn any_user_is_found_under_each_verb(user in "\\PC{0,20}", choice: u8) {
            let user = utf8_percent_encode(&user, NON_ALPHANUMERIC).to_string();
            for verb in ["", ":suspend", "%3areactivate"] {
                let path = format!("/v1/accounts/A/users/{user}{verb}");
                verb_path(&[&[choice], path.as_bytes()].concat());
            }
        }

        #[test]
        fn any_filter_and_page_size_is_one_of_few(
            text in "([-+ ]?[0-9]{0,12}|\\s*(user\\.is(Active|Suspended)\\(\\))?\\s*|\\PC{0,20})",
        ) {
            filter(text.as_bytes());
        }
    }
}
