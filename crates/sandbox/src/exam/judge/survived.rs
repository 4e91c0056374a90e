//! Bad days that show in how the command ends, held against how it ends on a plain day.

use super::acts::is_done;
use super::{Exam, Said, ended};
use crate::exam::{Ended, Played, Scenario};
use crate::journal::{Answered, Left};
use crate::report::Check;

pub(super) fn all<'a>(exam: &'a Exam<'a>) -> impl Iterator<Item = Said> + 'a {
    let as_a_plain_walk = [
        (Scenario::UnknownField, Check::UnknownFieldsSurvived, "answers had a field more"),
        (Scenario::Slow, Check::SlowAnswersSurvived, "answers came two seconds late"),
        (Scenario::Trickle, Check::SlowAnswersSurvived, "answers came a few bytes at a time"),
        (Scenario::VanishingPerson, Check::GonePersonSurvived, "somebody was gone from the list"),
    ];
    let walks = as_a_plain_walk.into_iter().filter_map(|(scenario, check, what)| {
        // One that was ended by us has a finding of its own.
        let played = exam.get(scenario).filter(|one| one.ended != Ended::TimeLimit)?;
        exam.is_well_on(Scenario::Walk).then(|| walked(played, check, what))
    });
    let in_time = exam.all().map(|one| match one.ended {
        Ended::By(_) => Said::right(Check::EndsInTime, one.scenario),
        Ended::TimeLimit => {
            let words = "the command had not ended at the time limit, and was ended";
            Said::wrong(Check::EndsInTime, one.scenario, words)
        }
    });
    walks.chain(awkward_names(exam)).chain(in_time)
}

fn walked(played: &Played, check: Check, what: &str) -> Said {
    let scenario = played.scenario;
    let left = played
        .exchanges
        .iter()
        .find(|one| matches!(&one.answered, Answered::Nothing { by: Left::Client, .. }));
    match left {
        Some(left) if check == Check::SlowAnswersSurvived => {
            Said::wrong(check, scenario, format!("{what}, and the client went away"))
                .at(left.number)
        }
        _ if played.ended.is_well() => Said::right(check, scenario),
        _ => {
            let words =
                format!("{what}, and {}; on a plain day it ends with 0", ended(played.ended));
            Said::wrong(check, scenario, words)
        }
    }
}

/// The same task as on a plain day, with names that need some care.
fn awkward_names(exam: &Exam<'_>) -> Option<Said> {
    let (check, scenario) = (Check::AwkwardNamesSurvived, Scenario::AwkwardNames);
    let played = exam.get(scenario)?;
    let plain = is_done(exam, Scenario::FindAndSuspend);
    if is_done(exam, scenario) && played.ended.is_well() {
        return Some(Said::right(check, scenario));
    }
    plain.then(|| {
        let words = format!(
            "with awkward names the person was not suspended, and {}; with plain ones they were",
            ended(played.ended)
        );
        Said::wrong(check, scenario, words)
    })
}
