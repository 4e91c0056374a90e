//! What a shell offers that only this machine knows: names of profiles and of runs. Asked on each
//! press of a key, so it says nothing where it cannot know.

use std::ffi::OsStr;

use clap_complete::engine::ValueCompleter as _;
use clap_complete::env::Shells;
use clap_complete::{CompletionCandidate, PathCompleter};

use crate::commands::contain::kept_runs;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

use crate::profile::Place;

/// By which the script asks the binary.
pub const VARIABLE: &str = "ROLLCALL_COMPLETE";

/// What a shell loads.
pub fn script(shell: clap_complete::Shell, printer: &Printer) -> ExitStatus {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let written = shells.completer(&shell.to_string()).map(|shell| {
        shell.write_registration(VARIABLE, "rollcall", "rollcall", "rollcall", &mut script)
    });
    match written {
        Some(Ok(())) => {
            printer.bytes(&script);
            ExitStatus::Done
        }
        Some(Err(error)) => {
            printer.error(&error, None);
            ExitStatus::Failed
        }
        None => {
            printer.error(&format!("there is no script for {shell}"), None);
            ExitStatus::WrongUse
        }
    }
}

pub fn profiles() -> Vec<CompletionCandidate> {
    let Ok(profiles) = Place::of_this_user().and_then(|place| place.read()) else {
        return Vec::new();
    };
    let offered = profiles.profiles.iter();
    offered
        .map(|(name, profile)| {
            CompletionCandidate::new(name.as_str()).help(Some(profile.url.clone().into()))
        })
        .collect()
}

pub fn runs() -> Vec<CompletionCandidate> {
    kept_runs::names().into_iter().map(CompletionCandidate::new).collect()
}

/// A plan is a file, or that of a run.
pub fn plans(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begins = |name: &String| begun.to_str().is_some_and(|begun| name.starts_with(begun));
    let runs = kept_runs::names().into_iter().filter(begins).map(CompletionCandidate::new);
    runs.chain(PathCompleter::file().complete(begun)).collect()
}
