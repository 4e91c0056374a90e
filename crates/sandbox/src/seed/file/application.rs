//! One `[[accounts.applications]]` of a seed file. Its secrets are drawn, never written down.

use url::Url;
use uuid::Uuid;

use super::SeedFileError;
use super::table::{Field, Place, Table, quoted};
use super::text;
use crate::seed::draws::AccountDraws;
use crate::seed::{Scope, SeedApplication};

const KEYS: [&str; 6] = ["name", "description", "redirect_url", "scopes", "secrets", "client_id"];
const NAME_LENGTH_MAX_CHARS: usize = 100;
const DESCRIPTION_LENGTH_MAX_CHARS: usize = 1_000;
const REDIRECT_URL_LENGTH_MAX_BYTES: usize = 2_000;

pub(super) struct ListedApplication<'a> {
    pub(super) application: SeedApplication,
    pub(super) name_place: Place<'a>,
    pub(super) client_id_place: Place<'a>,
}

pub(super) fn read<'a>(
    table: &Table<'a>,
    draws: &AccountDraws,
) -> Result<ListedApplication<'a>, SeedFileError> {
    table.only(&KEYS)?;
    let name_field = table.required_text("name", "Containment")?;
    let name = text::name(&name_field, NAME_LENGTH_MAX_CHARS)?;
    let description = match table.text("description")? {
        Some(field) => text::shown_text(&field, DESCRIPTION_LENGTH_MAX_CHARS)?,
        None => String::new(),
    };
    let redirect_url = table.required_text("redirect_url", "https://localhost.example/callback")?;
    check_redirect_url(&redirect_url)?;
    let client_id = match table.text("client_id")? {
        Some(field) => client_id(&field)?,
        None => draws.client_id(&name),
    };
    let scopes = scopes(table)?;
    let secrets = (0..secret_count(table)?).map(|position| draws.secret(&name, position));
    let (secret_bytes, secret_ids) = secrets.map(|secret| (secret.bytes, secret.id)).unzip();
    let redirect_url = redirect_url.value.to_owned();
    Ok(ListedApplication {
        application: SeedApplication {
            client_id,
            name,
            description,
            redirect_url,
            scopes,
            secret_bytes,
            secret_ids,
        },
        name_place: name_field.place,
        client_id_place: table.place("client_id"),
    })
}

/// Never fetched, but it must be what the application's form would take.
fn check_redirect_url(field: &Field<'_, &str>) -> Result<(), SeedFileError> {
    let length = field.value.len();
    if length > REDIRECT_URL_LENGTH_MAX_BYTES {
        let problem = format!("has {length} bytes; the most is {REDIRECT_URL_LENGTH_MAX_BYTES}");
        return Err(field.place.wrong(problem));
    }
    let blank = |letter: char| letter.is_whitespace() || letter.is_control();
    let plain = Url::parse(field.value).is_ok_and(|url| {
        !field.value.contains(blank)
            && url.scheme() == "https"
            && url.has_host()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if plain {
        return Ok(());
    }
    Err(field.place.wrong(format!(
        "{} is not an absolute https:// address without user name and fragment; it is never fetched, so a \
         placeholder like https://localhost.example/callback will do",
        quoted(field.value)
    )))
}

fn client_id(field: &Field<'_, &str>) -> Result<[u8; 16], SeedFileError> {
    let hyphenated = field.value.len() == 36;
    let id = Uuid::try_parse(field.value).ok().filter(|id| hyphenated && !id.is_nil());
    id.map(Uuid::into_bytes).ok_or_else(|| {
        field.place.wrong(format!(
            "{} is not a UUID like 0f8fad5b-d9cb-469f-a165-70867728950e; leave the key out to have one made \
             from the seed number",
            quoted(field.value)
        ))
    })
}

fn scopes(table: &Table<'_>) -> Result<Vec<Scope>, SeedFileError> {
    const KNOWN: &str = "list_users, get_user, suspend_users and reactivate_users";
    let mut scopes = Vec::new();
    for field in table.texts("scopes")? {
        let scope = match field.value {
            "list_users" => Scope::ListUsers,
            "get_user" => Scope::GetUser,
            "suspend_users" => Scope::SuspendUsers,
            "reactivate_users" => Scope::ReactivateUsers,
            other => {
                let problem = format!("{} is not a scope; there are {KNOWN}", quoted(other));
                return Err(field.place.wrong(problem));
            }
        };
        if scopes.contains(&scope) {
            let problem = format!("{} stands here twice; once is enough", quoted(field.value));
            return Err(field.place.wrong(problem));
        }
        scopes.push(scope);
    }
    if scopes.is_empty() {
        let problem = format!("an application needs at least one scope; there are {KNOWN}");
        return Err(table.place("scopes").wrong(problem));
    }
    Ok(scopes)
}

fn secret_count(table: &Table<'_>) -> Result<usize, SeedFileError> {
    match table.number("secrets")? {
        None => Ok(1),
        Some(field) => match field.value {
            1 => Ok(1),
            2 => Ok(2),
            other => Err(field.place.wrong(format!(
                "{other} live secrets are not possible; write 1, or 2 for an application that is changing its secret"
            ))),
        },
    }
}
