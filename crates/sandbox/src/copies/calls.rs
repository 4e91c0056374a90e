//! Resets and snapshots, by the control API.

use std::time::Instant;

use rollcall_directory::store::KeptCopy;
use serde::Serialize;
use serde_json::json;

use super::{GoBackError, KeepError, SNAPSHOTS_MAX, SnapshotName};
use crate::control_api::{Answer, ControlCall, No, created, ok};
use crate::double::Double;

#[derive(Serialize)]
struct Shown {
    name: String,
    /// By the double's clock.
    made: String,
    bytes: u64,
}

fn shown(copy: &KeptCopy) -> Shown {
    Shown {
        name: SnapshotName::of(&copy.name).unwrap_or_default().to_owned(),
        made: copy.made.rfc3339_millis(),
        bytes: copy.bytes,
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

pub(crate) async fn reset(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let began = Instant::now();
    double.reset().await?;
    ok(&json!({ "took_millis": millis(began) }))
}

pub(crate) async fn list(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let snapshots: Vec<Shown> = double.snapshots().await?.iter().map(shown).collect();
    ok(&json!({ "snapshots": snapshots }))
}

pub(crate) async fn keep(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let kept = double.keep_snapshot(&name(call)?).await?;
    created(&shown(&kept))
}

pub(crate) async fn restore(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let (name, began) = (name(call)?, Instant::now());
    double.restore_snapshot(&name).await?;
    ok(&json!({ "name": call.name(), "took_millis": millis(began) }))
}

pub(crate) async fn delete(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    if !double.delete_snapshot(&name(call)?).await? {
        return Err(GoBackError::NoSnapshot.into());
    }
    ok(&json!({ "name": call.name() }))
}

fn name(call: &ControlCall) -> Result<SnapshotName, No> {
    call.name().parse().map_err(|error| {
        No::invalid(format!("{error}"), "choose another name, such as before-lunch")
    })
}

impl From<GoBackError> for No {
    fn from(error: GoBackError) -> Self {
        let words = error.to_string();
        match error {
            GoBackError::Store(fault) => fault.into(),
            GoBackError::NoSeed => Self::conflict(
                words,
                "a folder that an older rollcall has seeded cannot be reset: start on a new one",
            ),
            GoBackError::NoSnapshot => {
                Self::not_found(words, "GET /sandbox/v1/snapshots lists those that are kept")
            }
            GoBackError::Unreadable(_) => {
                Self::conflict(words, "it was kept by another version; keep it anew")
            }
        }
    }
}

impl From<KeepError> for No {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Store(fault) => fault.into(),
            KeepError::TooMany => Self::conflict(
                format!("{SNAPSHOTS_MAX} snapshots are kept already"),
                "delete one first",
            ),
            KeepError::Unwritable(error) => {
                Self::conflict(error.to_string(), "clear the faults, and keep it again")
            }
        }
    }
}
