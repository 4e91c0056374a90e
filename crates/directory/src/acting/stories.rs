//! Words for the tests of rules: people, a token, and what an act decides about them.

use super::{Act, Caller, Decision, Facts, Given, Refusal};
use crate::accounts::{Account, Plan};
use crate::audit::Head;
use crate::groups::Groups;
use crate::keys::{KeyId, KeyRing, RootKey, SealedKey};
use crate::tokens::{AccessToken, Claims};
use crate::users::{NewPerson, State, User, email_key};
use crate::world::{AccountId, ActId, ApplicationId, Moment, SecretId, TokenId, UserId};

const NOW: Moment = Moment::from_seconds(1_800_000_000);

pub(crate) fn a_person(n: u8) -> User {
    User {
        id: UserId::from_bytes([n; 16]),
        email: format!("person{n}@example.com"),
        display_name: format!("Person {n}"),
        state: State::Active,
        groups: Groups::default(),
        externally_managed: false,
        created: Moment::from_seconds(i64::from(n)),
        epoch: 1,
        suspensions: 0,
    }
}

pub(crate) fn an_owner(n: u8) -> User {
    User { groups: Groups { owner: true, ..Groups::default() }, ..a_person(n) }
}

pub(crate) fn a_new_person(n: u8) -> NewPerson {
    let User { id, email, display_name, state, groups, externally_managed, created, .. } =
        a_person(n);
    NewPerson { id, email, display_name, state, groups, externally_managed, created }
}

pub(crate) fn a_token() -> Claims {
    Claims {
        token: TokenId::from_bytes([1; 16]),
        account: AccountId::from_bytes([2; 16]),
        application: ApplicationId::from_random([3; 16]),
        secret: SecretId::from_bytes([4; 8]),
        issued: NOW,
        ends: NOW.plus(AccessToken::LIFE),
        epoch: 1,
    }
}

pub(crate) fn a_key_ring() -> KeyRing {
    let root = RootKey::from_bytes([1; 32]);
    let key = SealedKey::seal(&root, KeyId(1), &[2; 32], [3; 12], Moment::from_seconds(0));
    KeyRing::open(&root, &[key], NOW).unwrap()
}

pub(crate) fn an_account() -> Account {
    Account {
        id: AccountId::from_bytes([2; 16]),
        name: "Example".into(),
        plan: Plan::Business,
        provisioning_automated: false,
        epoch: 1,
        created: NOW,
        head: Head::start(),
    }
}

/// Facts where exactly these people are.
pub(crate) fn facts_of(people: &[User]) -> Facts {
    let owners = people.iter().filter(|user| user.is_active_owner()).count();
    Facts {
        account: Some(an_account()),
        emails_taken: people.iter().map(|user| email_key(&user.email)).collect(),
        users: people.iter().map(|user| (user.id, user.clone())).collect(),
        active_owners: Some(owners as u64),
        ..Facts::default()
    }
}

/// What the operator's act decides where exactly these people are.
pub(crate) fn decide<A: Act>(act: &A, people: &[User]) -> Decision<A::Done> {
    decide_by(Caller::Operator, act, &facts_of(people))
}

pub(crate) fn decide_by<A: Act>(by: Caller, act: &A, facts: &Facts) -> Decision<A::Done> {
    let given = Given { now: NOW, act: ActId::from_bytes([7; 16]) };
    act.decide(&by, facts, &given)
}

impl<Done: std::fmt::Debug> Decision<Done> {
    pub(crate) const fn is_a_change(&self) -> bool {
        matches!(self, Self::Change { .. })
    }

    pub(crate) fn expect_change(self) -> Done {
        match self {
            Self::Change { done, .. } => done,
            other => panic!("a change was expected, not {other:?}"),
        }
    }

    pub(crate) fn expect_nothing(self) -> Done {
        match self {
            Self::Nothing { done } => done,
            other => panic!("nothing was expected to happen, not {other:?}"),
        }
    }

    pub(crate) fn expect_refusal(self) -> Refusal {
        match self {
            Self::Refuse { why } => why,
            other => panic!("a refusal was expected, not {other:?}"),
        }
    }
}
