//! People: does their session, link or password work, and what do their groups let them do? Part of
//! [`super`], which alone is asked.

use super::super::{Demand, Facts, Refusal};
use crate::accounts::entitled;
use crate::applications::Scope;
use crate::groups::Right;
use crate::links::Link;
use crate::sessions::{PasswordHash, Session, Visit, VisitFacts, Visitor};
use crate::users::User;
use crate::world::Moment;

/// For a read: who visits, and whether they may.
pub(crate) fn visitor(visit: &Visit, facts: VisitFacts, right: Right) -> Result<Visitor, Refusal> {
    let works = session_works(facts.session.as_ref(), facts.user.as_ref(), visit.now)?;
    let (session, user) = (*works.0, works.1.clone());
    let (account_name, rights) = facts.account.ok_or(Refusal::SessionDead)?;
    if !user.groups.give(right) {
        return Err(Refusal::RightMissing(right));
    }
    let (account, now) = (visit.account, visit.now);
    Ok(Visitor { account, account_name, rights, user, session, now })
}

/// The session is there, has not ended, and its person is active under the epoch that it began
/// under: whatever ends what they hold raises it.
pub(super) fn session_works<'a>(
    session: Option<&'a Session>,
    user: Option<&'a User>,
    now: Moment,
) -> Result<(&'a Session, &'a User), Refusal> {
    let session = session.ok_or(Refusal::SessionDead)?;
    let user = user.ok_or(Refusal::SessionDead)?;
    let theirs = session.user == user.id && session.epoch == user.epoch && user.is_active();
    if !theirs || session.has_ended(now) {
        return Err(Refusal::SessionDead);
    }
    Ok((session, user))
}

/// Bound to the person's epoch like a session.
pub(crate) fn link_works<'a>(
    link: Option<&'a Link>,
    user: Option<&'a User>,
    now: Moment,
) -> Result<(&'a Link, &'a User), Refusal> {
    let link = link.ok_or(Refusal::LinkDead)?;
    let user = user.ok_or(Refusal::LinkDead)?;
    let theirs = link.user == user.id && link.epoch == user.epoch && !user.is_suspended();
    if !theirs || now >= link.ends {
        return Err(Refusal::LinkDead);
    }
    Ok((link, user))
}

/// What was held against the password is still this person's, and they are active.
pub(super) fn password_works(
    user: Option<&User>,
    stored: Option<&PasswordHash>,
    held_against: &PasswordHash,
) -> Result<(), Refusal> {
    let id = user.map(|user| user.id);
    let active = user.is_some_and(User::is_active);
    if active && stored == Some(held_against) { Ok(()) } else { Err(Refusal::SignInFailed(id)) }
}

/// What a scope lets an application do, a right lets a person do. Integrations are for those whose
/// account is entitled to them, like the API itself.
pub(super) fn may(user: Option<&User>, demand: Demand, facts: &Facts) -> Result<(), Refusal> {
    let account = facts.account().ok_or(Refusal::SessionDead)?;
    let right = match demand {
        Demand::Person(right) => right,
        Demand::Scope { account: named, scope } => {
            if named != Some(account.id) {
                return Err(Refusal::AccountMismatch);
            }
            right_of(scope)
        }
        Demand::Client | Demand::Operator | Demand::Password | Demand::Link | Demand::Anybody => {
            return Err(Refusal::OperatorOnly);
        }
    };
    let user = user.ok_or(Refusal::SessionDead)?;
    if !user.groups.give(right) {
        return Err(Refusal::RightMissing(right));
    }
    if right == Right::ManageIntegrations {
        entitled(&account.rights())?;
    }
    Ok(())
}

const fn right_of(scope: Scope) -> Right {
    match scope {
        Scope::GetUser | Scope::ListUsers => Right::SeePeople,
        Scope::SuspendUsers | Scope::ReactivateUsers => Right::SuspendPeople,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Account;
    use crate::acting::stories::{a_person, an_account, an_owner};
    use crate::links::{LinkDigest, Purpose};
    use crate::sessions::SessionDigest;
    use crate::world::AccountId;

    const NOW: Moment = Moment::from_seconds(1_800_000_000);

    fn session_of(user: &User) -> Session {
        Session::begin(SessionDigest::from_row([1; 32]), user, NOW)
    }

    #[test]
    fn a_session_works_for_its_active_person_under_its_epoch() {
        let person = a_person(1);
        let session = session_of(&person);
        let works = |user: &User| session_works(Some(&session), Some(user), NOW).map(|_| ());
        assert_eq!(works(&person), Ok(()));
        let suspended = person.suspended();
        for other in [&suspended, &suspended.reactivated(), &person.under_a_new_epoch()] {
            assert_eq!(works(other), Err(Refusal::SessionDead));
        }
        assert_eq!(works(&a_person(2)), Err(Refusal::SessionDead));
        // Suspended by somebody who forgot the epoch: the state alone is enough.
        let state_only = User { state: suspended.state, ..person.clone() };
        assert_eq!(works(&state_only), Err(Refusal::SessionDead));
        for (session, user) in [(None, Some(&person)), (Some(&session), None)] {
            assert!(session_works(session, user, NOW).is_err());
        }
        let late = NOW.plus(Session::IDLE_END);
        assert!(session_works(Some(&session), Some(&person), late).is_err());
    }

    #[test]
    fn a_link_works_for_its_active_person_until_it_ends() {
        let person = a_person(1);
        let id = LinkDigest::from_row([1; 32]);
        let link = Link::make(id, &person, Purpose::Reset, None, NOW);
        let works = |user: &User, now| link_works(Some(&link), Some(user), now).map(|_| ());
        assert_eq!(works(&person, NOW), Ok(()));
        assert_eq!(works(&person, link.ends), Err(Refusal::LinkDead));
        let suspended = person.suspended();
        for other in [&suspended, &suspended.reactivated(), &person.under_a_new_epoch()] {
            assert_eq!(works(other, NOW), Err(Refusal::LinkDead));
        }
        assert!(link_works(None, Some(&person), NOW).is_err());
    }

    #[test]
    fn a_password_counts_if_its_hash_is_still_there_and_its_person_active() {
        let hash = |text: &str| PasswordHash::from_row(text.to_owned());
        let person = a_person(1);
        assert_eq!(password_works(Some(&person), Some(&hash("a")), &hash("a")), Ok(()));
        let failed = Err(Refusal::SignInFailed(Some(person.id)));
        assert_eq!(password_works(Some(&person), Some(&hash("b")), &hash("a")), failed);
        assert_eq!(password_works(Some(&person), None, &hash("a")), failed);
        let suspended = person.suspended();
        assert_eq!(password_works(Some(&suspended), Some(&hash("a")), &hash("a")), failed);
    }

    #[test]
    fn groups_give_rights_and_the_account_must_be_entitled_to_integrations() {
        let facts = |change: fn(&mut Account)| {
            let mut account = an_account();
            change(&mut account);
            Facts { account: Some(account), ..Facts::default() }
        };
        let business = facts(|_| {});
        let manage = Demand::Person(Right::ManageIntegrations);
        assert_eq!(may(Some(&an_owner(1)), manage, &business), Ok(()));
        let missing = Err(Refusal::RightMissing(Right::ManageIntegrations));
        assert_eq!(may(Some(&a_person(1)), manage, &business), missing);
        let other = facts(|account| account.plan = crate::accounts::Plan::Other);
        assert_eq!(may(Some(&an_owner(1)), manage, &other), Err(Refusal::PlanNotEntitled));
        let automated = facts(|account| account.provisioning_automated = true);
        let refused = Err(Refusal::ProvisioningAutomated);
        assert_eq!(may(Some(&an_owner(1)), manage, &automated), refused);
        // A person is suspended on any account.
        let suspend = |account| Demand::Scope { account, scope: Scope::SuspendUsers };
        assert_eq!(may(Some(&an_owner(1)), suspend(Some(an_account().id)), &other), Ok(()));
        let elsewhere = suspend(Some(AccountId::from_bytes([9; 16])));
        assert_eq!(may(Some(&an_owner(1)), elsewhere, &business), Err(Refusal::AccountMismatch));
        for not_a_persons in [Demand::Operator, Demand::Client, Demand::Password, Demand::Link] {
            assert!(may(Some(&an_owner(1)), not_a_persons, &business).is_err());
        }
        assert_eq!(may(None, Demand::Person(Right::Member), &business), Err(Refusal::SessionDead));
    }
}
