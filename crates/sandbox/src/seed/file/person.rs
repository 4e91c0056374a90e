//! One `[[accounts.people]]` of a seed file.

use toml::value::Datetime;

use super::SeedFileError;
use super::table::{Field, Place, Table, quoted};
use super::text::{self, NAME_LENGTH_MAX_CHARS};
use crate::seed::SeedPerson;
use crate::seed::draws::AccountDraws;
use crate::seed::people::create_time_seconds;

const KEYS: [&str; 7] =
    ["email", "display_name", "groups", "state", "externally_managed", "create_time", "id"];
const EMAIL_LENGTH_MAX_BYTES: usize = 254;

pub(super) struct ListedPerson<'a> {
    pub(super) person: SeedPerson,
    pub(super) email_place: Place<'a>,
    /// Only when the file gives the id.
    pub(super) id_place: Option<Place<'a>>,
}

#[derive(Default)]
struct Groups {
    owners: bool,
    administrators: bool,
    security: bool,
}

/// `position` is the person's among the listed people of the account; it gives the time when the file
/// does not.
pub(super) fn read<'a>(
    table: &Table<'a>,
    draws: &AccountDraws,
    position: usize,
) -> Result<ListedPerson<'a>, SeedFileError> {
    table.only(&KEYS)?;
    let email = table.required_text("email", "ada@rollcall.example")?;
    check_email(&email)?;
    let display_name = match table.text("display_name")? {
        Some(field) => text::name(&field, NAME_LENGTH_MAX_CHARS)?,
        None => name_from(email.value),
    };
    let groups = groups(table)?;
    let id = table.text("id")?;
    let create_time = table.date_time("create_time")?;
    let person = SeedPerson {
        id: match &id {
            Some(field) => text::id(field)?,
            None => draws.person_id(&email.value.to_lowercase()),
        },
        email: email.value.to_owned(),
        display_name,
        suspended: suspended(table)?,
        owner: groups.owners,
        administrator: groups.administrators,
        security: groups.security,
        externally_managed: table.flag("externally_managed")?,
        create_time_seconds: match create_time {
            Some(field) => seconds(&field)?,
            None => create_time_seconds(position),
        },
        password: None,
    };
    Ok(ListedPerson { person, email_place: email.place, id_place: id.map(|field| field.place) })
}

fn check_email(email: &Field<'_, &str>) -> Result<(), SeedFileError> {
    let length = email.value.len();
    if length > EMAIL_LENGTH_MAX_BYTES {
        let problem =
            format!("has {length} bytes; an address has at most {EMAIL_LENGTH_MAX_BYTES}");
        return Err(email.place.wrong(problem));
    }
    let two_sides = email.value.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !local.contains('@')
    });
    let letters = !email.value.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    if two_sides && letters {
        return Ok(());
    }
    let shown = quoted(email.value);
    Err(email.place.wrong(format!("{shown} is not an address; write it like ada@rollcall.example")))
}

/// `ada.lovelace@…` becomes "Ada Lovelace".
fn name_from(email: &str) -> String {
    let local = email.split('@').next().unwrap_or(email);
    let words: Vec<String> =
        local.split(['.', '_', '+']).filter(|word| !word.is_empty()).map(capitalised).collect();
    if words.is_empty() { local.to_owned() } else { words.join(" ") }
        .chars()
        .take(NAME_LENGTH_MAX_CHARS)
        .collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn groups(table: &Table<'_>) -> Result<Groups, SeedFileError> {
    let mut groups = Groups::default();
    for group in table.texts("groups")? {
        let member = match group.value {
            "owners" => &mut groups.owners,
            "administrators" => &mut groups.administrators,
            "security" => &mut groups.security,
            other => {
                let problem = format!(
                    "{} is not a group; there are owners, administrators and security (a member is in none)",
                    quoted(other)
                );
                return Err(group.place.wrong(problem));
            }
        };
        if std::mem::replace(member, true) {
            return Err(group
                .place
                .wrong(format!("{} stands here twice; once is enough", quoted(group.value))));
        }
    }
    Ok(groups)
}

fn suspended(table: &Table<'_>) -> Result<bool, SeedFileError> {
    match table.text("state")? {
        None => Ok(false),
        Some(state) => match state.value {
            "active" => Ok(false),
            "suspended" => Ok(true),
            other => {
                let shown = quoted(other);
                Err(state.place.wrong(format!("{shown} is not a state; write active or suspended")))
            }
        },
    }
}

fn seconds(field: &Field<'_, Datetime>) -> Result<i64, SeedFileError> {
    let shown = field.value;
    let Datetime { date: Some(_), time: Some(time), offset: Some(_) } = shown else {
        let problem = format!(
            "{shown} leaves open when that was; write date, time and offset, e.g. 2024-05-01T09:30:00Z"
        );
        return Err(field.place.wrong(problem));
    };
    if time.nanosecond.is_some_and(|nanosecond| nanosecond != 0) {
        return Err(field
            .place
            .wrong(format!("{shown} has a part of a second; times here are whole seconds")));
    }
    let moment: Option<jiff::Timestamp> = shown.to_string().parse().ok();
    match moment.map(jiff::Timestamp::as_second) {
        Some(seconds) if seconds >= 0 => Ok(seconds),
        _ => Err(field
            .place
            .wrong(format!("{shown} is out of range; write a time from 1970 to 9999"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_from_the_address() {
        assert_eq!(name_from("ada.lovelace@example.com"), "Ada Lovelace");
        assert_eq!(name_from("grace_hopper+test@example.com"), "Grace Hopper Test");
        assert_eq!(name_from("ÉMILE@example.com"), "ÉMILE");
        assert_eq!(name_from("...@example.com"), "...");
    }
}
