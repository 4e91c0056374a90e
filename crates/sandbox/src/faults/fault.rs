//! One fault, as it is written in a seed file and sent to the control API.

use rollcall_wire::users::State;
use serde::{Deserialize, Serialize};

use super::Asked;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name in the journal and in reports, and for taking it out again. Several may share one.
    pub name: String,
    #[serde(default)]
    pub when: When,
    /// So many of these calls pass first.
    #[serde(default)]
    pub skip: u32,
    /// Then so many are met; nothing: all that follow.
    #[serde(default)]
    pub times: Option<u32>,
    /// Of the calls in turn, this share is met; nothing: each.
    #[serde(default)]
    pub probability: Option<f64>,
    /// Of two faults that fit, the one with the lower number is asked first; of two that are equal,
    /// the older one.
    #[serde(default)]
    pub order: i32,
    pub effect: Effect,
}

impl Fault {
    /// Meets every call that `when` says.
    #[must_use]
    pub fn new(name: impl Into<String>, when: When, effect: Effect) -> Self {
        let (skip, times, probability, order) = (0, None, None, 0);
        Self { name: name.into(), when, skip, times, probability, order, effect }
    }
}

/// Which calls. What is left out meets any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Operation ids of the API's routes: `ListUsers`, `GetUser`, `SuspendUser`, `ReactivateUser`,
    /// `RequestToken`, `RevokeToken`.
    pub operations: Vec<String>,
    pub account: Option<String>,
    /// The person whom a call is about; for an effect on lists, also the lists.
    pub user: Option<String>,
    #[serde(alias = "application")]
    pub client_id: Option<String>,
    /// Lists only: the first page, or those behind it.
    pub page: Option<PageOf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageOf {
    First,
    Later,
}

/// The operations that a fault can name.
pub const OPERATIONS: [&str; 6] =
    ["RequestToken", "RevokeToken", "ListUsers", "GetUser", "SuspendUser", "ReactivateUser"];

impl When {
    pub(super) fn is(&self, asked: &Asked<'_>, effect: &Effect) -> bool {
        let fits = |wanted: &Option<String>, given: Option<&str>| match wanted {
            None => true,
            Some(wanted) => given == Some(wanted.as_str()),
        };
        // A UUID is the same in either case.
        let client = self.client_id.as_ref().map(|client| client.to_ascii_lowercase());
        let asking = asked.client_id.map(str::to_ascii_lowercase);
        let operation = OPERATIONS.contains(&asked.operation)
            && (self.operations.is_empty()
                || self.operations.iter().any(|one| one == asked.operation));
        let page = match self.page {
            None => true,
            Some(page) => asked.is_list() && asked.is_later_page == (page == PageOf::Later),
        };
        let user = fits(&self.user, asked.user) || (asked.is_list() && effect.changes_lists());
        operation
            && page
            && user
            && fits(&self.account, asked.account)
            && fits(&client, asking.as_deref())
    }
}

/// What happens to the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Effect {
    /// This answer, and nothing is done.
    Answer {
        status: u16,
        #[serde(default)]
        retry_after_seconds: Option<u32>,
        #[serde(default)]
        page: Page,
        /// Of the contract's words for errors; left out, the one that goes with the status.
        #[serde(default)]
        word: Option<String>,
        /// Instead of the one that goes with the page.
        #[serde(default)]
        content_type: Option<String>,
    },
    /// Answered as usual, so much later. The change, if it is one, is made first.
    Slow { millis: u64 },
    /// Answered as usual, the body a few bytes at a time.
    Trickle { bytes: usize, every_millis: u64 },
    /// Done, and then no answer: the connection stays open and silent until the client leaves, or
    /// until so many milliseconds have passed.
    Silence {
        #[serde(default)]
        cut_after_millis: Option<u64>,
    },
    /// Done, and then the connection is cut without an answer.
    CutAfterAct {},
    /// The connection is cut and nothing is done.
    CutBefore {},
    /// Done, and the connection is cut after so many bytes of the answer's body.
    CutBody { after_bytes: usize },
    /// The person of `when` is there until the application asks for a later page of a list; from
    /// then on, and until it begins a new list, they are not listed and not found.
    Vanish {},
    /// The person of `when` has this state in lists, whatever it is. A list of those in another
    /// state does not show them.
    ListedAs { state: State },
    /// Before each later page of a list comes one with nobody on it, and a token that leads on.
    EmptyPage {},
    /// People and pages have fields more than the contract names.
    ExtraFields {},
    /// Each access token works for so many calls; then it is answered 401, and a new one works.
    TokenEnds { after_calls: u32 },
    /// The application's secrets are retired, in the store, before the call is answered.
    RetireSecret {},
}

impl Effect {
    /// The words for `kind`, in the order of the documentation.
    pub const KINDS: [&'static str; 13] = [
        "answer",
        "slow",
        "trickle",
        "silence",
        "cut_after_act",
        "cut_before",
        "cut_body",
        "vanish",
        "listed_as",
        "empty_page",
        "extra_fields",
        "token_ends",
        "retire_secret",
    ];

    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer { .. } => Self::KINDS[0],
            Self::Slow { .. } => Self::KINDS[1],
            Self::Trickle { .. } => Self::KINDS[2],
            Self::Silence { .. } => Self::KINDS[3],
            Self::CutAfterAct {} => Self::KINDS[4],
            Self::CutBefore {} => Self::KINDS[5],
            Self::CutBody { .. } => Self::KINDS[6],
            Self::Vanish {} => Self::KINDS[7],
            Self::ListedAs { .. } => Self::KINDS[8],
            Self::EmptyPage {} => Self::KINDS[9],
            Self::ExtraFields {} => Self::KINDS[10],
            Self::TokenEnds { .. } => Self::KINDS[11],
            Self::RetireSecret {} => Self::KINDS[12],
        }
    }

    /// It needs one person, and changes the lists that they are on.
    #[must_use]
    pub const fn changes_lists(&self) -> bool {
        matches!(self, Self::Vanish {} | Self::ListedAs { .. })
    }
}

/// What a made-up answer has for a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// In the contract's shape.
    #[default]
    Status,
    /// As a load balancer says it.
    Html,
    Empty,
}
