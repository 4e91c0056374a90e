//! What is done to whom, whether a run of acts goes on, and how it ends. Pure.

use rollcall_sdk::{Act, Acted, Class, Error, State, User};

use super::find::{Found, Looked};
use crate::exit_status::ExitStatus;

/// How it went for one who was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Done,
    /// It was so before.
    Already,
    /// The server said no, to this one.
    Refused,
    /// The credentials do not work, or are not allowed this.
    NotAllowed,
    /// No answer of use came, and nothing was done.
    Failed,
    /// No answer of use came: it may have been done or not.
    Unknown,
    /// It did not come to it.
    NotTried,
    Protected,
    NotFound,
    Ambiguous,
    NotUnderstood,
}

impl Outcome {
    pub const ALL: [Self; 11] = [
        Self::Done,
        Self::Already,
        Self::Refused,
        Self::NotAllowed,
        Self::Failed,
        Self::Unknown,
        Self::NotTried,
        Self::Protected,
        Self::NotFound,
        Self::Ambiguous,
        Self::NotUnderstood,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::NotAllowed => "not_allowed",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::NotTried => "not_tried",
            Self::Protected => "protected",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::NotUnderstood => "not_understood",
        }
    }

    /// Whether it is nobody's fault but that of what was written: nobody, or nobody in particular.
    pub const fn is_unmatched(self) -> bool {
        match self {
            Self::NotFound | Self::Ambiguous | Self::NotUnderstood => true,
            Self::Done
            | Self::Already
            | Self::Refused
            | Self::NotAllowed
            | Self::Failed
            | Self::Unknown
            | Self::NotTried
            | Self::Protected => false,
        }
    }

    pub const fn is_well(self) -> bool {
        matches!(self, Self::Done | Self::Already)
    }
}

/// Why somebody who was named is left alone; nobody, where they are not.
pub fn left_out(looked: &Looked, act: Act, protected: &[String]) -> Option<(Outcome, String)> {
    let no = |outcome, why: &str| Some((outcome, why.to_owned()));
    match &looked.found {
        Found::One(user) if act == Act::Suspend && is_protected(user, protected) => {
            no(Outcome::Protected, "the profile protects them")
        }
        Found::One(_) => None,
        Found::IdAlone(_) if act == Act::Suspend && !protected.is_empty() => no(
            Outcome::Protected,
            "whether the profile protects them cannot be seen: the application may neither get nor list people",
        ),
        Found::IdAlone(_) => None,
        Found::Nobody => no(Outcome::NotFound, "nobody of the account is called so"),
        Found::Several(users) => {
            let ids: Vec<&str> = users.iter().map(|user| user.id.as_str()).collect();
            no(Outcome::Ambiguous, &format!("several people are called so: {}", ids.join(", ")))
        }
        Found::Wrong(why) => no(Outcome::NotUnderstood, why),
    }
}

/// By address, whatever its case, by ID or by path.
fn is_protected(user: &User, protected: &[String]) -> bool {
    let email = user.email.to_lowercase();
    protected.iter().map(|one| one.trim()).any(|one| {
        one.to_lowercase() == email || one == user.id || !one.is_empty() && one == user.path
    })
}

/// Of one act: how it went, and what is to be said of it.
pub fn outcome(
    act: Act,
    before: Option<&State>,
    answered: &Result<Acted, Error>,
) -> (Outcome, Option<String>) {
    match answered {
        Ok(acted) if acted.user.state != act.leads_to() => {
            let why = format!("answered as done, and they are still {}", acted.user.state);
            (Outcome::Failed, Some(why))
        }
        Ok(_) if before == Some(&act.leads_to()) => (Outcome::Already, None),
        Ok(_) => (Outcome::Done, None),
        Err(error) => {
            let outcome = match error {
                Error::OutcomeUnknown { .. } => Outcome::Unknown,
                Error::Refused(no) if no.status == 404 => Outcome::NotFound,
                _ => match error.class() {
                    Class::Credentials => Outcome::NotAllowed,
                    Class::Refused => Outcome::Refused,
                    Class::Network | Class::WrongUse => Outcome::Failed,
                },
            };
            (outcome, Some(error.to_string()))
        }
    }
}

/// So many in a row that no answer came to: the others would fare no better.
pub const FAILURES_IN_A_ROW_MAX: u32 = 5;

/// Whether further acts are begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    failures_in_a_row: u32,
    pub stop: Option<Stop>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Credentials,
    Network,
    Interrupted,
}

impl Course {
    pub fn note(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::NotAllowed => self.halt(Stop::Credentials),
            Outcome::Failed | Outcome::Unknown => {
                self.failures_in_a_row += 1;
                if self.failures_in_a_row >= FAILURES_IN_A_ROW_MAX {
                    self.halt(Stop::Network);
                }
            }
            Outcome::Done | Outcome::Already | Outcome::Refused | Outcome::NotFound => {
                self.failures_in_a_row = 0;
            }
            // Of those no call was made.
            Outcome::NotTried
            | Outcome::Protected
            | Outcome::Ambiguous
            | Outcome::NotUnderstood => {}
        }
    }

    /// The first reason stays.
    pub fn halt(&mut self, why: Stop) {
        self.stop.get_or_insert(why);
    }
}

/// How the command ends, for all who were named.
pub fn ends(outcomes: &[Outcome], stop: Option<Stop>) -> ExitStatus {
    let has = |outcome: Outcome| outcomes.contains(&outcome);
    match stop {
        Some(Stop::Interrupted) => return ExitStatus::Interrupted,
        Some(Stop::Credentials) => return ExitStatus::NotLetIn,
        Some(Stop::Network) => return ExitStatus::Unreached,
        None => {}
    }
    let has_failed = has(Outcome::Failed) || has(Outcome::Unknown);
    let was_answered = outcomes.iter().any(|one| one.is_well() || *one == Outcome::Refused);
    if has(Outcome::NotAllowed) {
        ExitStatus::NotLetIn
    } else if has_failed && !was_answered {
        ExitStatus::Unreached
    } else if outcomes.iter().all(|one| one.is_well()) {
        ExitStatus::Done
    } else if outcomes.iter().all(|one| one.is_unmatched() || *one == Outcome::NotTried) {
        ExitStatus::NothingMatched
    } else {
        ExitStatus::InPart
    }
}

/// `3 suspended, 1 was suspended already, 1 not found`.
pub fn summary(act: Act, outcomes: &[Outcome]) -> String {
    let done = match act {
        Act::Suspend => "suspended",
        Act::Reactivate => "reactivated",
    };
    let already = match act {
        Act::Suspend => "suspended already",
        Act::Reactivate => "active already",
    };
    let counted = Outcome::ALL.iter().filter_map(|outcome| {
        let count = outcomes.iter().filter(|one| *one == outcome).count();
        let words = match outcome {
            Outcome::Done => done,
            Outcome::Already => already,
            Outcome::Refused => "refused",
            Outcome::NotAllowed => "not allowed",
            Outcome::Failed => "failed",
            Outcome::Unknown => "of unknown outcome",
            Outcome::NotTried => "not tried",
            Outcome::Protected => "protected and left alone",
            Outcome::NotFound => "not found",
            Outcome::Ambiguous => "ambiguous",
            Outcome::NotUnderstood => "not understood",
        };
        (count > 0).then(|| format!("{count} {words}"))
    });
    let words = counted.collect::<Vec<_>>().join(", ");
    if words.is_empty() { "Nothing was done.".to_owned() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests;
