//! On what terms a secret works: until when, and from which addresses. Whatever it made is held to
//! the same, on every call.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

use crate::acting::Refusal;
use crate::world::Moment;

/// The default is no end, and from everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// At this moment it does not work any more.
    pub ends: Option<Moment>,
    pub networks: Networks,
}

impl Terms {
    /// Does it still work, from there?
    pub(crate) fn hold(&self, from: IpAddr, now: Moment) -> Result<(), Refusal> {
        if self.ends.is_some_and(|ends| now >= ends) {
            return Err(Refusal::SecretEnded);
        }
        if !self.networks.allow(from) {
            return Err(Refusal::AddressNotAllowed);
        }
        Ok(())
    }

    pub(super) fn flaw(&self, now: Moment) -> Option<&'static str> {
        if self.ends.is_some_and(|ends| ends <= now) {
            return Some("a secret's end lies in the future");
        }
        if self.networks.list().len() > Networks::MAX {
            return Some("a secret's address list has at most 32 networks");
        }
        None
    }
}

/// From where alone a secret works; empty: from everywhere. An address of IPv4 is one whether or
/// not it came mapped into IPv6.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

const MAPPED_PREFIX: u8 = 96;

impl Networks {
    pub const MAX: usize = 32;

    /// In one order, each once, without the bits that its prefix covers.
    #[must_use]
    pub fn of(networks: impl IntoIterator<Item = IpNet>) -> Self {
        let mut networks: Vec<IpNet> = networks.into_iter().map(settled).collect();
        networks.sort_unstable();
        networks.dedup();
        Self(networks)
    }

    #[must_use]
    pub fn list(&self) -> &[IpNet] {
        &self.0
    }

    #[must_use]
    pub fn allow(&self, from: IpAddr) -> bool {
        self.0.is_empty() || {
            let from = from.to_canonical();
            self.0.iter().any(|network| network.contains(&from))
        }
    }

    /// What stands in the row: networks with a space between them.
    #[must_use]
    pub fn to_row(&self) -> String {
        self.to_string()
    }

    /// Text that is not a list of networks is an error, not a permission.
    #[must_use]
    pub fn from_row(row: &str) -> Option<Self> {
        if row.is_empty() {
            return Some(Self::default());
        }
        row.split(' ').map(IpNet::from_str).collect::<Result<_, _>>().ok().map(Self)
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, network) in self.0.iter().enumerate() {
            let space = if n == 0 { "" } else { " " };
            write!(f, "{space}{network}")?;
        }
        Ok(())
    }
}

fn settled(network: IpNet) -> IpNet {
    if let IpNet::V6(v6) = network
        && let Some(v4) = v6.addr().to_ipv4_mapped()
        && let Some(prefix) = v6.prefix_len().checked_sub(MAPPED_PREFIX)
        && let Ok(v4) = Ipv4Net::new(v4, prefix)
    {
        return IpNet::V4(v4.trunc());
    }
    network.trunc()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_seconds(1_800_000_000);

    fn networks(list: &[&str]) -> Networks {
        Networks::of(list.iter().map(|text| text.parse().unwrap()))
    }

    fn from(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn no_list_is_from_everywhere_and_a_list_is_from_there_alone() {
        assert!(Networks::default().allow(from("203.0.113.9")));
        let list = networks(&["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]);
        for yes in ["10.255.0.1", "192.0.2.7", "2001:db8::1", "::ffff:10.0.0.1"] {
            assert!(list.allow(from(yes)), "{yes}");
        }
        for no in ["11.0.0.1", "192.0.2.8", "2001:db9::1", "::ffff:11.0.0.1", "::1", "::a00:1"] {
            assert!(!list.allow(from(no)), "{no}");
        }
        let everything_of_four = networks(&["0.0.0.0/0"]);
        assert!(everything_of_four.allow(from("203.0.113.9")));
        assert!(!everything_of_four.allow(from("2001:db8::1")));
    }

    #[test]
    fn a_list_is_kept_in_one_spelling() {
        let list = networks(&["10.1.2.3/8", "::ffff:192.0.2.0/120", "10.0.0.0/8"]);
        assert_eq!(list.to_row(), "10.0.0.0/8 192.0.2.0/24");
        assert_eq!(Networks::from_row(&list.to_row()), Some(list));
        assert_eq!(Networks::from_row(""), Some(Networks::default()));
        for broken in ["10.0.0.0", "10.0.0.0/33", "anywhere", "10.0.0.0/8  ::/0", " "] {
            assert_eq!(Networks::from_row(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn a_secret_has_ended_at_its_end() {
        let terms = Terms { ends: Some(NOW), ..Terms::default() };
        let here = from("127.0.0.1");
        assert_eq!(terms.hold(here, Moment::from_millis(NOW.millis() - 1)), Ok(()));
        assert_eq!(terms.hold(here, NOW), Err(Refusal::SecretEnded));
        assert_eq!(Terms::default().hold(here, NOW), Ok(()));
        let elsewhere = Terms { ends: None, networks: networks(&["192.0.2.0/24"]) };
        assert_eq!(elsewhere.hold(here, NOW), Err(Refusal::AddressNotAllowed));
    }

    #[test]
    fn an_end_that_was_and_a_list_without_end_are_flaws() {
        let ends = |ends| Terms { ends: Some(ends), ..Terms::default() };
        assert!(ends(NOW).flaw(NOW).is_some());
        assert!(ends(Moment::from_millis(NOW.millis() + 1)).flaw(NOW).is_none());
        let many = |count: u8| Terms {
            ends: None,
            networks: Networks::of((0..count).map(|n| IpNet::from(from(&format!("10.0.0.{n}"))))),
        };
        assert!(many(32).flaw(NOW).is_none());
        assert!(many(33).flaw(NOW).is_some());
    }

    proptest::proptest! {
        #[test]
        fn any_text_in_the_row_is_read_without_a_panic(text in "[0-9a-f:./ ]{0,60}|.{0,60}") {
            let _ = Networks::from_row(&text);
        }
    }
}
