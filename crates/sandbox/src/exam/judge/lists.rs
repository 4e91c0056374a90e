//! A list that failed, and a command that took it for the whole.

use super::{Exam, Said};
use crate::exam::{Played, Scenario, Task};
use crate::journal::{Answered, Exchange};
use crate::report::Check;

pub(super) fn all<'a>(exam: &'a Exam<'a>) -> impl Iterator<Item = Said> + 'a {
    let well = exam.is_well_on(Scenario::Walk);
    let lists = exam.all().filter(move |one| well && one.scenario.task() == Task::List);
    lists.filter_map(told_truly)
}

fn told_truly(played: &Played) -> Option<Said> {
    let check = Check::ErrorIsNotTheEnd;
    let lists = || played.exchanges.iter().filter(|one| one.meant.operation == "ListUsers");
    let failed = lists().rfind(|list| is_failed(list))?;
    let repeated = lists().any(|list| {
        list.number > failed.number && list.answered.status() == Some(200) && !is_failed(list)
    });
    Some(match repeated || !played.ended.is_well() {
        true => Said::right(check, played.scenario),
        false => {
            let words =
                "the list ended with an error that was not repeated, and the command ended with 0";
            Said::wrong(check, played.scenario, words).at(failed.number)
        }
    })
}

fn is_failed(list: &Exchange) -> bool {
    match &list.answered {
        Answered::Whole { status, .. } => *status == 429 || *status >= 500,
        Answered::Broken { .. } | Answered::Nothing { .. } => true,
    }
}
