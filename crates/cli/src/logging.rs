//! Logs: to standard error, as text for a terminal. `ROLLCALL_LOG` chooses what is logged.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub fn start(by_default: &str) {
    let chosen = std::env::var("ROLLCALL_LOG").unwrap_or_else(|_| by_default.to_owned());
    let filter = EnvFilter::try_new(&chosen).unwrap_or_else(|_| EnvFilter::new(by_default));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // Fails only where logs were started before.
    let _ = logging.try_init();
}
