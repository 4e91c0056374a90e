//! Only an owner changes an owner. Said of people: the operator may anyhow, and an application is
//! held to its scopes and to the last owner.

use super::User;
use crate::acting::{Caller, Facts, Refusal};

pub(crate) fn is_an_owner(by: &Caller, facts: &Facts) -> bool {
    match by {
        Caller::Person(id) => facts.user(Some(*id)).is_some_and(|user| user.groups.owner),
        Caller::Application(_) | Caller::Operator => true,
        Caller::Stranger => false,
    }
}

/// Why this caller may not change this person.
pub(crate) fn owners_only(by: &Caller, facts: &Facts, user: &User) -> Option<Refusal> {
    (user.groups.owner && !is_an_owner(by, facts)).then_some(Refusal::OwnersOnly(user.id))
}
