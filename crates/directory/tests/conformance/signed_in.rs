//! The words of the cases about people who sign in.

use rollcall_directory::acting::{Act, Presented, Refusal};
use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::sessions::{
    Answered, ByPerson, PasswordHash, PersonAsks, SessionDigest, SetPassword, SignIn, Visit,
    Visitor, WhoIsIt,
};
use rollcall_directory::store::Store;
use rollcall_directory::world::{AccountId, UserId};

use crate::organisation::*;

/// Stands for one; what makes it slow is not of interest here.
pub(crate) fn a_hash(text: &str) -> PasswordHash {
    PasswordHash::from_row(text.to_owned())
}

pub(crate) fn fresh_session(store: &Store) -> SessionDigest {
    SessionDigest::from_row(store.world().bytes())
}

/// Gives the person a password, by the operator, and signs them in.
pub(crate) async fn sign_in(store: &Store, account: AccountId, user: UserId) -> SessionDigest {
    operator(store, account, SetPassword { user, hash: a_hash("first") }).await;
    sign_in_again(store, account, user).await.unwrap()
}

pub(crate) async fn sign_in_again(
    store: &Store,
    account: AccountId,
    user: UserId,
) -> Result<SessionDigest, Refusal> {
    let session = fresh_session(store);
    let by = Presented::Password { user, hash: a_hash("first") };
    store.act(by, account, SignIn { user, session }).await.unwrap().map(|_| session)
}

pub(crate) async fn asks<Q: PersonAsks>(
    store: &Store,
    account: AccountId,
    session: SessionDigest,
    asks: Q,
) -> Result<Answered<Q::Answer>, Refusal> {
    let visit = Visit { account, session, now: store.world().now() };
    store.read(&ByPerson { visit, asks }).await.unwrap()
}

pub(crate) async fn who(
    store: &Store,
    account: AccountId,
    session: SessionDigest,
) -> Result<Visitor, Refusal> {
    asks(store, account, session, WhoIsIt).await.map(|answered| answered.visitor)
}

/// A person asks for it.
pub(crate) async fn by<A: Act>(
    store: &Store,
    account: AccountId,
    session: SessionDigest,
    act: A,
) -> Result<A::Done, Refusal> {
    store.act(Presented::Session(session), account, act).await.unwrap()
}

pub(crate) fn in_group(group: Group) -> Groups {
    Groups::default().with(group, true)
}
