//! What a shell offers that only this machine knows: names of profiles and of runs. Asked on each
//! press of a key, so it says nothing where it cannot know.

use clap_complete::CompletionCandidate;
use clap_complete::env::Shells;

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
