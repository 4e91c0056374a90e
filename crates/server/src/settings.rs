//! What an operator may choose about the wire, where the hosted service is silent or may change.

use std::num::NonZeroU32;

use rollcall_wire::route::RoutesServed;

use crate::edge::peer::Proxies;
use crate::front::Standing;
use crate::limits::Limits;
use crate::operate::Observer;

#[derive(Clone, Debug)]
pub struct Settings {
    /// What links and metadata are built from; never the `Host` header.
    pub public_url: String,
    pub routes: RoutesServed,
    pub error_details: ErrorDetails,
    pub token_type: TokenTypeCase,
    pub last_page_token: LastPageToken,
    /// Calls a minute that one application may make; nothing: no limit.
    pub calls_per_minute: Option<NonZeroU32>,
    /// Wrong client credentials a minute, from one address and for one client.
    pub failures_per_minute: NonZeroU32,
    pub limits: Limits,
    pub proxies: Proxies,
    /// Are there pages for people, below `/console`?
    pub console: bool,
    /// May no application reactivate a person who has seen a live secret of it?
    pub protect_reactivation: bool,
    /// Told of each call when it is over, such as by a tracer.
    pub observer: Option<Observer>,
    /// Who stands before the router: the double's faults and journal. Nobody, where people depend
    /// on the answers.
    pub front: Option<Standing>,
}

impl Settings {
    pub const FAILURES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("120 is not zero");

    #[must_use]
    pub fn for_address(public_url: String) -> Self {
        Self {
            public_url,
            routes: RoutesServed::default(),
            error_details: ErrorDetails::default(),
            token_type: TokenTypeCase::default(),
            last_page_token: LastPageToken::default(),
            calls_per_minute: None,
            failures_per_minute: Self::FAILURES_PER_MINUTE,
            limits: Limits::default(),
            proxies: Proxies::default(),
            console: true,
            protect_reactivation: true,
            observer: None,
            front: None,
        }
    }
}

/// What stands in an error's `details`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorDetails {
    /// `[]`, as the hosted service answers.
    #[default]
    None,
    /// A google.rpc.ErrorInfo that says why, and the way out.
    Explain,
}

/// How `token_type` is written; clients must compare it without regard to case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenTypeCase {
    #[default]
    Bearer,
    Lower,
}

impl TokenTypeCase {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Lower => "bearer",
        }
    }
}

/// What stands for `next_page_token` on the last page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastPageToken {
    #[default]
    Absent,
    Empty,
}
