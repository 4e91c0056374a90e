//! What a run prints: a line for each fault as it is survived, a table at the end, and the same as
//! JSON for `cargo xtask chaos --json`.

use std::time::Duration;

use serde_json::{Value, json};

use super::faults::Fault;
use super::nodes::{NAMES, NODES};
use super::record::Record;

/// One fault, in microseconds of the run.
pub(super) struct Survived {
    pub(super) fault: Fault,
    pub(super) words: String,
    pub(super) at: u64,
    /// When the cluster was whole again, and each node had acknowledged something.
    pub(super) whole: u64,
    pub(super) service: [Service; NODES],
    pub(super) violations: usize,
}

/// How long one node acknowledged nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Service {
    /// From the fault to the answer of the first act that was asked after it.
    pub(super) first: u64,
    /// The longest time without an answered act until all was whole again.
    pub(super) longest: u64,
}

impl Service {
    pub(super) fn of(acknowledged: &[(u64, u64)], from: u64, to: u64) -> Self {
        let first =
            acknowledged.iter().filter(|(asked, _)| *asked >= from).map(|(_, at)| at - from);
        let mut times: Vec<u64> =
            acknowledged.iter().map(|(_, at)| *at).filter(|at| (from..=to).contains(at)).collect();
        times.extend([from, to]);
        times.sort_unstable();
        let longest = times.windows(2).map(|two| two[1] - two[0]).max();
        Self { first: first.min().unwrap_or(to - from), longest: longest.unwrap_or_default() }
    }
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

impl Survived {
    pub(super) fn line(&self) -> String {
        let of_node = |n: usize| {
            let Service { first, longest } = self.service[n];
            format!("{} {:.1} s ({:.1} s)", NAMES[n], seconds(longest), seconds(first))
        };
        format!(
            "{:7.1} s  {:<16} {}; without service {}, {}; whole after {:.1} s; {} violations",
            seconds(self.at),
            self.fault.name(),
            self.words,
            of_node(0),
            of_node(1),
            seconds(self.whole - self.at),
            self.violations
        )
    }

    fn json(&self) -> Value {
        let node = |n: usize| {
            json!({
                "first_acknowledged_s": seconds(self.service[n].first),
                "longest_without_s": seconds(self.service[n].longest),
            })
        };
        json!({
            "fault": self.fault.name(),
            "what": self.words,
            "at_s": seconds(self.at),
            "whole_after_s": seconds(self.whole - self.at),
            "nodes": { NAMES[0]: node(0), NAMES[1]: node(1) },
            "violations": self.violations,
        })
    }
}

pub(super) fn print(seed: u64, took: u64, all: &[Survived], record: &Record) {
    println!("\n| Fault | Times | Without service, node A | node B | Whole again after |");
    println!("|---|---|---|---|---|");
    for fault in Fault::ALL {
        let those: Vec<&Survived> = all.iter().filter(|one| one.fault == fault).collect();
        if those.is_empty() {
            continue;
        }
        let range = |of: &dyn Fn(&Survived) -> u64| {
            let mut times: Vec<u64> = those.iter().map(|one| of(one)).collect();
            times.sort_unstable();
            let (least, most) = (seconds(times[0]), seconds(times[times.len() - 1]));
            format!("{least:.1} to {most:.1} s")
        };
        println!(
            "| {} | {} | {} | {} | {} |",
            fault.name(),
            those.len(),
            range(&|one| one.service[0].longest),
            range(&|one| one.service[1].longest),
            range(&|one| one.whole - one.at),
        );
    }
    println!();
    for (what, count) in &record.counts {
        println!("{count:8} {what}");
    }
    println!(
        "\n{} faults survived in {:.0} s, {} violations, seed {seed}",
        all.len(),
        seconds(took),
        record.violations.len()
    );
}

pub(super) fn as_json(seed: u64, took: u64, all: &[Survived], record: &Record) -> Value {
    json!({
        "seed": seed,
        "seconds": seconds(took),
        "faults": all.iter().map(Survived::json).collect::<Vec<_>>(),
        "counts": record.counts,
        "violations": record.violations,
    })
}
