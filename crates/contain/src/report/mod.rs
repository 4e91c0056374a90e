//! The result of a run, as data: each line that was given and what came of it, and the sums.

mod csv;
mod json_lines;
mod markdown;

pub use csv::COLUMNS;
use jiff::Timestamp;
use rollcall_sdk::{Act, State};
use serde::Serialize;

use crate::journal::{Issue, Outcome, Sure};
use crate::plan::{Finding, Findings, LeftAlone, Line, Person, Plan};
use crate::progress::{EndOfApply, OfPerson, Progress};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub run: String,
    pub act: Act,
    pub made_at: String,
    pub base_url: String,
    pub account: String,
    pub reason: String,
    pub ticket: Option<String>,
    pub undoes: Option<String>,
    pub standing: RunStanding,
    /// Of the first apply.
    pub started: Option<Timestamp>,
    /// The last that was heard of the run.
    pub last: Option<Timestamp>,
    /// How often it was applied or resumed.
    pub applies: usize,
    pub findings: Findings,
    pub sums: Sums,
    pub rows: Vec<Row>,
}

/// Where a run stands, whether or not somebody applies it at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStanding {
    NotStarted,
    /// Begun, and no word of its end: it is being applied, or was cut off.
    Open,
    /// Ended with something left to do.
    Stopped,
    Finished,
}

/// Of those who were to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    pub planned: usize,
    pub done: usize,
    pub already: usize,
    pub refused: usize,
    pub not_done: usize,
    /// It may have been done.
    pub unknown: usize,
    /// Not come to yet.
    pub open: usize,
}

/// One line that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub line: u64,
    pub given: String,
    pub finding: &'static str,
    pub id: Option<String>,
    pub email: Option<String>,
    pub display_name: Option<String>,
    /// Right before the call; else when the plan was made.
    pub before: Option<State>,
    /// Whether `before` was read right before the call.
    pub before_was_read: bool,
    pub outcome: Came,
    pub sure: Option<Sure>,
    pub at: Option<Timestamp>,
    pub tries: u32,
    pub issue: Option<Issue>,
    /// The rest of the finding: of which line, how many people, why left alone.
    pub note: Option<String>,
}

/// What came of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    Done,
    Already,
    Refused,
    NotDone,
    Unknown,
    /// To be done, and not come to yet.
    Open,
    /// Nothing was to be done.
    NotPlanned,
}

impl Came {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::NotDone => "not_done",
            Self::Unknown => "unknown",
            Self::Open => "open",
            Self::NotPlanned => "not_planned",
        }
    }
}

impl Report {
    pub fn of(plan: &Plan, progress: &Progress) -> Self {
        let rows: Vec<Row> = plan.lines.iter().map(|line| row(line, progress)).collect();
        let standing = match progress.applies.last() {
            None => RunStanding::NotStarted,
            Some(last) => match last.end {
                None => RunStanding::Open,
                Some(EndOfApply::Stopped(_)) => RunStanding::Stopped,
                Some(EndOfApply::Finished) => RunStanding::Finished,
            },
        };
        Self {
            run: plan.run.clone(),
            act: plan.act,
            made_at: plan.made_at.clone(),
            base_url: plan.base_url.clone(),
            account: plan.account.clone(),
            reason: plan.reason.clone(),
            ticket: plan.ticket.clone(),
            undoes: plan.undoes.clone(),
            standing,
            started: progress.applies.first().map(|first| first.started),
            last: progress.applies.last().map(|last| last.last),
            applies: progress.applies.len(),
            findings: plan.findings(),
            sums: sums(&rows),
            rows,
        }
    }
}

fn sums(rows: &[Row]) -> Sums {
    let mut sums = Sums::default();
    for row in rows {
        *match row.outcome {
            Came::Done => &mut sums.done,
            Came::Already => &mut sums.already,
            Came::Refused => &mut sums.refused,
            Came::NotDone => &mut sums.not_done,
            Came::Unknown => &mut sums.unknown,
            Came::Open => &mut sums.open,
            Came::NotPlanned => continue,
        } += 1;
        sums.planned += 1;
    }
    sums
}

fn row(line: &Line, progress: &Progress) -> Row {
    let person = line.finding.person();
    let mut row = Row {
        line: line.number,
        given: line.given.clone(),
        finding: line.finding.as_str(),
        id: person.map(|person| person.id.clone()),
        email: person.map(|person| person.email.clone()),
        display_name: person.map(|person| person.display_name.clone()),
        before: person.map(|person| person.state.clone()),
        before_was_read: false,
        outcome: Came::NotPlanned,
        sure: None,
        at: None,
        tries: 0,
        issue: None,
        note: note(&line.finding),
    };
    if let Finding::ToDo { person } = &line.finding {
        row.outcome = Came::Open;
        if let Some(known) = progress.of(&person.id) {
            fill(&mut row, known);
        }
    }
    row
}

fn fill(row: &mut Row, known: &OfPerson) {
    row.tries = known.tries;
    if let Some(found) = &known.found {
        row.before = Some(found.clone());
        row.before_was_read = true;
    }
    if known.is_pending() {
        row.outcome = Came::Unknown;
        return;
    }
    let Some((outcome, at)) = &known.outcome else { return };
    row.at = Some(*at);
    row.issue = outcome.issue().cloned();
    row.outcome = match outcome {
        Outcome::Done { sure } => {
            row.sure = Some(*sure);
            Came::Done
        }
        Outcome::Already => Came::Already,
        Outcome::Refused { .. } => Came::Refused,
        Outcome::NotDone { .. } if known.may_be_done() => Came::Unknown,
        Outcome::NotDone { .. } => Came::NotDone,
        Outcome::Unknown { .. } => Came::Unknown,
    };
}

fn note(finding: &Finding) -> Option<String> {
    match finding {
        Finding::SameAs { line } => Some(format!("the person of line {line}")),
        Finding::Ambiguous { people } => {
            let ids: Vec<&str> = people.iter().map(|person: &Person| person.id.as_str()).collect();
            Some(format!("may be {}", ids.join(" or ")))
        }
        Finding::LeftAlone { why, .. } => Some(left_alone(why)),
        Finding::ToDo { .. }
        | Finding::Already { .. }
        | Finding::Protected { .. }
        | Finding::Unknown => None,
    }
}

/// Why somebody is left alone, in words.
pub fn left_alone(why: &LeftAlone) -> String {
    match why {
        LeftAlone::NotByTheRun => "was so before the run came to them".to_owned(),
        LeftAlone::NotDone => "the run did not change them".to_owned(),
        LeftAlone::NotKnown => "whether the run changed them is not known yet".to_owned(),
        LeftAlone::ChangedSince => "was changed by somebody else since".to_owned(),
        LeftAlone::NoWayBack { before } => {
            format!("was {before} before, to which no act leads back")
        }
    }
}

#[cfg(test)]
mod tests;
