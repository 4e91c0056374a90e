//! A plan: random steps that follow from a seed. Where a step needs a person, a token or an
//! application it holds only a number, which picks one of those that are there when it is played;
//! so a plan that was shortened is still a plan.

use super::chance::Chance;
use super::model::Filter;

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub steps: Vec<Step>,
}

/// Which account a call names: the token's own, the other one, or none that could be.
#[derive(Clone, Copy, Debug)]
pub enum Named {
    Own,
    Other,
    Nonsense,
}

#[derive(Clone, Debug)]
pub enum Step {
    Issue {
        application: usize,
        secret: usize,
    },
    Revoke {
        token: usize,
        client: usize,
        secret: usize,
    },
    Get {
        token: usize,
        named: Named,
        user: usize,
    },
    List {
        token: usize,
        named: Named,
        filter: Filter,
        size: usize,
    },
    Next {
        walk: usize,
        token: usize,
        wrong_filter: bool,
        size: usize,
    },
    Suspend {
        token: usize,
        named: Named,
        user: usize,
    },
    Reactivate {
        token: usize,
        named: Named,
        user: usize,
    },
    /// Suspensions and reactivations by the operator that are asked for at the same time.
    Burst {
        account: usize,
        turns: Vec<(bool, usize)>,
    },
    /// The same refused act, again and again.
    Hammer {
        token: usize,
        times: usize,
    },
    SetGroups {
        user: usize,
        groups: [bool; 3],
    },
    SetAccount {
        account: usize,
        business: bool,
        automated: bool,
    },
    Import {
        account: usize,
        people: usize,
        flaw: Flaw,
    },
    Register {
        account: usize,
        bits: u8,
    },
    Edit {
        application: usize,
        bits: u8,
    },
    AddSecret {
        application: usize,
    },
    RetireSecret {
        application: usize,
        secret: usize,
    },
    Delete {
        application: usize,
    },
    Advance {
        millis: i64,
    },
    /// To the end of a token, or one millisecond before it.
    AdvanceToEnd {
        token: usize,
        just_before: bool,
    },
    Restart,
}

#[derive(Clone, Copy, Debug)]
pub enum Flaw {
    None,
    NoAddress,
    AddressTaken,
    IdTaken,
}

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;

impl Plan {
    #[must_use]
    pub fn from_seed(seed: u64, length: usize) -> Self {
        let mut chance = Chance::from_seed(seed);
        Self { seed, steps: (0..length).map(|_| step(&mut chance)).collect() }
    }
}

fn named(chance: &mut Chance) -> Named {
    match chance.below(20) {
        0 => Named::Other,
        1 => Named::Nonsense,
        _ => Named::Own,
    }
}

fn filter(chance: &mut Chance) -> Filter {
    match chance.below(3) {
        0 => Filter::All,
        1 => Filter::Active,
        _ => Filter::Suspended,
    }
}

fn size(chance: &mut Chance) -> usize {
    [1, 2, 3, 5, 1000][chance.pick() % 5]
}

fn bits(chance: &mut Chance) -> u8 {
    if chance.once_in(2) { 15 } else { u8::try_from(chance.below(16)).expect("four bits") }
}

fn step(chance: &mut Chance) -> Step {
    let mut pick = || chance.pick();
    let (a, b, c) = (pick(), pick(), pick());
    match chance.below(100) {
        0..=14 => Step::Issue { application: a, secret: b },
        15..=18 => Step::Revoke { token: a, client: b, secret: c },
        19..=26 => Step::Get { token: a, named: named(chance), user: b },
        27..=32 => {
            let (filter, size) = (filter(chance), size(chance));
            Step::List { token: a, named: named(chance), filter, size }
        }
        33..=44 => {
            let wrong_filter = chance.once_in(15);
            Step::Next { walk: a, token: b, wrong_filter, size: size(chance) }
        }
        45..=56 => Step::Suspend { token: a, named: named(chance), user: b },
        57..=65 => Step::Reactivate { token: a, named: named(chance), user: b },
        66..=68 => {
            let turns = (0..2 + a % 12).map(|_| (chance.once_in(2), chance.pick())).collect();
            Step::Burst { account: b, turns }
        }
        69..=71 => Step::Hammer { token: a, times: 60 + b % 60 },
        72..=74 => {
            let groups = [chance.once_in(2), chance.once_in(3), chance.once_in(3)];
            Step::SetGroups { user: a, groups }
        }
        75..=78 => {
            let (business, automated) = (!chance.once_in(3), chance.once_in(3));
            Step::SetAccount { account: a, business, automated }
        }
        79..=82 => Step::Import { account: a, people: 1 + b % 3, flaw: flaw(chance) },
        83 | 84 => Step::Register { account: a, bits: bits(chance) },
        85..=88 => Step::Edit { application: a, bits: bits(chance) },
        89 | 90 => Step::AddSecret { application: a },
        91 => Step::RetireSecret { application: a, secret: b },
        92 => Step::Delete { application: a },
        93 | 94 => Step::AdvanceToEnd { token: a, just_before: chance.once_in(2) },
        95..=97 => Step::Advance { millis: stretch(chance) },
        _ => Step::Restart,
    }
}

fn flaw(chance: &mut Chance) -> Flaw {
    match chance.below(8) {
        0 => Flaw::NoAddress,
        1 => Flaw::AddressTaken,
        2 => Flaw::IdTaken,
        _ => Flaw::None,
    }
}

/// Past the ends of tokens, of an hour of refusals, of page tokens; and back a little.
fn stretch(chance: &mut Chance) -> i64 {
    match chance.below(10) {
        0 => 1,
        1 => 899 * SECOND,
        2 => 900 * SECOND,
        3 => HOUR - 1,
        4 | 5 => HOUR,
        6 => 72 * HOUR - 1,
        7 => 72 * HOUR,
        8 => -1500,
        _ => -5 * SECOND,
    }
}
