//! Who is calling, as an address: the socket's; or, where the socket is a proxy that the operator
//! trusts, the right-most address in its header that no trusted proxy has. What stands further left
//! was written by whoever called.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies in front of us.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    pub trusted: Vec<IpNet>,
    pub header: ForwardedHeader,
}

/// Where a proxy writes who called it. One of them, for a proxy that writes the one hands on the
/// other as a stranger wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

impl Proxies {
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Whose call it is.
    pub(crate) fn caller(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut caller = socket.to_canonical();
        if self.trusted.is_empty() || !self.trusts(caller) {
            return caller;
        }
        let name = match self.header {
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => header::FORWARDED,
        };
        let values: Vec<&str> =
            headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
        for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            let address = match self.header {
                ForwardedHeader::XForwardedFor => address(hop.trim()),
                ForwardedHeader::Forwarded => forwarded_for(hop),
            };
            // What cannot be read was not written by a proxy of ours: its last hop it is.
            let Some(address) = address else { return caller };
            caller = address;
            if !self.trusts(caller) {
                return caller;
            }
        }
        caller
    }
}

/// `for=192.0.2.43`, `For="[2001:db8::17]:4711"`; unknown and made-up names are nobody.
fn forwarded_for(hop: &str) -> Option<IpAddr> {
    let value = hop.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    })?;
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    address(unquoted.unwrap_or(value))
}

/// With or without a port, with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    let parsed = parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    parsed.map(|address| address.to_canonical())
}

/// What is counted as one caller: an address, of IPv6 the /64 that anybody gets whole.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(header: ForwardedHeader) -> Proxies {
        let trusted = ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap());
        Proxies { trusted: trusted.to_vec(), header }
    }

    fn caller(proxies: &Proxies, socket: &str, values: &[(HeaderName, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(name.clone(), value.parse().unwrap());
        }
        proxies.caller(socket.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_speaks_for_others_unless_trusted() {
        let header = [(X_FORWARDED_FOR, "192.0.2.1")];
        assert_eq!(caller(&Proxies::default(), "10.0.0.1", &header), "10.0.0.1");
        let proxies = proxies(ForwardedHeader::XForwardedFor);
        assert_eq!(caller(&proxies, "198.51.100.1", &header), "198.51.100.1");
        assert_eq!(caller(&proxies, "10.0.0.1", &header), "192.0.2.1");
        assert_eq!(caller(&proxies, "::ffff:10.0.0.1", &header), "192.0.2.1");
    }

    #[test]
    fn what_the_caller_wrote_itself_is_not_believed() {
        let proxies = proxies(ForwardedHeader::XForwardedFor);
        for (values, who) in [
            (&["6.6.6.6, 192.0.2.1"][..], "192.0.2.1"),
            (&["6.6.6.6", "192.0.2.1, 10.1.1.1"], "192.0.2.1"),
            (&["6.6.6.6, 10.9.9.9"], "6.6.6.6"),
            (&["10.7.7.7,10.9.9.9"], "10.7.7.7"),
            (&["6.6.6.6, rubbish"], "10.0.0.1"),
            (&["6.6.6.6, rubbish, 10.2.2.2"], "10.2.2.2"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
            (&["[2001:db8::5]:443"], "2001:db8::5"),
            (&["192.0.2.1:5555"], "192.0.2.1"),
        ] {
            let values: Vec<_> = values.iter().map(|value| (X_FORWARDED_FOR, *value)).collect();
            assert_eq!(caller(&proxies, "10.0.0.1", &values), who, "{values:?}");
        }
    }

    #[test]
    fn only_the_header_that_the_proxy_writes_is_read() {
        let both = [(X_FORWARDED_FOR, "6.6.6.6"), (header::FORWARDED, "for=192.0.2.1")];
        let one = proxies(ForwardedHeader::Forwarded);
        assert_eq!(caller(&one, "10.0.0.1", &both), "192.0.2.1");
        let other = proxies(ForwardedHeader::XForwardedFor);
        assert_eq!(caller(&other, "10.0.0.1", &both), "6.6.6.6");
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_writes_it() {
        let proxies = proxies(ForwardedHeader::Forwarded);
        for (value, who) in [
            ("for=192.0.2.43", "192.0.2.43"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("for=6.6.6.6, for=192.0.2.43;by=10.0.0.2", "192.0.2.43"),
            ("for=192.0.2.43, for=\"[2001:db8:ffff::1]\"", "192.0.2.43"),
            ("for=unknown", "10.0.0.1"),
            ("for=_hidden", "10.0.0.1"),
            ("by=192.0.2.1", "10.0.0.1"),
        ] {
            assert_eq!(caller(&proxies, "10.0.0.1", &[(header::FORWARDED, value)]), who, "{value}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(value in "[ -~]{0,80}") {
            for header in [ForwardedHeader::Forwarded, ForwardedHeader::XForwardedFor] {
                let values = [(X_FORWARDED_FOR, &*value), (header::FORWARDED, &*value)];
                let _ = caller(&proxies(header), "10.0.0.1", &values);
            }
        }
    }
}
