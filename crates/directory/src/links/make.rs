//! Makes a link for somebody who is there: by the operator, or by a person who may manage people.
//! Only an owner makes one for an owner, since whoever holds it becomes them.

use super::{Link, LinkDigest, Purpose};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::users::owners_only;
use crate::world::UserId;

#[derive(Clone, Copy, Debug)]
pub struct MakeLink {
    pub user: UserId,
    /// Of a fresh code.
    pub link: LinkDigest,
}

impl Act for MakeLink {
    const NAME: &'static str = "make_link";
    type Done = Link;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManagePeople)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users([self.user]);
        needs.password(self.user);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Link> {
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        if user.is_suspended() {
            return by.refused(Refusal::PersonSuspended(user.id));
        }
        if let Some(why) = owners_only(by, facts, user) {
            return by.refused(why);
        }
        let purpose = match (facts.password(user.id), by.person()) {
            (Some(_), _) => Purpose::Reset,
            (None, Some(_)) => Purpose::Invitation,
            (None, None) => Purpose::Setup,
        };
        let link = Link::make(self.link, user, purpose, by.person(), given.now);
        let entry = Entry::LinkMade { user: user.id, purpose, ends: link.ends };
        by.changed(Writes { links_made: vec![link.clone()], ..Writes::default() }, entry, link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;
    use crate::groups::{Group, Groups};
    use crate::sessions::PasswordHash;
    use crate::users::User;

    fn make(user: &User) -> MakeLink {
        MakeLink { user: user.id, link: LinkDigest::from_row([7; 32]) }
    }

    #[test]
    fn who_has_no_password_is_invited_or_set_up_and_who_has_one_gets_a_reset() {
        let (owner, person) = (an_owner(1), a_person(2));
        let mut facts = facts_of(&[owner.clone(), person.clone()]);
        let invited = decide_by(Caller::Person(owner.id), &make(&person), &facts).expect_change();
        assert_eq!((invited.purpose, invited.made_by), (Purpose::Invitation, Some(owner.id)));
        assert_eq!(invited.ends, invited.made.plus(Purpose::Invitation.life()));
        let set_up = decide_by(Caller::Operator, &make(&person), &facts).expect_change();
        assert_eq!((set_up.purpose, set_up.made_by), (Purpose::Setup, None));
        facts.passwords.insert(person.id, PasswordHash::from_row("x".into()));
        let reset = decide_by(Caller::Operator, &make(&person), &facts).expect_change();
        assert_eq!(reset.purpose, Purpose::Reset);
    }

    #[test]
    fn an_owners_link_is_made_by_owners_and_nobody_gets_one_while_suspended() {
        let administrator =
            User { groups: Groups::default().with(Group::Administrators, true), ..a_person(3) };
        let (owner, gone) = (an_owner(1), a_person(2).suspended());
        let facts = facts_of(&[administrator.clone(), owner.clone(), gone.clone()]);
        let by = Caller::Person(administrator.id);
        let refusal = decide_by(by, &make(&owner), &facts).expect_refusal();
        assert_eq!(refusal, Refusal::OwnersOnly(owner.id));
        assert!(decide_by(Caller::Person(owner.id), &make(&owner), &facts).is_a_change());
        let refusal = decide_by(by, &make(&gone), &facts).expect_refusal();
        assert_eq!(refusal, Refusal::PersonSuspended(gone.id));
        let nobody = make(&a_person(9));
        assert_eq!(decide_by(by, &nobody, &facts).expect_refusal(), Refusal::NoSuchUser);
    }
}
