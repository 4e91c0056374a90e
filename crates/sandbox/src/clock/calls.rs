//! The clock, by the control API.

use std::time::Duration;

use rollcall_directory::world::Clock;
use serde::{Deserialize, Serialize};

use super::SandboxClock;
use crate::control_api::{Answer, ControlCall, No, ok};
use crate::double::Double;

#[derive(Serialize)]
struct Shown {
    /// RFC 3339, in UTC.
    now: String,
    frozen: bool,
    /// Of the machine's own time.
    ahead_seconds: f64,
}

fn shown(clock: &SandboxClock) -> Answer {
    ok(&Shown {
        now: clock.now().rfc3339_millis(),
        frozen: clock.is_frozen(),
        ahead_seconds: clock.ahead().as_secs_f64(),
    })
}

pub(crate) fn read(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    shown(&double.clock)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

pub(crate) fn advance(double: &Double, call: &ControlCall) -> Answer {
    call.query(&[])?;
    let Advance { seconds } = call.json()?;
    let by = Duration::from_secs(seconds);
    if double.clock.ahead().saturating_add(by) > SandboxClock::AHEAD_MAX {
        return Err(No::invalid(
            format!("{seconds} seconds would move the clock more than a hundred years ahead"),
            "move it less far, or reset the double first",
        ));
    }
    double.clock.advance(by);
    shown(&double.clock)
}

pub(crate) fn freeze(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    double.clock.freeze();
    shown(&double.clock)
}

pub(crate) fn resume(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    double.clock.resume();
    shown(&double.clock)
}
