//! Uses a link: sets the person's password and signs them in, once. Who was invited is active now. Whatever they held before ends,
//! this link with it.

use super::{Link, LinkDigest, Purpose};
use crate::acting::{
    Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes, authenticate,
};
use crate::audit::Entry;
use crate::sessions::{PasswordHash, Session, SessionDigest};
use crate::users::User;
use crate::world::{AccountId, Moment};

/// Presented with [`crate::acting::Presented::Link`] of the same link.
#[derive(Clone, Debug)]
pub struct UseLink {
    pub link: LinkDigest,
    pub password: PasswordHash,
    /// Of a fresh secret.
    pub session: SessionDigest,
}

impl Act for UseLink {
    const NAME: &'static str = "use_link";
    type Done = Session;

    fn demand(&self) -> Demand {
        Demand::Link
    }

    fn needs(&self, needs: &mut Needs) {
        needs.link(self.link);
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Session> {
        let Some(link) = facts.link(&self.link) else { return by.refused(Refusal::LinkDead) };
        let Some(user) = facts.user(Some(link.user)) else {
            return by.refused(Refusal::LinkDead);
        };
        if by.person() != Some(user.id) {
            return by.refused(Refusal::PersonOnly);
        }
        let user = user.come_in();
        let session = Session::begin(self.session, &user, given.now);
        let writes = Writes {
            passwords: vec![(user.id, self.password.clone())],
            sessions_begun: vec![session],
            links_used: vec![self.link],
            ..Writes::user(&user)
        };
        by.changed(writes, Entry::LinkUsed { user: user.id, purpose: link.purpose }, session)
    }
}

/// The question: does this link work, and for whom? Asked before a password is hashed, which is
/// slow and not to be had for nothing.
#[derive(Clone, Copy, Debug)]
pub struct LookAtLink {
    pub account: AccountId,
    pub link: LinkDigest,
    pub now: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkShown {
    pub user: User,
    pub purpose: Purpose,
}

impl LookAtLink {
    pub(super) fn decide(
        self,
        link: Option<&Link>,
        user: Option<&User>,
    ) -> Result<LinkShown, Refusal> {
        let (link, user) = authenticate::link_works(link, user, self.now)?;
        Ok(LinkShown { user: user.clone(), purpose: link.purpose })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    #[test]
    fn a_link_sets_the_password_signs_in_and_is_gone() {
        let person = a_person(1);
        let id = LinkDigest::from_row([7; 32]);
        let mut facts = facts_of(&[person.clone(), a_person(2)]);
        let now = Moment::from_seconds(1_800_000_000);
        facts.links.insert(id, Link::make(id, &person, Purpose::Invitation, None, now));
        let act = UseLink {
            link: id,
            password: PasswordHash::from_row("x".into()),
            session: SessionDigest::from_row([8; 32]),
        };
        let decision = decide_by(Caller::Person(person.id), &act, &facts);
        let Decision::Change { done, writes, .. } = decision else { panic!("no change") };
        assert_eq!((done.user, done.epoch), (person.id, person.epoch + 1));
        facts.apply(&writes);
        assert_eq!(facts.user(Some(person.id)).unwrap().epoch, done.epoch);
        assert!(facts.link(&id).is_none() && facts.password(person.id) == Some(&act.password));
        let again = decide_by(Caller::Person(person.id), &act, &facts).expect_refusal();
        assert_eq!(again, Refusal::LinkDead);
    }

    #[test]
    fn nobody_uses_anothers_link() {
        let person = a_person(1);
        let id = LinkDigest::from_row([7; 32]);
        let mut facts = facts_of(&[person.clone(), a_person(2)]);
        let now = Moment::from_seconds(1_800_000_000);
        facts.links.insert(id, Link::make(id, &person, Purpose::Reset, None, now));
        let (password, session) =
            (PasswordHash::from_row("x".into()), SessionDigest::from_row([8; 32]));
        let act = UseLink { link: id, password, session };
        for by in [Caller::Person(a_person(2).id), Caller::Operator] {
            assert_eq!(decide_by(by, &act, &facts).expect_refusal(), Refusal::PersonOnly);
        }
    }
}
