//! How often somebody may guess at passwords. A stranger's guesses are counted for the person they
//! guess at from one network, for that network, and for the person in all. A machine on which that
//! person has signed in before shows so by a cookie that only we can make: its guesses are counted
//! by themselves, so that a stranger's, from however many places, never keep somebody known out.
//! Several nodes share what is let through ([`SharedLimit`]).

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::DefaultClock;

use super::peer;
use super::quotas::seconds;
use super::shared_limit::SharedLimit;

/// The person that is guessed at, as the one who guesses names them: account and address. Cut and
/// hashed before it comes here, for it is kept in memory.
pub(crate) type Target = [u8; 16];

const OF_A_NETWORK_AT_ONE: (u32, u32) = (10, 5);
const OF_A_NETWORK: (u32, u32) = (60, 60);
const AT_ONE_PERSON: (u32, u32) = (100, 30);
const OF_A_KNOWN_MACHINE: (u32, u32) = (20, 10);

/// Guesses between two looks for keys that are as good as new and need no memory.
const TIDY_EVERY: u32 = 1024;
/// How much is remembered of each kind. Beyond it a stranger is told to wait.
const REMEMBERED_MAX: usize = 100_000;
const WHILE_FULL_SECONDS: u64 = 5;

pub(crate) struct Guesses {
    clock: DefaultClock,
    of_network_at_one: SharedLimit<(IpAddr, Target)>,
    of_network: SharedLimit<IpAddr>,
    at_one: SharedLimit<Target>,
    of_known_machine: SharedLimit<(Target, [u8; 16])>,
    until_tidy: AtomicU32,
}

impl Guesses {
    pub(crate) fn new() -> Self {
        Self {
            clock: DefaultClock::default(),
            of_network_at_one: limit(OF_A_NETWORK_AT_ONE),
            of_network: limit(OF_A_NETWORK),
            at_one: limit(AT_ONE_PERSON),
            of_known_machine: limit(OF_A_KNOWN_MACHINE),
            until_tidy: AtomicU32::new(TIDY_EVERY),
        }
    }

    /// One more guess, before it is compared. `Err`: so many seconds until the next is heard.
    /// `known`: the machine, where the target has signed in on it.
    pub(crate) fn one_more(
        &self,
        from: IpAddr,
        target: Target,
        known: Option<[u8; 16]>,
        nodes: u32,
    ) -> Result<(), u64> {
        self.tidy();
        if let Some(machine) = known {
            let checked = self.of_known_machine.one_more(&(target, machine), nodes);
            return checked.map_err(|not_until| seconds(&self.clock, &not_until));
        }
        if self.of_network_at_one.remembered() >= REMEMBERED_MAX
            || self.of_network.remembered() >= REMEMBERED_MAX
            || self.at_one.remembered() >= REMEMBERED_MAX
        {
            return Err(WHILE_FULL_SECONDS);
        }
        let from = peer::network(from);
        // The narrowest first: who is refused there does not use up what others share.
        self.of_network_at_one
            .one_more(&(from, target), nodes)
            .and_then(|()| self.of_network.one_more(&from, nodes))
            .and_then(|()| self.at_one.one_more(&target, nodes))
            .map_err(|not_until| seconds(&self.clock, &not_until))
    }

    fn tidy(&self) {
        if self.until_tidy.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.until_tidy.store(TIDY_EVERY, Ordering::Relaxed);
            self.of_network_at_one.tidy();
            self.of_network.tidy();
            self.at_one.tidy();
            self.of_known_machine.tidy();
        }
    }
}

/// So many at once, and so many a minute.
fn limit<K: Hash + Eq + Clone>((at_once, per_minute): (u32, u32)) -> SharedLimit<K> {
    let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    SharedLimit::new(at_least_one(at_once), at_least_one(per_minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: Target = [1; 16];
    const BOB: Target = [2; 16];

    fn address(n: u32) -> IpAddr {
        let [_, b, c, d] = n.to_be_bytes();
        IpAddr::from([10, b, c, d])
    }

    /// How many of so many are heard.
    fn heard(count: u32, mut guess: impl FnMut(u32) -> Result<(), u64>) -> u32 {
        (0..count).map(|n| u32::from(guess(n).is_ok())).sum()
    }

    #[test]
    fn one_network_has_few_guesses_at_one_person() {
        let guesses = Guesses::new();
        let at = |target| heard(50, |_| guesses.one_more(address(1), target, None, 1));
        assert_eq!(at(ANN), OF_A_NETWORK_AT_ONE.0);
        assert_eq!(at(BOB), OF_A_NETWORK_AT_ONE.0, "another person is another count");
        assert!(guesses.one_more(address(2), ANN, None, 1).is_ok(), "another network too");
        let wait = guesses.one_more(address(1), ANN, None, 1).unwrap_err();
        assert!((1..=60).contains(&wait), "{wait}");
    }

    #[test]
    fn one_network_has_so_many_guesses_at_everybody() {
        let guesses = Guesses::new();
        let target = |n: u32| [u8::try_from(n).unwrap(); 16];
        let heard = heard(200, |n| guesses.one_more(address(1), target(n), None, 1));
        assert_eq!(heard, OF_A_NETWORK.0);
    }

    #[test]
    fn many_networks_do_not_lock_out_a_machine_that_is_known() {
        let guesses = Guesses::new();
        let all = heard(500, |n| guesses.one_more(address(n), ANN, None, 1));
        assert_eq!(all, AT_ONE_PERSON.0);
        assert!(guesses.one_more(address(9_999), ANN, None, 1).is_err());
        assert!(guesses.one_more(address(9_999), ANN, Some([7; 16]), 1).is_ok());
        assert!(guesses.one_more(address(9_999), BOB, None, 1).is_ok());
    }

    #[test]
    fn a_known_machine_has_its_own_limit() {
        let guesses = Guesses::new();
        let heard = heard(100, |_| guesses.one_more(address(1), ANN, Some([7; 16]), 1));
        assert_eq!(heard, OF_A_KNOWN_MACHINE.0);
        assert!(guesses.one_more(address(1), ANN, Some([8; 16]), 1).is_ok());
        assert!(guesses.one_more(address(1), ANN, None, 1).is_ok());
    }

    #[test]
    fn two_nodes_together_hear_no_more_than_one_alone() {
        let nodes = [Guesses::new(), Guesses::new()];
        let together = heard(50, |n| nodes[(n % 2) as usize].one_more(address(1), ANN, None, 2));
        assert_eq!(together, OF_A_NETWORK_AT_ONE.0);
    }
}
