//! `rollcall profiles protect`: whom no run and no `suspend` touches.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::json;

use crate::commands::login::addresses;
use crate::completion;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::profile::{Name, Place};
use crate::shown::shown;

#[derive(Subcommand)]
pub enum Command {
    /// Protect addresses
    #[command(after_help = "\
Exit status: 0 they are protected, 1 the profiles could not be read or written, 2 wrong use.

Example:
  rollcall profiles protect add break-glass@example.com")]
    Add(Whom),
    /// Protect addresses no longer
    #[command(after_help = "\
Exit status: 0 they are not protected, 1 the profiles could not be read or written, 2 wrong use.

Example:
  rollcall profiles protect remove break-glass@example.com --profile prod")]
    Remove(Whom),
}

#[derive(Args)]
pub struct Whom {
    /// E-mail addresses; upper and lower case are the same
    #[arg(required = true)]
    addresses: Vec<String>,
    /// Which profile [default: the default one]
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(completion::profiles))]
    profile: Option<Name>,
}

pub fn run(
    place: &Place,
    command: &Command,
    as_json: bool,
    printer: &Printer,
) -> Result<(), Failure> {
    let (Command::Add(whom) | Command::Remove(whom)) = command;
    let said = addresses(whom.addresses.clone())?;
    let (name, protected) = place.change(|profiles| {
        let (name, mut profile) = profiles.clone().pick(whom.profile.as_ref())?;
        let is_said = |address: &String| {
            said.iter().any(|said| said.to_lowercase() == address.to_lowercase())
        };
        match command {
            Command::Add(_) => {
                let all = profile.protected.iter().chain(&said).cloned().collect();
                profile.protected = addresses(all)?;
            }
            Command::Remove(_) => profile.protected.retain(|address| !is_said(address)),
        }
        let protected = profile.protected.clone();
        profiles.profiles.insert(name.clone(), profile);
        Ok((name, protected))
    })?;
    if as_json {
        let object = json!({ "profile": name.as_str(), "protected": protected });
        printer.data(&object.to_string());
    }
    let all = match protected.as_slice() {
        [] => "nobody".to_owned(),
        some => shown(&some.join(", ")),
    };
    printer.say(&format!("Protected in the profile {name}: {all}."));
    Ok(())
}
