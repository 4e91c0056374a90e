//! What an act is.

use super::{Caller, Facts, Given, Needs, Refusal, Writes};
use crate::applications::Scope;
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::AccountId;

/// One act of one caller. Pure: no I/O, no clock, no await. `&self`, because a batch may run again.
pub trait Act: Send + Sync + 'static {
    /// What the audit log calls it.
    const NAME: &'static str;
    type Done: Send + 'static;

    /// What the caller must be.
    fn demand(&self) -> Demand;

    /// The keys of the rows it must see.
    fn needs(&self, needs: &mut Needs);

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Self::Done>;
}

/// What a caller must be and may do, held against the facts on every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// An application of the account that it named, holding this scope now.
    Scope { account: Option<AccountId>, scope: Scope },
    /// A client, by its id and secret.
    Client,
    /// A person who is signed in and whose groups give this right now; or the operator.
    Person(Right),
    /// A person whose password was found right just now, to sign in.
    Password,
    /// A person who holds a link that was made for them, to use it.
    Link,
    /// Nothing: what a stranger does is counted.
    Anybody,
    /// Whoever runs this server: the command line on its own machine.
    Operator,
}

/// There is no change without its record: the type has no other form.
#[derive(Debug)]
pub enum Decision<Done> {
    Change {
        done: Done,
        writes: Box<Writes>,
        record: Entry,
    },
    /// Already so: idempotent.
    Nothing {
        done: Done,
    },
    Refuse {
        why: Refusal,
    },
}
