//! The exchanges as a grader reads them: in order, each with what it means, grouped by what was
//! asked of whom.

use std::collections::HashMap;
use std::time::Duration;

use crate::journal::{Answered, Credential, Exchange, PageToken};

pub struct Calls<'a> {
    pub(super) all: Vec<Call<'a>>,
    /// Made by one program in one run: what two of them side by side would excuse is not excused.
    pub(super) is_one_run: bool,
    /// Ids that the client was given outside of the API.
    pub(super) given_ids: Vec<String>,
}

#[derive(Clone, Copy)]
pub(super) struct Call<'a>(pub(super) &'a Exchange);

impl<'a> Calls<'a> {
    /// From the oldest to the newest.
    #[must_use]
    pub fn of(exchanges: &'a [Exchange]) -> Self {
        let mut all: Vec<Call<'a>> = exchanges.iter().map(Call).collect();
        all.sort_by_key(|call| call.number());
        Self { all, is_one_run: false, given_ids: Vec::new() }
    }

    #[must_use]
    pub fn of_one_run(exchanges: &'a [Exchange], given_ids: Vec<String>) -> Self {
        Self { is_one_run: true, given_ids, ..Self::of(exchanges) }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn of_people(&self) -> impl Iterator<Item = Call<'a>> + '_ {
        self.all.iter().copied().filter(Call::is_of_people)
    }

    pub(super) fn lists(&self) -> impl Iterator<Item = Call<'a>> + '_ {
        self.all.iter().copied().filter(Call::is_list)
    }

    pub(super) fn token_requests(&self) -> impl Iterator<Item = Call<'a>> + '_ {
        self.all.iter().copied().filter(Call::is_token_request)
    }

    /// The calls that asked for the same thing of the same person or page, each group in order.
    pub(super) fn same(&self) -> Vec<Vec<Call<'a>>> {
        let mut groups: HashMap<(&str, &str, &str, &str), Vec<Call<'a>>> = HashMap::new();
        for call in self.of_people() {
            let of = if call.is_list() { call.0.sent.target.as_str() } else { "" };
            let user = call.user().unwrap_or_default();
            groups.entry((call.client(), call.operation(), user, of)).or_default().push(call);
        }
        let mut groups: Vec<Vec<Call<'a>>> = groups.into_values().collect();
        groups.sort_by_key(|group| group.first().map_or(0, Call::number));
        groups
    }

    /// The page token that a list asked with, as it was given; nothing for a first page, and for
    /// one that was never given.
    pub(super) fn asked_token(&self, call: Call<'a>) -> Option<&'a str> {
        let PageToken::AsGiven { exchange } = call.0.meant.page_token else { return None };
        let place = self.all.binary_search_by_key(&exchange, Call::number).ok()?;
        self.all.get(place)?.0.told.next_page_token.as_deref()
    }
}

impl<'a> Call<'a> {
    pub(super) fn number(&self) -> u64 {
        self.0.number
    }

    pub(super) fn operation(&self) -> &'a str {
        &self.0.meant.operation
    }

    pub(super) fn is_list(&self) -> bool {
        self.operation() == "ListUsers"
    }

    pub(super) fn is_get(&self) -> bool {
        self.operation() == "GetUser"
    }

    /// One that changes a person.
    pub(super) fn is_act(&self) -> bool {
        matches!(self.operation(), "SuspendUser" | "ReactivateUser")
    }

    pub(super) fn is_of_people(&self) -> bool {
        self.is_list() || self.is_get() || self.is_act()
    }

    pub(super) fn is_token_request(&self) -> bool {
        self.operation() == "RequestToken"
    }

    pub(super) fn is_revocation(&self) -> bool {
        self.operation() == "RevokeToken"
    }

    pub(super) fn user(&self) -> Option<&'a str> {
        self.0.meant.user.as_deref()
    }

    /// Whose credentials came with it; empty where they are not of this double.
    pub(super) fn client(&self) -> &'a str {
        match &self.0.meant.credential {
            Credential::Client { client_id, .. } | Credential::Token { client_id, .. } => client_id,
            Credential::None | Credential::Unknown { .. } => "",
        }
    }

    pub(super) fn token(&self) -> Option<u64> {
        match self.0.meant.credential {
            Credential::Token { number, .. } => Some(number),
            _ => None,
        }
    }

    pub(super) fn word(&self) -> &'a str {
        self.0.told.word.as_deref().unwrap_or_default()
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.0.answered.status()
    }

    pub(super) fn is_answered(&self, status: u16) -> bool {
        self.status() == Some(status)
    }

    /// Answered, and to the last byte.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.0.answered, Answered::Whole { .. })
    }

    pub(super) fn is_well(&self) -> bool {
        self.is_whole() && self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// The server or something on the way failed; the client is not to blame.
    pub(super) fn is_failed(&self) -> bool {
        !self.is_whole() || self.status().is_some_and(|status| (500..600).contains(&status))
    }

    /// It may have been done or not. 503 is left out: it may be repeated, says its document.
    pub(super) fn is_unclear(&self) -> bool {
        self.is_failed() && !(self.is_whole() && self.is_answered(503))
    }

    pub(super) fn begun(&self) -> Duration {
        self.0.since_start
    }

    pub(super) fn ended(&self) -> Duration {
        self.0.since_start + self.0.took
    }

    /// Sent after that one was over: the client may have known.
    pub(super) fn is_after(&self, other: &Self) -> bool {
        self.number() > other.number() && self.begun() >= other.ended()
    }

    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.0.sent.headers.iter();
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// What a person calls it: `suspend`, `list`.
    pub(super) fn verb(&self) -> &'static str {
        match self.operation() {
            "ListUsers" => "list",
            "GetUser" => "get",
            "SuspendUser" => "suspend",
            "ReactivateUser" => "reactivate",
            "RequestToken" => "token request",
            "RevokeToken" => "revocation",
            _ => "call",
        }
    }

    /// How it ended, in words.
    pub(super) fn end(&self) -> String {
        match &self.0.answered {
            Answered::Whole { status, .. } => format!("answered {status}"),
            Answered::Broken { .. } => "broken off in the middle of its answer".to_owned(),
            Answered::Nothing { .. } => "not answered at all".to_owned(),
        }
    }
}

/// `1.2 s`, `40 ms`.
pub(super) fn time(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis < 1000 { format!("{millis} ms") } else { format!("{:.1} s", duration.as_secs_f64()) }
}
