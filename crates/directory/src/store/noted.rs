//! What is gathered in memory and written about every second: the last uses of secrets and of
//! sessions. Acts are never treated so.

use crate::applications::Uses;
use crate::sessions::Visits;

#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub uses: Uses,
    pub visits: Visits,
}
