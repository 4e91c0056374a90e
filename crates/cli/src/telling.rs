//! How much a command tells beside what it was asked for: less, more, in colour or not. For the
//! commands that ask a server.

use clap::{Args, ValueEnum};

use crate::logging;
use crate::printer::Printer;

#[derive(Args)]
#[command(next_help_heading = "What is said")]
pub struct Telling {
    /// Only what was asked for, and errors: no progress, no remarks
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Each request to the server too, as a line on standard error; never a secret
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Colour: on a terminal unless NO_COLOR is set, always, or never
    #[arg(long, value_name = "auto|always|never", default_value = "auto", global = true)]
    #[arg(hide_possible_values = true)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Telling {
    /// Starts the log. What the command prints, it prints by this.
    pub fn start(&self) -> Printer {
        match self.color {
            // NO_COLOR, CLICOLOR and CLICOLOR_FORCE are obeyed.
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        // Of the client alone: what stands below it knows headers.
        logging::start(match (self.quiet, self.verbose) {
            (true, _) => "error",
            (_, true) => "warn,rollcall_sdk=debug",
            (false, false) => "warn",
        });
        if self.quiet { Printer::quiet() } else { Printer::new() }
    }
}
