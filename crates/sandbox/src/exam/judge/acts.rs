//! What the account says after an act: whether it was done, whether it was told truly, and whether
//! somebody else was met. And whether people are read from the list.

use super::{Exam, Said, ended};
use crate::exam::{Played, Scenario, Task};
use crate::journal::Exchange;
use crate::report::Check;

pub(super) fn all<'a>(exam: &'a Exam<'a>) -> impl Iterator<Item = Said> + 'a {
    let each = exam.all().flat_map(|one| [told_truly(exam, one), nobody_else(one)]);
    each.chain([results_read(exam)]).flatten()
}

fn acts(played: &Played) -> impl Iterator<Item = &Exchange> {
    let is_act =
        |one: &&Exchange| matches!(one.meant.operation.as_str(), "SuspendUser" | "ReactivateUser");
    played.exchanges.iter().filter(is_act)
}

/// Only of a command that tried: whoever does not know the task has told nothing about it.
fn told_truly(exam: &Exam<'_>, played: &Played) -> Option<Said> {
    let (check, scenario) = (Check::RefusalIsNotSuccess, played.scenario);
    if scenario == Scenario::SecretRetired {
        let well = exam.is_well_on(Scenario::Walk);
        return well.then(|| match played.ended.is_well() {
            true => Said::wrong(
                check,
                scenario,
                "the command ended with 0, and its credentials had been refused",
            ),
            false => Said::right(check, scenario),
        });
    }
    let target = &played.facts.target;
    let last = acts(played).filter(|act| act.meant.user.as_ref() == Some(target)).last()?;
    if played.facts.is_done(scenario.task()) {
        return None;
    }
    Some(match played.ended.is_well() {
        true => {
            let status = last.answered.status();
            let status = status.map_or("not answered".to_owned(), |it| format!("answered {it}"));
            let words = format!(
                "the command ended with 0, and the act was not done: its last call was {status}"
            );
            Said::wrong(check, scenario, words).at(last.number)
        }
        false => Said::right(check, scenario),
    })
}

fn nobody_else(played: &Played) -> Option<Said> {
    let (check, scenario) = (Check::NobodyElseTouched, played.scenario);
    let others = played.facts.others_touched();
    if others > 0 {
        let who = if others == 1 {
            "somebody else was".to_owned()
        } else {
            format!("{others} others were")
        };
        let words = format!("{who} changed beside or in place of the person who was meant");
        let said = Said::wrong(check, scenario, words);
        return Some(
            match acts(played).find(|act| act.meant.user.as_ref() != Some(&played.facts.target)) {
                Some(act) => said.at(act.number),
                None => said,
            },
        );
    }
    let meant = scenario.task().is_act() && played.facts.is_done(scenario.task());
    (meant && acts(played).next().is_some()).then(|| Said::right(check, scenario))
}

/// The person was in a list as plain as can be, and nobody at all was acted on. A command that does
/// act on a person by id knows the task, so it did not see them.
fn results_read(exam: &Exam<'_>) -> Option<Said> {
    let found = exam.get(Scenario::FindAndSuspend)?;
    let listed =
        found.exchanges.iter().find(|one| one.told.people.contains(&found.facts.target))?;
    let knows_the_task = [Scenario::Suspend, Scenario::Reactivate]
        .into_iter()
        .filter_map(|scenario| exam.get(scenario))
        .any(|one| acts(one).next().is_some());
    let is_blind = knows_the_task && acts(found).next().is_none();
    is_blind.then(|| {
        let words = format!(
            "a list had the person in `results`, and no call was made about them: {}",
            ended(found.ended)
        );
        Said::wrong(Check::ResultsRead, found.scenario, words).at(listed.number)
    })
}

/// The task was done to the person who was meant.
pub(super) fn is_done(exam: &Exam<'_>, scenario: Scenario) -> bool {
    exam.get(scenario).is_some_and(|one| {
        one.scenario.task() != Task::List && one.facts.is_done(one.scenario.task())
    })
}
