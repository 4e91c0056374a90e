//! Makes somebody an active owner again, by the operator, when no owner can sign in: one act that
//! adds or finds them, reactivates and promotes them, ends what they held by a higher epoch, and
//! sets a password if one was made. It needs no other owner; its record says what it took.

use super::{NewPerson, State, User, email_key};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::{Group, Groups};
use crate::sessions::PasswordHash;
use crate::world::UserId;

#[derive(Clone, Debug)]
pub enum Recovered {
    There(UserId),
    New(NewPerson),
}

#[derive(Clone, Debug)]
pub struct RecoverOwner {
    pub who: Recovered,
    /// `None`: whatever password there is stays.
    pub password: Option<PasswordHash>,
}

impl Act for RecoverOwner {
    const NAME: &'static str = "recover_owner";
    type Done = User;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        match &self.who {
            Recovered::There(id) => needs.users([*id]),
            Recovered::New(person) => {
                needs.emails([email_key(&person.email)]);
                needs.users([person.id]);
            }
        }
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        if facts.account().is_none() {
            return by.refused(Refusal::NoSuchAccount);
        }
        let (user, mut writes, added, before) = match &self.who {
            Recovered::There(id) => {
                let Some(before) = facts.user(Some(*id)) else {
                    return by.refused(Refusal::NoSuchUser);
                };
                let user = before.recovered();
                (user.clone(), Writes::user(&user), false, Some(before))
            }
            Recovered::New(person) => {
                if let Some(flaw) = person.flaw() {
                    return by.refused(flaw);
                }
                if person.is_known(facts) {
                    return by.refused(Refusal::Exists("person"));
                }
                let user = person.active_owner();
                let writes = Writes { users_added: vec![user.clone()], ..Writes::default() };
                (user, writes, true, None)
            }
        };
        if let Some(hash) = &self.password {
            writes.passwords.push((user.id, hash.clone()));
        }
        let record = Entry::OwnerRecovered {
            user: user.id,
            added,
            reactivated: before.is_some_and(User::is_suspended),
            promoted: before.is_some_and(|before| !before.groups.owner),
            password_set: self.password.is_some(),
        };
        by.changed(writes, record, user)
    }
}

impl User {
    fn recovered(&self) -> Self {
        Self {
            state: State::Active,
            groups: self.groups.with(Group::Owners, true),
            ..self.under_a_new_epoch()
        }
    }
}

impl NewPerson {
    /// As an active owner, whatever else was said of them.
    pub(crate) fn active_owner(&self) -> User {
        let groups = Groups { owner: true, ..self.groups };
        User { state: State::Active, groups, ..self.user() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;
    use crate::sessions::Password;

    fn recover(user: &User) -> RecoverOwner {
        RecoverOwner { who: Recovered::There(user.id), password: None }
    }

    fn record(act: &RecoverOwner, there: &[User]) -> (Entry, usize) {
        match decide(act, there) {
            Decision::Change { record, writes, .. } => (record, writes.passwords.len()),
            other => panic!("a change was expected, not {other:?}"),
        }
    }

    #[test]
    fn an_account_without_an_active_owner_gets_one() {
        let there = [an_owner(1).suspended(), a_person(2)];
        for person in &there {
            let done = decide(&recover(person), &there).expect_change();
            assert!(done.is_active_owner());
            assert!(done.epoch > person.epoch, "what they held before is dead");
        }
    }

    #[test]
    fn the_record_says_what_it_took() {
        let there = [an_owner(1).suspended(), a_person(2)];
        let (entry, passwords) = record(&recover(&there[0]), &there);
        let (added, promoted, password_set) = (false, false, false);
        let user = there[0].id;
        let expected =
            Entry::OwnerRecovered { user, added, reactivated: true, promoted, password_set };
        assert_eq!((entry, passwords), (expected, 0));
        let password = Password::new("x".into()).hash(&[1; 16]);
        let (entry, passwords) = record(&RecoverOwner { password, ..recover(&there[1]) }, &there);
        let expected = Entry::OwnerRecovered {
            user: there[1].id,
            added,
            reactivated: false,
            promoted: true,
            password_set: true,
        };
        assert_eq!((entry, passwords), (expected, 1));
    }

    #[test]
    fn an_active_owner_is_recovered_too_and_loses_what_they_held() {
        let there = [an_owner(1)];
        assert!(decide(&recover(&there[0]), &there).expect_change().epoch > there[0].epoch);
    }

    #[test]
    fn the_groups_that_somebody_has_stay() {
        let groups = Groups { security: true, ..Groups::default() };
        let there = [User { groups, ..a_person(1) }];
        let done = decide(&recover(&there[0]), &there).expect_change();
        assert_eq!(done.groups, Groups { owner: true, ..groups });
    }

    #[test]
    fn somebody_new_is_added_as_an_active_owner() {
        let person = NewPerson { state: State::Suspended, ..a_new_person(3) };
        let act = RecoverOwner { who: Recovered::New(person), password: None };
        assert!(decide(&act, &[a_person(1)]).expect_change().is_active_owner());
        let there = [a_person(3)];
        assert_eq!(decide(&act, &there).expect_refusal(), Refusal::Exists("person"));
    }

    #[test]
    fn nobody_is_not_recovered() {
        let refusal = decide(&recover(&a_person(9)), &[an_owner(1)]).expect_refusal();
        assert_eq!(refusal, Refusal::NoSuchUser);
    }
}
