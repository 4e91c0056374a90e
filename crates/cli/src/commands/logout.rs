//! `rollcall logout`: forgets the secret of a profile. The profile stays, with its protected addresses.

use clap::Args;
use clap_complete::ArgValueCandidates;
use serde_json::json;

use crate::completion;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::profile::kept::Owner;
use crate::profile::{Keeping, Name, Place};
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
The secret goes on working at the server, for whoever else has it: retire it there if it got out.
`rollcall profiles remove NAME` forgets the whole profile.

Exit status: 0 forgotten, or there was none, 1 it could not be, 2 wrong use.

Examples:
  rollcall logout
  rollcall logout --profile prod")]
pub struct Options {
    /// Which profile [default: the default one]
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(completion::profiles))]
    profile: Option<Name>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    telling: Telling,
}

pub fn run(options: &Options) -> ExitStatus {
    let printer = options.telling.start();
    match log_out(options, &printer) {
        Ok(()) => ExitStatus::Done,
        Err(failure) => failure.tell(&printer),
    }
}

fn log_out(options: &Options, printer: &Printer) -> Result<(), Failure> {
    let place = Place::of_this_user()?;
    let (name, was_there) = place.change(|profiles| {
        let (name, profile) = profiles.clone().pick(options.profile.as_ref())?;
        let was_there = Owner { place: &place, name: &name, profile: &profile }.forget()?;
        let kept = profiles.profiles.get_mut(&name);
        kept.into_iter().for_each(|profile| profile.secret = Keeping::None);
        Ok((name, was_there))
    })?;
    if options.json {
        let object = json!({ "profile": name.as_str(), "secret_forgotten": was_there });
        printer.data(&object.to_string());
    }
    match was_there {
        true => printer.say(&format!("The secret of the profile {name} is forgotten.")),
        false => printer.say(&format!("The profile {name} had no secret.")),
    }
    Ok(())
}
