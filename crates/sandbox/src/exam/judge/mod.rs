//! What an exam shows: the report on each scenario's journal, and what only the end of the command
//! and the state of the account can tell. Pure.

mod acts;
mod lists;
mod survived;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Ended, Played, Scenario};
use crate::report::{Calls, Check, Finding, Graded, Report, Verdict, examine_calls};

/// A finding that shows everywhere is told so often, and then counted.
const TOLD_MAX: usize = 3;

/// The report on a whole exam, or on the part of it that was played.
#[must_use]
pub fn judge(played: &[Played]) -> Report {
    let exam = Exam::of(played);
    let mut sums: BTreeMap<Check, Sum> = BTreeMap::new();
    for one in played {
        let given = vec![one.facts.target.clone()];
        let report = examine_calls(&Calls::of_one_run(&one.exchanges, given));
        for Graded { check, verdict } in report.checks {
            // An id that the command was given shows nothing about what it reads.
            if check == Check::ResultsRead && one.scenario != Scenario::FindAndSuspend {
                continue;
            }
            sums.entry(check).or_default().add(one.scenario, as_far(one, check, verdict));
        }
    }
    for said in survived::all(&exam).chain(acts::all(&exam)).chain(lists::all(&exam)) {
        sums.entry(said.check).or_default().say(said);
    }
    let mut graded = |&check: &Check| {
        let verdict = sums.remove(&check).unwrap_or_default().verdict();
        Graded { check, verdict }
    };
    Report {
        exchanges: played.iter().map(|one| one.exchanges.len()).sum(),
        scenarios: played.iter().map(|one| one.scenario.key().to_owned()).collect(),
        checks: Check::ALL.iter().map(&mut graded).collect(),
    }
}

/// What a command left undone that was ended by us, it may have been about to do. And one that fell
/// over on a bad day did not take what it had for the whole.
fn as_far(played: &Played, check: Check, verdict: Verdict) -> Verdict {
    let is_about_pages = matches!(check, Check::PagedToTheEnd | Check::EmptyPagesSurvived);
    let was_broken_off = match played.ended {
        Ended::TimeLimit => is_about_pages || check == Check::TokenRenewedOnce,
        Ended::By(0) => false,
        Ended::By(_) => is_about_pages && !played.scenario.is_plain(),
    };
    match verdict {
        Verdict::Failed { .. } if was_broken_off => {
            Verdict::Unknown { why: "the command ended before it could go on".to_owned() }
        }
        verdict => verdict,
    }
}

/// What was played, by scenario.
struct Exam<'a>(BTreeMap<Scenario, &'a Played>);

impl<'a> Exam<'a> {
    fn of(played: &'a [Played]) -> Self {
        Self(played.iter().map(|one| (one.scenario, one)).collect())
    }

    fn get(&self, scenario: Scenario) -> Option<&'a Played> {
        self.0.get(&scenario).copied()
    }

    fn all(&self) -> impl Iterator<Item = &'a Played> + '_ {
        self.0.values().copied()
    }

    /// The command does this well on a day without faults.
    fn is_well_on(&self, plain_day: Scenario) -> bool {
        self.get(plain_day).is_some_and(|one| {
            one.ended.is_well()
                && one.facts.is_done(one.scenario.task())
                && one.exchanges.iter().any(|exchange| exchange.answered.status() == Some(200))
        })
    }
}

/// What a scenario shows of a check, beside its journal.
struct Said {
    check: Check,
    scenario: Scenario,
    /// What is wrong and where; nothing: it is right.
    wrong: Option<(String, Vec<u64>)>,
}

impl Said {
    const fn right(check: Check, scenario: Scenario) -> Self {
        Self { check, scenario, wrong: None }
    }

    fn wrong(check: Check, scenario: Scenario, words: impl Into<String>) -> Self {
        Self { check, scenario, wrong: Some((words.into(), Vec::new())) }
    }

    fn at(mut self, exchange: u64) -> Self {
        if let Some((_, exchanges)) = &mut self.wrong {
            exchanges.push(exchange);
        }
        self
    }
}

/// All that speaks for and against one check.
#[derive(Default)]
struct Sum {
    right: Vec<String>,
    wrong: Vec<Finding>,
    why: Option<String>,
}

impl Sum {
    fn add(&mut self, scenario: Scenario, verdict: Verdict) {
        match verdict {
            Verdict::Passed { .. } => self.right.push(scenario.key().to_owned()),
            Verdict::Unknown { why } => _ = self.why.get_or_insert(why),
            Verdict::Failed { findings } => {
                let scenario = Some(scenario.key().to_owned());
                self.wrong.extend(
                    findings
                        .into_iter()
                        .map(|finding| Finding { scenario: scenario.clone(), ..finding }),
                );
            }
        }
    }

    fn say(&mut self, said: Said) {
        let scenario = said.scenario.key().to_owned();
        match said.wrong {
            None if self.right.contains(&scenario) => {}
            None => self.right.push(scenario),
            Some((words, exchanges)) => {
                self.wrong.push(Finding { words, exchanges, scenario: Some(scenario) });
            }
        }
    }

    fn verdict(mut self) -> Verdict {
        if !self.wrong.is_empty() {
            let more = self.wrong.len().saturating_sub(TOLD_MAX);
            self.wrong.truncate(TOLD_MAX);
            if let Some(last) = self.wrong.last_mut().filter(|_| more > 0) {
                last.words.push_str(&format!("; and {more} more like it"));
            }
            return Verdict::Failed { findings: self.wrong };
        }
        if self.right.is_empty() {
            let why = self.why.filter(|why| !why.starts_with("a journal"));
            return Verdict::Unknown { why: why.unwrap_or_else(|| NOT_SHOWN.to_owned()) };
        }
        Verdict::Passed { exchanges: Vec::new(), scenarios: self.right }
    }
}

const NOT_SHOWN: &str =
    "the command did not come so far: it does not do the task on a plain day, or was not asked to";

/// How a command ended, in words.
fn ended(ended: Ended) -> String {
    match ended {
        Ended::By(code) => format!("the command ended with {code}"),
        Ended::TimeLimit => "the command did not end".to_owned(),
    }
}
