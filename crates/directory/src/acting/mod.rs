//! How anything changes: an act names the rows it must see and decides from them; one loop loads,
//! decides and stores for everybody who waits at one account; one function says whether a
//! credential still works.

mod act;
pub mod authenticate;
mod batch;
mod caller;
mod facts;
mod given;
mod needs;
mod refusal;
mod refusal_cap;
#[cfg(test)]
pub(crate) mod stories;
mod ticket;
mod writes;

pub use act::{Act, Decision, Demand};
pub(crate) use batch::{Gather, Rows, first_act, run};
pub use caller::{Caller, CallerFacts, ClientFacts, ClientSecretFacts, Presented};
pub use facts::Facts;
pub(crate) use facts::{EmailKeys, Users};
pub use given::Given;
pub use needs::Needs;
pub use refusal::Refusal;
pub use refusal_cap::{RefusalTally, Tallied};
pub(crate) use ticket::{Ticket, ticket};
pub(crate) use writes::Edit;
pub use writes::{Changes, Writes};
