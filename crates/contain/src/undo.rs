//! Taking a run back: a plan of its own, from what the run did and from how people are now. Pure.
//!
//! The wire shows a person's state and no more. Who was reactivated by somebody and suspended again
//! by somebody else looks as the run left them.

use jiff::Timestamp;
use rollcall_sdk::{Act, Lookup, Match, State};

use crate::journal::{Outcome, Sure};
use crate::plan::{Finding, LeftAlone, Line, Making, Person, Plan};
use crate::progress::{OfPerson, Progress, Standing};
use crate::resolve::Protected;

/// The plan that takes a run back, and what is less than sure about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    pub plan: Plan,
    pub unsure: Vec<Unsure>,
}

/// Somebody whom the undo would change, though it is not certain that the run changed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsure {
    /// The number of the line.
    pub line: u64,
    pub person: Person,
    pub why: UnsureWhy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsureWhy {
    /// The application could not read people, so the run went by what its plan knew.
    NotRead,
    /// The run was cut off at its call, and found them so afterwards.
    FoundOnResume,
}

/// What an undo has from whoever asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub at: Timestamp,
    pub reason: &'a str,
    pub ticket: Option<&'a str>,
    pub protected: &'a [String],
}

/// What a listing must be held against: the IDs of all whom the run was to change.
pub fn wanted(run: &Plan) -> Lookup {
    Lookup::new(run.to_do().map(|(_, person)| &person.id))
}

/// From the run, its journal, and a listing of now that `wanted` has seen.
pub fn undo(run: &Plan, progress: &Progress, now: &Lookup, asked: &Asked<'_>) -> Undo {
    let act = opposite(run.act);
    let protected = Protected::new(asked.protected, act);
    let mut lines = Vec::new();
    let mut unsure = Vec::new();
    for (line, planned) in run.to_do() {
        let of_person = progress.of(&planned.id);
        let finding = match now.get(&planned.id) {
            Match::One(user) => finding(run.act, of_person, planned, Person::of(user), &protected),
            Match::None | Match::Many(_) => Finding::Unknown,
        };
        if let Finding::ToDo { person } = &finding
            && let Some(why) = of_person.and_then(unsure_why)
        {
            unsure.push(Unsure { line: line.number, person: person.clone(), why });
        }
        lines.push(Line { number: line.number, given: planned.id.clone(), finding });
    }
    let plan = Plan::new(Making {
        act,
        made_at: asked.at,
        base_url: run.base_url.clone(),
        account: run.account.clone(),
        reason: asked.reason.to_owned(),
        ticket: asked.ticket.map(str::to_owned),
        undoes: Some(run.run.clone()),
        lines,
    });
    Undo { plan, unsure }
}

pub const fn opposite(act: Act) -> Act {
    match act {
        Act::Suspend => Act::Reactivate,
        Act::Reactivate => Act::Suspend,
    }
}

fn finding(
    did: Act,
    of_person: Option<&OfPerson>,
    planned: &Person,
    person: Person,
    protected: &Protected,
) -> Finding {
    let left_alone = |person, why| Finding::LeftAlone { person, why };
    let standing = of_person.map_or(Standing::Open, OfPerson::standing);
    match (standing, of_person) {
        (Standing::MayBeDone, _) => return left_alone(person, LeftAlone::NotKnown),
        (Standing::Open | Standing::Refused, _) | (Standing::Settled, None) => {
            return left_alone(person, LeftAlone::NotDone);
        }
        (Standing::Settled, Some(known)) if !known.is_changed() => {
            return left_alone(person, LeftAlone::NotByTheRun);
        }
        (Standing::Settled, Some(_)) => {}
    }
    let back = opposite(did).leads_to();
    let before = before(of_person, planned);
    if *before != back {
        let before = before.clone();
        return left_alone(person, LeftAlone::NoWayBack { before });
    }
    if person.state == back {
        Finding::Already { person }
    } else if person.state != did.leads_to() {
        left_alone(person, LeftAlone::ChangedSince)
    } else if protected.has(&person) {
        Finding::Protected { person }
    } else {
        Finding::ToDo { person }
    }
}

/// The state before the run: as it was read, or as the plan knew it.
fn before<'a>(of_person: Option<&'a OfPerson>, planned: &'a Person) -> &'a State {
    of_person.and_then(|known| known.found.as_ref()).unwrap_or(&planned.state)
}

fn unsure_why(known: &OfPerson) -> Option<UnsureWhy> {
    match &known.outcome {
        Some((Outcome::Done { sure: Sure::FoundOnResume }, _)) => Some(UnsureWhy::FoundOnResume),
        _ if known.found.is_none() => Some(UnsureWhy::NotRead),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
