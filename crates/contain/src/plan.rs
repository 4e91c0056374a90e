//! A plan: what every line of a list means, and what would be done. A file that people read before
//! anything happens.

use rollcall_sdk::{Act, State};
use serde::{Deserialize, Serialize};

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
