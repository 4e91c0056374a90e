//! Who calls: what was presented, what the rows say of it, and who it turned out to be.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Decision, Refusal, Writes};
use crate::accounts::Rights;
use crate::applications::{Scopes, SecretDigest, Terms};
use crate::audit::Entry;
use crate::links::LinkDigest;
use crate::sessions::{PasswordHash, SessionDigest};
use crate::tokens::Claims;
use crate::world::{AccountId, ApplicationId, SecretId, UserId};

/// What somebody shows to prove who they are. Not believed until it was held against the facts.
#[derive(Clone, Debug)]
pub enum Presented {
    /// A token whose MAC is right, and the address that it came from.
    Token {
        token: Claims,
        from: IpAddr,
    },
    ClientSecret {
        client: ApplicationId,
        secret: SecretDigest,
        from: IpAddr,
    },
    /// The cookie of somebody who signed in.
    Session(SessionDigest),
    /// A person's password was held against this hash, slowly and before the act, and is right. It
    /// counts only if the hash is still theirs.
    Password {
        user: UserId,
        hash: PasswordHash,
    },
    /// A one-time link that was handed over.
    Link(LinkDigest),
    /// Somebody who proved nothing.
    Stranger,
    /// The command line on the server's own machine: whoever can open the database already may.
    Operator,
}

/// What the rows say about the bearer of a token, in the snapshot of the answer.
#[derive(Clone, Debug, Default)]
pub struct CallerFacts {
    pub account: Option<Rights>,
    /// `None`: there is no such application (any more).
    pub scopes: Option<Scopes>,
    /// `None`: it was retired. Otherwise the terms on which it works.
    pub secret: Option<Terms>,
    pub token_is_revoked: bool,
}

/// What the rows say about a client id.
#[derive(Clone, Debug)]
pub struct ClientFacts {
    pub account: AccountId,
    pub epoch: u32,
    pub secrets: Vec<ClientSecretFacts>,
}

#[derive(Clone, Debug)]
pub struct ClientSecretFacts {
    pub id: SecretId,
    pub digest: SecretDigest,
    pub terms: Terms,
}

/// Somebody who has proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    Application(ApplicationId),
    Person(UserId),
    Operator,
    /// Nobody who is known: only what is counted about strangers is recorded so.
    Stranger,
}

impl Caller {
    #[must_use]
    pub const fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::Application(id) => Some(*id),
            Self::Person(_) | Self::Operator | Self::Stranger => None,
        }
    }

    #[must_use]
    pub const fn person(&self) -> Option<UserId> {
        match self {
            Self::Person(id) => Some(*id),
            Self::Application(_) | Self::Operator | Self::Stranger => None,
        }
    }

    pub(crate) fn refused<Done>(&self, why: Refusal) -> Decision<Done> {
        Decision::Refuse { why }
    }

    pub(crate) fn changed<Done>(
        &self,
        writes: Writes,
        record: Entry,
        done: Done,
    ) -> Decision<Done> {
        Decision::Change { done, writes: Box::new(writes), record }
    }
}
