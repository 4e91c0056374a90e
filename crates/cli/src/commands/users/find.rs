//! Who is meant by what was given. An address is looked for in one listing and no more; then each
//! person is looked at, for a list may be older than they are. Where all are named by ID or path, no
//! listing is read.

use std::cell::Cell;
use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use rollcall_sdk::{Client, Error, Filter, Lookup, Match, Page, User};

use super::given::Named;
use super::progress;
use super::who::Who;
use crate::failure::Failure;
use crate::printer::Printer;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    pub named: Named,
    pub found: Found,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    One(User),
    /// The application may neither get nor list people, so that nothing but the ID is known.
    IdAlone(String),
    Nobody,
    /// People of the same address: nobody can say who is meant.
    Several(Vec<User>),
    /// What was written can be nobody.
    Wrong(String),
}

/// How the look at one person ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Look {
    Seen(User),
    Gone,
    /// Nobody may look with these credentials.
    Forbidden,
    Refused(String),
}

/// `needs_addresses`: an address must be known of everybody, as far as the application may.
pub async fn find(
    client: &Client,
    named: Vec<Named>,
    needs_addresses: bool,
    at_once: usize,
    printer: &Printer,
) -> Result<Vec<Looked>, Failure> {
    let read = read(named, client.account());
    let people = || read.iter().filter_map(|(_, who)| who.as_ref().ok());
    let mut lookup = None;
    if people().any(|who| matches!(who, Who::Email(_))) {
        lookup = Some(list(client, people(), printer).await.map_err(unlisted)?);
    }
    let looks = look(client, ids(people(), lookup.as_ref()), at_once).await?;
    let is_dark = looks.iter().any(|(_, look)| *look == Look::Forbidden);
    if is_dark && needs_addresses && lookup.is_none() {
        lookup = list(client, people(), printer).await.ok();
    }
    let mut found = Vec::new();
    for (named, who) in read {
        let found_now = match who {
            Err(why) => Found::Wrong(why),
            Ok(who) => decide(&who, lookup.as_ref(), &looks),
        };
        found.push(Looked { named, found: found_now });
    }
    Ok(once(found))
}

/// What each means; one who is named twice in the same way stays once.
fn read(named: Vec<Named>, account: &str) -> Vec<(Named, Result<Who, String>)> {
    let mut seen = HashSet::new();
    let mut read = Vec::new();
    for named in named {
        let who = Who::read(&named.text, account);
        if who.as_ref().map_or(true, |who| seen.insert(who.key())) {
            read.push((named, who));
        }
    }
    read
}

/// One who was named in two ways stays once.
fn once(looked: Vec<Looked>) -> Vec<Looked> {
    let mut seen = HashSet::new();
    let mut is_new = |looked: &Looked| match &looked.found {
        Found::One(User { id, .. }) | Found::IdAlone(id) => seen.insert(id.clone()),
        Found::Nobody | Found::Several(_) | Found::Wrong(_) => true,
    };
    looked.into_iter().filter(|looked| is_new(looked)).collect()
}

async fn list<'a>(
    client: &Client,
    people: impl Iterator<Item = &'a Who>,
    printer: &Printer,
) -> Result<Lookup, Error> {
    let lookup = Lookup::new(people.map(Who::as_str));
    let progress = progress::reading(printer);
    let told = |page: &Page| progress.inc(page.results.len() as u64);
    let lookup = client.list(Filter::All).look_up_with(lookup, told).await?;
    progress.finish_and_clear();
    Ok(lookup)
}

fn unlisted(error: Error) -> Failure {
    let mut failure = Failure::from(error);
    if failure.hint.is_none() {
        failure.hint =
            Some("an address is looked for in the list: name people by ID, or let the application list them".into());
    }
    failure
}

/// Whom to look at, each once: those named by ID, and those whose ID the list has.
fn ids<'a>(people: impl Iterator<Item = &'a Who>, lookup: Option<&Lookup>) -> Vec<String> {
    let id = |who: &Who| match (who, lookup.map(|lookup| lookup.get(who.as_str()))) {
        (Who::Id(id), _) => Some(id.clone()),
        (Who::Email(_), Some(Match::One(user))) => Some(user.id.clone()),
        (Who::Email(_), _) => None,
    };
    let mut seen = HashSet::new();
    people.filter_map(id).filter(|id| seen.insert(id.clone())).collect()
}

type Looks = std::collections::HashMap<String, Look>;

async fn look(client: &Client, ids: Vec<String>, at_once: usize) -> Result<Looks, Failure> {
    // What is forbidden once is forbidden for all, and not asked again.
    let is_forbidden = Cell::new(false);
    let is_forbidden = &is_forbidden;
    let mut looking = stream::iter(ids)
        .map(async |id| {
            if is_forbidden.get() {
                return Ok((id, Look::Forbidden));
            }
            let look = match client.get(&id).await {
                Ok(user) => Look::Seen(user),
                Err(Error::Refused(no)) if no.status == 404 => Look::Gone,
                Err(Error::Refused(no)) if no.status == 403 => {
                    is_forbidden.set(true);
                    Look::Forbidden
                }
                Err(Error::Refused(no)) if no.status == 400 => Look::Refused(no.to_string()),
                Err(error) => return Err(Failure::from(error)),
            };
            Ok((id, look))
        })
        .buffer_unordered(at_once.max(1));
    let mut looks = Looks::new();
    while let Some(looked) = looking.next().await {
        let (id, look) = looked?;
        looks.insert(id, look);
    }
    Ok(looks)
}

/// A look goes before the list. Somebody whom nobody may look at is as the list says.
fn decide(who: &Who, lookup: Option<&Lookup>, looks: &Looks) -> Found {
    let listed = match lookup.map(|lookup| lookup.get(who.as_str())) {
        Some(Match::Many(users)) => return Found::Several(users.to_vec()),
        Some(Match::One(user)) => Some(user),
        Some(Match::None) | None => None,
    };
    let id = match (who, listed) {
        (Who::Id(id), _) => id,
        (Who::Email(_), Some(user)) => &user.id,
        (Who::Email(_), None) => return Found::Nobody,
    };
    match (looks.get(id), listed) {
        (Some(Look::Seen(user)), _) => Found::One(user.clone()),
        (Some(Look::Gone), _) => Found::Nobody,
        (Some(Look::Refused(why)), _) => Found::Wrong(why.clone()),
        (Some(Look::Forbidden) | None, Some(user)) => Found::One(user.clone()),
        (Some(Look::Forbidden) | None, None) if lookup.is_some() => Found::Nobody,
        (Some(Look::Forbidden) | None, None) => Found::IdAlone(id.clone()),
    }
}

#[cfg(test)]
mod tests;
