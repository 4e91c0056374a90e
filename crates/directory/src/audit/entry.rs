//! What is evidence: a closed list. Its JSON is what is hashed and kept, so a kind or field is
//! never renamed; new ones are added.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::accounts::Plan;
use crate::applications::Scope;
use crate::groups::Group;
use crate::links::Purpose;
use crate::users::ReasonText;
use crate::vaults::Level;
use crate::world::{ApplicationId, ItemId, Moment, SecretId, TokenId, UserId, VaultId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    AccountCreated {
        name: String,
        plan: Plan,
        provisioning_automated: bool,
        /// Its first owner, where they were made with it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        owner: Option<UserId>,
    },
    AccountChanged {
        plan: Plan,
        provisioning_automated: bool,
        /// The name, where it is another one now.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        name: Option<String>,
    },
    PeopleImported {
        count: u64,
    },
    UserAdded {
        user: UserId,
        groups: Vec<Group>,
        externally_managed: bool,
    },
    UserRemoved {
        user: UserId,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<ReasonText>,
    },
    UserSuspended {
        user: UserId,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<ReasonText>,
    },
    UserReactivated {
        user: UserId,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<ReasonText>,
    },
    GroupsChanged {
        user: UserId,
        groups: Vec<Group>,
    },
    PasswordSet {
        user: UserId,
    },
    /// The operator made somebody an active owner, whoever was locked out.
    OwnerRecovered {
        user: UserId,
        added: bool,
        reactivated: bool,
        promoted: bool,
        password_set: bool,
    },
    ApplicationRegistered {
        application: ApplicationId,
        name: String,
        redirect_url: String,
        scopes: Vec<Scope>,
        secret: SecretId,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        secret_ends: Option<Moment>,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        secret_networks: Vec<IpNet>,
    },
    ApplicationEdited {
        application: ApplicationId,
        name: String,
        redirect_url: String,
        scopes: Vec<Scope>,
    },
    ApplicationDeleted {
        application: ApplicationId,
        name: String,
    },
    SecretAdded {
        application: ApplicationId,
        secret: SecretId,
        label: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        ends: Option<Moment>,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        networks: Vec<IpNet>,
    },
    /// As it is now, whole.
    SecretEdited {
        application: ApplicationId,
        secret: SecretId,
        label: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        ends: Option<Moment>,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        networks: Vec<IpNet>,
    },
    SecretRetired {
        application: ApplicationId,
        secret: SecretId,
    },
    TokenRevoked {
        token: TokenId,
    },
    /// A secret took the place of another, which stopped with it.
    SecretReplaced {
        application: ApplicationId,
        old: SecretId,
        secret: SecretId,
        label: String,
    },
    SignedIn {
        user: UserId,
    },
    SignedOut {
        user: UserId,
    },
    /// Everywhere at once.
    SessionsEnded {
        user: UserId,
    },
    /// By themselves.
    PasswordChanged {
        user: UserId,
    },
    UserInvited {
        user: UserId,
        groups: Vec<Group>,
        ends: Moment,
    },
    LinkMade {
        user: UserId,
        purpose: Purpose,
        ends: Moment,
    },
    /// And with it a password set.
    LinkUsed {
        user: UserId,
        purpose: Purpose,
    },
    VaultCreated {
        vault: VaultId,
        name: String,
    },
    VaultRenamed {
        vault: VaultId,
        name: String,
    },
    VaultDeleted {
        vault: VaultId,
        name: String,
    },
    VaultShared {
        vault: VaultId,
        user: UserId,
        /// Nothing: no longer.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        level: Option<Level>,
        /// By an owner, as nobody was left who might write to it.
        taken_over: bool,
    },
    ItemSaved {
        vault: VaultId,
        item: ItemId,
        version: u32,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        application: Option<ApplicationId>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        secret: Option<SecretId>,
    },
    ItemRevealed {
        vault: VaultId,
        item: ItemId,
        version: u32,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        application: Option<ApplicationId>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        secret: Option<SecretId>,
    },
    ItemDeleted {
        vault: VaultId,
        item: ItemId,
    },
    /// A known caller asked for what it may not have.
    Refused {
        act: String,
        why: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        user: Option<UserId>,
    },
    /// More refusals of one caller since then, not recorded one by one.
    RefusalsCounted {
        since: Moment,
        count: u32,
    },
    /// The store was made anew from a backup; `backup` is the SHA-256 of its file, or where a
    /// PostgreSQL that recovered stood in its log. Nothing that was issued before this record works after it.
    Restored {
        backup: String,
        epoch: u32,
        people: u64,
    },
}

impl Entry {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AccountCreated { .. } => "account_created",
            Self::AccountChanged { .. } => "account_changed",
            Self::PeopleImported { .. } => "people_imported",
            Self::UserAdded { .. } => "user_added",
            Self::UserRemoved { .. } => "user_removed",
            Self::UserSuspended { .. } => "user_suspended",
            Self::UserReactivated { .. } => "user_reactivated",
            Self::GroupsChanged { .. } => "groups_changed",
            Self::PasswordSet { .. } => "password_set",
            Self::OwnerRecovered { .. } => "owner_recovered",
            Self::ApplicationRegistered { .. } => "application_registered",
            Self::ApplicationEdited { .. } => "application_edited",
            Self::ApplicationDeleted { .. } => "application_deleted",
            Self::SecretAdded { .. } => "secret_added",
            Self::SecretEdited { .. } => "secret_edited",
            Self::SecretRetired { .. } => "secret_retired",
            Self::TokenRevoked { .. } => "token_revoked",
            Self::SecretReplaced { .. } => "secret_replaced",
            Self::SignedIn { .. } => "signed_in",
            Self::SignedOut { .. } => "signed_out",
            Self::SessionsEnded { .. } => "sessions_ended",
            Self::PasswordChanged { .. } => "password_changed",
            Self::UserInvited { .. } => "user_invited",
            Self::LinkMade { .. } => "link_made",
            Self::LinkUsed { .. } => "link_used",
            Self::VaultCreated { .. } => "vault_created",
            Self::VaultRenamed { .. } => "vault_renamed",
            Self::VaultDeleted { .. } => "vault_deleted",
            Self::VaultShared { .. } => "vault_shared",
            Self::ItemSaved { .. } => "item_saved",
            Self::ItemRevealed { .. } => "item_revealed",
            Self::ItemDeleted { .. } => "item_deleted",
            Self::Refused { .. } => "refused",
            Self::RefusalsCounted { .. } => "refusals_counted",
            Self::Restored { .. } => "restored",
        }
    }

    /// The person it is about.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::UserSuspended { user, .. }
            | Self::UserReactivated { user, .. }
            | Self::GroupsChanged { user, .. }
            | Self::PasswordSet { user }
            | Self::SignedIn { user }
            | Self::SignedOut { user }
            | Self::SessionsEnded { user }
            | Self::PasswordChanged { user }
            | Self::UserInvited { user, .. }
            | Self::LinkMade { user, .. }
            | Self::LinkUsed { user, .. }
            | Self::VaultShared { user, .. }
            | Self::UserAdded { user, .. }
            | Self::UserRemoved { user, .. }
            | Self::OwnerRecovered { user, .. } => Some(*user),
            Self::Refused { user, .. } | Self::AccountCreated { owner: user, .. } => *user,
            Self::AccountChanged { .. }
            | Self::PeopleImported { .. }
            | Self::ApplicationRegistered { .. }
            | Self::ApplicationEdited { .. }
            | Self::ApplicationDeleted { .. }
            | Self::SecretAdded { .. }
            | Self::SecretEdited { .. }
            | Self::SecretRetired { .. }
            | Self::SecretReplaced { .. }
            | Self::TokenRevoked { .. }
            | Self::VaultCreated { .. }
            | Self::VaultRenamed { .. }
            | Self::VaultDeleted { .. }
            | Self::ItemSaved { .. }
            | Self::ItemRevealed { .. }
            | Self::ItemDeleted { .. }
            | Self::RefusalsCounted { .. }
            | Self::Restored { .. } => None,
        }
    }

    /// The application it is about (who acted is the record's caller).
    #[must_use]
    pub const fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::ApplicationRegistered { application, .. }
            | Self::ApplicationEdited { application, .. }
            | Self::ApplicationDeleted { application, .. }
            | Self::SecretAdded { application, .. }
            | Self::SecretEdited { application, .. }
            | Self::SecretReplaced { application, .. }
            | Self::SecretRetired { application, .. } => Some(*application),
            Self::ItemSaved { application, .. } | Self::ItemRevealed { application, .. } => {
                *application
            }
            Self::AccountCreated { .. }
            | Self::AccountChanged { .. }
            | Self::PeopleImported { .. }
            | Self::UserAdded { .. }
            | Self::UserRemoved { .. }
            | Self::OwnerRecovered { .. }
            | Self::UserSuspended { .. }
            | Self::UserReactivated { .. }
            | Self::GroupsChanged { .. }
            | Self::PasswordSet { .. }
            | Self::SignedIn { .. }
            | Self::SignedOut { .. }
            | Self::SessionsEnded { .. }
            | Self::PasswordChanged { .. }
            | Self::UserInvited { .. }
            | Self::LinkMade { .. }
            | Self::LinkUsed { .. }
            | Self::VaultCreated { .. }
            | Self::VaultRenamed { .. }
            | Self::VaultDeleted { .. }
            | Self::VaultShared { .. }
            | Self::ItemDeleted { .. }
            | Self::TokenRevoked { .. }
            | Self::Refused { .. }
            | Self::RefusalsCounted { .. }
            | Self::Restored { .. } => None,
        }
    }
}
