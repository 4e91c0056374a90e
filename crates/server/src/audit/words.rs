//! Each kind of record in words for people, and what it is about. Matched by name: a new kind must
//! be given its words here.

use rollcall_directory::acting::Caller;
use rollcall_directory::applications::Scope;
use rollcall_directory::audit::Entry;
use rollcall_directory::audit::activity::Told;
use rollcall_directory::groups::Group;
use rollcall_directory::links::Purpose;
use rollcall_directory::users::ReasonText;
use rollcall_directory::vaults::Level;
use rollcall_directory::world::{ApplicationId, Moment, VaultId};

use super::pages::{ActivityLine, Linked};
use crate::applications::shown::scope_label;
use crate::layout::When;
use crate::users::shown::group_name;

/// What one may narrow the log to: a kind of record, and its words in the choice.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("user_suspended", "Suspended"),
    ("user_reactivated", "Reactivated"),
    ("user_invited", "Invited"),
    ("user_added", "Person added"),
    ("user_removed", "Person removed"),
    ("people_imported", "People imported"),
    ("groups_changed", "Groups changed"),
    ("owner_recovered", "Owner recovered"),
    ("signed_in", "Signed in"),
    ("signed_out", "Signed out"),
    ("sessions_ended", "Signed out everywhere"),
    ("password_changed", "Password changed"),
    ("password_set", "Password set by the operator"),
    ("link_made", "Code made"),
    ("link_used", "Code used"),
    ("application_registered", "Integration made"),
    ("application_edited", "Integration edited"),
    ("application_deleted", "Integration deleted"),
    ("secret_added", "Secret added"),
    ("secret_edited", "Secret edited"),
    ("secret_replaced", "Secret rotated"),
    ("secret_retired", "Secret retired"),
    ("token_revoked", "Token revoked"),
    ("vault_created", "Vault made"),
    ("vault_renamed", "Vault renamed"),
    ("vault_shared", "Vault access changed"),
    ("vault_deleted", "Vault deleted"),
    ("item_saved", "Item saved"),
    ("item_revealed", "Item revealed"),
    ("item_deleted", "Item deleted"),
    ("refused", "Refused"),
    ("refusals_counted", "Further refusals"),
    ("account_created", "Account made"),
    ("account_changed", "Account changed"),
    ("restored", "Restored from a backup"),
];

pub(crate) fn line(told: &Told, now: Moment) -> ActivityLine {
    let entry = &told.body.entry;
    ActivityLine {
        at: When::of(told.body.at, now),
        words: words(entry),
        why: why(entry).map(|why| why.as_str().to_owned()).unwrap_or_default(),
        about: about(told),
        by: by(told),
    }
}

fn by(told: &Told) -> Linked {
    let name = |otherwise: &str| told.by_name.clone().unwrap_or_else(|| otherwise.to_owned());
    match &told.body.by {
        Caller::Person(id) => {
            Linked { label: name("somebody who was removed"), path: format!("/people/{id}") }
        }
        Caller::Application(id) => Linked {
            label: name("an integration that was deleted"),
            path: format!("/integrations/{id}"),
        },
        Caller::Operator => Linked { label: "the operator".to_owned(), path: String::new() },
        Caller::Stranger => Linked { label: "a stranger".to_owned(), path: String::new() },
    }
}

fn about(told: &Told) -> Vec<Linked> {
    let entry = &told.body.entry;
    let mut about = Vec::new();
    if let Some(user) = entry.user() {
        let label = told.user_name.clone().unwrap_or_else(|| user.to_string());
        about.push(Linked { label, path: format!("/people/{user}") });
    }
    if let Some(application) = entry.application() {
        about.push(of_application(told, application));
    }
    if let Some((vault, item)) = vault(entry) {
        let path = match &item {
            Some(item) => format!("/vaults/{vault}/items/{item}"),
            None => format!("/vaults/{vault}"),
        };
        let label = if item.is_some() { "the item" } else { "the vault" };
        about.push(Linked { label: label.to_owned(), path });
    }
    about
}

fn of_application(told: &Told, application: ApplicationId) -> Linked {
    let named = told.application_name.clone().or_else(|| match &told.body.entry {
        Entry::ApplicationRegistered { name, .. }
        | Entry::ApplicationEdited { name, .. }
        | Entry::ApplicationDeleted { name, .. } => Some(name.clone()),
        _ => None,
    });
    let label = named.unwrap_or_else(|| "an integration that was deleted".to_owned());
    Linked { label, path: format!("/integrations/{application}") }
}

/// The vault and item it is about, where they are there still.
fn vault(entry: &Entry) -> Option<(VaultId, Option<String>)> {
    match entry {
        Entry::VaultCreated { vault, .. }
        | Entry::VaultRenamed { vault, .. }
        | Entry::VaultShared { vault, .. }
        | Entry::ItemDeleted { vault, .. } => Some((*vault, None)),
        Entry::ItemSaved { vault, item, .. } | Entry::ItemRevealed { vault, item, .. } => {
            Some((*vault, Some(item.to_string())))
        }
        _ => None,
    }
}

fn why(entry: &Entry) -> Option<&ReasonText> {
    match entry {
        Entry::UserSuspended { why, .. }
        | Entry::UserReactivated { why, .. }
        | Entry::UserRemoved { why, .. } => why.as_ref(),
        _ => None,
    }
}

fn words(entry: &Entry) -> String {
    let plain = |text: &str| text.to_owned();
    match entry {
        Entry::AccountCreated { name, .. } => format!("Account “{name}” made"),
        Entry::AccountChanged { plan, provisioning_automated, .. } => {
            let provisioning = if *provisioning_automated { "automated" } else { "by hand" };
            format!("Account changed: plan {plan}, provisioning {provisioning}")
        }
        Entry::PeopleImported { count } => format!("{count} people imported"),
        Entry::UserAdded { groups, .. } => format!("Person added{}", in_groups(groups)),
        Entry::UserInvited { groups, .. } => format!("Invited{}", in_groups(groups)),
        Entry::UserRemoved { .. } => plain("Person removed"),
        Entry::UserSuspended { .. } => plain("Suspended"),
        Entry::UserReactivated { .. } => plain("Reactivated"),
        Entry::GroupsChanged { groups, .. } => match &groups[..] {
            [] => plain("Taken out of all groups"),
            groups => format!("Groups changed{}", in_groups(groups)),
        },
        Entry::PasswordSet { .. } => plain("Password set by the operator"),
        Entry::PasswordChanged { .. } => plain("Password changed"),
        Entry::OwnerRecovered { .. } => plain("Recovered as an owner by the operator"),
        Entry::SignedIn { .. } => plain("Signed in"),
        Entry::SignedOut { .. } => plain("Signed out"),
        Entry::SessionsEnded { .. } => plain("Signed out everywhere"),
        Entry::LinkMade { purpose, .. } => format!("Code made, for {}", purpose_words(*purpose)),
        Entry::LinkUsed { purpose, .. } => format!("Code used, for {}", purpose_words(*purpose)),
        Entry::ApplicationRegistered { scopes, .. } => {
            format!("Integration made: {}", scope_words(scopes))
        }
        Entry::ApplicationEdited { scopes, .. } => {
            format!("Integration edited: {}", scope_words(scopes))
        }
        Entry::ApplicationDeleted { .. } => plain("Integration deleted"),
        Entry::SecretAdded { label, .. } => format!("Secret “{label}” added"),
        Entry::SecretEdited { label, .. } => format!("Secret “{label}” edited"),
        Entry::SecretReplaced { label, .. } => format!("Secret “{label}” rotated"),
        Entry::SecretRetired { .. } => plain("Secret retired"),
        Entry::TokenRevoked { .. } => plain("Token revoked"),
        Entry::VaultCreated { name, .. } => format!("Vault “{name}” made"),
        Entry::VaultRenamed { name, .. } => format!("Vault renamed to “{name}”"),
        Entry::VaultDeleted { name, .. } => format!("Vault “{name}” deleted"),
        Entry::VaultShared { level, taken_over, .. } => match (level, taken_over) {
            (_, true) => plain("Vault taken over, as nobody was left who may write to it"),
            (Some(Level::Read), _) => plain("Let into a vault, to read"),
            (Some(Level::Write), _) => plain("Let into a vault, to read and write"),
            (None, _) => plain("Access to a vault taken away"),
        },
        Entry::ItemSaved { secret, .. } => match secret {
            Some(_) => plain("Credentials saved in a vault"),
            None => plain("Item saved in a vault"),
        },
        Entry::ItemRevealed { secret, .. } => match secret {
            Some(_) => plain("Credentials revealed"),
            None => plain("Item revealed"),
        },
        Entry::ItemDeleted { .. } => plain("Item deleted"),
        Entry::Refused { act, why, .. } if act == "sign_in" && why == "sign_in_failed" => {
            plain("Sign-in failed")
        }
        Entry::Refused { act, why, .. } => {
            format!("Refused: {} ({})", act.replace('_', " "), why.replace('_', " "))
        }
        Entry::RefusalsCounted { count, .. } => format!("{count} further refusals"),
        Entry::Restored { people, .. } => format!("Restored from a backup, with {people} people"),
    }
}

fn in_groups(groups: &[Group]) -> String {
    match groups {
        [] => String::new(),
        groups => {
            let names: Vec<&str> = groups.iter().map(|group| group_name(*group)).collect();
            format!(": {}", names.join(", "))
        }
    }
}

fn scope_words(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope_label(*scope)).collect::<Vec<_>>().join(", ")
}

const fn purpose_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Setup => "the first sign-in",
        Purpose::Invitation => "an invitation",
        Purpose::Reset => "a new password",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_can_be_narrowed_to_every_kind_of_the_document_and_no_other() {
        let document = include_str!("../../../../docs/reference/audit.md");
        let (_, table) = document.split_once("| `kind` | Fields besides it |").unwrap();
        let rows = table.lines().take_while(|line| !line.is_empty());
        let first_cells = rows.filter_map(|row| row.strip_prefix("| `")?.split('|').next());
        let mut kinds: Vec<&str> = first_cells
            .flat_map(|cell| cell.split(','))
            .map(|kind| kind.trim_matches([' ', '`']))
            .collect();
        let mut ours: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
        kinds.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, kinds);
    }
}
