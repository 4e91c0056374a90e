//! The question: what is this account? For the operator, who may ask about any.

use crate::world::AccountId;

#[derive(Clone, Copy, Debug)]
pub struct OneAccount {
    pub account: AccountId,
}
