//! Small journals by hand, for the tests of the checks: `list().answers(&["A"], Some("t1"))`.

use std::time::Duration;

use rollcall_directory::world::Moment;

use super::{Calls, Check, Verdict, grade};
use crate::journal::{
    Alteration, Answered, Credential, Exchange, Left, Meant, Misplaced, PageToken, Place, Sent,
    Text, Told,
};

pub(crate) const CLIENT: &str = "6f2d1d3c-7a52-4a53-9d6f-0f1a5d9a1c11";
pub(crate) const ANN: &str = "PGJ2LT3PD5JXEEKBFY7QFOYSPA";
pub(crate) const BEN: &str = "QHK3MU4QE6KYFFLCGZARGPZTQB";

/// A call that comes 500 ms after the one before, takes ten, and is answered well.
pub(crate) fn call(operation: &str) -> Exchange {
    let token = Credential::Token { number: 1, client_id: CLIENT.to_owned() };
    Exchange {
        number: 0,
        started: Moment::from_millis(0),
        since_start: Duration::ZERO,
        took: Duration::from_millis(10),
        request_id: String::new(),
        sent: Sent {
            method: "GET".to_owned(),
            target: "/v1beta1/accounts/A/users".to_owned(),
            version: "HTTP/1.1".to_owned(),
            headers: vec![("user-agent".to_owned(), "Example/1.0".to_owned())],
            ..Sent::default()
        },
        meant: Meant { operation: operation.to_owned(), credential: token, ..Meant::default() },
        answered: whole(200),
        told: Told::default(),
        played: None,
    }
}

pub(crate) fn list() -> Exchange {
    call("ListUsers")
}

pub(crate) fn get(user: &str) -> Exchange {
    call("GetUser").of(user)
}

pub(crate) fn suspend(user: &str) -> Exchange {
    call("SuspendUser").of(user)
}

/// The token request that gave this token.
pub(crate) fn token(number: u64) -> Exchange {
    let mut exchange = call("RequestToken");
    exchange.meant.credential = Credential::Client { client_id: CLIENT.to_owned(), is_right: true };
    exchange.told.token = Some(number);
    exchange
}

fn whole(status: u16) -> Answered {
    Answered::Whole { status, headers: Vec::new(), body: Text::default() }
}

/// What a test says about an exchange, in its order.
pub(crate) trait Say: Sized {
    fn said(self, change: impl FnOnce(&mut Exchange)) -> Self;

    fn of(self, user: &str) -> Self {
        self.said(|it| it.meant.user = Some(user.to_owned()))
    }
    fn people(self, people: &[&str], next: Option<&str>) -> Self {
        self.said(|it| {
            it.told.people = people.iter().map(|&id| id.to_owned()).collect();
            it.told.next_page_token = next.map(str::to_owned);
        })
    }
    /// Asks for the page that this exchange gave the token of.
    fn after(self, exchange: u64) -> Self {
        self.said(|it| it.meant.page_token = PageToken::AsGiven { exchange })
    }
    fn with_page_token(self, token: PageToken) -> Self {
        self.said(|it| it.meant.page_token = token)
    }
    fn with_token(self, number: u64) -> Self {
        self.said(|it| {
            it.meant.credential = Credential::Token { number, client_id: CLIENT.to_owned() };
        })
    }
    fn refused(self, status: u16, word: &str) -> Self {
        self.said(|it| {
            it.answered = whole(status);
            it.told = Told { word: Some(word.to_owned()), ..Told::default() };
        })
    }
    fn unanswered(self) -> Self {
        self.said(|it| {
            it.answered = Answered::Nothing { acted: Some(true), by: Left::Double };
        })
    }
    fn retry_after(self, seconds: u64) -> Self {
        self.refused(429, "rate_limited").said(|it| it.told.retry_after_seconds = Some(seconds))
    }
    /// So long after the end of the one before.
    fn pause(self, millis: u64) -> Self {
        self.said(|it| it.since_start = Duration::from_millis(millis))
    }
    fn misplaced(self, place: Place, name: &str) -> Self {
        self.said(|it| {
            let name = Some(name.to_owned());
            it.meant.misplaced.push(Misplaced { place, name, is_ours: true });
        })
    }
    fn header(self, name: &str, value: &str) -> Self {
        self.said(|it| {
            it.sent.headers.retain(|(other, _)| other != name);
            it.sent.headers.push((name.to_owned(), value.to_owned()));
        })
    }
}

impl Say for Exchange {
    fn said(mut self, change: impl FnOnce(&mut Exchange)) -> Self {
        change(&mut self);
        self
    }
}

pub(crate) const ALTERED: PageToken = PageToken::Altered { exchange: 1, how: Alteration::CutShort };

/// Numbered from 1, each half a second after the one before, or as it says with `pause`.
pub(crate) fn journal(exchanges: impl IntoIterator<Item = Exchange>) -> Vec<Exchange> {
    let mut now = Duration::ZERO;
    let mut numbered = Vec::new();
    for (number, mut exchange) in (1..).zip(exchanges) {
        let pause = match exchange.since_start {
            Duration::ZERO => Duration::from_millis(500),
            said => said,
        };
        exchange.number = number;
        exchange.since_start = now + pause;
        exchange.started = exchange.started.plus(exchange.since_start);
        now = exchange.since_start + exchange.took;
        numbered.push(exchange);
    }
    numbered
}

pub(crate) fn verdict(check: Check, exchanges: impl IntoIterator<Item = Exchange>) -> Verdict {
    let journal = journal(exchanges);
    grade::grade(check, &Calls::of(&journal))
}

/// The numbers of the exchanges that show it.
#[track_caller]
pub(crate) fn passes(check: Check, exchanges: impl IntoIterator<Item = Exchange>) -> Vec<u64> {
    match verdict(check, exchanges) {
        Verdict::Passed { exchanges, .. } => exchanges,
        other => panic!("{}: {other:?}", check.id()),
    }
}

/// The words of the only finding.
#[track_caller]
pub(crate) fn fails(check: Check, exchanges: impl IntoIterator<Item = Exchange>) -> String {
    match verdict(check, exchanges) {
        Verdict::Failed { findings } if findings.len() == 1 => findings[0].words.clone(),
        other => panic!("{}: {other:?}", check.id()),
    }
}

#[track_caller]
pub(crate) fn is_unknown(check: Check, exchanges: impl IntoIterator<Item = Exchange>) {
    let verdict = verdict(check, exchanges);
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{}: {verdict:?}", check.id());
}
