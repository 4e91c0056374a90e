//! Isolated accounts, by the control API.

use rollcall_directory::acting::Refusal;
use serde_json::json;

use super::{MakeError, Wanted};
use crate::control_api::{Answer, ControlCall, No, created, ok};
use crate::double::Double;
use crate::plant::PlantError;

pub(crate) async fn list(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    ok(&json!({ "accounts": super::all(double).await? }))
}

pub(crate) async fn make(double: &Double, call: &ControlCall) -> Answer {
    call.query(&[])?;
    let wanted: Wanted = call.json_or_default()?;
    created(&super::make(double, &wanted).await?)
}

impl From<MakeError> for No {
    fn from(error: MakeError) -> Self {
        match error {
            MakeError::Unwanted(what) => Self::invalid(
                what,
                "a body is {\"name\": …, \"users\": …, \"scenarios\": …}, each of them optional",
            ),
            MakeError::Plant(PlantError::Fault(fault)) => fault.into(),
            MakeError::Plant(PlantError::Refused(refusal)) => refused(&refusal),
        }
    }
}

/// Somebody has reset the double meanwhile, and the account is gone while its people were coming.
fn refused(refusal: &Refusal) -> No {
    No::conflict(
        format!("the account could not be made: {refusal}"),
        "make it again; a reset meanwhile takes an account away that is being made",
    )
}
