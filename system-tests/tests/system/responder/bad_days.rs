//! Days on which a server misbehaves, and what a client makes of them: those that patience makes
//! good are days of the common stories, the others have stories of their own here.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::servers::FOREVER;
use super::stand_in::{Asked, Kind, Meant, Pace, Play, Reply, Script};

/// Each is made good by patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadDay {
    /// 429 with `Retry-After: 1` for the first of each kind; tokens too.
    RateLimited,
    /// Each request gets a 500 the first time, and nothing is done.
    Failing,
    /// Each act is done and answered with a 500.
    FailingAfterActs,
    /// Each request gets a 502 with a page of HTML the first time.
    BadGateway,
    /// The connection ends before anything is done, the first time of each request.
    CutBefore,
    /// Each act is done, and the connection ends without an answer.
    CutAfterActs,
    /// Half of the answer comes, the first time of each request; acts are done.
    HalfAnswers,
    /// The first token is good for three calls, the others for twenty: a list loses its token midway.
    ShortTokens,
    /// Answers come a few bytes at a time.
    Slow,
    /// A page of HTML under a 200, the first time of each request.
    HtmlUnder200,
    /// JSON under a 200 that ends too early, the first time of each request; acts are done.
    TruncatedJson,
    /// JSON of another shape under a 200, the first time of each request; acts are done.
    OtherShape,
    /// An act is done, and the answer shows somebody else.
    SomebodyElse,
}

const HTML: &str = "<!doctype html><title>502</title><h1>Bad gateway</h1>";

impl BadDay {
    /// Of the first token, and of those after it.
    pub(super) fn token_uses(self) -> (usize, usize) {
        if self == Self::ShortTokens { (3, 20) } else { FOREVER }
    }

    pub(super) fn script(self) -> Script {
        let mut seen: HashSet<String> = HashSet::new();
        let mut kinds: HashMap<Kind, usize> = HashMap::new();
        Box::new(move |asked: &Asked, meant: &Meant| {
            let count = kinds.entry(meant.kind).or_default();
            *count += 1;
            let is_first_of_kind = *count == 1;
            let is_first = seen.insert(format!("{} {}", asked.method, asked.target));
            self.play(meant, is_first, is_first_of_kind)
        })
    }

    fn play(self, meant: &Meant, is_first: bool, is_first_of_kind: bool) -> Play {
        let is_act = meant.kind.is_act();
        match self {
            Self::RateLimited if is_first_of_kind => Play::Instead(slow_down(1)),
            Self::Failing if is_first => Play::Instead(fault()),
            Self::FailingAfterActs if is_act && is_first => Play::DoneBut(Box::new(|_| fault())),
            Self::BadGateway if is_first => Play::Instead(Reply::of(502, "text/html", HTML)),
            Self::CutBefore if is_first => Play::Cut,
            Self::CutAfterActs if is_act && is_first => Play::DoneThenCut,
            Self::HalfAnswers if is_first => Play::Answer(Pace::HalfThenCut),
            Self::Slow => Play::Answer(Pace::Pieces(20, Duration::from_millis(2))),
            Self::HtmlUnder200 if is_first => Play::Instead(Reply::of(200, "text/html", HTML)),
            Self::TruncatedJson if is_first => Play::DoneBut(Box::new(|mut reply| {
                if reply.status == 200 {
                    reply.body.truncate(reply.body.len() / 2);
                }
                reply
            })),
            Self::OtherShape if is_first => {
                Play::DoneBut(Box::new(|_| Reply::json(200, r#"{"users":[{"uuid":"A"}]}"#)))
            }
            Self::SomebodyElse if is_act && is_first => {
                Play::DoneBut(Box::new(|reply| match reply.status {
                    200 => somebody_else(),
                    _ => reply,
                }))
            }
            Self::RateLimited
            | Self::Failing
            | Self::FailingAfterActs
            | Self::BadGateway
            | Self::CutBefore
            | Self::CutAfterActs
            | Self::HalfAnswers
            | Self::ShortTokens
            | Self::HtmlUnder200
            | Self::TruncatedJson
            | Self::OtherShape
            | Self::SomebodyElse => Play::GOOD,
        }
    }
}

pub(super) fn slow_down(seconds: u64) -> Reply {
    let said = r#"{"code":8,"message":"too many requests","details":[]}"#;
    Reply::json(429, said).with("Retry-After", &seconds.to_string())
}

fn fault() -> Reply {
    Reply::json(500, r#"{"code":13,"message":"internal error","details":[]}"#)
}

fn somebody_else() -> Reply {
    let said = r#"{"id":"OTHERPERSONOTHERPERSON2345","email":"other@stand-in.example","display_name":"Other","state":"SUSPENDED","create_time":"2026-01-01T00:00:00Z","path":"accounts/A/users/OTHERPERSONOTHERPERSON2345"}"#;
    Reply::json(200, said)
}
