//! One fault, as it is written in a seed file and sent to the control API.

use serde::{Deserialize, Serialize};

use super::Asked;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name in the journal and in reports.
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
    pub effect: Effect,
}

/// Which calls. What is left out meets any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Operation ids: `ListUsers`, `GetUser`, `SuspendUser`, `ReactivateUser`, `Token`, `Revoke`.
    pub operations: Vec<String>,
    pub account: Option<String>,
    pub user: Option<String>,
    pub client_id: Option<String>,
}

impl When {
    pub(super) fn is(&self, asked: &Asked<'_>) -> bool {
        let fits = |wanted: &Option<String>, given: Option<&str>| match wanted {
            None => true,
            Some(wanted) => given == Some(wanted.as_str()),
        };
        (self.operations.is_empty() || self.operations.iter().any(|one| one == asked.operation))
            && fits(&self.account, asked.account)
            && fits(&self.user, asked.user)
            && fits(&self.client_id, asked.client_id)
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
    },
    /// Answered as usual, so much later. The change, if it is one, is made first.
    Slow { millis: u64 },
    /// Answered as usual, the body a few bytes at a time.
    Trickle { bytes: usize, every_millis: u64 },
    /// Done, and then no answer: the connection stays open and silent until the client leaves.
    Silence,
    /// Done, and then the connection is cut without an answer.
    CutAfterAct,
    /// The connection is cut and nothing is done.
    CutBefore,
    /// Done, and the connection is cut after so many bytes of the answer's body.
    CutBody { after_bytes: usize },
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
