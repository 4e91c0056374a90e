//! `rollcall profiles`: what `login` has kept, which one is the default, and whom they protect.

mod protect;
mod show;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::json;

use crate::completion;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::profile::kept::Owner;
use crate::profile::{Name, Place};
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
Without a command it lists them; * marks the default one. No secret is in a profile, and none is shown.

Exit status: 0 done, 1 the profiles could not be read or written, 2 wrong use.

Examples:
  rollcall profiles
  rollcall profiles use eu
  rollcall profiles show prod --json
  rollcall profiles protect add break-glass@example.com --profile prod")]
pub struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    telling: Telling,
}

#[derive(Subcommand)]
enum Command {
    /// Make a profile the one that is meant where none is named
    #[command(after_help = "\
Exit status: 0 it is, 1 the profiles could not be read or written, 2 there is none of that name.

Example:
  rollcall profiles use eu")]
    Use {
        #[arg(add = ArgValueCandidates::new(completion::profiles))]
        name: Name,
    },
    /// Show a profile: all of it but the secret
    #[command(after_help = "\
Exit status: 0 shown, 1 the profiles could not be read, 2 there is none of that name.

Example:
  rollcall profiles show prod")]
    Show {
        /// Which one [default: the default one]
        #[arg(add = ArgValueCandidates::new(completion::profiles))]
        name: Option<Name>,
    },
    /// Forget a profile, with its secret and its protected addresses
    #[command(after_help = "\
Exit status: 0 forgotten, 1 its secret could not be, 2 there is none of that name.

Example:
  rollcall profiles remove old")]
    Remove {
        #[arg(add = ArgValueCandidates::new(completion::profiles))]
        name: Name,
    },
    /// The addresses that are never to be suspended
    Protect {
        #[command(subcommand)]
        command: protect::Command,
    },
}

pub fn run(options: &Options) -> ExitStatus {
    let printer = options.telling.start();
    let done = Place::of_this_user().and_then(|place| match &options.command {
        None => show::list(&place, options.json, &printer),
        Some(Command::Show { name }) => show::one(&place, name.as_ref(), options.json, &printer),
        Some(Command::Use { name }) => make_default(&place, name, options.json, &printer),
        Some(Command::Remove { name }) => remove(&place, name, options.json, &printer),
        Some(Command::Protect { command }) => protect::run(&place, command, options.json, &printer),
    });
    match done {
        Ok(()) => ExitStatus::Done,
        Err(failure) => failure.tell(&printer),
    }
}

fn make_default(place: &Place, name: &Name, json: bool, printer: &Printer) -> Result<(), Failure> {
    place.change(|profiles| {
        profiles.clone().pick(Some(name))?;
        profiles.default = Some(name.clone());
        Ok(())
    })?;
    if json {
        printer.data(&json!({ "default": name.as_str() }).to_string());
    }
    printer.say(&format!("{name} is the default."));
    Ok(())
}

fn remove(place: &Place, name: &Name, json: bool, printer: &Printer) -> Result<(), Failure> {
    place.change(|profiles| {
        let (name, profile) = profiles.clone().pick(Some(name))?;
        Owner { place, name: &name, profile: &profile }.forget()?;
        profiles.profiles.remove(&name);
        // Nobody is put in its place: that would be somebody's guess.
        profiles.default = profiles.default.take().filter(|default| *default != name);
        Ok(())
    })?;
    if json {
        printer.data(&json!({ "removed": name.as_str() }).to_string());
    }
    printer.say(&format!("{name} is forgotten."));
    Ok(())
}
