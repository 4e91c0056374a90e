//! The steps about people: get, list, walk, suspend, reactivate, groups, newcomers.

use rollcall_directory::acting::Presented;
use rollcall_directory::groups::Groups;
use rollcall_directory::users::{
    After, GetUser, ImportPeople, ListUsers, NewPerson, Page, Reactivate, SetGroups, State,
    StateFilter, Suspend,
};
use rollcall_directory::world::{Moment, UserId};

use super::told::{self, told};
use super::{Both, Player};
use crate::simulation::HERE;
use crate::simulation::model::{By, Filter, Newcomer, Person};
use crate::simulation::plan::{Flaw, Named};

fn state_filter(filter: Filter) -> StateFilter {
    match filter {
        Filter::All => StateFilter::All,
        Filter::Active => StateFilter::Active,
        Filter::Suspended => StateFilter::Suspended,
    }
}

fn page_text(page: &Page) -> String {
    let mut lines: Vec<String> = page.users.iter().map(told::listed).collect();
    lines.push(if page.next.is_some() { "and more" } else { "and no more" }.to_owned());
    lines.join("\n  ")
}

fn groups(bits: [bool; 3]) -> Groups {
    Groups { owner: bits[0], administrator: bits[1], security: bits[2] }
}

impl Player {
    pub(super) async fn get(&mut self, token: usize, named: Named, user: usize) -> Both {
        let token = self.token(token);
        let (account, user) = (self.named(token, named), self.user(self.home(token), user));
        let expected = self.model.get(token, account, user);
        let now = self.ground.world.now();
        let question = GetUser { token: self.claims(token), from: HERE, account, user, now };
        let answered = told(self.ground.store.read(&question).await, told::user);
        Both { expected, answered }
    }

    pub(super) async fn list(
        &mut self,
        token: usize,
        named: Named,
        filter: Filter,
        size: usize,
    ) -> Both {
        let token = self.token(token);
        let account = self.named(token, named);
        let (expected, walk) = self.model.list(token, account, filter, size);
        let question = ListUsers {
            token: self.claims(token),
            from: HERE,
            account,
            filter: state_filter(filter),
            after: None,
            page_size: u16::try_from(size).unwrap(),
            now: self.ground.world.now(),
        };
        let (answered, page_token) = self.page(&question).await;
        if let (Some(walk), Some(page_token)) = (walk, page_token) {
            self.model.walks.push(walk.with(page_token));
        }
        Both { expected, answered }
    }

    pub(super) async fn next(
        &mut self,
        walk: usize,
        token: usize,
        wrong_filter: bool,
        size: usize,
    ) -> Both {
        if self.model.walks.is_empty() {
            return Both::same("nobody walks".to_owned());
        }
        // Mostly the latest walk, and one of its own account's tokens.
        let there = self.model.walks.len();
        let at = if walk.is_multiple_of(3) { walk / 3 % there } else { there - 1 };
        let walk = self.model.walks[at].clone();
        let own = (0..self.tokens.len()).rev().find(|n| self.home(*n) == walk.account);
        let token = if token.is_multiple_of(8) { self.token(token) } else { own.unwrap() };
        let filter = if wrong_filter { other(walk.filter) } else { walk.filter };
        let (expected, next) = self.model.next(&walk, token, filter, size);
        let (home, now) = (self.home(token), self.ground.world.now());
        let state_filter = state_filter(filter);
        let keys = self.ground.store.keys();
        let (answered, page_token) =
            match After::open(&walk.page_token, &keys, home, state_filter, now) {
                Err(_) => ("not this list's page token".to_owned(), None),
                Ok(after) => {
                    let question = ListUsers {
                        token: self.claims(token),
                        from: HERE,
                        account: Some(home),
                        filter: state_filter,
                        after: Some(after),
                        page_size: u16::try_from(size).unwrap(),
                        now,
                    };
                    self.page(&question).await
                }
            };
        match (next, page_token) {
            (Some(next), Some(page_token)) => {
                self.model.walks[at] = next.with(page_token);
            }
            _ if expected.ends_with("no more") => _ = self.model.walks.remove(at),
            _ => {}
        }
        Both { expected, answered }
    }

    async fn page(&self, question: &ListUsers) -> (String, Option<String>) {
        let answer = self.ground.store.read(question).await;
        let (account, filter, now) = (question.token.account, question.filter, question.now);
        let next = answer.as_ref().ok().and_then(|answer| answer.as_ref().ok()?.next);
        let keys = self.ground.store.keys();
        let page_token = next.map(|after| after.seal(&keys, account, filter, now));
        (told(answer, |page| page_text(&page)), page_token)
    }

    pub(super) async fn suspend(&mut self, token: usize, named: Named, user: usize) -> Both {
        let token = self.token(token);
        let home = self.home(token);
        let (account, user) = (self.named(token, named), self.user(home, user));
        let expected = self.model.suspend(By::Token(token), account, user);
        let by = Presented::Token { token: self.claims(token), from: HERE };
        let act = Suspend { account, user, why: None };
        let answered = told(self.ground.store.act(by, home, act).await, told::user);
        Both { expected, answered }
    }

    pub(super) async fn reactivate(&mut self, token: usize, named: Named, user: usize) -> Both {
        let token = self.token(token);
        let home = self.home(token);
        let (account, user) = (self.named(token, named), self.user(home, user));
        let expected = self.model.reactivate(By::Token(token), account, user);
        let by = Presented::Token { token: self.claims(token), from: HERE };
        let act = Reactivate { account, user, why: None, guarded: false };
        let answered = told(self.ground.store.act(by, home, act).await, told::user);
        Both { expected, answered }
    }

    /// All are asked for before the first is answered: they share a batch, or a few.
    pub(super) async fn burst(&mut self, account: usize, turns: &[(bool, usize)]) -> Both {
        let id = self.account(account);
        let (by, mut expected, mut asked) = (By::Operator(id), Vec::new(), Vec::new());
        for (suspend, pick) in turns {
            let (account, user, why) = (Some(id), self.user(id, *pick), None);
            let store = &self.ground.store;
            if *suspend {
                expected.push(self.model.suspend(by, account, user));
                let act = Suspend { account, user, why };
                asked.push(futures(store.submit(Presented::Operator, id, act)));
            } else {
                expected.push(self.model.reactivate(by, account, user));
                let act = Reactivate { account, user, why, guarded: false };
                asked.push(futures(store.submit(Presented::Operator, id, act)));
            }
        }
        let mut answered = Vec::new();
        for answer in asked {
            answered.push(told(answer.await, told::user));
        }
        Both { expected: expected.join("\n  "), answered: answered.join("\n  ") }
    }

    pub(super) async fn hammer(&mut self, token: usize, times: usize) -> Both {
        let token = self.token(token);
        let home = self.home(token);
        let (account, user) = (Some(home), Some(UserId::from_bytes([0xee; 16])));
        let (mut expected, mut asked) = (Vec::new(), Vec::new());
        for _ in 0..times {
            expected.push(self.model.suspend(By::Token(token), account, user));
            let by = Presented::Token { token: self.claims(token), from: HERE };
            let act = Suspend { account, user, why: None };
            asked.push(self.ground.store.submit(by, home, act));
        }
        let mut answered = Vec::new();
        for answer in asked {
            answered.push(told(answer.await, told::user));
        }
        expected.dedup();
        answered.dedup();
        Both { expected: expected.join(", "), answered: answered.join(", ") }
    }

    pub(super) async fn set_groups(&mut self, user: usize, bits: [bool; 3]) -> Both {
        let account = self.account(user);
        let Some(user) = self.user(account, user / 2) else {
            return Both::same("nobody is meant".to_owned());
        };
        let expected = self.model.set_groups(account, user, bits);
        let act = SetGroups { user, groups: groups(bits) };
        Both { expected, answered: told(self.operator(account, act).await, told::user) }
    }

    /// Twelve people: two owners, a few suspended, one managed elsewhere.
    pub(super) async fn found_people(&mut self, account: usize) -> Both {
        let mut people: Vec<Newcomer> = (0..12).map(|_| self.newcomer()).collect();
        for (n, new) in people.iter_mut().enumerate() {
            new.person.groups[0] = n < 2;
            new.person.external = n == 11;
            new.person.suspended = n == 1 || n > 8;
        }
        self.bring(account, people).await
    }

    pub(super) async fn import(&mut self, account: usize, people: usize, flaw: Flaw) -> Both {
        let mut people: Vec<Newcomer> = (0..people).map(|_| self.newcomer()).collect();
        let known = self.model.accounts[&self.account(account)].people.iter().next_back();
        let (id, person) = known.map(|(id, person)| (*id, person.clone())).unwrap();
        let last = people.last_mut().unwrap();
        match flaw {
            Flaw::None => {}
            Flaw::NoAddress => last.person.email = "nobody".to_owned(),
            Flaw::AddressTaken => last.person.email = person.email.to_uppercase(),
            Flaw::IdTaken => last.id = id,
        }
        self.bring(account, people).await
    }

    async fn bring(&mut self, account: usize, newcomers: Vec<Newcomer>) -> Both {
        let account = self.account(account);
        let expected = self.model.import(account, &newcomers);
        let people = newcomers.into_iter().map(|Newcomer { id, person }| NewPerson {
            id,
            email: person.email,
            display_name: "Somebody".to_owned(),
            state: if person.suspended { State::Suspended } else { State::Active },
            groups: groups(person.groups),
            externally_managed: person.external,
            created: Moment::from_millis(person.created),
        });
        let act = ImportPeople { people: people.collect() };
        let answer = self.operator(account, act).await;
        Both { expected, answered: told(answer, |count| format!("{count} people")) }
    }

    /// Made at one of a few moments, so that ids decide the order.
    fn newcomer(&mut self) -> Newcomer {
        self.newcomers += 1;
        let person = Person {
            email: format!("Person{}@example.com", self.newcomers),
            suspended: self.chance.once_in(3),
            groups: [self.chance.once_in(6), self.chance.once_in(4), self.chance.once_in(4)],
            external: self.chance.once_in(8),
            created: i64::from(self.chance.below(6)),
            epoch: 1,
        };
        Newcomer { id: UserId::from_bytes(self.chance.bytes()), person }
    }
}

fn other(filter: Filter) -> Filter {
    match filter {
        Filter::All => Filter::Active,
        Filter::Active => Filter::Suspended,
        Filter::Suspended => Filter::All,
    }
}

type Submitted<Done> = std::pin::Pin<Box<dyn Future<Output = told::Answer<Done>>>>;

/// Two kinds of acts in one list.
fn futures<Done>(asked: impl Future<Output = told::Answer<Done>> + 'static) -> Submitted<Done> {
    Box::pin(asked)
}
