//! The rules of people, as the model has them.

use rollcall_directory::world::{AccountId, UserId};

use super::{By, Model, Right, refused};

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) suspended: bool,
    /// Owner, administrator, security.
    pub(crate) groups: [bool; 3],
    pub(crate) external: bool,
    pub(crate) created: i64,
    pub(crate) epoch: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    pub(crate) id: UserId,
    pub(crate) person: Person,
}

/// How an answer tells of a person, whoever gave it.
pub(crate) fn person_text(id: UserId, person: &Person) -> String {
    let state = if person.suspended { "suspended" } else { "active" };
    let Person { email, groups, external, created, epoch, .. } = person;
    format!("{id} {email} {state} {groups:?} {external} {created} {epoch}")
}

/// How a list tells of one: with what it shows of them and no more.
pub(crate) fn listed_text(id: UserId, email: &str, suspended: bool, created: i64) -> String {
    let state = if suspended { "suspended" } else { "active" };
    format!("{id} {email} {state} {created}")
}

impl Model {
    pub(crate) fn active_owners(&self, account: AccountId) -> usize {
        let people = self.accounts[&account].people.values();
        people.filter(|person| person.groups[0] && !person.suspended).count()
    }

    pub(crate) fn get(
        &self,
        token: usize,
        named: Option<AccountId>,
        user: Option<UserId>,
    ) -> String {
        if let Err(refused) = self.may_read(token, named, Right::Get) {
            return refused;
        }
        let people = &self.accounts[&self.tokens[token].account].people;
        match user.and_then(|id| people.get(&id).map(|person| (id, person))) {
            Some((id, person)) => person_text(id, person),
            None => refused("user_not_found"),
        }
    }

    pub(crate) fn suspend(
        &mut self,
        by: By,
        named: Option<AccountId>,
        user: Option<UserId>,
    ) -> String {
        if let Err(refused) = self.may_act(by, named, Right::Suspend) {
            return refused;
        }
        let home = self.home(by);
        let Some((id, person)) = self.person(home, user) else {
            return self.refuse(by, "user_not_found");
        };
        if person.suspended {
            return person_text(id, &person);
        }
        if person.external {
            return self.refuse(by, "user_externally_managed");
        }
        if person.groups[0] && self.active_owners(home) == 1 {
            return self.refuse(by, "no_owner_remain");
        }
        self.turn(home, id, true, "user_suspended")
    }

    pub(crate) fn reactivate(
        &mut self,
        by: By,
        named: Option<AccountId>,
        user: Option<UserId>,
    ) -> String {
        if let Err(refused) = self.may_act(by, named, Right::Reactivate) {
            return refused;
        }
        let home = self.home(by);
        match self.person(home, user) {
            None => self.refuse(by, "user_not_found"),
            Some((id, person)) if !person.suspended => person_text(id, &person),
            Some((id, _)) => self.turn(home, id, false, "user_reactivated"),
        }
    }

    fn turn(
        &mut self,
        account: AccountId,
        id: UserId,
        suspended: bool,
        kind: &'static str,
    ) -> String {
        let person = self.account(account).people.get_mut(&id).expect("they were just looked up");
        person.suspended = suspended;
        person.epoch += 1;
        let text = person_text(id, person);
        self.record(account, kind);
        self.walks_notice(account, id, suspended);
        text
    }

    pub(crate) fn set_groups(
        &mut self,
        account: AccountId,
        user: UserId,
        groups: [bool; 3],
    ) -> String {
        let by = By::Operator(account);
        let Some((id, person)) = self.person(account, Some(user)) else {
            return self.refuse(by, "user_not_found");
        };
        if person.groups == groups {
            return person_text(id, &person);
        }
        let last = person.groups[0] && !person.suspended && self.active_owners(account) == 1;
        if last && !groups[0] {
            return self.refuse(by, "no_owner_remain");
        }
        let person = self.account(account).people.get_mut(&id).expect("they were just looked up");
        person.groups = groups;
        person.epoch += 1;
        let text = person_text(id, person);
        self.record(account, "groups_changed");
        text
    }

    /// All of them or nobody.
    pub(crate) fn import(&mut self, account: AccountId, newcomers: &[Newcomer]) -> String {
        let by = By::Operator(account);
        if newcomers.iter().any(|new| !new.person.email.contains('@')) {
            return self.refuse(by, "invalid");
        }
        let people = &self.accounts[&account].people;
        let known = |new: &Newcomer| {
            let same =
                |person: &Person| person.email.to_lowercase() == new.person.email.to_lowercase();
            people.contains_key(&new.id) || people.values().any(same)
        };
        if newcomers.iter().any(known) {
            return self.refuse(by, "exists");
        }
        for new in newcomers {
            self.account(account).people.insert(new.id, new.person.clone());
        }
        self.record(account, "people_imported");
        format!("{} people", newcomers.len())
    }

    fn person(&self, account: AccountId, user: Option<UserId>) -> Option<(UserId, Person)> {
        let id = user?;
        self.accounts[&account].people.get(&id).map(|person| (id, person.clone()))
    }
}
