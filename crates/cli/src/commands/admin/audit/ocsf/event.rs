//! An event before it is written: its class, what was done, and to whom.

use rollcall_directory::acting::Caller;
use rollcall_directory::world::{ApplicationId, UserId, VaultId};
use serde_json::{Map, Value, json};

#[derive(Clone, Copy)]
pub(super) enum Class {
    AccountChange,
    Authentication,
    EntityManagement,
}

impl Class {
    pub(super) const fn uid(self) -> u32 {
        match self {
            Self::AccountChange => 3001,
            Self::Authentication => 3002,
            Self::EntityManagement => 3004,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AccountChange => "Account Change",
            Self::Authentication => "Authentication",
            Self::EntityManagement => "Entity Management",
        }
    }
}

/// The class's activity, by its number and caption there.
pub(super) type Activity = (u32, &'static str);

pub(super) mod account {
    use super::Activity;
    pub(in super::super) const CREATE: Activity = (1, "Create");
    pub(in super::super) const ENABLE: Activity = (2, "Enable");
    pub(in super::super) const PASSWORD_CHANGE: Activity = (3, "Password Change");
    pub(in super::super) const PASSWORD_RESET: Activity = (4, "Password Reset");
    pub(in super::super) const DISABLE: Activity = (5, "Disable");
    pub(in super::super) const DELETE: Activity = (6, "Delete");
}

pub(super) mod entity {
    use super::Activity;
    pub(in super::super) const CREATE: Activity = (1, "Create");
    pub(in super::super) const READ: Activity = (2, "Read");
    pub(in super::super) const UPDATE: Activity = (3, "Update");
    pub(in super::super) const DELETE: Activity = (4, "Delete");
}

pub(super) const LOGON: Activity = (1, "Logon");
pub(super) const LOGOFF: Activity = (2, "Logoff");
/// What the class has no number for is named.
pub(super) const fn other(name: &'static str) -> Activity {
    (99, name)
}

/// What the event is about, as its class wants it.
pub(super) enum Subject {
    Person(UserId, Map<String, Value>),
    /// A token's client: whoever was let in by it.
    Client(Caller),
    /// Somebody who signs in or out.
    SignedIn(UserId),
    Application(ApplicationId, Option<String>),
    Vault(VaultId, Option<String>),
    Account(Option<String>),
}

pub(super) struct Event {
    pub(super) activity: Activity,
    pub(super) subject: Subject,
    /// The word of a refusal.
    pub(super) refused: Option<String>,
    pub(super) severity: (u32, &'static str),
    pub(super) message: String,
    pub(super) more: Map<String, Value>,
}

pub(super) const INFORMATIONAL: (u32, &str) = (1, "Informational");
pub(super) const LOW: (u32, &str) = (2, "Low");
/// What should be met by somebody who asks whether it was meant.
pub(super) const MEDIUM: (u32, &str) = (3, "Medium");

impl Event {
    pub(super) fn new(activity: Activity, subject: Subject, message: impl Into<String>) -> Self {
        let (message, more) = (message.into(), Map::new());
        Self { activity, subject, refused: None, severity: INFORMATIONAL, message, more }
    }

    pub(super) fn person(activity: Activity, user: UserId, message: &str) -> Self {
        Self::new(activity, Subject::Person(user, Map::new()), message)
    }

    pub(super) fn application(
        activity: Activity,
        id: ApplicationId,
        name: Option<&str>,
        what: &str,
    ) -> Self {
        Self::new(activity, Subject::Application(id, name.map(ToOwned::to_owned)), what)
    }

    pub(super) fn vault(activity: Activity, id: VaultId, name: Option<&str>, what: &str) -> Self {
        Self::new(activity, Subject::Vault(id, name.map(ToOwned::to_owned)), what)
    }

    pub(super) fn class(&self) -> Class {
        match self.subject {
            Subject::Person(..) => Class::AccountChange,
            Subject::Client(_) | Subject::SignedIn(_) => Class::Authentication,
            Subject::Application(..) | Subject::Vault(..) | Subject::Account(_) => {
                Class::EntityManagement
            }
        }
    }

    pub(super) fn refused_with(mut self, why: &str) -> Self {
        self.refused = Some(why.to_owned());
        self.at(LOW)
    }

    pub(super) const fn at(mut self, severity: (u32, &'static str)) -> Self {
        self.severity = severity;
        self
    }

    pub(super) fn because(mut self, why: Option<&str>) -> Self {
        if let Some(why) = why {
            self.more.insert("unmapped".to_owned(), json!({ "why": why }));
        }
        self
    }
}
