//! What an application's name, description, redirect URL and scopes must be, and a secret's label.
//! Used where one is made and where one is edited.

use url::Url;

use super::Scopes;

const NAME_LENGTH_MAX_CHARS: usize = 100;
const DESCRIPTION_LENGTH_MAX_CHARS: usize = 1000;
const LABEL_LENGTH_MAX_CHARS: usize = 100;
const REDIRECT_URL_LENGTH_MAX_BYTES: usize = 2000;

pub(super) fn find(
    name: &str,
    description: &str,
    redirect_url: &str,
    scopes: Scopes,
) -> Option<&'static str> {
    if [name, description].iter().any(|text| text.contains('\0')) {
        return Some("a name or description holds a NUL character");
    }
    if name.trim().is_empty() || name.chars().count() > NAME_LENGTH_MAX_CHARS {
        return Some("an application's name has 1 to 100 characters");
    }
    if description.chars().count() > DESCRIPTION_LENGTH_MAX_CHARS {
        return Some("a description has at most 1,000 characters");
    }
    if !is_https(redirect_url) {
        return Some(
            "the redirect URL is an absolute https:// address (a placeholder will do: it is never fetched)",
        );
    }
    if scopes.is_empty() {
        return Some("an application has at least one scope");
    }
    None
}

pub(super) fn in_label(label: &str) -> Option<&'static str> {
    (label.chars().count() > LABEL_LENGTH_MAX_CHARS || label.contains('\0'))
        .then_some("a secret's label has at most 100 characters, none of them NUL")
}

fn is_https(text: &str) -> bool {
    text.len() <= REDIRECT_URL_LENGTH_MAX_BYTES
        && Url::parse(text).is_ok_and(|url| {
            url.scheme() == "https"
                && url.has_host()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_are_redirect_urls() {
        let flaw = |url: &str| find("name", "", url, Scopes::ALL);
        assert_eq!(flaw("https://soar.example/callback"), None);
        for bad in [
            "http://soar.example",
            "soar.example",
            "https://",
            "https://a:b@soar.example",
            "https://soar.example/#x",
            "javascript:alert(1)",
            "",
        ] {
            assert!(flaw(bad).is_some(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_name_and_a_scope_are_needed() {
        assert!(find(" ", "", "https://a.example", Scopes::ALL).is_some());
        assert!(find("name", "", "https://a.example", Scopes::default()).is_some());
    }
}
