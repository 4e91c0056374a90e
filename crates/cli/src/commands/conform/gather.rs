//! Asks everything, in order, and keeps what was answered. What it means is judged afterwards.

use std::collections::BTreeMap;

use reqwest::Method;
use rollcall_wire::route::Family;
use serde_json::Value;

use super::client::{Answer, Ask, Client};
use super::judge::is_word;
use super::probe::{Known, Probe, escaped};

/// What one family answered.
#[derive(Default)]
pub struct Seen {
    pub account: String,
    pub token_type: Option<String>,
    pub answers: BTreeMap<Probe, Result<Answer, String>>,
    pub walk: Walk,
    pub acts: Option<Acts>,
}

/// A walk through the list, page by page.
#[derive(Default)]
pub struct Walk {
    pub pages: Vec<Answer>,
    /// Ids that a walk in larger pages had shown.
    pub expected: Option<Vec<String>>,
    pub has_ended: bool,
    /// Why there is no more of it.
    pub broke_off: Option<String>,
}

/// What was done to the named person, in this order.
#[derive(Default)]
pub struct Acts {
    pub suspended: Vec<Result<Answer, String>>,
    pub shown_suspended: Option<Result<Answer, String>>,
    pub reactivated: Vec<Result<Answer, String>>,
    pub shown_active: Option<Result<Answer, String>>,
    pub colon_escaped: Option<Result<Answer, String>>,
    /// Where the person is not as they were found.
    pub not_put_back: Option<String>,
}

pub enum Trouble {
    /// Nothing came back.
    Unreachable(String),
    /// There is no such family here.
    NotServed,
    /// Something came back, and no token.
    NoToken(String),
    NoPerson(String),
}

pub const WALK_PAGES_MAX: usize = 20;
const PAGE_MAX: usize = 1000;
/// A small account is walked again in about so many pages.
const PAGES_WANTED: usize = 4;
const ACTS_ASKED: usize = 10;

/// At most so many requests for one family.
pub const fn requests_max(with_acts: bool) -> usize {
    let acts = if with_acts { ACTS_ASKED } else { 0 };
    Probe::ALL.len() + WALK_PAGES_MAX + PAGES_WANTED + 1 + TIDIED + acts
}

/// Tokens that are revoked at the end.
const TIDIED: usize = 3;

pub async fn gather(
    client: &mut Client,
    mut known: Known,
    person: Option<&str>,
) -> Result<Seen, Trouble> {
    let mut seen = Seen { account: known.account.clone(), ..Seen::default() };
    first_token(client, &mut known, &mut seen).await?;
    for &probe in &Probe::ALL[1..] {
        if probe == Probe::RevokeWrongSecret {
            // The last requests end tokens: whatever needs one comes before.
            seen.walk = walk(client, &known).await;
            if let Some(person) = person {
                let person = find(client, &known, &seen, person).await?;
                seen.acts = Some(act(client, &known, &person).await);
            }
        }
        let Some(ask) = probe.ask(&known) else { continue };
        let answer = client.send(&ask).await;
        if let Ok(answer) = &answer {
            learn(probe, answer, &mut known);
        }
        seen.answers.insert(probe, answer);
    }
    for probe in [Probe::Token, Probe::SecondToken, Probe::TokenCharset] {
        if let Some(Ok(answer)) = seen.answers.get(&probe)
            && let Some(token) = answer.token()
        {
            // Only tidying up: a token that stays ends by itself.
            let _ = client.send(&known.revoke(token)).await;
        }
    }
    seen.token_type = known.token_type;
    Ok(seen)
}

async fn first_token(
    client: &mut Client,
    known: &mut Known,
    seen: &mut Seen,
) -> Result<(), Trouble> {
    let Some(ask) = Probe::Token.ask(known) else { return Err(Trouble::NotServed) };
    let answer = client.send(&ask).await.map_err(Trouble::Unreachable)?;
    match answer.status {
        404 => return Err(Trouble::NotServed),
        _ if answer.token().is_none() => return Err(Trouble::NoToken(told(&answer))),
        _ => {}
    }
    learn(Probe::Token, &answer, known);
    seen.answers.insert(Probe::Token, Ok(answer));
    Ok(())
}

/// The status, and the word of an error.
fn told(answer: &Answer) -> String {
    match answer.text_of("error").or_else(|| answer.text_of("message")) {
        Some(word) if is_word(word) => format!("{} {word}", answer.status),
        _ => answer.status.to_string(),
    }
}

fn learn(probe: Probe, answer: &Answer, known: &mut Known) {
    let token = answer.token().map(str::to_owned);
    match probe {
        Probe::Token => {
            known.token_type = answer.text_of("token_type").map(str::to_owned);
            known.first_token.clone_from(&token);
            known.token = token;
        }
        Probe::SecondToken => known.token = token.or_else(|| known.token.take()),
        Probe::ThirdToken => known.third_token = token,
        Probe::ListTwo => known.next_page_token = answer.next_page_token().map(str::to_owned),
        Probe::List => {
            let first = answer.people().and_then(<[Value]>::first);
            known.somebody = first.and_then(|user| user["id"].as_str()).map(str::to_owned);
        }
        _ => {}
    }
}

/// In the largest pages; a list that is one such page is walked again in smaller ones.
async fn walk(client: &mut Client, known: &Known) -> Walk {
    let large = walk_by(client, known, PAGE_MAX, WALK_PAGES_MAX).await;
    let [only] = large.pages.as_slice() else { return large };
    let ids: Vec<String> = ids_of(only.people().unwrap_or_default()).map(str::to_owned).collect();
    if !large.has_ended || ids.len() < 2 {
        return large;
    }
    let size = ids.len().div_ceil(PAGES_WANTED);
    let small = walk_by(client, known, size, PAGES_WANTED + 1).await;
    Walk { expected: Some(ids), ..small }
}

async fn walk_by(client: &mut Client, known: &Known, size: usize, pages_max: usize) -> Walk {
    let mut walk = Walk::default();
    let mut next = None::<String>;
    while walk.pages.len() < pages_max {
        let more = next.take().map(|token| format!("&page_token={}", escaped(&token)));
        let more = more.unwrap_or_default();
        let target = format!("{}?max_page_size={size}{more}", known.users());
        match client.send(&known.call(Method::GET, target)).await {
            Ok(answer) if answer.people().is_some() => {
                next = answer.next_page_token().map(str::to_owned);
                walk.pages.push(answer);
            }
            Ok(answer) => walk.broke_off = Some(format!("a page was answered {}", told(&answer))),
            Err(error) => walk.broke_off = Some(format!("no answer: {error}")),
        }
        walk.has_ended = next.is_none() && walk.broke_off.is_none();
        if next.is_none() || walk.broke_off.is_some() {
            break;
        }
    }
    walk
}

pub fn ids_of(people: &[Value]) -> impl Iterator<Item = &str> {
    people.iter().filter_map(|user| user["id"].as_str())
}

/// The person's id and state.
async fn find(
    client: &mut Client,
    known: &Known,
    seen: &Seen,
    person: &str,
) -> Result<(String, bool), Trouble> {
    let id = if person.contains('@') {
        let people = seen.walk.pages.iter().filter_map(Answer::people).flatten();
        let mut found = people.filter(|user| user["email"].as_str() == Some(person));
        let id = found.next().and_then(|user| user["id"].as_str());
        id.ok_or_else(|| {
            Trouble::NoPerson(format!("nobody on the pages walked has the address {person}"))
        })?
    } else {
        person
    };
    let answer = client.send(&known.call(Method::GET, known.user(id))).await;
    let answer = answer.map_err(Trouble::Unreachable)?;
    match answer.text_of("state") {
        Some("ACTIVE") => Ok((id.to_owned(), true)),
        Some("SUSPENDED") => Ok((id.to_owned(), false)),
        _ => Err(Trouble::NoPerson(format!("{person} was answered {}", told(&answer)))),
    }
}

async fn act(client: &mut Client, known: &Known, (id, was_active): &(String, bool)) -> Acts {
    let address = known.user(id);
    let mut acts = Acts::default();
    let post = |verb: &str| known.call(Method::POST, format!("{address}{verb}"));
    let get = known.call(Method::GET, address.clone());
    for _ in 0..2 {
        acts.suspended.push(client.send(&post(":suspend")).await);
    }
    acts.shown_suspended = Some(client.send(&get).await);
    let asks: [Ask; 2] = [post(":reactivate"), known.act_by_form(format!("{address}:reactivate"))];
    for ask in &asks {
        acts.reactivated.push(client.send(ask).await);
    }
    acts.shown_active = Some(client.send(&get).await);
    acts.colon_escaped = Some(client.send(&post("%3Areactivate")).await);
    if !was_active {
        let _ = client.send(&post(":suspend")).await;
    }
    let wanted = if *was_active { "ACTIVE" } else { "SUSPENDED" };
    let now = client.send(&get).await;
    let is_back = now.as_ref().is_ok_and(|answer| answer.text_of("state") == Some(wanted));
    if !is_back {
        let now = now.map_or_else(|error| error, |answer| told(&answer));
        acts.not_put_back = Some(format!("{id} was found {wanted}, and is not so now: {now}"));
    }
    acts
}

pub fn known(family: Family, account: &str, client_id: &str, secret: &str) -> Known {
    Known {
        family,
        account: account.to_owned(),
        client_id: client_id.to_owned(),
        secret: secret.to_owned(),
        token_type: None,
        first_token: None,
        token: None,
        third_token: None,
        next_page_token: None,
        somebody: None,
    }
}
