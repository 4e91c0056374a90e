//! What is gathered in memory and written about every second: the last uses of secrets and of
//! sessions. Acts are never treated so.

use crate::applications::Uses;
use crate::sessions::Visits;

#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub uses: Uses,
    pub visits: Visits,
    /// On PostgreSQL: held by whoever takes them to write them, and while a copy is put back. What was
    /// taken before would be written behind it.
    pub writing: tokio::sync::Mutex<()>,
}
