//! What a caller may not do, and why. Typed; the edge gives each its status and word.

use crate::applications::Scope;
use crate::groups::Right;
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
    #[error("the session does not work: it has ended, or what the person may do has changed")]
    SessionDead,
    #[error("no active person has this address and password")]
    SignInFailed(Option<UserId>),
    #[error("the link does not work: it was used, has ended, or was made before a change")]
    LinkDead,

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
    #[error("the person's groups do not give the right {0}")]
    RightMissing(Right),
    #[error("only a person who is signed in does this")]
    PersonOnly,

    // Not to this one.
    #[error("no such user")]
    NoSuchUser,
    #[error("the user is externally managed")]
    ExternallyManaged(UserId),
    #[error("no active owner would remain")]
    NoOwnerRemains(UserId),
    #[error("only an owner changes an owner")]
    OwnersOnly(UserId),
    #[error("nobody does this to themselves")]
    Oneself(UserId),
    #[error("the person is suspended")]
    PersonSuspended(UserId),
    #[error("the person has seen a live secret of the application")]
    SecretSeen(UserId),

    // Vaults.
    #[error("no such vault, or it was not shared with this person")]
    NoSuchVault,
    #[error("no such item")]
    NoSuchItem,
    #[error("the person may read the vault and not write to it")]
    VaultReadOnly,
    #[error("nobody who may write to the vault would remain")]
    NoWriterRemains,
    #[error("it was changed by somebody else meanwhile")]
    ChangedMeanwhile,
    #[error("the root key was replaced meanwhile")]
    RootKeyReplaced,

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
            Self::SessionDead => "session_dead",
            Self::SignInFailed(_) => "sign_in_failed",
            Self::LinkDead => "link_dead",
            Self::AccountMismatch => "account_mismatch",
            Self::PlanNotEntitled => "plan_not_entitled",
            Self::ProvisioningAutomated => "provisioning_automated",
            Self::ScopeMissing(_) => "scope_missing",
            Self::OperatorOnly => "operator_only",
            Self::RightMissing(_) => "right_missing",
            Self::PersonOnly => "person_only",
            Self::NoSuchUser => "user_not_found",
            Self::ExternallyManaged(_) => "user_externally_managed",
            Self::NoOwnerRemains(_) => "no_owner_remain",
            Self::OwnersOnly(_) => "owners_only",
            Self::Oneself(_) => "oneself",
            Self::PersonSuspended(_) => "person_suspended",
            Self::SecretSeen(_) => "secret_seen",
            Self::NoSuchVault => "no_such_vault",
            Self::NoSuchItem => "no_such_item",
            Self::VaultReadOnly => "vault_read_only",
            Self::NoWriterRemains => "no_writer_remains",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::RootKeyReplaced => "root_key_replaced",
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
            Self::TokenDead
            | Self::ClientUnknown
            | Self::SecretEnded
            | Self::AddressNotAllowed
            | Self::SessionDead
            | Self::SignInFailed(_)
            | Self::LinkDead => true,
            Self::AccountMismatch
            | Self::PlanNotEntitled
            | Self::ProvisioningAutomated
            | Self::ScopeMissing(_)
            | Self::OperatorOnly
            | Self::RightMissing(_)
            | Self::PersonOnly
            | Self::NoSuchUser
            | Self::ExternallyManaged(_)
            | Self::NoOwnerRemains(_)
            | Self::OwnersOnly(_)
            | Self::Oneself(_)
            | Self::PersonSuspended(_)
            | Self::SecretSeen(_)
            | Self::NoSuchVault
            | Self::NoSuchItem
            | Self::VaultReadOnly
            | Self::NoWriterRemains
            | Self::ChangedMeanwhile
            | Self::RootKeyReplaced
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
            Self::ExternallyManaged(user)
            | Self::NoOwnerRemains(user)
            | Self::OwnersOnly(user)
            | Self::Oneself(user)
            | Self::PersonSuspended(user)
            | Self::SecretSeen(user) => Some(*user),
            Self::SignInFailed(user) => *user,
            Self::TokenDead
            | Self::SessionDead
            | Self::LinkDead
            | Self::RightMissing(_)
            | Self::PersonOnly
            | Self::NoSuchVault
            | Self::NoSuchItem
            | Self::VaultReadOnly
            | Self::NoWriterRemains
            | Self::ChangedMeanwhile
            | Self::RootKeyReplaced
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
