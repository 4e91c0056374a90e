//! What the answers mean: for each fact, whether the server does as it says. Pure: the same answers
//! are judged in the same way, and nothing is asked here.

mod acts;
mod errors;
mod list;
mod tokens;
mod users;
mod walk;

use super::client::Answer;
use super::fact::Fact;
use super::gather::Seen;
use super::probe::Probe;

/// Why a fact was not found to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// What was seen instead.
    Differs(String),
    /// Why it cannot be said.
    Unknown(String),
}

pub type Judged = Result<(), No>;

pub fn judge(fact: Fact, seen: &Seen) -> Judged {
    match fact {
        Fact::TokenStatus => status(seen, Probe::Token, 200),
        Fact::TokenJson => tokens::json(seen),
        Fact::TokenType => tokens::kind(seen),
        Fact::TokenExpiresIn => tokens::expires_in(seen),
        Fact::TokenScope => tokens::scope(seen),
        Fact::TokenNoRefresh => tokens::no_refresh(seen),
        Fact::TokenNotStored => tokens::not_stored(seen),
        Fact::TokenScopeOpenid => tokens::given(seen, Probe::ThirdToken),
        Fact::TokenCharset => tokens::given(seen, Probe::TokenCharset),
        Fact::TokensSideBySide => tokens::side_by_side(seen),
        Fact::TokenWrongSecret => status(seen, Probe::TokenWrongSecret, 401),
        Fact::TokenWrongSecretError => tokens::wrong_secret_error(seen),
        Fact::TokenWrongSecretChallenge => tokens::challenge(seen),
        Fact::TokenGrantRequired => tokens::not_given(seen, Probe::TokenNoGrant),
        Fact::TokenGrantError => tokens::error(seen, Probe::TokenNoGrant, 400, "invalid_request"),
        Fact::TokenOtherGrant => tokens::not_given(seen, Probe::TokenOtherGrant),
        Fact::TokenOtherGrantError => {
            tokens::error(seen, Probe::TokenOtherGrant, 400, "unsupported_grant_type")
        }
        Fact::TokenOtherScope => tokens::not_given(seen, Probe::TokenOtherScope),
        Fact::TokenOtherScopeError => {
            tokens::error(seen, Probe::TokenOtherScope, 400, "invalid_scope")
        }
        Fact::TokenSecretInBody => tokens::not_given(seen, Probe::TokenInBody),
        Fact::RevokeStatus => status(seen, Probe::Revoke, 200),
        Fact::RevokeEmpty => tokens::revoke_empty(seen),
        Fact::RevokeEnds => tokens::revoke_ends(seen),
        Fact::RevokeLeavesOthers => tokens::revoke_leaves_others(seen),
        Fact::RevokeUnknown => tokens::revoke_also(seen, Probe::RevokeUnknown, 200),
        Fact::RevokeWrongSecret => tokens::revoke_also(seen, Probe::RevokeWrongSecret, 401),
        Fact::RevokeTokenRequired => tokens::revoke_also(seen, Probe::RevokeNoToken, 400),
        Fact::ListStatus => permitted(seen, Probe::List),
        Fact::ListJson => list::json(seen),
        Fact::ListResults => list::results(seen),
        Fact::ListTwoFields => list::two_fields(seen),
        Fact::UserFields => users::fields(seen),
        Fact::UserTexts => users::texts(seen),
        Fact::UserId => users::id(seen),
        Fact::UserState => users::state(seen),
        Fact::UserCreateTime => users::create_time(seen),
        Fact::UserPath => users::path(seen),
        Fact::ListDefaultPage => list::at_most(seen, Probe::List, 25),
        Fact::ListPageSize => list::at_most(seen, Probe::ListTwo, 2),
        Fact::ListMore => list::more(seen),
        Fact::ListPageSizeMax => list::at_most(seen, Probe::ListAboveMax, 1000),
        Fact::ListPageSizeZero => list::zero(seen),
        Fact::ListPageSizeNegative => list::refused(seen, Probe::ListNegative),
        Fact::ListPageSizeWord => list::refused(seen, Probe::ListWord),
        Fact::ListCamelCase => list::camel_case(seen),
        Fact::ListFilterActive => list::only(seen, Probe::ListActive, "ACTIVE"),
        Fact::ListFilterSuspended => list::only(seen, Probe::ListSuspended, "SUSPENDED"),
        Fact::ListFilterEscaped => list::same(seen, Probe::ListActive, Probe::ListActiveEscaped),
        Fact::ListFilterEmpty => list::same(seen, Probe::List, Probe::ListEmptyFilter),
        Fact::ListFilterWrong => list::refused(seen, Probe::ListWrongFilter),
        Fact::ListSecondPage => list::second_page(seen),
        Fact::ListPageTokenForm => list::page_token_form(seen),
        Fact::ListPageTokenWrong => list::refused(seen, Probe::ListWrongToken),
        Fact::ListPageTokenOtherFilter => list::refused(seen, Probe::ListTokenOtherFilter),
        Fact::ListWalk => walk::whole(seen),
        Fact::ListEnd => walk::end(seen),
        Fact::ListOrder => walk::order(seen),
        Fact::ListUnknownName => list::as_listed(seen, Probe::ListUnknownName),
        Fact::UserAgentOptional => list::as_listed(seen, Probe::ListNoUserAgent),
        Fact::SchemeAsTold => list::as_listed(seen, Probe::ListAsTold),
        Fact::SchemeAnyCase => list::as_listed(seen, Probe::ListLower)
            .and_then(|()| list::as_listed(seen, Probe::ListUpper)),
        Fact::GetAsListed => users::as_listed(seen),
        Fact::GetUnknown => errors::get_unknown(seen),
        Fact::GetOtherAccount => status(seen, Probe::GetOtherAccount, 403),
        Fact::NoToken => status(seen, Probe::NoToken, 401),
        Fact::RubbishToken => status(seen, Probe::RubbishToken, 401),
        Fact::BearerChallenge => errors::challenge(seen),
        Fact::ErrorShape => errors::each(seen, errors::shape),
        Fact::ErrorDetails => errors::each(seen, errors::details),
        Fact::ErrorJson => errors::each(seen, errors::json),
        Fact::ErrorCodes => errors::each(seen, errors::code),
        Fact::WrongMethod => errors::wrong_method(seen),
        Fact::UnknownPath => status(seen, Probe::UnknownPath, 404),
        Fact::SuspendAnswers => acts::suspend_answers(seen),
        Fact::SuspendTwice => acts::suspend_twice(seen),
        Fact::SuspendShows => acts::suspend_shows(seen),
        Fact::ReactivateAnswers => acts::reactivate_answers(seen),
        Fact::ReactivateTwice => acts::reactivate_twice(seen),
        Fact::ReactivateShows => acts::reactivate_shows(seen),
        Fact::ActFormType => acts::form_type(seen),
        Fact::ActColonEscaped => acts::colon_escaped(seen),
    }
}

fn answer(seen: &Seen, probe: Probe) -> Result<&Answer, No> {
    match seen.answers.get(&probe) {
        Some(Ok(answer)) if answer.status == 429 => unknown("it was answered 429"),
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => differs(format!("no answer: {error}")),
        None => unknown("what it is asked with was not found"),
    }
}

fn status(seen: &Seen, probe: Probe, wanted: u16) -> Judged {
    must(answer(seen, probe)?.status == wanted, || {
        format!("answered {}", answer(seen, probe).map_or(0, |answer| answer.status))
    })
}

/// A call that an application without the permission cannot try.
fn permitted(seen: &Seen, probe: Probe) -> Judged {
    match answer(seen, probe)?.status {
        200 => Ok(()),
        403 => unknown("answered 403: the application has no permission for it"),
        other => differs(format!("answered {other}")),
    }
}

fn must(holds: bool, saw: impl FnOnce() -> String) -> Judged {
    if holds { Ok(()) } else { differs(saw()) }
}

fn differs<T>(saw: impl Into<String>) -> Result<T, No> {
    Err(No::Differs(saw.into()))
}

fn unknown<T>(why: impl Into<String>) -> Result<T, No> {
    Err(No::Unknown(why.into()))
}

/// What kind of body it is: of an error only names are told, for a server may repeat in it what it
/// was sent.
fn has(answer: &Answer) -> String {
    match answer.json.as_ref().and_then(serde_json::Value::as_object) {
        Some(object) => {
            let names: Vec<&str> = object.keys().map(String::as_str).collect();
            format!("has {}", quoted(&names.join(", ")))
        }
        None => "is no JSON object".to_owned(),
    }
}

/// The word of an error, where it is one.
fn word(value: Option<&serde_json::Value>) -> String {
    match value.and_then(serde_json::Value::as_str) {
        Some(word) if is_word(word) => quoted(word),
        Some(_) => "no plain word".to_owned(),
        None => "no text".to_owned(),
    }
}

/// Short, and of small letters: no secret looks so.
pub fn is_word(text: &str) -> bool {
    const WORD_MAX: usize = 40;
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    (1..=WORD_MAX).contains(&text.len()) && text.bytes().all(is_part)
}

/// Somebody else's text, short, and such that a terminal does not obey it.
fn quoted(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    let short: String = text.chars().take(SHOWN_MAX).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{more}`", crate::shown::shown(&short))
}

/// A value, or that there is none.
fn shown(value: Option<&serde_json::Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| quoted(&value.to_string()))
}
