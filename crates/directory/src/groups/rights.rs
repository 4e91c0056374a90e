//! What somebody may do by the groups that they are in, looked up on every call.

use std::fmt;

use super::Groups;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To be here: their own password and sessions, and vaults as each lets them in.
    Member,
    /// To see who is in the account.
    SeePeople,
    /// To suspend and reactivate.
    SuspendPeople,
    /// To invite, to change groups, to hand over a reset link.
    ManagePeople,
    /// To make an OAuth application and to see its secret.
    ManageIntegrations,
    /// To read the audit log.
    ReadActivity,
}

impl Right {
    pub const ALL: [Self; 6] = [
        Self::Member,
        Self::SeePeople,
        Self::SuspendPeople,
        Self::ManagePeople,
        Self::ManageIntegrations,
        Self::ReadActivity,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::SeePeople => "see_people",
            Self::SuspendPeople => "suspend_people",
            Self::ManagePeople => "manage_people",
            Self::ManageIntegrations => "manage_integrations",
            Self::ReadActivity => "read_activity",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Groups {
    #[must_use]
    pub const fn give(self, right: Right) -> bool {
        match right {
            Right::Member => true,
            Right::ManagePeople => self.owner || self.administrator,
            Right::SeePeople
            | Right::SuspendPeople
            | Right::ManageIntegrations
            | Right::ReadActivity => self.owner || self.administrator || self.security,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::Group;

    #[test]
    fn each_group_gives_its_rights_and_no_more() {
        let held = |groups: Groups| -> Vec<&str> {
            Right::ALL.into_iter().filter(|r| groups.give(*r)).map(Right::as_str).collect()
        };
        let one = |group| Groups::default().with(group, true);
        assert_eq!(held(Groups::default()), ["member"]);
        assert_eq!(held(one(Group::Owners)).len(), Right::ALL.len());
        assert_eq!(held(one(Group::Administrators)).len(), Right::ALL.len());
        let security =
            ["member", "see_people", "suspend_people", "manage_integrations", "read_activity"];
        assert_eq!(held(one(Group::Security)), security);
    }
}
