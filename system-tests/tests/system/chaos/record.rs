//! What all clients saw, on one clock that never goes back. A call is written down before it is
//! sent, so that one whose answer never comes is not forgotten.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use super::history::{Call, Event, NEVER};
use super::nodes::{NAMES, NODES};

/// Whose state one register holds: people who depend on each other share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Register {
    pub(super) account: usize,
    /// Nothing: the owners.
    pub(super) member: Option<usize>,
}

/// A token and what is known of its life.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) account: usize,
    pub(super) client: usize,
    taken: u64,
    revocation_asked: Option<u64>,
    /// From then on it is dead: its revocation was acknowledged, or a node refused it.
    dead: Option<u64>,
    /// Whether the revocation itself was acknowledged.
    pub(super) acknowledged: bool,
}

/// A token lives fifteen minutes; what is refused shortly before that may have ended by itself.
const SURELY_ALIVE_MICROS: u64 = 800_000_000;

#[derive(Default)]
pub(super) struct Record {
    pub(super) registers: BTreeMap<Register, Vec<Event>>,
    pub(super) tokens: Vec<Token>,
    /// When an act was acknowledged, by node, with when it was asked.
    pub(super) acknowledged: [Vec<(u64, u64)>; NODES],
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) violations: Vec<String>,
}

/// The record, and the clock.
pub(super) struct Witness {
    began: Instant,
    record: Mutex<Record>,
}

impl Witness {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), record: Mutex::default() }
    }

    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).expect("a run ends some day")
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        look(&mut self.record.lock().expect("nobody panics while they write it down"))
    }

    pub(super) fn asks(&self, register: Register, node: usize, client: usize, call: Call) -> usize {
        let asked = self.now();
        self.with(|record| {
            let events = record.registers.entry(register).or_default();
            events.push(Event { asked, answered: NEVER, node, client, gave_up: None, call });
            events.len() - 1
        })
    }
}

impl Record {
    pub(super) fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    pub(super) fn violation(&mut self, what: String) {
        eprintln!("VIOLATION: {what}");
        self.violations.push(what);
    }

    pub(super) fn event(&mut self, register: Register, at: usize) -> &mut Event {
        let events = self.registers.get_mut(&register).expect("its call was written down");
        &mut events[at]
    }

    pub(super) fn saw(&mut self, register: Register, event: Event) {
        self.registers.entry(register).or_default().push(event);
    }

    pub(super) fn token_taken(&mut self, token: Token) -> usize {
        self.tokens.push(token);
        self.tokens.len() - 1
    }

    pub(super) fn revocation_asked(&mut self, at: usize, asked: u64) {
        self.tokens[at].revocation_asked = Some(asked);
    }

    pub(super) fn revoked(&mut self, at: usize, answered: u64) {
        let token = &mut self.tokens[at];
        token.acknowledged = true;
        token.dead.get_or_insert(answered);
    }

    pub(super) fn token_worked(&mut self, at: usize, node: usize, asked: u64) {
        if let Some(dead) = self.tokens[at].dead.filter(|dead| *dead < asked) {
            self.count("revoked tokens that worked");
            let since = (asked - dead) as f64 / 1e6;
            let name = NAMES[node];
            self.violation(format!(
                "token {at} worked on node {name}, asked {since:.3} s after it was known to be dead (dead at {:.3} s)",
                dead as f64 / 1e6
            ));
        }
    }

    pub(super) fn token_was_refused(&mut self, at: usize, node: usize, asked: u64, answered: u64) {
        let token = &mut self.tokens[at];
        let is_old = answered > token.taken + SURELY_ALIVE_MICROS;
        if !is_old && token.revocation_asked.is_none_or(|revoked| revoked > answered) {
            self.violation(format!(
                "token {at}, alive and never revoked, was refused by node {} at {:.3} s",
                NAMES[node],
                asked as f64 / 1e6
            ));
        } else {
            token.dead.get_or_insert(answered);
        }
    }

    /// Those that are surely dead and would not have ended by themselves.
    pub(super) fn dead_tokens(&self, now: u64) -> Vec<usize> {
        let is_young = |token: &Token| now < token.taken + SURELY_ALIVE_MICROS;
        let tokens = self.tokens.iter().enumerate();
        tokens
            .filter(|(_, token)| token.dead.is_some() && is_young(token))
            .map(|(at, _)| at)
            .collect()
    }
}

impl Token {
    pub(super) fn new(text: String, account: usize, client: usize, taken: u64) -> Self {
        Self {
            text,
            account,
            client,
            taken,
            revocation_asked: None,
            dead: None,
            acknowledged: false,
        }
    }
}
