//! The names that the double answers to under TLS: those of the hosted API, and this machine's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The hosts of the hosted API, one for each region.
pub const HOSTED: [&str; 3] = ["api.1password.com", "api.1password.ca", "api.1password.eu"];

pub const HOSTED_URL: &str = "https://api.1password.com";

pub(super) const LOCALHOST: &str = "localhost";

pub(super) const LOOPBACK: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// Is this host, as a request names it with or without its port, one of the hosted API's?
#[must_use]
pub fn is_hosted(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    let name = name.strip_suffix('.').unwrap_or(name);
    HOSTED.iter().any(|hosted| hosted.eq_ignore_ascii_case(name))
}

/// All that the certificate names.
pub(super) fn all() -> impl Iterator<Item = String> {
    let names = HOSTED.into_iter().chain([LOCALHOST]).map(str::to_owned);
    names.chain(LOOPBACK.iter().map(IpAddr::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_in_each_of_its_spellings() {
        for host in ["api.1password.com", "API.1Password.EU", "api.1password.ca:443"] {
            assert!(is_hosted(host), "{host}");
        }
        assert!(is_hosted("api.1password.com.") && is_hosted("api.1password.com.:443"));
        for host in ["localhost", "127.0.0.1:8787", "[::1]:8787", "1password.com", ""] {
            assert!(!is_hosted(host), "{host}");
        }
        assert!(!is_hosted("api.1password.com.example"));
    }
}
