//! Whether a form was sent from a page of ours. The browser says so in `Sec-Fetch-Site` or in
//! `Origin`; a request in which it says nothing, or that any of them speaks against, is refused.

use axum::http::{HeaderMap, HeaderName, header};
use url::Url;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Where our own pages are: scheme, host and port.
#[derive(Clone, Debug)]
pub(crate) struct OwnOrigins(Vec<String>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotOurs {
    /// The browser names another site.
    AnotherSite,
    /// Nothing says where it comes from.
    Unsaid,
}

impl OwnOrigins {
    /// Of the public address. On this machine's own loopback, by each of its names: a person may
    /// have typed another one. Of text that is no address, none: then nothing is ours.
    pub(crate) fn of(public_url: &str) -> Self {
        let Ok(url) = Url::parse(public_url) else { return Self(Vec::new()) };
        let mut origins = vec![url.origin().ascii_serialization()];
        if url.scheme() == "http" && url.host_str().is_some_and(|host| LOOPBACK.contains(&host)) {
            for host in LOOPBACK {
                let mut by_another_name = url.clone();
                if by_another_name.set_host(Some(host)).is_ok() {
                    origins.push(by_another_name.origin().ascii_serialization());
                }
            }
        }
        Self(origins)
    }

    /// May this request change something?
    pub(crate) fn sent_it(&self, headers: &HeaderMap) -> Result<(), NotOurs> {
        let one = |name: HeaderName| {
            let mut values = headers.get_all(name).iter();
            let first = values.next()?;
            // Twice, or not text: said, and not by a browser.
            Some(first.to_str().ok().filter(|_| values.next().is_none()).unwrap_or("unreadable"))
        };
        let (site, origin) = (one(SEC_FETCH_SITE), one(header::ORIGIN));
        let speaks_against = site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
            || origin.is_some_and(|origin| !self.0.iter().any(|own| own == origin));
        match (speaks_against, site.or(origin)) {
            (true, _) => Err(NotOurs::AnotherSite),
            (false, None) => Err(NotOurs::Unsaid),
            (false, Some(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(own: &str, headers: &[(&'static str, &str)]) -> Result<(), NotOurs> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        OwnOrigins::of(own).sent_it(&HeaderMap::from_iter(headers))
    }

    const OWN: &str = "https://ID.example:443/sub";

    #[test]
    fn a_form_of_ours_is_let_in_by_either_header() {
        assert_eq!(sent(OWN, &[("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(sent(OWN, &[("origin", "https://id.example")]), Ok(()));
        let both = [("sec-fetch-site", "same-origin"), ("origin", "https://id.example")];
        assert_eq!(sent(OWN, &both), Ok(()));
    }

    #[test]
    fn anything_that_speaks_against_it_refuses_it() {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "null")],
            &[("origin", "http://id.example")],
            &[("origin", "https://id.example:8443")],
            &[("origin", "https://id.example.evil.example")],
            &[("origin", "https://id.example"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        ] {
            assert_eq!(sent(OWN, headers), Err(NotOurs::AnotherSite), "{headers:?}");
        }
        assert_eq!(sent(OWN, &[]), Err(NotOurs::Unsaid));
        assert_eq!(sent(OWN, &[("referer", "https://id.example/")]), Err(NotOurs::Unsaid));
    }

    #[test]
    fn loopback_has_several_names_and_one_port() {
        let own = "http://127.0.0.1:8787";
        for origin in ["http://127.0.0.1:8787", "http://localhost:8787", "http://[::1]:8787"] {
            assert_eq!(sent(own, &[("origin", origin)]), Ok(()), "{origin}");
        }
        assert_eq!(sent(own, &[("origin", "http://localhost:8788")]), Err(NotOurs::AnotherSite));
        let elsewhere = sent("http://id.example", &[("origin", "http://localhost")]);
        assert_eq!(elsewhere, Err(NotOurs::AnotherSite));
    }
}
