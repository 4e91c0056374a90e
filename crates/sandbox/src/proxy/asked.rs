//! What the proxy says to a request, from its first line alone.

use hyper::http::uri::Authority;
use hyper::{Method, Uri};

use crate::tls::HOSTED;

const HTTPS: u16 = 443;

/// What is done about a request; `to` is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A tunnel to the double.
    Tunnel,
    /// A tunnel to somebody else.
    Elsewhere { to: String },
    /// A request that is not for a tunnel at all, such as one of plain HTTP.
    NotATunnel { to: String },
}

impl Asked {
    /// `port`: the double's own.
    pub(super) fn of(method: &Method, uri: &Uri, port: u16) -> Self {
        let Some(to) = uri.authority() else {
            return Self::NotATunnel { to: String::new() };
        };
        if method != Method::CONNECT {
            return Self::NotATunnel { to: to.to_string() };
        }
        match is_the_double(to, port) {
            true => Self::Tunnel,
            false => Self::Elsewhere { to: to.to_string() },
        }
    }

    /// For whoever is refused.
    pub(super) fn words(&self) -> Option<String> {
        let hosts = HOSTED.join(", ");
        match self {
            Self::Tunnel => None,
            Self::Elsewhere { to } => Some(format!(
                "This is the proxy of `rollcall dev --tls`. It leads to the double, under {hosts}, port 443, and nowhere else. {to} was not called.\n"
            )),
            Self::NotATunnel { to } if to.is_empty() => Some(format!(
                "This is the proxy of `rollcall dev --tls`, not a server: clients find it by HTTPS_PROXY. It answers CONNECT for {hosts}, port 443.\n"
            )),
            Self::NotATunnel { to } => Some(format!(
                "This is the proxy of `rollcall dev --tls`. It answers CONNECT for {hosts}, port 443, and passes nothing on that is not encrypted. {to} was not called.\n"
            )),
        }
    }
}

fn is_the_double(to: &Authority, port: u16) -> bool {
    // A name and a password before the host: nobody has to show one here, and nobody is sent one.
    if to.as_str().contains('@') {
        return false;
    }
    let host = to.host();
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(host));
    match to.port_u16() {
        Some(HTTPS) if is(&HOSTED) => true,
        Some(asked) if asked == port => is(&["localhost", "127.0.0.1", "[::1]"]),
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 8787;

    fn connect(to: &str) -> Asked {
        Asked::of(&Method::CONNECT, &Uri::builder().authority(to).build().unwrap(), PORT)
    }

    #[test]
    fn the_double_is_reached_by_its_names_and_nobody_else_is() {
        for to in [
            "api.1password.com:443",
            "api.1password.ca:443",
            "API.1PASSWORD.EU:443",
            "localhost:8787",
            "127.0.0.1:8787",
            "[::1]:8787",
        ] {
            assert_eq!(connect(to), Asked::Tunnel, "{to}");
        }
        for to in [
            "example.com:443",
            "my.1password.com:443",
            "1password.com:443",
            "api.1password.com:80",
            "api.1password.com:8787",
            "api.1password.com",
            "api.1password.com.example.com:443",
            "api.1password.com.:443",
            "localhost:443",
            "localhost:22",
            "127.0.0.2:8787",
            "[::ffff:127.0.0.1]:8787",
            "api.1password.com:443@example.com:443",
            "me@api.1password.com:443",
            "169.254.169.254:80",
        ] {
            assert_eq!(connect(to), Asked::Elsewhere { to: to.to_owned() }, "{to}");
        }
    }

    #[test]
    fn what_is_no_tunnel_is_told_what_this_is() {
        for (method, uri) in [
            (Method::GET, "http://api.1password.com/"),
            (Method::POST, "https://api.1password.com/"),
            (Method::GET, "/"),
            (Method::OPTIONS, "*"),
        ] {
            let asked = Asked::of(&method, &uri.parse().unwrap(), PORT);
            assert!(matches!(asked, Asked::NotATunnel { .. }), "{uri}");
            assert!(asked.words().unwrap().contains("CONNECT"), "{uri}");
        }
        assert_eq!(Asked::Tunnel.words(), None);
        assert!(connect("example.com:443").words().unwrap().contains("example.com:443 was not"));
    }
}
