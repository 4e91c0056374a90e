//! What was found on PostgreSQL: each side in each round, the table of it, and the goals.

use std::collections::BTreeMap;

use super::super::{Options, row};
use super::USERS;
use crate::postgres::{Counted, Reached};
use crate::report::{Disturbance, Goal, Section, number, per_second};
use crate::shot::Spread;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Suspend,
    List,
    Get,
    Token,
    Mixed,
}

impl Asked {
    pub(super) const ALL: [Self; 5] =
        [Self::Suspend, Self::List, Self::Get, Self::Token, Self::Mixed];

    const fn words(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::List => "list of 25",
            Self::Get => "get",
            Self::Token => "token",
            Self::Mixed => "90 % lists, 9 % tokens, 1 % acts",
        }
    }

    /// The mixed load means something only where calls meet each other.
    pub(super) fn takes_part(self, connections: usize) -> bool {
        self != Self::Mixed || connections > 1
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Pgbench,
    OneNode,
    TwoNodes,
    Embedded,
}

impl Side {
    const ALL: [Self; 4] = [Self::Pgbench, Self::OneNode, Self::TwoNodes, Self::Embedded];

    const fn words(self) -> &'static str {
        match self {
            Self::Pgbench => "pgbench",
            Self::OneNode => "one node",
            Self::TwoNodes => "two nodes",
            Self::Embedded => "SQLite",
        }
    }
}

type Key = (Asked, usize, Side);

#[derive(Default)]
pub(super) struct Found {
    /// In the order of the rounds.
    reached: BTreeMap<Key, Vec<Reached>>,
    pub(super) noise: Disturbance,
}

impl Found {
    pub(super) fn put(&mut self, key: Key, reached: Reached) {
        self.reached.entry(key).or_default().push(reached);
    }

    fn of(&self, key: Key) -> &[Reached] {
        self.reached.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Over pgbench, round by round, then the middle of that.
    fn ratio(&self, (asked, connections, side): Key, value: fn(&Reached) -> f64) -> Spread {
        let floor = self.of((asked, connections, Side::Pgbench));
        let pairs = self.of((asked, connections, side)).iter().zip(floor);
        Spread::of(pairs.map(|(ours, floor)| value(ours) / value(floor)))
    }

    pub(super) fn section(
        &self,
        options: &Options,
        flights: &[(Asked, Vec<Counted>)],
        hot: &str,
    ) -> Section {
        let mut rows = Vec::new();
        for (asked, connections, side) in self.keys(options) {
            let all = self.of((asked, connections, side));
            let spread = |value, print: fn(f64) -> String| Reached::spread(all, value).words(print);
            let ratio = self.ratio((asked, connections, side), |reached| reached.per_second);
            let has_floor = !self.of((asked, connections, Side::Pgbench)).is_empty();
            rows.push(row([
                &asked.words(),
                &connections,
                &side.words(),
                &spread(|reached| reached.per_second, per_second),
                &spread(|reached| reached.p50_ms, number),
                &spread(|reached| reached.p99_ms, number),
                &spread(|reached| reached.cpu_micros, number),
                &if has_floor { ratio.words(number) } else { String::new() },
            ]));
        }
        let columns = [
            "asked",
            "connections",
            "by",
            "a second",
            "p50 ms",
            "p99 ms",
            "CPU us a call",
            "over pgbench",
        ];
        Section {
            title: "PostgreSQL: one node and two".to_owned(),
            how: format!(
                "`rollcall serve` with {USERS} people in one account, on a PostgreSQL that syncs each commit to this disk; the load split over two nodes where it says so; the embedded store beside it. `pgbench -M prepared` with as many clients on the same cluster in the same round: a one-row update by key, the bare page of 26 rows, one person by key, on a table with the same columns and indexes, nothing proved and nothing recorded, without HTTP. Database, nodes and the load share both cores; {} s a shot. CPU is that of nodes and database, not of who calls. Percentiles of the mixed load are of its lists. {} Changes that left indexes alone (HOT): {hot}.",
                options.measured().as_secs_f64(),
                flights_in_words(flights),
            ),
            columns: columns.map(str::to_owned).to_vec(),
            rows,
            goals: self.goals(options, flights),
            noise: self.noise.words(),
        }
    }

    fn keys(&self, options: &Options) -> Vec<Key> {
        let mut keys = Vec::new();
        for asked in Asked::ALL {
            for connections in options.connections() {
                keys.extend(Side::ALL.map(|side| (asked, *connections, side)));
            }
        }
        keys.retain(|key| !self.of(*key).is_empty());
        keys
    }

    fn goals(&self, options: &Options, flights: &[(Asked, Vec<Counted>)]) -> Vec<Goal> {
        let mut goals = Vec::new();
        let most = options.connections().iter().copied().max().unwrap_or(1);
        for side in [Side::OneNode, Side::TwoNodes] {
            let key = (Asked::Suspend, most, side);
            let what = |of: &str| format!("{}: suspend, {of}, {most} connections", side.words());
            let rate = self.ratio(key, |reached| reached.per_second);
            let p99 = self.ratio(key, |reached| reached.p99_ms);
            goals.push(Goal::at_least(&what("acts/s over pgbench"), 1.0, rate));
            goals.push(Goal::at_most(&what("p99 over pgbench's"), 1.0, p99));
        }
        for connections in options.connections().iter().filter(|connections| **connections > 1) {
            let key = (Asked::List, *connections, Side::OneNode);
            let rate = self.ratio(key, |reached| reached.per_second);
            let what =
                format!("one node: list of 25 over the bare page, {connections} connections");
            goals.push(Goal::at_least(&what, 0.7, rate));
        }
        for (asked, counted) in flights {
            let bound = if *asked == Asked::Suspend { 4.0 } else { 1.0 };
            let what = format!("flights to the database: {}", asked.words());
            goals.push(Goal::at_most(&what, bound, spread(counted, |counted| counted.flights)));
        }
        goals
    }
}

fn spread(counted: &[Counted], value: fn(&Counted) -> usize) -> Spread {
    Spread::of(counted.iter().map(|one| u32::try_from(value(one)).map_or(f64::MAX, f64::from)))
}

fn flights_in_words(flights: &[(Asked, Vec<Counted>)]) -> String {
    let words = flights.iter().map(|(asked, counted)| {
        let whole = |value| spread(counted, value).words(|value| format!("{value:.0}"));
        let (flights, statements) = (whole(|one| one.flights), whole(|one| one.statements));
        format!("{} {flights} with {statements} statements", asked.words())
    });
    let words: Vec<String> = words.collect();
    format!(
        "Flights to the database of one call alone, by a proxy that counts: {}.",
        words.join(", ")
    )
}
