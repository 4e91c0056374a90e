//! Makes a failing plan shorter: cut behind the failure, then without stretches of steps that it
//! does not need. Simple, and bounded in how often it plays.

use super::plan::Plan;
use super::play::{Failure, play};
use crate::database::Store as Kind;

const PLAYS_MAX: usize = 120;

/// A shorter plan that fails too, and how.
pub async fn shortest(plan: &Plan, failure: Failure, kind: Kind) -> (Plan, Failure) {
    let (mut plan, mut failure) = (cut(plan, failure.played), failure);
    let (mut plays, mut stretch) = (0, plan.steps.len().div_ceil(2));
    while stretch > 0 && plays < PLAYS_MAX {
        let mut at = 0;
        while at < plan.steps.len() && plays < PLAYS_MAX {
            let shorter = without(&plan, at, stretch);
            plays += 1;
            match play(&shorter, kind).await {
                Err(found) => (plan, failure) = (cut(&shorter, found.played), found),
                Ok(_) => at += stretch,
            }
        }
        stretch /= 2;
    }
    (plan, failure)
}

fn cut(plan: &Plan, played: usize) -> Plan {
    let played = played.min(plan.steps.len());
    Plan { seed: plan.seed, steps: plan.steps[..played].to_vec() }
}

fn without(plan: &Plan, at: usize, stretch: usize) -> Plan {
    let end = (at + stretch).min(plan.steps.len());
    let steps = [&plan.steps[..at], &plan.steps[end..]].concat();
    Plan { seed: plan.seed, steps }
}
