//! Logs, to standard error. For `dev` and `admin` they are text, and `ROLLCALL_LOG` chooses what is
//! logged; `serve` has settings for both.

use std::io::IsTerminal;

use rollcall_settings::{Format, Log};
use tracing_subscriber::EnvFilter;

pub fn start(by_default: &str) {
    let chosen = std::env::var("ROLLCALL_LOG").unwrap_or_else(|_| by_default.to_owned());
    let filter = EnvFilter::try_new(&chosen).unwrap_or_else(|_| EnvFilter::new(by_default));
    text(filter);
}

/// As the settings say; a filter that cannot be read stops the start.
pub fn start_as(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| format!("log.filter: {error}"))?;
    let is_text = match log.format {
        Format::Auto => std::io::stderr().is_terminal(),
        Format::Text => true,
        Format::Json => false,
    };
    match is_text {
        true => text(filter),
        false => json(filter),
    }
    Ok(())
}

fn text(filter: EnvFilter) {
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .with_target(false);
    // Fails only where logs were started before.
    let _ = logging.try_init();
}

/// As for everything else that goes to standard error.
fn is_coloured() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

fn json(filter: EnvFilter) {
    let logging = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .flatten_event(true);
    // Fails only where logs were started before.
    let _ = logging.try_init();
}
