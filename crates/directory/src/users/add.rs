//! Adds one person, by the operator; the record says who. (Many at a time: `import`.)

use super::{NewPerson, User, email_key};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;

#[derive(Clone, Debug)]
pub struct AddUser {
    pub person: NewPerson,
}

impl Act for AddUser {
    const NAME: &'static str = "add_user";
    type Done = User;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.emails([email_key(&self.person.email)]);
        needs.users([self.person.id]);
        // Not for the rule: so that the count stays right for those who act after this one.
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        if facts.account().is_none() {
            return by.refused(Refusal::NoSuchAccount);
        }
        if let Some(flaw) = self.person.flaw() {
            return by.refused(flaw);
        }
        if self.person.is_known(facts) {
            return by.refused(Refusal::Exists("person"));
        }
        let user = self.person.user();
        let record = Entry::UserAdded {
            user: user.id,
            groups: user.groups.names(),
            externally_managed: user.externally_managed,
        };
        by.changed(Writes { users_added: vec![user.clone()], ..Writes::default() }, record, user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    #[test]
    fn somebody_new_is_added() {
        let act = AddUser { person: a_new_person(3) };
        let added = decide(&act, &[an_owner(1)]).expect_change();
        assert_eq!((added.id, added.epoch), (act.person.id, 1));
    }

    #[test]
    fn an_address_or_id_that_is_there_is_refused() {
        let there = [a_person(1)];
        let same_address = NewPerson { email: there[0].email.to_uppercase(), ..a_new_person(3) };
        for person in [NewPerson { id: there[0].id, ..a_new_person(3) }, same_address] {
            let refusal = decide(&AddUser { person }, &there).expect_refusal();
            assert_eq!(refusal, Refusal::Exists("person"));
        }
    }

    #[test]
    fn a_flawed_address_or_name_is_refused() {
        for person in [
            NewPerson { email: "nobody".into(), ..a_new_person(3) },
            NewPerson { display_name: "x".repeat(201), ..a_new_person(3) },
            NewPerson { display_name: "a\0b".into(), ..a_new_person(3) },
        ] {
            let refusal = decide(&AddUser { person }, &[]).expect_refusal();
            assert!(matches!(refusal, Refusal::Invalid(_)), "{refusal}");
        }
    }
}
