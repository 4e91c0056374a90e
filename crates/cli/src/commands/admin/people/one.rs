//! One person: found by what they were named by, and printed.

use rollcall_directory::store::Inspector;
use rollcall_directory::users::{Named, Person, State, User};
use rollcall_directory::world::AccountId;
use serde_json::{Value, json};

use crate::commands::admin::AdminError;
use crate::shown::shown;

pub async fn find(store: &Inspector, account: AccountId, who: &Named) -> Result<User, AdminError> {
    let found = store.ask(&Person { account, who: who.clone() }).await?;
    found.ok_or_else(|| {
        let named = match who {
            Named::Id(id) => id.to_string(),
            Named::Email(email) => shown(email),
        };
        AdminError::missing(
            format!("there is nobody called {named} in account {account}"),
            "`rollcall admin people list --match TEXT` finds people by a part of a name or address",
        )
    })
}

pub const fn state(user: &User) -> &'static str {
    match user.state {
        State::Active => "active",
        State::Suspended => "suspended",
        State::Invited => "invited",
    }
}

pub fn groups(user: &User) -> Vec<&'static str> {
    user.groups.names().into_iter().map(|group| group.as_str()).collect()
}

/// Columns of a width that most people fit in; a list is printed page by page.
pub fn line(user: &User) -> String {
    let mut groups = groups(user).join(",");
    if user.externally_managed {
        groups.push_str(if groups.is_empty() { "(external)" } else { " (external)" });
    }
    if groups.is_empty() {
        groups.push('-');
    }
    format!(
        "{}  {:<9}  {groups:<14}  {:<32}  {}",
        user.id,
        state(user),
        shown(&user.email),
        shown(&user.display_name)
    )
}

/// Fields are only ever added.
pub fn as_json(user: &User) -> Value {
    json!({
        "id": user.id,
        "email": user.email,
        "display_name": user.display_name,
        "state": state(user),
        "groups": groups(user),
        "externally_managed": user.externally_managed,
        "create_time": user.created.rfc3339_seconds(),
    })
}
