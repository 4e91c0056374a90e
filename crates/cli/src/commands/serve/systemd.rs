//! What systemd is told, where it listens: ready, reloading, stopping, and signs of life when it
//! asks for them. Elsewhere these are no-ops.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::task::JoinHandle;

pub fn ready() {
    tell(&[NotifyState::Ready]);
}

pub fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// A sign of life twice in each span that systemd wants one in; from the runtime that answers
/// calls, so that it stops when that does.
pub fn watch() -> JoinHandle<()> {
    let every = sd_notify::watchdog_enabled().map(|within| within / 2);
    tokio::spawn(async move {
        let Some(every) = every.filter(|every| *every > Duration::ZERO) else { return };
        let mut ticks = tokio::time::interval(every);
        loop {
            ticks.tick().await;
            tell(&[NotifyState::Watchdog]);
        }
    })
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd could not be told");
    }
}
