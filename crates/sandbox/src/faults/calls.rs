//! Faults, by the control API.

use serde_json::json;

use super::{Fault, Listed, SET_MAX, SetBy, named};
use crate::control_api::{Answer, ControlCall, No, created, ok};
use crate::double::Double;

pub(crate) fn list(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    ok(&json!({ "faults": double.faults.all() }))
}

pub(crate) async fn add(double: &Double, call: &ControlCall) -> Answer {
    call.query(&[])?;
    let mut fault: Fault = call.json()?;
    if let Some(flaw) = fault.flaw() {
        return Err(No::invalid(
            format!("`{}` {}", flaw.field, flaw.problem),
            "docs/reference/scenarios.md has each kind of fault and its fields",
        ));
    }
    named::by_ids(double, &mut fault.when).await?;
    if !double.faults.add_by_control_api(fault.clone()) {
        return Err(No::conflict(
            format!("{SET_MAX} faults are set already"),
            "take some out: DELETE /sandbox/v1/faults",
        ));
    }
    created(&Listed::new(fault, SetBy::ControlApi))
}

/// Without a name: those that were set here. With one: whoever set them.
pub(crate) fn clear(double: &Double, call: &ControlCall) -> Answer {
    let query = call.query(&["name"])?;
    let removed = match query.get("name") {
        None => double.faults.remove(|_, set_by| set_by == SetBy::ControlApi),
        Some(name) => {
            let removed = double.faults.remove(|fault, _| fault.name == name);
            if removed == 0 {
                let hint = "GET /sandbox/v1/faults lists those that are set";
                return Err(No::not_found("no fault of this name is set", hint));
            }
            removed
        }
    };
    ok(&json!({ "removed": removed }))
}
