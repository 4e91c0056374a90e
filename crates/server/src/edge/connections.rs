//! Who is connected: counted in all and by address, so that neither a crowd nor one stranger
//! takes every place. Locked when a connection comes and goes, never by a call.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::peer::{self, Proxies};
use super::pulse::Phase;
use crate::limits::Limits;

#[derive(Debug)]
pub(crate) struct Connections {
    held: Mutex<Held>,
    phase: watch::Sender<Phase>,
    connections_max: usize,
    per_address_max: usize,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    InAll,
    ForAddress,
}

impl Connections {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            phase: watch::Sender::new(Phase::Open),
            connections_max: limits.connections_max,
            per_address_max: limits.connections_per_address_max,
        })
    }

    /// A place for one more, until it is dropped.
    pub(crate) fn admit(self: &Arc<Self>, from: IpAddr, proxies: &Proxies) -> Result<Place, Full> {
        let address = (!proxies.trusts(from)).then(|| peer::network(from));
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.all >= self.connections_max {
            return Err(Full::InAll);
        }
        if let Some(address) = address {
            let here = held.by_address.entry(address).or_default();
            if *here >= self.per_address_max {
                return Err(Full::ForAddress);
            }
            *here += 1;
        }
        held.all += 1;
        if held.all == self.crowded_from() {
            self.turn(Phase::Open, Phase::Crowded);
        }
        Ok(Place { connections: Arc::clone(self), address })
    }

    fn leave(&self, address: Option<IpAddr>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all -= 1;
        if let Some(address) = address
            && let Some(here) = held.by_address.get_mut(&address)
        {
            *here -= 1;
            if *here == 0 {
                held.by_address.remove(&address);
            }
        }
        // Well below, so that it does not turn to and fro.
        if held.all == self.crowded_from() / 2 {
            self.turn(Phase::Crowded, Phase::Open);
        }
    }

    fn crowded_from(&self) -> usize {
        (self.connections_max / 10 * 9).max(2)
    }

    fn turn(&self, from: Phase, to: Phase) {
        self.phase.send_if_modified(|phase| {
            let turns = *phase == from;
            if turns {
                *phase = to;
            }
            turns
        });
    }

    pub(crate) fn stop(&self) {
        self.phase.send_replace(Phase::Stopping);
    }

    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.phase.borrow() == Phase::Stopping
    }

    pub(crate) fn count(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).all
    }

    /// Until everybody has gone.
    pub(crate) async fn all_gone(&self) {
        self.phase.closed().await;
    }
}

/// One connection's place.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    address: Option<IpAddr>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.leave(self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(connections_max: usize, connections_per_address_max: usize) -> Arc<Connections> {
        let limits = Limits { connections_max, connections_per_address_max, ..Limits::default() };
        Connections::new(&limits)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_does_not_take_every_place() {
        let (all, proxies) = (connections(10, 2), Proxies::default());
        let held: Vec<_> =
            (0..2).map(|_| all.admit(address("10.0.0.1"), &proxies).unwrap()).collect();
        assert_eq!(all.admit(address("10.0.0.1"), &proxies).unwrap_err(), Full::ForAddress);
        assert_eq!(all.admit(address("::ffff:10.0.0.1"), &proxies).unwrap_err(), Full::ForAddress);
        assert!(all.admit(address("10.0.0.2"), &proxies).is_ok());
        drop(held);
        assert!(all.admit(address("10.0.0.1"), &proxies).is_ok());
        assert_eq!(all.count(), 0);
        assert!(all.held.lock().unwrap().by_address.is_empty(), "nobody is remembered");
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_are_one() {
        let (all, proxies) = (connections(10, 1), Proxies::default());
        let _held = all.admit(address("2001:db8:1:2::1"), &proxies).unwrap();
        assert!(all.admit(address("2001:db8:1:2:ffff::9"), &proxies).is_err());
        assert!(all.admit(address("2001:db8:1:3::1"), &proxies).is_ok());
    }

    #[test]
    fn a_trusted_proxy_speaks_for_many() {
        let proxies =
            Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Default::default() };
        let all = connections(10, 1);
        let _held = [0; 3].map(|_| all.admit(address("10.0.0.1"), &proxies).unwrap());
        assert_eq!(all.count(), 3);
    }

    #[test]
    fn a_crowd_is_noticed_before_the_last_place_is_taken() {
        let (all, proxies) = (connections(10, 10), Proxies::default());
        let admit = || all.admit(address("10.0.0.1"), &proxies);
        let mut held: Vec<_> = (0..8).map(|_| admit().unwrap()).collect();
        assert_eq!(*all.phase().borrow(), Phase::Open);
        held.extend([admit().unwrap(), admit().unwrap()]);
        assert_eq!(*all.phase().borrow(), Phase::Crowded);
        assert_eq!(admit().unwrap_err(), Full::InAll);
        held.truncate(4);
        assert_eq!(*all.phase().borrow(), Phase::Open);
        all.stop();
        held.extend((0..5).map(|_| admit().unwrap()));
        assert!(all.is_stopping(), "who stops does not turn back");
    }
}
