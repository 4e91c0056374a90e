//! What is to be done with one person next. Pure: this decides that nobody is missed and nobody is
//! hit twice.

use rollcall_sdk::{Act, Error, State};

use crate::journal::{Issue, Kind, Outcome, Sure};
use crate::progress::Standing;

/// What a look showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Looked {
    Found(State),
    /// The application may not read people.
    Hidden,
    /// No such person, or the server says no to this look alone.
    Refused(Issue),
    Failed(Issue),
    /// Nothing of this application is let in.
    NotAllowed(Issue),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Write the intent, then call.
    Act { found: Option<State> },
    /// Nothing to call: this is what came of them.
    Settle(Outcome),
    /// Stop the run. Nothing is said of this person.
    Stop(Issue),
}

pub(crate) fn after_look(standing: Standing, looked: Looked, act: Act) -> Step {
    let by_this_run = standing == Standing::MayBeDone;
    match looked {
        Looked::Found(state) if state == act.leads_to() && by_this_run => {
            Step::Settle(Outcome::Done { sure: Sure::FoundOnResume })
        }
        Looked::Found(state) if state == act.leads_to() => Step::Settle(Outcome::Already),
        Looked::Found(state) => Step::Act { found: Some(state) },
        // A second call changes nothing on somebody who is so: the API says 200 to both.
        Looked::Hidden => Step::Act { found: None },
        Looked::Refused(issue) => Step::Settle(Outcome::Refused { issue }),
        Looked::Failed(issue) if by_this_run => Step::Settle(Outcome::Unknown { issue }),
        Looked::Failed(issue) => Step::Settle(Outcome::NotDone { issue }),
        Looked::NotAllowed(issue) => Step::Stop(issue),
    }
}

pub(crate) fn looked(result: Result<State, Error>) -> Looked {
    let error = match result {
        Ok(state) => return Looked::Found(state),
        Err(error) => error,
    };
    let issue = Issue::from(&error);
    match issue.kind {
        // Not let in at all is 401; 403 is about this call.
        _ if issue.status == Some(403) && matches!(error, Error::Refused(_)) => Looked::Hidden,
        Kind::Credentials | Kind::WrongUse => Looked::NotAllowed(issue),
        Kind::Refused => Looked::Refused(issue),
        Kind::Network => Looked::Failed(issue),
    }
}

/// What came of a call. An outcome, and whether it is one that ends the run.
pub(crate) fn after_act(result: Result<Sure, Error>) -> Outcome {
    let error = match result {
        Ok(sure) => return Outcome::Done { sure },
        Err(error) => error,
    };
    let issue = Issue::from(&error);
    match issue.kind {
        Kind::Refused => Outcome::Refused { issue },
        _ if error.may_have_been_done() => Outcome::Unknown { issue },
        _ => Outcome::NotDone { issue },
    }
}
