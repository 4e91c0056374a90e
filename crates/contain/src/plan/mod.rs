//! A plan: what every line of a list means, and what would be done. A file that people read before
//! anything happens.

mod file;
mod name;

use jiff::Timestamp;
use rollcall_sdk::{Act, State, User};
use serde::{Deserialize, Serialize};

pub use file::{Digest, PlanError};
pub use name::is_run_name;

/// Of the form of file that is written here.
pub const VERSION: u32 = 1;

/// What is to be done in one account, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Of this form of file.
    pub version: u32,
    /// The run's name, and that of its folder.
    pub run: String,
    pub act: Act,
    /// RFC 3339.
    pub made_at: String,
    /// Where it holds, and nowhere else.
    pub base_url: String,
    pub account: String,
    pub reason: String,
    pub ticket: Option<String>,
    /// The run whose acts this plan takes back.
    pub undoes: Option<String>,
    pub lines: Vec<Line>,
}

/// What a plan is made of; its name and version are added.
#[derive(Clone, Debug)]
pub struct Making {
    pub act: Act,
    pub made_at: Timestamp,
    pub base_url: String,
    pub account: String,
    pub reason: String,
    pub ticket: Option<String>,
    pub undoes: Option<String>,
    pub lines: Vec<Line>,
}

/// One line of the list that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// From 1, as in the file.
    pub number: u64,
    pub given: String,
    pub finding: Finding,
}

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case", deny_unknown_fields)]
pub enum Finding {
    /// It will be done to this person.
    ToDo {
        person: Person,
    },
    /// This person is so already.
    Already {
        person: Person,
    },
    /// The profile protects this person: nothing is done.
    Protected {
        person: Person,
    },
    /// The person of an earlier line.
    SameAs {
        line: u64,
    },
    Unknown,
    Ambiguous {
        people: Vec<Person>,
    },
    /// In a plan that takes a run back: nothing is done to this person, and why.
    LeftAlone {
        person: Person,
        why: LeftAlone,
    },
}

/// Why an undo leaves somebody as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftAlone {
    /// They were so when the run came to them: somebody else did it.
    NotByTheRun,
    /// The server refused it, or the run did not come to them.
    NotDone,
    /// Whether the run did it is not known. Applying the run again finds out.
    NotKnown,
    /// Somebody changed them after the run.
    ChangedSince,
    /// They were in a state to which no act leads back.
    NoWayBack { before: State },
}

/// A person as they were when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub display_name: String,
    pub state: State,
}

impl Person {
    pub fn of(user: &User) -> Self {
        Self {
            id: user.id.clone(),
            email: user.email.clone(),
            display_name: user.display_name.clone(),
            state: user.state.clone(),
        }
    }
}

impl Finding {
    /// The one person whom it is about.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::ToDo { person }
            | Self::Already { person }
            | Self::Protected { person }
            | Self::LeftAlone { person, .. } => Some(person),
            Self::SameAs { .. } | Self::Unknown | Self::Ambiguous { .. } => None,
        }
    }

    /// As it stands in a plan file.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ToDo { .. } => "to_do",
            Self::Already { .. } => "already",
            Self::Protected { .. } => "protected",
            Self::SameAs { .. } => "same_as",
            Self::Unknown => "unknown",
            Self::Ambiguous { .. } => "ambiguous",
            Self::LeftAlone { .. } => "left_alone",
        }
    }
}

/// How many lines have which finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    pub to_do: usize,
    pub already: usize,
    pub protected: usize,
    pub same_as: usize,
    pub unknown: usize,
    pub ambiguous: usize,
    pub left_alone: usize,
}

impl Plan {
    pub fn new(making: Making) -> Self {
        let mut plan = Self {
            version: VERSION,
            run: String::new(),
            act: making.act,
            made_at: making.made_at.to_string(),
            base_url: making.base_url,
            account: making.account,
            reason: making.reason,
            ticket: making.ticket,
            undoes: making.undoes,
            lines: making.lines,
        };
        plan.run = name::of(&plan, making.made_at);
        plan
    }

    /// Whom it is to be done to, in the order of the list.
    pub fn to_do(&self) -> impl Iterator<Item = (&Line, &Person)> {
        self.lines.iter().filter_map(|line| match &line.finding {
            Finding::ToDo { person } => Some((line, person)),
            _ => None,
        })
    }

    pub fn findings(&self) -> Findings {
        let mut count = Findings::default();
        for line in &self.lines {
            *match line.finding {
                Finding::ToDo { .. } => &mut count.to_do,
                Finding::Already { .. } => &mut count.already,
                Finding::Protected { .. } => &mut count.protected,
                Finding::SameAs { .. } => &mut count.same_as,
                Finding::Unknown => &mut count.unknown,
                Finding::Ambiguous { .. } => &mut count.ambiguous,
                Finding::LeftAlone { .. } => &mut count.left_alone,
            } += 1;
        }
        count
    }
}

#[cfg(test)]
pub(crate) mod tests;
