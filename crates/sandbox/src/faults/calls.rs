//! Faults, by the control API.

use serde_json::json;

use super::Fault;
use crate::control_api::{Answer, ControlCall, created, ok};
use crate::double::Double;

pub(crate) fn list(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    ok(&json!({ "faults": double.faults.all() }))
}

pub(crate) fn add(double: &Double, call: &ControlCall) -> Answer {
    call.query(&[])?;
    let fault: Fault = call.json()?;
    double.faults.add(fault.clone());
    created(&fault)
}

pub(crate) fn clear(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    double.faults.clear();
    ok(&json!({}))
}
