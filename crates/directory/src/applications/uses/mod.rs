//! When a secret last worked, and for whom: itself, or a token made with it. A help to whoever
//! tidies up, not evidence: it is gathered in memory and written about every second, so a crash may
//! lose the last second of it.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::world::{AccountId, ApplicationId, Moment, SecretId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    pub at: Moment,
    pub address: IpAddr,
    /// What the client called itself: cut, without NUL, and otherwise as it came.
    pub agent: String,
}

/// Which secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Used {
    pub account: AccountId,
    pub application: ApplicationId,
    pub secret: SecretId,
}

impl LastUse {
    pub const AGENT_LENGTH_MAX_BYTES: usize = 200;

    /// A header's bytes as they are kept.
    #[must_use]
    pub fn agent(header: &[u8]) -> String {
        let cut = header.get(..Self::AGENT_LENGTH_MAX_BYTES).unwrap_or(header);
        // What is no UTF-8 takes more room as a replacement character, so it is cut again.
        let mut text = String::from_utf8_lossy(cut).replace('\0', "");
        text.truncate(text.floor_char_boundary(Self::AGENT_LENGTH_MAX_BYTES));
        text
    }
}

pub(crate) type Noted = (Used, LastUse);

/// The uses since they were last written. Bounded: what does not fit is not noted.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<Used, LastUse>>);

/// Secrets in use between two writes; each takes some 400 bytes.
const SECRETS_MAX: usize = 4096;

impl Uses {
    pub(crate) const WRITTEN_EVERY: Duration = Duration::from_secs(1);

    pub(crate) fn note(&self, used: Used, at: Moment, address: IpAddr, agent: &[u8]) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = noted.len() >= SECRETS_MAX;
        match noted.get_mut(&used) {
            Some(last) => {
                last.at = last.at.max(at);
                last.address = address;
                let cut = agent.get(..LastUse::AGENT_LENGTH_MAX_BYTES).unwrap_or(agent);
                if last.agent.as_bytes() != cut {
                    last.agent = LastUse::agent(agent);
                }
            }
            None if !full => {
                noted.insert(used, LastUse { at, address, agent: LastUse::agent(agent) });
            }
            None => {}
        }
    }

    /// All of them, in order of their keys, so that two who write take rows in the same order.
    pub(crate) fn take(&self) -> Vec<Noted> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut noted: Vec<_> = noted.into_iter().collect();
        noted.sort_unstable_by_key(|(used, _)| *used);
        noted
    }

    /// What could not be written is tried again with the next, unless there is newer.
    pub(crate) fn put_back(&self, unwritten: Vec<Noted>) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (used, last) in unwritten {
            if noted.len() < SECRETS_MAX {
                noted.entry(used).or_insert(last);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn used(n: u16) -> Used {
        let mut secret = [0; 8];
        secret[..2].copy_from_slice(&n.to_be_bytes());
        Used {
            account: AccountId::from_bytes([1; 16]),
            application: ApplicationId::from_random([2; 16]),
            secret: SecretId::from_bytes(secret),
        }
    }

    #[test]
    fn the_last_use_of_each_secret_is_kept_and_taken_once() {
        let uses = Uses::default();
        uses.note(used(2), Moment::from_seconds(5), HERE, b"curl/8");
        uses.note(used(1), Moment::from_seconds(5), HERE, b"curl/8");
        uses.note(used(2), Moment::from_seconds(6), HERE, b"python");
        let at = |seconds, agent: &str| LastUse {
            at: Moment::from_seconds(seconds),
            address: HERE,
            agent: agent.to_owned(),
        };
        let taken = uses.take();
        assert_eq!(taken, [(used(1), at(5, "curl/8")), (used(2), at(6, "python"))]);
        assert!(uses.take().is_empty());
        // What comes back gives way to what is newer.
        uses.note(used(2), Moment::from_seconds(7), HERE, b"newer");
        uses.put_back(taken);
        assert_eq!(uses.take(), [(used(1), at(5, "curl/8")), (used(2), at(7, "newer"))]);
    }

    #[test]
    fn what_does_not_fit_is_not_noted() {
        let uses = Uses::default();
        for n in 0..=u16::try_from(SECRETS_MAX).unwrap() {
            uses.note(used(n), Moment::from_seconds(5), HERE, b"");
        }
        assert_eq!(uses.take().len(), SECRETS_MAX);
    }

    #[test]
    fn an_agent_is_cut_between_characters_and_holds_no_nul() {
        assert_eq!(LastUse::agent(b"soar/1.0"), "soar/1.0");
        assert_eq!(LastUse::agent(b"a\0b"), "ab");
        assert_eq!(LastUse::agent(&[b'a'; 1000]).len(), 200);
        let odd = LastUse::agent(&[0xff; 1000]);
        assert!(odd.len() <= 200 && odd.chars().all(|c| c == '\u{fffd}'), "{odd}");
        assert_eq!(LastUse::agent("a".repeat(199).as_bytes()), "a".repeat(199));
        assert!(LastUse::agent(format!("{}é", "a".repeat(199)).as_bytes()).len() <= 200);
    }
}
