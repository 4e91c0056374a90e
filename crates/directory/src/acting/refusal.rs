//! What a caller may not do, and why. Typed; the edge gives each its status and word.

use crate::applications::Scope;
use crate::world::UserId;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    // Who are you?
    #[error("the token does not work: ended, revoked, or its secret or application is gone")]
    TokenDead,
    #[error("no client has this id and secret")]
    ClientUnknown,
    #[error("the secret has ended")]
    SecretEnded,
    #[error("the secret does not work from this address")]
    AddressNotAllowed,

    // You may not.
    #[error("the token is of another account")]
    AccountMismatch,
    #[error("the account's plan does not include the Users API")]
    PlanNotEntitled,
    #[error("people of this account come from an identity provider")]
    ProvisioningAutomated,
    #[error("the application does not hold the scope {0}")]
    ScopeMissing(Scope),
    #[error("only the operator may do this")]
    OperatorOnly,

    // Not to this one.
    #[error("no such user")]
    NoSuchUser,
    #[error("the user is externally managed")]
    ExternallyManaged(UserId),
    #[error("no active owner would remain")]
    NoOwnerRemains(UserId),

    // For the operator.
    #[error("no such account")]
    NoSuchAccount,
    #[error("no such application")]
    NoSuchApplication,
    #[error("the application has no such secret")]
    NoSuchSecret,
    #[error("that {0} is there already")]
    Exists(&'static str),
    #[error("{0}")]
    Invalid(&'static str),
}

impl Refusal {
    /// The word that stands in the audit log: where the wire has one, the same.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::TokenDead => "token_invalid",
            Self::ClientUnknown => "invalid_client",
            Self::SecretEnded => "secret_ended",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::AccountMismatch => "account_mismatch",
            Self::PlanNotEntitled => "plan_not_entitled",
            Self::ProvisioningAutomated => "provisioning_automated",
            Self::ScopeMissing(_) => "scope_missing",
            Self::OperatorOnly => "operator_only",
            Self::NoSuchUser => "user_not_found",
            Self::ExternallyManaged(_) => "user_externally_managed",
            Self::NoOwnerRemains(_) => "no_owner_remain",
            Self::NoSuchAccount => "no_such_account",
            Self::NoSuchApplication => "no_such_application",
            Self::NoSuchSecret => "no_such_secret",
            Self::Exists(_) => "exists",
            Self::Invalid(_) => "invalid",
        }
    }

    /// Nobody was recognised: the credential itself does not work. The wire tells these apart by
    /// nothing; logs and metrics do.
    #[must_use]
    pub const fn is_of_a_stranger(&self) -> bool {
        match self {
            Self::TokenDead | Self::ClientUnknown | Self::SecretEnded | Self::AddressNotAllowed => {
                true
            }
            Self::AccountMismatch
            | Self::PlanNotEntitled
            | Self::ProvisioningAutomated
            | Self::ScopeMissing(_)
            | Self::OperatorOnly
            | Self::NoSuchUser
            | Self::ExternallyManaged(_)
            | Self::NoOwnerRemains(_)
            | Self::NoSuchAccount
            | Self::NoSuchApplication
            | Self::NoSuchSecret
            | Self::Exists(_)
            | Self::Invalid(_) => false,
        }
    }

    /// Whom it was about, where that is known.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::ExternallyManaged(user) | Self::NoOwnerRemains(user) => Some(*user),
            Self::TokenDead
            | Self::ClientUnknown
            | Self::SecretEnded
            | Self::AddressNotAllowed
            | Self::AccountMismatch
            | Self::PlanNotEntitled
            | Self::ProvisioningAutomated
            | Self::ScopeMissing(_)
            | Self::OperatorOnly
            | Self::NoSuchUser
            | Self::NoSuchAccount
            | Self::NoSuchApplication
            | Self::NoSuchSecret
            | Self::Exists(_)
            | Self::Invalid(_) => None,
        }
    }
}
