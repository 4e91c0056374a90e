//! A record as an OCSF 1.3 event. What is done to a person is Account Change (3001), the end of a
//! token Authentication (3002), and what is done to the account or an application, for which those
//! two have no place, Entity Management (3004). The match over [`Entry`] is closed: a new kind must
//! be given its place here. Nothing is lost: `raw_data` has the text as it was hashed.

mod event;

use std::io::{self, Write};

use rollcall_directory::acting::Caller;
use rollcall_directory::audit::{Body, Entry, Record};
use rollcall_directory::groups::Group;
use rollcall_directory::world::{AccountId, UserId};
use serde_json::{Map, Value, json};

use self::event::{Event, LOGOFF, LOGON, MEDIUM, Subject, account, entity, other};

const OCSF_VERSION: &str = "1.3.0";

/// Identity & Access Management.
const CATEGORY: u32 = 3;

impl Event {
    fn of(told: &Body) -> Self {
        match &told.entry {
            Entry::AccountCreated { name, .. } => {
                let subject = Subject::Account(Some(name.clone()));
                Self::new(entity::CREATE, subject, "an account was created")
            }
            Entry::AccountChanged { .. } => {
                Self::new(entity::UPDATE, Subject::Account(None), "an account was changed")
            }
            Entry::PeopleImported { count } => {
                let message = format!("{count} people were imported");
                Self::new(entity::UPDATE, Subject::Account(None), message)
            }
            Entry::UserAdded { user, groups, .. } => {
                let subject = Subject::Person(*user, in_groups(groups));
                Self::new(account::CREATE, subject, "a person was added")
            }
            Entry::UserRemoved { user, why } => {
                Self::person(account::DELETE, *user, "a person was removed")
                    .because(why.as_ref().map(|why| why.as_str()))
            }
            Entry::UserSuspended { user, why } => {
                Self::person(account::DISABLE, *user, "a person was suspended")
                    .because(why.as_ref().map(|why| why.as_str()))
            }
            Entry::UserReactivated { user, why } => {
                Self::person(account::ENABLE, *user, "a person was reactivated")
                    .because(why.as_ref().map(|why| why.as_str()))
            }
            Entry::GroupsChanged { user, groups } => {
                let subject = Subject::Person(*user, in_groups(groups));
                Self::new(other("Groups Changed"), subject, "a person's groups were changed")
            }
            Entry::PasswordSet { user } => {
                Self::person(account::PASSWORD_RESET, *user, "a person's password was set")
            }
            Entry::OwnerRecovered { user, .. } => {
                let what = "a person was made an active owner by the operator";
                Self::person(other("Owner Recovered"), *user, what).at(MEDIUM)
            }
            Entry::ApplicationRegistered { application, name, .. } => {
                let what = "an application was registered";
                Self::application(entity::CREATE, *application, Some(name), what)
            }
            Entry::ApplicationEdited { application, name, .. } => {
                let what = "an application was edited";
                Self::application(entity::UPDATE, *application, Some(name), what)
            }
            Entry::ApplicationDeleted { application, name } => {
                let what = "an application was deleted";
                Self::application(entity::DELETE, *application, Some(name), what)
            }
            Entry::SecretAdded { application, .. } => {
                let what = "an application was given a secret";
                Self::application(entity::UPDATE, *application, None, what)
            }
            Entry::SecretEdited { application, .. } => {
                let what = "a secret of an application was changed";
                Self::application(entity::UPDATE, *application, None, what)
            }
            Entry::SecretRetired { application, .. } => {
                let what = "a secret of an application was retired";
                Self::application(entity::UPDATE, *application, None, what)
            }
            Entry::SecretReplaced { application, .. } => {
                let what = "a secret of an application was replaced";
                Self::application(entity::UPDATE, *application, None, what)
            }
            Entry::SignedIn { user } => {
                Self::new(LOGON, Subject::SignedIn(*user), "a person signed in")
            }
            Entry::SignedOut { user } => {
                Self::new(LOGOFF, Subject::SignedIn(*user), "a person signed out")
            }
            Entry::SessionsEnded { user } => {
                Self::new(LOGOFF, Subject::SignedIn(*user), "a person was signed out everywhere")
            }
            Entry::PasswordChanged { user } => {
                let what = "a person changed their password";
                Self::person(account::PASSWORD_CHANGE, *user, what)
            }
            Entry::UserInvited { user, groups, .. } => {
                let subject = Subject::Person(*user, in_groups(groups));
                Self::new(account::CREATE, subject, "a person was invited")
            }
            Entry::LinkMade { user, .. } => {
                let what = "a link was made by which a person sets their password";
                Self::person(other("Link Made"), *user, what)
            }
            Entry::LinkUsed { user, .. } => {
                let what = "a person set their password by a link";
                Self::person(account::PASSWORD_RESET, *user, what)
            }
            Entry::VaultCreated { vault, name } => {
                Self::vault(entity::CREATE, *vault, Some(name), "a vault was made")
            }
            Entry::VaultRenamed { vault, name } => {
                Self::vault(entity::UPDATE, *vault, Some(name), "a vault was renamed")
            }
            Entry::VaultDeleted { vault, name } => {
                Self::vault(entity::DELETE, *vault, Some(name), "a vault was deleted")
            }
            Entry::VaultShared { vault, taken_over, .. } => {
                let what = "a person's access to a vault was changed";
                let event = Self::vault(entity::UPDATE, *vault, None, what);
                if *taken_over { event.at(MEDIUM) } else { event }
            }
            Entry::ItemSaved { vault, .. } => {
                Self::vault(entity::UPDATE, *vault, None, "an item of a vault was saved")
            }
            Entry::ItemRevealed { vault, .. } => {
                Self::vault(entity::READ, *vault, None, "an item of a vault was revealed")
            }
            Entry::ItemDeleted { vault, .. } => {
                Self::vault(entity::UPDATE, *vault, None, "an item of a vault was deleted")
            }
            Entry::TokenRevoked { .. } => {
                Self::new(LOGOFF, Subject::Client(told.by), "an access token was revoked")
            }
            Entry::Refused { act, why, user } => Self::refusal(act, why, *user),
            Entry::RefusalsCounted { since, count } => {
                let message = format!("{count} more calls of one caller were refused");
                let mut event = Self::new(other("Refused"), Subject::Account(None), message)
                    .refused_with("not recorded one by one");
                event.more.insert("count".to_owned(), (*count).into());
                event.more.insert("start_time".to_owned(), since.millis().into());
                event.more.insert("end_time".to_owned(), told.at.millis().into());
                event
            }
            Entry::Restored { people, .. } => {
                let message = format!("made anew from a backup, with {people} people");
                let restored = other("Restore");
                Self::new(restored, Subject::Account(None), message).at(MEDIUM)
            }
        }
    }

    /// What was asked for, and not done.
    fn refusal(act: &str, why: &str, user: Option<UserId>) -> Self {
        let message = format!("{act} was refused");
        let event = match (user, act) {
            (Some(user), "suspend_user") => Self::person(account::DISABLE, user, &message),
            (user, "sign_in") => {
                let subject = user.map_or(Subject::Client(Caller::Stranger), Subject::SignedIn);
                Self::new(LOGON, subject, "somebody could not sign in")
            }
            (Some(user), "reactivate_user") => Self::person(account::ENABLE, user, &message),
            (Some(user), _) => Self::person(other("Refused"), user, &message),
            (None, _) => Self::new(other("Refused"), Subject::Account(None), message),
        };
        event.refused_with(why)
    }
}

/// The groups that a person is in after it.
fn in_groups(groups: &[Group]) -> Map<String, Value> {
    let groups: Vec<Value> = groups.iter().map(|group| json!({ "name": group.as_str() })).collect();
    Map::from_iter([("groups".to_owned(), Value::from(groups))])
}

/// Who acted.
fn actor(by: Caller) -> Value {
    match by {
        Caller::Application(id) => json!({
            "app_uid": id,
            "user": { "uid": id, "type": "OAuth application", "type_id": 99 },
        }),
        Caller::Person(id) => json!({ "user": { "uid": id, "type": "User", "type_id": 1 } }),
        Caller::Stranger => {
            json!({ "user": { "name": "stranger", "type": "Unknown", "type_id": 0 } })
        }
        Caller::Operator => {
            json!({ "user": { "name": "operator", "type": "Admin", "type_id": 2 } })
        }
    }
}

fn organisation(id: AccountId) -> Value {
    json!({ "uid": id, "type": "Account", "type_id": 99 })
}

pub(super) fn line(record: &Record, told: &Body, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &event(record, told))?;
    out.write_all(b"\n")
}

fn event(record: &Record, told: &Body) -> Value {
    let mapped = Event::of(told);
    let (class, (activity, activity_name)) = (mapped.class(), mapped.activity);
    let (severity, severity_name) = mapped.severity;
    let status = if mapped.refused.is_none() { (1, "Success") } else { (2, "Failure") };
    let mut event = mapped.more;
    let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
    put("activity_id", activity.into());
    put("activity_name", activity_name.into());
    put("category_uid", CATEGORY.into());
    put("category_name", "Identity & Access Management".into());
    put("class_uid", class.uid().into());
    put("class_name", class.name().into());
    put("type_uid", (class.uid() * 100 + activity).into());
    put("type_name", format!("{}: {activity_name}", class.name()).into());
    put("time", told.at.millis().into());
    put("severity_id", severity.into());
    put("severity", severity_name.into());
    put("status_id", status.0.into());
    put("status", status.1.into());
    if let Some(why) = mapped.refused {
        put("status_detail", why.into());
    }
    put("message", mapped.message.into());
    put("actor", actor(told.by));
    match mapped.subject {
        Subject::Person(id, mut user) => {
            user.insert("uid".to_owned(), json!(id));
            user.insert("type".to_owned(), "User".into());
            user.insert("type_id".to_owned(), 1.into());
            user.insert("account".to_owned(), organisation(told.account));
            put("user", Value::Object(user));
        }
        Subject::Client(by) => {
            let mut user = actor(by)["user"].take();
            user["account"] = organisation(told.account);
            put("user", user);
            put("service", json!({ "name": "Users API" }));
            put("auth_protocol_id", 6.into());
            put("auth_protocol", "OAUTH 2.0".into());
        }
        Subject::SignedIn(id) => {
            let account = organisation(told.account);
            put("user", json!({ "uid": id, "type": "User", "type_id": 1, "account": account }));
            put("service", json!({ "name": "Console" }));
        }
        Subject::Vault(id, name) => {
            put("entity", entity_of("vault", json!(id), name));
        }
        Subject::Application(id, name) => {
            put("entity", entity_of("application", json!(id), name));
        }
        Subject::Account(name) => {
            put("entity", entity_of("account", json!(told.account), name));
        }
    }
    put("metadata", metadata(told));
    put("raw_data", record.body.clone().into());
    let unmapped = event.entry("unmapped").or_insert_with(|| json!({}));
    unmapped["account"] = json!(told.account);
    unmapped["hash"] = record.hash.to_string().into();
    Value::Object(event)
}

fn entity_of(kind: &str, uid: Value, name: Option<String>) -> Value {
    let mut entity = json!({ "type": kind, "uid": uid });
    if let Some(name) = name {
        entity["name"] = name.into();
    }
    entity
}

fn metadata(told: &Body) -> Value {
    json!({
        "version": OCSF_VERSION,
        "product": {
            "name": "Rollcall",
            "vendor_name": "Rollcall",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "uid": format!("{}:{}", told.account, told.seq),
        "sequence": told.seq,
        "correlation_uid": told.act,
        "event_code": told.entry.kind(),
        "log_name": "audit",
        "original_time": told.at.rfc3339_millis(),
    })
}

#[cfg(test)]
#[path = "ocsf_tests.rs"]
mod tests;
