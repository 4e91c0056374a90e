//! What an act is given beside the facts: the time, and its own id.

use crate::world::{ActId, Moment};

#[derive(Clone, Copy, Debug)]
pub struct Given {
    pub now: Moment,
    pub act: ActId,
}
