//! Invites somebody: adds them and makes the link that they come in by, in one act. Until they
//! have used it they are invited: nobody whom the API knows, and nobody who counts as an owner.

use super::{Link, LinkDigest, Purpose};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::{Groups, Right};
use crate::users::{NewPerson, State, User, email_key, is_an_owner};
use crate::world::UserId;

#[derive(Clone, Debug)]
pub struct Invite {
    /// A fresh id.
    pub user: UserId,
    pub email: String,
    pub display_name: String,
    pub groups: Groups,
    /// Of a fresh code.
    pub link: LinkDigest,
}

#[derive(Clone, Debug)]
pub struct Invited {
    pub user: User,
    pub link: Link,
}

impl Invite {
    fn person(&self, given: &Given) -> NewPerson {
        NewPerson {
            id: self.user,
            email: self.email.clone(),
            display_name: self.display_name.clone(),
            state: State::Invited,
            groups: self.groups,
            externally_managed: false,
            created: given.now,
        }
    }
}

impl Act for Invite {
    const NAME: &'static str = "invite";
    type Done = Invited;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManagePeople)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.emails([email_key(&self.email)]);
        needs.users([self.user]);
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Invited> {
        if facts.account().is_none() {
            return by.refused(Refusal::NoSuchAccount);
        }
        let person = self.person(given);
        if let Some(flaw) = person.flaw() {
            return by.refused(flaw);
        }
        if person.display_name.trim().is_empty() {
            return by.refused(Refusal::Invalid("a person who is invited has a name"));
        }
        if person.is_known(facts) {
            return by.refused(Refusal::Exists("person"));
        }
        if self.groups.owner && !is_an_owner(by, facts) {
            return by.refused(Refusal::OwnersOnly(self.user));
        }
        let user = person.user();
        let link = Link::make(self.link, &user, Purpose::Invitation, by.person(), given.now);
        let record =
            Entry::UserInvited { user: user.id, groups: user.groups.names(), ends: link.ends };
        let writes = Writes {
            users_added: vec![user.clone()],
            links_made: vec![link.clone()],
            ..Writes::default()
        };
        by.changed(writes, record, Invited { user, link })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;
    use crate::groups::Group;

    fn invite(groups: Groups) -> Invite {
        Invite {
            user: UserId::from_bytes([9; 16]),
            email: "new@example.com".into(),
            display_name: "New".into(),
            groups,
            link: LinkDigest::from_row([7; 32]),
        }
    }

    #[test]
    fn somebody_new_is_added_with_a_link_for_a_week() {
        let owner = an_owner(1);
        let facts = facts_of(std::slice::from_ref(&owner));
        let act = invite(Groups::default());
        let done = decide_by(Caller::Person(owner.id), &act, &facts).expect_change();
        assert_eq!((done.link.user, done.link.epoch), (done.user.id, done.user.epoch));
        assert_eq!(done.link.ends, done.link.made.plus(Purpose::Invitation.life()));
    }

    #[test]
    fn only_an_owner_invites_an_owner() {
        let administrator =
            User { groups: Groups::default().with(Group::Administrators, true), ..a_person(2) };
        let facts = facts_of(&[an_owner(1), administrator.clone()]);
        let act = invite(Groups::default().with(Group::Owners, true));
        let by = Caller::Person(administrator.id);
        let refusal = decide_by(by, &act, &facts).expect_refusal();
        assert_eq!(refusal, Refusal::OwnersOnly(act.user));
        assert!(decide_by(Caller::Person(an_owner(1).id), &act, &facts).is_a_change());
        assert!(decide_by(by, &invite(administrator.groups), &facts).is_a_change());
    }

    #[test]
    fn who_is_there_is_not_invited_again_nor_anybody_without_an_address_or_name() {
        let there = [an_owner(1)];
        let known = Invite { email: "PERSON1@example.com".into(), ..invite(Groups::default()) };
        assert_eq!(decide(&known, &there).expect_refusal(), Refusal::Exists("person"));
        let nowhere = Invite { email: "nowhere".into(), ..invite(Groups::default()) };
        let nameless = Invite { display_name: " ".into(), ..invite(Groups::default()) };
        for flawed in [nowhere, nameless] {
            let refusal = decide(&flawed, &there).expect_refusal();
            assert!(matches!(refusal, Refusal::Invalid(_)), "{refusal}");
        }
    }
}
