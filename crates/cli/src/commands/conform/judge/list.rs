//! Of a page of people and its arguments.

use serde_json::Value;

use super::{Judged, No, answer, differs, has, must, quoted, unknown};
use crate::commands::conform::gather::{Seen, ids_of};
use crate::commands::conform::probe::Probe;

const PAGE_TOKEN_MAX: usize = 2048;

/// The people of a page that was answered well.
fn people(seen: &Seen, probe: Probe) -> Result<&[Value], No> {
    let answer = answer(seen, probe)?;
    match answer.people() {
        Some(people) => Ok(people),
        None if answer.status == 200 => unknown("there is no list of people"),
        None => differs(format!("answered {}", answer.status)),
    }
}

/// Nothing can be said of a list's arguments where there is no list.
fn listed(seen: &Seen) -> Result<&[Value], No> {
    people(seen, Probe::List).or_else(|_| unknown("there is no list of people"))
}

fn ids(people: &[Value]) -> Vec<&str> {
    ids_of(people).collect()
}

pub(super) fn json(seen: &Seen) -> Judged {
    let answer = answer(seen, Probe::List)?;
    if answer.status != 200 {
        return unknown(format!("the list was answered {}", answer.status));
    }
    super::tokens::is_json(answer)
}

pub(super) fn results(seen: &Seen) -> Judged {
    let answer = answer(seen, Probe::List)?;
    if answer.status != 200 {
        return unknown(format!("the list was answered {}", answer.status));
    }
    must(answer.people().is_some(), || format!("the page {}", has(answer)))
}

pub(super) fn two_fields(seen: &Seen) -> Judged {
    listed(seen)?;
    let object = answer(seen, Probe::List)?.json.as_ref().and_then(Value::as_object);
    let mut names = object.into_iter().flat_map(serde_json::Map::keys);
    match names.find(|name| !matches!(name.as_str(), "results" | "next_page_token")) {
        Some(more) => differs(format!("there is a field {}", quoted(more))),
        None => Ok(()),
    }
}

pub(super) fn at_most(seen: &Seen, probe: Probe, count: usize) -> Judged {
    listed(seen)?;
    let page = people(seen, probe)?;
    must(page.len() <= count, || format!("there are {} people", page.len()))
}

pub(super) fn zero(seen: &Seen) -> Judged {
    let (default, zero) = (listed(seen)?, people(seen, Probe::ListZero)?);
    must(default.len() == zero.len(), || {
        format!("there are {} people, and {} without an argument", zero.len(), default.len())
    })
}

/// Looks at the page of two where the default page showed that there are more.
pub(super) fn more(seen: &Seen) -> Judged {
    let page = listed(seen)?;
    if people(seen, Probe::ListTwo)?.len() >= page.len() {
        return unknown("the account has too few people for a second page");
    }
    let answer = answer(seen, Probe::ListTwo)?;
    must(answer.next_page_token().is_some(), || {
        format!("`next_page_token` is {}", super::shown(answer.field("next_page_token")))
    })
}

/// The list answers it with 400.
pub(super) fn refused(seen: &Seen, probe: Probe) -> Judged {
    listed(seen)?;
    super::status(seen, probe, 400)
}

pub(super) fn camel_case(seen: &Seen) -> Judged {
    let page = listed(seen)?;
    let (snake, camel) = (people(seen, Probe::ListTwo)?, people(seen, Probe::ListTwoCamel)?);
    if page.len() <= snake.len() {
        return unknown("the account has too few people for a second page");
    }
    // A server that honours neither name is told of so by the page size.
    if camel.len() > snake.len().max(2) {
        return differs(format!("`maxPageSize=2` gave {} people", camel.len()));
    }
    let second =
        people(seen, Probe::ListSecondPage).or_else(|_| unknown("there is no second page"))?;
    let same = ids(second) == ids(people(seen, Probe::ListSecondPageCamel)?);
    must(same, || "`pageToken` led to another page than `page_token`".to_owned())
}

pub(super) fn only(seen: &Seen, probe: Probe, state: &str) -> Judged {
    listed(seen)?;
    let mut states = people(seen, probe)?.iter().map(|user| &user["state"]);
    match states.find(|one| one.as_str() != Some(state)) {
        Some(other) => differs(format!("somebody is {}", quoted(&other.to_string()))),
        None => Ok(()),
    }
}

/// Both pages show the same people.
pub(super) fn same(seen: &Seen, one: Probe, other: Probe) -> Judged {
    listed(seen)?;
    let one = people(seen, one).or_else(|_| unknown("there is no page to compare with"))?;
    let other = people(seen, other)?;
    must(ids(one) == ids(other), || {
        format!("other people came: {} instead of {}", other.len(), one.len())
    })
}

pub(super) fn second_page(seen: &Seen) -> Judged {
    listed(seen)?;
    let first = ids(people(seen, Probe::ListTwo)?);
    let second = ids(people(seen, Probe::ListSecondPage)?);
    match second.iter().find(|id| first.contains(*id)) {
        Some(again) => differs(format!("{} was on the page before", quoted(again))),
        None => Ok(()),
    }
}

pub(super) fn page_token_form(seen: &Seen) -> Judged {
    let Some(token) = answer(seen, Probe::ListTwo)?.next_page_token() else {
        return unknown("there was no page token");
    };
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-._~=".contains(*c);
    match token.chars().find(|c| !is_plain(c)) {
        Some(odd) => differs(format!("there is a {} in it", quoted(&odd.to_string()))),
        None => must(token.len() <= PAGE_TOKEN_MAX, || format!("it has {} bytes", token.len())),
    }
}

/// A call that differs from a plain list only in what should not matter.
pub(super) fn as_listed(seen: &Seen, probe: Probe) -> Judged {
    listed(seen)?;
    super::status(seen, probe, 200)
}
