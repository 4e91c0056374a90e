//! What one client was promised. It acts on people of its own, one act after the other, so that
//! it knows their state and epoch to the unit, and at most one act of its is ever in doubt: the
//! one that was not answered when the server was killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng as _;
use rollcall_directory::users::State;

use super::caller::Caller;

/// Where a person stands. Each change raises the epoch by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) epoch: u64,
}

impl Standing {
    /// After the same act again, everything stays as it is.
    pub(super) fn after(self, to: State) -> Self {
        Self { state: to, epoch: self.epoch + u64::from(to != self.state) }
    }
}

pub(super) struct Person {
    pub(super) id: String,
    /// By the last answer.
    pub(super) standing: Standing,
}

#[derive(Clone)]
pub(super) enum Unanswered {
    Change { person: usize, to: State },
    Revocation { token: String },
}

#[derive(Clone, Copy, Default)]
pub(super) struct Answered {
    pub(super) changes: u64,
    pub(super) repeats: u64,
}

pub(super) struct Journal {
    pub(super) people: Vec<Person>,
    pub(super) answered: Answered,
    /// Tokens whose revocation was answered, since the last start.
    pub(super) revoked: Vec<String>,
    pub(super) unanswered: Option<Unanswered>,
    chance: ChaCha20Rng,
}

impl Journal {
    pub(super) fn new(people: Vec<Person>, chance: ChaCha20Rng) -> Self {
        let (answered, revoked) = (Answered::default(), Vec::new());
        Self { people, answered, revoked, unanswered: None, chance }
    }

    /// Acts as fast as it is answered, until it is not answered any more.
    pub(super) async fn act_until_killed(
        mut self,
        caller: Caller,
        is_killed: Arc<AtomicBool>,
    ) -> Self {
        if let Some(bearer) = caller.token().await {
            while self.act(&caller, &bearer).await.is_some() {}
        }
        assert!(is_killed.load(Ordering::SeqCst), "a server that lives left a call unanswered");
        self
    }

    async fn act(&mut self, caller: &Caller, bearer: &str) -> Option<()> {
        match self.chance.next_u32() % 4 {
            0 => self.revoke_one(caller).await,
            _ => self.change_one(caller, bearer).await,
        }
    }

    /// One in eight is asked for what they are already.
    async fn change_one(&mut self, caller: &Caller, bearer: &str) -> Option<()> {
        let at = self.chance.next_u32() as usize % self.people.len();
        let is_repeat = self.chance.next_u32().is_multiple_of(8);
        let person = &mut self.people[at];
        let to = match (person.standing.state, is_repeat) {
            (State::Active, true) | (State::Suspended, false) => State::Active,
            (State::Active, false) | (State::Suspended, true) => State::Suspended,
            (State::Invited, _) => panic!("nobody is invited here"),
        };
        self.unanswered = Some(Unanswered::Change { person: at, to });
        caller.change(bearer, &person.id, to).await?;
        self.unanswered = None;
        person.standing = person.standing.after(to);
        match is_repeat {
            true => self.answered.repeats += 1,
            false => self.answered.changes += 1,
        }
        Some(())
    }

    async fn revoke_one(&mut self, caller: &Caller) -> Option<()> {
        let token = caller.token().await?;
        self.unanswered = Some(Unanswered::Revocation { token: token.clone() });
        caller.revoke(&token).await?;
        self.unanswered = None;
        self.revoked.push(token);
        Some(())
    }
}
