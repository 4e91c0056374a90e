//! Of suspending and reactivating the person who was named for it.

use super::{Judged, No, differs, must, shown, unknown};
use crate::commands::conform::client::Answer;
use crate::commands::conform::gather::{Acts, Seen};

fn acts(seen: &Seen) -> Result<&Acts, No> {
    seen.acts.as_ref().map_or_else(|| unknown("nobody was named to act on (--acts)"), Ok)
}

fn answered(answer: Option<&Result<Answer, String>>) -> Result<&Answer, No> {
    match answer {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => differs(format!("no answer: {error}")),
        None => unknown("it was not asked"),
    }
}

/// 200 with the person in this state. `first`: a refusal may be one of the rules, which only says
/// that another person must be named.
fn state(answer: &Answer, wanted: &str, first: bool) -> Judged {
    if first && answer.status == 403 {
        let word = super::word(answer.field("message"));
        return unknown(format!("answered 403 {word}: name another person"));
    }
    if answer.status != 200 {
        return differs(format!("answered {}", answer.status));
    }
    must(answer.text_of("state") == Some(wanted), || {
        format!("`state` is {}", shown(answer.field("state")))
    })
}

/// The same again after the first one was done.
fn twice(answers: &[Result<Answer, String>], wanted: &str) -> Judged {
    let first = answered(answers.first())?;
    if state(first, wanted, false).is_err() {
        return unknown(format!("it did not work the first time: answered {}", first.status));
    }
    let second = answered(answers.get(1))?;
    if second.status != 200 {
        return differs(format!("answered {}", second.status));
    }
    state(second, wanted, false)?;
    must(first.json == second.json, || "the person is not the same the second time".to_owned())
}

fn shows(
    done: &[Result<Answer, String>],
    shown: Option<&Result<Answer, String>>,
    wanted: &str,
) -> Judged {
    let done = answered(done.first())?;
    if done.status != 200 {
        return unknown(format!("the act was answered {}", done.status));
    }
    let shown = answered(shown)?;
    if shown.status == 403 {
        return unknown("the application may not get a person");
    }
    state(shown, wanted, false)
}

pub(super) fn suspend_answers(seen: &Seen) -> Judged {
    state(answered(acts(seen)?.suspended.first())?, "SUSPENDED", true)
}

pub(super) fn suspend_twice(seen: &Seen) -> Judged {
    twice(&acts(seen)?.suspended, "SUSPENDED")
}

pub(super) fn suspend_shows(seen: &Seen) -> Judged {
    let acts = acts(seen)?;
    shows(&acts.suspended, acts.shown_suspended.as_ref(), "SUSPENDED")
}

pub(super) fn reactivate_answers(seen: &Seen) -> Judged {
    state(answered(acts(seen)?.reactivated.first())?, "ACTIVE", true)
}

/// The second time comes as a form; a server that refuses that is told of so.
pub(super) fn reactivate_twice(seen: &Seen) -> Judged {
    let acts = acts(seen)?;
    if form_type(seen).is_err() {
        return unknown("the second time was refused for its content type");
    }
    twice(&acts.reactivated, "ACTIVE")
}

pub(super) fn reactivate_shows(seen: &Seen) -> Judged {
    let acts = acts(seen)?;
    shows(&acts.reactivated, acts.shown_active.as_ref(), "ACTIVE")
}

pub(super) fn form_type(seen: &Seen) -> Judged {
    let answer = answered(acts(seen)?.reactivated.get(1))?;
    must(!matches!(answer.status, 400 | 411 | 415), || format!("answered {}", answer.status))
}

pub(super) fn colon_escaped(seen: &Seen) -> Judged {
    let acts = acts(seen)?;
    if answered(acts.reactivated.first())?.status != 200 {
        return unknown("reactivating did not work");
    }
    let answer = answered(acts.colon_escaped.as_ref())?;
    must(answer.status == 200, || format!("answered {}", answer.status))
}
