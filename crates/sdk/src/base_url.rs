//! The base URL: of which server, and that a secret may be sent to it.

use url::{Host, Url};

use crate::error::SetupError;

/// Checked, and without a slash at its end.
pub(crate) fn checked(base: &str) -> Result<String, SetupError> {
    let no_base = || SetupError::BaseUrl(without_userinfo(base));
    let url = Url::parse(base).map_err(|_| no_base())?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(no_base()),
    };
    let is_bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    // Pasted from an example of a call: the family would stand in the address twice.
    let has_family = url
        .path_segments()
        .is_some_and(|mut parts| parts.any(|part| part == "v1beta1" || part == "v1"));
    match url.scheme() {
        _ if !is_bare || has_family => Err(no_base()),
        "https" => Ok(()),
        "http" if is_loopback => Ok(()),
        "http" => Err(SetupError::Clear(base.to_owned())),
        _ => Err(no_base()),
    }?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// For errors: a name and password before the host are nobody's business.
pub(crate) fn without_userinfo(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_are_bases() {
        for (given, kept) in [
            ("https://api.1password.com", "https://api.1password.com"),
            ("https://api.1password.eu/", "https://api.1password.eu"),
            ("https://example.com/rollcall/", "https://example.com/rollcall"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:1", "http://[::1]:1"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(checked(given), Ok(kept.to_owned()), "{given}");
        }
    }

    #[test]
    fn a_secret_is_not_sent_in_clear() {
        for given in ["http://api.1password.com", "http://localhost.example.com", "http://10.0.0.1"]
        {
            assert_eq!(checked(given), Err(SetupError::Clear(given.to_owned())));
        }
    }

    #[test]
    fn what_is_no_base_is_refused_without_its_password() {
        for given in [
            "",
            "api.1password.com",
            "ftp://example.com",
            "https://example.com?x=1",
            "https://example.com/#x",
            "https://api.1password.com/v1beta1",
            "https://example.com/v1/accounts",
        ] {
            assert_eq!(checked(given), Err(SetupError::BaseUrl(given.to_owned())), "{given}");
        }
        for given in
            ["https://me:hunter2@example.com", "http://me:hunter2@example.com", "me:hunter2@x"]
        {
            let said = checked(given).unwrap_err();
            assert!(!format!("{said} {said:?}").contains("hunter2"), "{said}");
        }
    }
}
