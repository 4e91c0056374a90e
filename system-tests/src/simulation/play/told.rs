//! What a store answers as the text that it is compared by, and what a step's numbers pick.

use rollcall_directory::Fault;
use rollcall_directory::acting::{Act, Presented, Refusal};
use rollcall_directory::tokens::Claims;
use rollcall_directory::users::{Listed, State, User};
use rollcall_directory::world::{AccountId, UserId};

use super::Player;
use crate::simulation::model::{Person, listed_text, person_text, refused};
use crate::simulation::plan::Named;

pub(super) type Answer<Done> = Result<Result<Done, Refusal>, Fault>;

pub(super) fn told<Done>(answer: Answer<Done>, done: impl Fn(Done) -> String) -> String {
    match answer {
        Ok(Ok(answered)) => done(answered),
        Ok(Err(refusal)) => refused(refusal.as_str()),
        Err(fault) => format!("fault: {fault}"),
    }
}

pub(super) fn done<Done>(_: Done) -> String {
    "done".to_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "an answer is told once")]
pub(super) fn user(user: User) -> String {
    let person = Person {
        email: user.email.clone(),
        suspended: user.is_suspended(),
        groups: [user.groups.owner, user.groups.administrator, user.groups.security],
        external: user.externally_managed,
        created: user.created.millis(),
        epoch: user.epoch,
    };
    person_text(user.id, &person)
}

pub(super) fn listed(user: &Listed) -> String {
    let suspended = user.state == State::Suspended;
    listed_text(user.id, user.email(), suspended, user.created.millis())
}

impl Player {
    pub(super) async fn operator<A: Act>(&self, account: AccountId, act: A) -> Answer<A::Done> {
        self.ground.store.act(Presented::Operator, account, act).await
    }

    /// Mostly a recent one, for the old ones are dead.
    pub(super) fn token(&self, pick: usize) -> usize {
        let there = self.tokens.len();
        if pick.is_multiple_of(5) { pick / 5 % there } else { there - 1 - pick % there.min(4) }
    }

    /// Opened from its text, as each call does.
    pub(super) fn claims(&self, token: usize) -> Claims {
        Claims::open(&self.tokens[token], &self.ground.store.keys()).expect("a token of this store")
    }

    pub(super) fn home(&self, token: usize) -> AccountId {
        self.model.tokens[token].account
    }

    pub(super) fn named(&self, token: usize, named: Named) -> Option<AccountId> {
        let home = self.home(token);
        match named {
            Named::Own => Some(home),
            Named::Other => self.accounts.into_iter().find(|account| *account != home),
            Named::Nonsense => None,
        }
    }

    /// One of the account's people, or somebody who is not there, or what cannot be an id.
    pub(super) fn user(&self, account: AccountId, pick: usize) -> Option<UserId> {
        let people = &self.model.accounts[&account].people;
        match pick % (people.len() + 2) {
            0 => Some(UserId::from_bytes([0xee; 16])),
            1 => None,
            n => people.keys().nth(n - 2).copied(),
        }
    }

    pub(super) fn account(&self, pick: usize) -> AccountId {
        self.accounts[pick % 2]
    }
}
