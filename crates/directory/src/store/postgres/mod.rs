//! PostgreSQL: acts in batches, one task per account; reads as single statements on a few shared
//! connections. A connection after any error is thrown away, never reused.

mod address;
mod batcher;
mod beats;
mod boot_clock;
mod cluster;
mod connection;
mod copies;
mod dial;
mod fence;
mod hosts;
mod migrate;
pub(in crate::store) mod moving;
mod nodes_alive;
mod open;
#[cfg(test)]
mod plans;
mod reading;
pub mod recovered;
mod rows;
mod sealed;
mod server;
mod sweep;
pub(crate) mod together;
mod uses;

use std::future::Future;
use std::sync::Arc;

pub use address::Address;
#[cfg(test)]
pub(in crate::store) use beats::Node;
pub use cluster::Cluster;
pub use connection::Connection;
pub(in crate::store) use open::{inspect, open_to_administer};
pub use open::{made_by, open};
pub use reading::Postgres;

use crate::{Fault, fault};

/// A question, answered by one statement.
pub trait AskPostgres: Sync {
    type Reply;
    fn ask(&self, db: &Connection) -> impl Future<Output = Result<Self::Reply, Fault>> + Send;

    /// The same over a connection by which others ask too: with the likes of it, where it has any.
    fn ask_beside_others(
        &self,
        db: &Arc<Connection>,
    ) -> impl Future<Output = Result<Self::Reply, Fault>> + Send {
        self.ask(db)
    }
}

/// A write that did not meet exactly the rows it was decided on is an inconsistency.
pub(crate) fn exactly(
    count: u64,
    wanted: usize,
    table: &'static str,
    column: &'static str,
) -> Result<(), Fault> {
    if usize::try_from(count) == Ok(wanted) {
        Ok(())
    } else {
        Err(Fault::inconsistent(table, column, format!("{count} rows of {wanted}")))
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let text = match error.as_db_error() {
            // Never its detail: that holds the row, and with it somebody's address or digest.
            Some(said) => {
                let constraint = said.constraint().unwrap_or_default();
                format!("{} {} {constraint}", said.code().code(), said.message())
            }
            None => fault::with_causes(&error),
        };
        match error.code() {
            Some(&(SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED)) => Self::Busy(text),
            // The last two: somebody else put it there meanwhile, or a neighbour's statement was
            // refused and this one's answer came first. Another run tells.
            Some(
                &(SqlState::T_R_SERIALIZATION_FAILURE
                | SqlState::T_R_DEADLOCK_DETECTED
                | SqlState::UNIQUE_VIOLATION
                | SqlState::IN_FAILED_SQL_TRANSACTION),
            ) => Self::Met(text),
            Some(code) if code.code().starts_with("22") || code.code().starts_with("23") => {
                Self::Statement(text)
            }
            Some(code) if code.code().starts_with("42") => Self::Statement(text),
            Some(_) | None => Self::Unavailable(text),
        }
    }
}
