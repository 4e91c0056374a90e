//! The list of people, and the page of one.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::shown::{SecretsSeenBy, SeenSecret};
use rollcall_directory::audit::activity::{Activity, Told};
use rollcall_directory::groups::Right;
use rollcall_directory::paging::At;
use rollcall_directory::sessions::Visitor;
use rollcall_directory::users::StateFilter;
use rollcall_directory::users::shown::{BrowsePeople, OnePerson, OnePersonShown, PersonShown};
use rollcall_directory::world::UserId;

use super::pages::{self, HistoryLine, PeoplePage, PersonPage};
use super::shown;
use crate::Rollcall;
use crate::audit::words;
use crate::console::{No, PageCall, show};
use crate::layout::{Notice, Pages, Section, Undo, When, counted, query};

const PAGE_SIZE: u16 = 50;
const HISTORY_SIZE: u16 = 10;
const SEARCH_LENGTH_MAX_CHARS: usize = 200;
const STATES: &[(&str, &str)] =
    &[("all", "Everybody"), ("active", "Active"), ("suspended", "Suspended")];

pub(crate) async fn list(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let (state, state_text) = match call.query.get("state") {
        "active" => (StateFilter::Active, "active"),
        "suspended" => (StateFilter::Suspended, "suspended"),
        _ => (StateFilter::All, "all"),
    };
    let search: String = call.query.get("search").chars().take(SEARCH_LENGTH_MAX_CHARS).collect();
    let searched = (!search.is_empty()).then(|| search.clone());
    let at = at(call);
    let question = BrowsePeople { state, search: searched, at, size: PAGE_SIZE };
    let asked = call.ask(rollcall, question).await?;
    let heading = match state {
        StateFilter::All => "People",
        StateFilter::Active => "Active people",
        StateFilter::Suspended => "Suspended people",
    };
    let row = |row: &PersonShown| pages::PersonShown {
        invited: row.invited,
        ..shown::person(&row.user, call.now)
    };
    let page = |at: &At<UserId>| {
        let filter = [("search", search.as_str()), ("state", state_text)];
        page_query(at, &filter)
    };
    Ok(show(&PeoplePage {
        frame: call.frame(&asked.visitor, Section::People, heading),
        search_hint: "By the beginning of an email or of a name.",
        state: state_text,
        states: STATES,
        is_narrowed: !search.is_empty() || state != StateFilter::All,
        people: asked.answer.rows.iter().map(row).collect(),
        pages: Pages {
            previous: asked.answer.previous.as_ref().and_then(page),
            next: asked.answer.next.as_ref().and_then(page),
        },
        may_invite: asked.visitor.may(Right::ManagePeople),
        search,
    }))
}

/// Where a page of a list begins, as its address says. What nobody can have as an id is the start.
pub(crate) fn at<Id: std::str::FromStr>(call: &PageCall) -> At<Id> {
    let id = |name: &str| call.query.get(name).parse::<Id>().ok();
    match (id("after"), id("before")) {
        (Some(id), _) => At::After(id),
        (None, Some(id)) => At::Before(id),
        (None, None) => At::Start,
    }
}

/// The query of that page. Nothing for the start: no link leads there.
pub(crate) fn page_query<Id: ToString>(at: &At<Id>, filter: &[(&str, &str)]) -> Option<String> {
    let (name, id) = match at {
        At::Start => return None,
        At::After(id) => ("after", id.to_string()),
        At::Before(id) => ("before", id.to_string()),
    };
    let mut pairs = filter.to_vec();
    pairs.push((name, &id));
    Some(query(&pairs))
}

/// A person, and what each page about them has to say.
pub(super) struct PersonSeen {
    pub visitor: Visitor,
    pub person: OnePersonShown,
    pub secrets: Vec<SeenSecret>,
}

pub(super) async fn look_at_person(rollcall: &Rollcall, call: &PageCall) -> Result<PersonSeen, No> {
    let user = call.ids.user.as_deref().and_then(|id| id.parse::<UserId>().ok());
    let Some(user) = user else {
        // Who may not see people is not told who is not there.
        call.visitor(rollcall).await?;
        return Err(No::Refused(Refusal::NoSuchUser));
    };
    let asked = call.ask(rollcall, OnePerson { user }).await?;
    let secrets = call.ask(rollcall, SecretsSeenBy { user }).await?.answer;
    Ok(PersonSeen { visitor: asked.visitor, person: asked.answer, secrets })
}

pub(super) fn seen_secrets(call: &PageCall, secrets: &[SeenSecret]) -> Vec<pages::SeenSecret> {
    let secret = |secret: &SeenSecret| pages::SeenSecret {
        application: secret.application.to_string(),
        name: secret.application_name.clone(),
        secret: secret.secret.to_string(),
        label: secret.label.clone(),
        seen: When::of(secret.at, call.now),
    };
    secrets.iter().map(secret).collect()
}

pub(crate) async fn person(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let user = &seen.person.user;
    let history = Activity {
        person: Some(user.id),
        application: None,
        kind: None,
        at: At::Start,
        size: HISTORY_SIZE,
    };
    let history = call.ask(rollcall, history).await?.answer;
    let line = |told: &Told| {
        let line = words::line(told, call.now);
        HistoryLine { at: line.at, words: line.words, by: line.by.label, why: line.why }
    };
    let manages = seen.visitor.may(Right::ManagePeople)
        && (!user.groups.owner || seen.visitor.user.groups.owner);
    let mut frame = call.frame_below(&seen.visitor, Section::People, &[], shown::name(user));
    frame.notice = notice(call, &seen);
    Ok(show(&PersonPage {
        frame,
        sessions: sessions(&seen.person),
        seen: seen_secrets(call, &seen.secrets),
        history: history.rows.iter().map(line).collect(),
        may_change_groups: manages,
        may_make_link: manages && !user.is_suspended(),
        person: shown::person(user, call.now),
    }))
}

fn sessions(person: &OnePersonShown) -> String {
    match (person.sessions, person.has_password) {
        (0, true) => "Nowhere".to_owned(),
        (0, false) => match &person.link {
            Some(_) => "Not yet: a code is out".to_owned(),
            None => "Not yet: no password is set".to_owned(),
        },
        (count, _) => format!("With {}", counted(count, "session")),
    }
}

/// What was just done, if it still is so.
fn notice(call: &PageCall, seen: &PersonSeen) -> Option<Notice> {
    let user = &seen.person.user;
    let (id, name) = (user.id, shown::name(user));
    let nothing_since = call.query.get("epoch") == user.epoch.to_string();
    match (call.query.get("done"), user.is_suspended()) {
        ("suspended", true) if nothing_since => Some(Notice {
            text: format!(
                "{name} is suspended, and out everywhere. What ended does not come back if you undo this."
            ),
            undo: Some(Undo { path: format!("/people/{id}/reactivate"), epoch: user.epoch }),
        }),
        ("reactivated", false) if nothing_since => {
            let text = "is active and can sign in again. Access to vaults has to be given again.";
            Some(Notice::said(format!("{name} {text}")))
        }
        ("groups", _) => Some(Notice::said(format!("The groups of {name} are changed."))),
        _ => None,
    }
}
