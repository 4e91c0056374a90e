//! May this account use the Users API at all? Asked on every call.

use super::{Plan, Rights};
use crate::acting::Refusal;

pub fn entitled(account: &Rights) -> Result<(), Refusal> {
    match account.plan {
        Plan::Other => return Err(Refusal::PlanNotEntitled),
        Plan::Business => {}
    }
    if account.provisioning_automated {
        return Err(Refusal::ProvisioningAutomated);
    }
    Ok(())
}
