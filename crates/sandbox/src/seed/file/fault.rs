//! One `[[faults]]` of a seed file: the same fields as in the control API. People may be written by
//! address, accounts and applications by name; a fault is kept with their ids.

use rollcall_directory::world::{AccountId, ApplicationId, UserId};
use rollcall_wire::users::State;
use uuid::Uuid;

use super::SeedFileError;
use super::table::{Field, Place, Table, quoted};
use crate::faults::{Effect, Fault, Page, PageOf, When};
use crate::seed::SeedAccount;

const KEYS: [&str; 7] = ["name", "when", "skip", "times", "probability", "order", "effect"];
const WHEN_KEYS: [&str; 6] = ["operations", "account", "user", "application", "client_id", "page"];

pub(super) fn read(table: &Table<'_>, accounts: &[SeedAccount]) -> Result<Fault, SeedFileError> {
    table.only(&KEYS)?;
    let name = table.required_text("name", "suspend is busy")?.value.to_owned();
    let when_table = table.table("when", "faults.when")?;
    let when = match &when_table {
        Some(when) => read_when(when, accounts)?,
        None => When::default(),
    };
    let effect_table = table.table("effect", "faults.effect")?.ok_or_else(|| {
        let example = "is missing; add for example effect = { kind = \"silence\" }";
        table.place("effect").wrong(example)
    })?;
    let fault = Fault {
        name,
        when,
        skip: small(table, "skip")?.unwrap_or(0),
        times: small(table, "times")?,
        probability: table.share("probability")?.map(|field| field.value),
        order: small(table, "order")?.unwrap_or(0),
        effect: read_effect(&effect_table)?,
    };
    match fault.flaw() {
        None => Ok(fault),
        Some(flaw) => {
            let place = match flaw.field.split_once('.') {
                Some(("effect", key)) => effect_table.place(key),
                Some((_, key)) => {
                    when_table.map_or_else(|| table.place("when"), |it| it.place(key))
                }
                None => table.place(flaw.field),
            };
            Err(place.wrong(flaw.problem))
        }
    }
}

fn read_when(table: &Table<'_>, accounts: &[SeedAccount]) -> Result<When, SeedFileError> {
    table.only(&WHEN_KEYS)?;
    let operations = table.texts("operations")?;
    let page = match table.text("page")? {
        None => None,
        Some(field) => Some(match field.value {
            "first" => PageOf::First,
            "later" => PageOf::Later,
            other => {
                let problem = format!("{} is neither first nor later", quoted(other));
                return Err(field.place.wrong(problem));
            }
        }),
    };
    let application = match (table.text("application")?, table.text("client_id")?) {
        (Some(_), Some(second)) => {
            return Err(second.place.wrong("is `application` by another name; leave one out"));
        }
        (first, second) => first.or(second),
    };
    let mut among = named_account(table.text("account")?.as_ref(), accounts)?;
    let user = match table.text("user")? {
        None => None,
        Some(field) => Some(named_user(&field, &mut among)?),
    };
    let client_id = match application {
        None => None,
        Some(field) => Some(named_application(&field, &mut among)?),
    };
    let says_which = table.text("account")?.is_some() || user.is_some() || client_id.is_some();
    let account = match among[..] {
        [only] if says_which => Some(AccountId::from_bytes(only.id).to_string()),
        _ => None,
    };
    let operations = operations.iter().map(|field| field.value.to_owned()).collect();
    Ok(When { operations, account, user, client_id, page })
}

/// Those that may be meant: all of them where none is named.
fn named_account<'a>(
    field: Option<&Field<'_, &str>>,
    accounts: &'a [SeedAccount],
) -> Result<Vec<&'a SeedAccount>, SeedFileError> {
    let Some(field) = field else { return Ok(accounts.iter().collect()) };
    let is_it = |account: &&SeedAccount| {
        account.name == field.value || AccountId::from_bytes(account.id).to_string() == field.value
    };
    let found: Vec<&SeedAccount> = accounts.iter().filter(is_it).collect();
    let ids = vec![String::new(); found.len()];
    the_only(field.place, field.value, "account", ids).map(|_| found)
}

/// An address, or an id; which leaves the accounts where there is one.
fn named_user(
    field: &Field<'_, &str>,
    among: &mut Vec<&SeedAccount>,
) -> Result<String, SeedFileError> {
    if !field.value.contains('@') {
        // Generated people have ids too, and may be millions: whoever it is, it is an id.
        let id: UserId = field.value.parse().map_err(|_| {
            let shown = quoted(field.value);
            field.place.wrong(format!("{shown} is neither the address nor the id of a person"))
        })?;
        return Ok(id.to_string());
    }
    let in_account = |account: &&SeedAccount| account.people.id_of(field.value);
    let ids: Vec<String> =
        among.iter().filter_map(in_account).map(|id| UserId::from_bytes(id).to_string()).collect();
    among.retain(|account| account.people.id_of(field.value).is_some());
    the_only(field.place, field.value, "person", ids)
}

fn named_application(
    field: &Field<'_, &str>,
    among: &mut Vec<&SeedAccount>,
) -> Result<String, SeedFileError> {
    let client_id = Uuid::try_parse(field.value).ok().map(Uuid::into_bytes);
    let in_account = |account: &SeedAccount| {
        let mut all = account.applications.iter();
        all.find(|one| one.name == field.value || Some(one.client_id) == client_id)
            .map(|one| ApplicationId::from_bytes(one.client_id).to_string())
    };
    let ids: Vec<String> = among.iter().filter_map(|account| in_account(account)).collect();
    among.retain(|account| in_account(account).is_some());
    the_only(field.place, field.value, "application", ids)
}

fn the_only(
    place: Place<'_>,
    wanted: &str,
    what: &str,
    mut found: Vec<String>,
) -> Result<String, SeedFileError> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(place.wrong(format!(
            "{} is in several accounts; say in which, with account = …",
            quoted(wanted)
        ))),
        (None, _) => {
            let shown = quoted(wanted);
            Err(place.wrong(format!("there is no {what} {shown} in the accounts of this file")))
        }
    }
}

fn read_effect(table: &Table<'_>) -> Result<Effect, SeedFileError> {
    let kind = table.required_text("kind", "silence")?;
    let only = |keys: &[&str]| table.only(&[&["kind"], keys].concat());
    Ok(match kind.value {
        "answer" => {
            only(&["status", "retry_after_seconds", "page", "word", "content_type"])?;
            Effect::Answer {
                status: required(table, "status", "429")?,
                retry_after_seconds: small(table, "retry_after_seconds")?,
                page: page(table)?,
                word: table.text("word")?.map(|field| field.value.to_owned()),
                content_type: table.text("content_type")?.map(|field| field.value.to_owned()),
            }
        }
        "slow" => {
            only(&["millis"])?;
            Effect::Slow { millis: required(table, "millis", "2000")? }
        }
        "trickle" => {
            only(&["bytes", "every_millis"])?;
            Effect::Trickle {
                bytes: required(table, "bytes", "16")?,
                every_millis: required(table, "every_millis", "100")?,
            }
        }
        "silence" => {
            only(&["cut_after_millis"])?;
            Effect::Silence { cut_after_millis: small(table, "cut_after_millis")? }
        }
        "cut_body" => {
            only(&["after_bytes"])?;
            Effect::CutBody { after_bytes: required(table, "after_bytes", "100")? }
        }
        "listed_as" => {
            only(&["state"])?;
            Effect::ListedAs { state: state(table)? }
        }
        "token_ends" => {
            only(&["after_calls"])?;
            Effect::TokenEnds { after_calls: required(table, "after_calls", "2")? }
        }
        bare => {
            let effect = match bare {
                "cut_after_act" => Effect::CutAfterAct {},
                "cut_before" => Effect::CutBefore {},
                "vanish" => Effect::Vanish {},
                "empty_page" => Effect::EmptyPage {},
                "extra_fields" => Effect::ExtraFields {},
                "retire_secret" => Effect::RetireSecret {},
                unknown => {
                    let (shown, kinds) = (quoted(unknown), Effect::KINDS.join(", "));
                    let problem = format!("{shown} is not a kind of fault; there are {kinds}");
                    return Err(kind.place.wrong(problem));
                }
            };
            only(&[])?;
            effect
        }
    })
}

fn page(table: &Table<'_>) -> Result<Page, SeedFileError> {
    let Some(field) = table.text("page")? else { return Ok(Page::Status) };
    match field.value {
        "status" => Ok(Page::Status),
        "html" => Ok(Page::Html),
        "empty" => Ok(Page::Empty),
        other => {
            let shown = quoted(other);
            Err(field.place.wrong(format!("{shown} is not a page; write status, html or empty")))
        }
    }
}

fn state(table: &Table<'_>) -> Result<State, SeedFileError> {
    let field = table.required_text("state", "ACTIVE")?;
    match field.value {
        "ACTIVE" => Ok(State::Active),
        "SUSPENDED" => Ok(State::Suspended),
        other => {
            let shown = quoted(other);
            Err(field.place.wrong(format!("{shown} is not a state; write ACTIVE or SUSPENDED")))
        }
    }
}

fn small<T: TryFrom<i128>>(
    table: &Table<'_>,
    key: &'static str,
) -> Result<Option<T>, SeedFileError> {
    let Some(field) = table.number(key)? else { return Ok(None) };
    let number = T::try_from(field.value)
        .map_err(|_| field.place.wrong(format!("{} is out of range", field.value)))?;
    Ok(Some(number))
}

fn required<T: TryFrom<i128>>(
    table: &Table<'_>,
    key: &'static str,
    example: &str,
) -> Result<T, SeedFileError> {
    small(table, key)?.ok_or_else(|| {
        table.place(key).wrong(format!("is missing; add for example {key} = {example}"))
    })
}
