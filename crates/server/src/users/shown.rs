//! People as pages show them.

use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::users::User;
use rollcall_directory::world::Moment;

use super::pages::{GroupBox, PersonShown};
use crate::layout::When;

pub(crate) const fn group_name(group: Group) -> &'static str {
    match group {
        Group::Owners => "Owners",
        Group::Administrators => "Administrators",
        Group::Security => "Security",
    }
}

pub(crate) fn group_names(groups: Groups) -> Vec<&'static str> {
    groups.names().into_iter().map(group_name).collect()
}

const fn group_hint(group: Group) -> &'static str {
    match group {
        Group::Owners => {
            "May do everything here, and are the only ones who change owners. One always remains."
        }
        Group::Administrators => {
            "See people, invite and suspend them, change groups, manage integrations, read the activity log."
        }
        Group::Security => {
            "See people, suspend and reactivate them, manage integrations, read the activity log."
        }
    }
}

/// The check boxes. Only an owner has that of owners.
pub(super) fn boxes(checked: Groups, by_an_owner: bool) -> Vec<GroupBox> {
    let of = |group: Group| GroupBox {
        value: group.as_str(),
        label: group_name(group),
        hint: group_hint(group),
        checked: checked.names().contains(&group),
        locked: group == Group::Owners && !by_an_owner,
    };
    Group::ALL.into_iter().map(of).collect()
}

pub(crate) fn person(user: &User, now: Moment) -> PersonShown {
    PersonShown {
        id: user.id.to_string(),
        name: name(user).to_owned(),
        email: user.email.clone(),
        suspended: user.is_suspended(),
        invited: false,
        groups: group_names(user.groups),
        externally_managed: user.externally_managed,
        added: When::of(user.created, now),
    }
}

/// What somebody is called: people can be imported without a name, and nothing is linked by none.
pub(crate) fn name(user: &User) -> &str {
    match user.display_name.trim() {
        "" => &user.email,
        name => name,
    }
}
