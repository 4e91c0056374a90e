//! Who is in the account of a scenario: somebody to act on, somebody with nearly the same address,
//! an owner or two, and plain people.

use super::{Scenario, Task};
use crate::seed::{ExamPerson, SeedAccount};

pub(super) const TARGET: &str = "rowan.arbor@exam.rollcall.example";
/// Ends as the target's does: whoever compares less than all of it takes the wrong one.
const NEARLY: &str = "marrowan.arbor@exam.rollcall.example";
pub(super) const OWNER: &str = "olivia.owner@exam.rollcall.example";
const SECOND_OWNER: &str = "second.owner@exam.rollcall.example";

/// Quotes, a comma, a formula, HTML, a backslash, right-to-left text and a mark that turns the
/// line, an accent of its own, an emoji of three code points.
const AWKWARD: &str = "=1+1,\"O'Neill\" <script>R&D</b> \\n {{7*7}} \u{202e}\u{5d0}\u{5d1}\u{202c} e\u{301} \u{1f469}\u{200d}\u{1f467} %00; --";

/// On the last page of a list, however it is paged.
const LAST: usize = 100_000;

pub(super) fn account(scenario: Scenario) -> SeedAccount {
    let mut people = vec![owner(OWNER)];
    if scenario != Scenario::LastOwner {
        people.push(owner(SECOND_OWNER));
    }
    people.push(ExamPerson::new(NEARLY, "Marrowan Arbor"));
    people.push(ExamPerson::new("bystander@exam.rollcall.example", "By Stander"));
    if scenario == Scenario::AwkwardNames {
        people.push(ExamPerson::new("awkward@exam.rollcall.example", AWKWARD));
    }
    people.push(target(scenario));
    SeedAccount::exam(scenario.key(), people, scenario.people(), scenario.permissions())
}

fn owner(email: &'static str) -> ExamPerson {
    ExamPerson { owner: true, ..ExamPerson::new(email, "Olivia Owner") }
}

fn target(scenario: Scenario) -> ExamPerson {
    let person = ExamPerson::new(TARGET, "Rowan Arbor");
    ExamPerson {
        display_name: match scenario {
            Scenario::AwkwardNames => AWKWARD,
            _ => person.display_name,
        },
        suspended: scenario.task() == Task::Reactivate,
        externally_managed: scenario == Scenario::ExternallyManaged,
        joined: Some(LAST),
        ..person
    }
}

/// Whom the task is about.
pub(super) const fn target_of(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::LastOwner => OWNER,
        _ => TARGET,
    }
}
