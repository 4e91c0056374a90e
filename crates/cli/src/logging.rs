//! Logs, to standard error. For `dev` and `admin` they are text, and `ROLLCALL_LOG` chooses what is
//! logged; `serve` has settings for both.

use std::io::IsTerminal;

use rollcall_settings::{Format, Log};
use tracing_subscriber::filter::{EnvFilter, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What speaks HTTP for us: below `info` it writes whole addresses, with what is secret in them.
/// A word stands for all targets that begin with it, so `hyper` for `hyper_util` too.
const SILENT_BELOW_INFO: [&str; 4] = ["hyper", "h2", "reqwest", "opentelemetry"];

pub fn start(by_default: &str) {
    let chosen = std::env::var("ROLLCALL_LOG").unwrap_or_else(|_| by_default.to_owned());
    let filter = EnvFilter::try_new(&chosen).unwrap_or_else(|_| EnvFilter::new(by_default));
    text(filter);
}

/// As the settings say; a filter that cannot be read stops the start.
pub fn start_as(log: &Log) -> Result<(), String> {
    let filter = filter(log)?;
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

/// Read, or in words what is wrong with it.
pub fn filter(log: &Log) -> Result<EnvFilter, String> {
    EnvFilter::try_new(&log.filter).map_err(|error| format!("log.filter: {error}"))
}

/// Whatever the filter says.
fn discreet() -> Targets {
    let silent = SILENT_BELOW_INFO.map(|target| (target, LevelFilter::INFO));
    Targets::new().with_default(LevelFilter::TRACE).with_targets(silent)
}

fn text(filter: EnvFilter) {
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .with_target(false)
        .finish()
        .with(discreet());
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
        .flatten_event(true)
        .finish()
        .with(discreet());
    // Fails only where logs were started before.
    let _ = logging.try_init();
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn what_speaks_http_is_silent_below_info() {
        let discreet = discreet();
        for target in ["hyper_util::client::legacy::pool", "hyper::proto", "reqwest::connect"] {
            assert!(discreet.would_enable(target, &Level::INFO), "{target}");
            assert!(!discreet.would_enable(target, &Level::DEBUG), "{target}");
        }
        assert!(discreet.would_enable("rollcall_server", &Level::TRACE));
    }
}
