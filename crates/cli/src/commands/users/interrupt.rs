//! Ctrl-C and SIGTERM, for commands that stop in good order.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;

pub struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupt {
    pub fn listen() -> Result<Self, Failure> {
        Self::hear().map_err(|error| {
            Failure::failed(format!("signals cannot be heard: {error}"), "try again")
        })
    }

    /// From now on neither ends the process by itself.
    pub fn hear() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next one.
    pub async fn comes(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
