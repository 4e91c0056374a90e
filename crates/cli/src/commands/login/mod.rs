//! `rollcall login`: makes a profile, or changes one. What is not said is asked on a terminal, the
//! credentials are tried, and then all of it is kept or nothing.

mod ask;
mod gather;
mod keep;

use std::path::PathBuf;

pub use gather::addresses;

use clap::{Args, ValueEnum};
use rollcall_sdk::SecretText;
use serde_json::json;

use crate::commands::whoami::tried;
use crate::connect::{Chosen, Whom};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::profile::{Keeping, Name, Place, Profile};
use crate::runtime;
use crate::shown::shown;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
On a terminal, what is not said is asked. The secret is never an argument: it is typed unseen, or
comes from --secret-stdin, --secret-file, --secret-fd, --secret-command or ROLLCALL_CLIENT_SECRET.

It is kept in the system's keyring where there is one, else in a file that only you can read; with
--secret-command the command is kept, and run each time. A secret is only ever sent to the base URL
that it was kept for. Before anything is kept, the credentials are tried (as `whoami` does).

Exit status: 0 kept, 1 it could not be kept, 2 wrong use, 3 the server was not reached, 4 the
credentials do not work, 130 interrupted. Other than 0, nothing was changed.

Examples:
  rollcall login
  rollcall login --profile eu --url https://api.1password.eu --account ID --client-id ID
  rollcall login --account ID --client-id ID --secret-command 'op read op://Ops/Containment/secret'
  rollcall login --profile prod --protect break-glass@example.com --keep file
  rollcall dev -- sh -c 'rollcall login --profile dev --keep none && rollcall whoami'")]
pub struct Options {
    /// The client secret is on standard input
    #[arg(long, conflicts_with_all = ["secret_file", "secret_fd", "secret_command"])]
    secret_stdin: bool,
    /// Where the secret is kept [default: as before, else keyring, else file]
    #[arg(long, value_enum, value_name = "keyring|file|command|none", hide_possible_values = true)]
    keep: Option<Keep>,
    /// An address that is never to be suspended, such as a break-glass account; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    protect: Vec<String>,
    /// Such addresses from a file, one on a line
    #[arg(long, value_name = "FILE")]
    protect_file: Option<PathBuf>,
    /// Make it the profile that is meant where none is named; the first one is
    #[arg(long = "default")]
    is_default: bool,
    /// Keep it without trying the credentials
    #[arg(long)]
    no_check: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    telling: Telling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Keep {
    Keyring,
    File,
    Command,
    None,
}

/// All that is to be kept.
struct Gathered {
    name: Name,
    profile: Profile,
    /// Where `profile.secret` is but a first choice.
    may_fall_back: bool,
    /// None where it is neither kept nor tried.
    secret: Option<SecretText>,
}

pub fn run(options: &Options) -> ExitStatus {
    let printer = options.telling.start();
    match log_in(options, &printer) {
        Ok(()) => ExitStatus::Done,
        Err(failure) => failure.tell(&printer),
    }
}

fn log_in(options: &Options, printer: &Printer) -> Result<(), Failure> {
    let place = Place::of_this_user()?;
    let mut gathered = gather::gather(options, &place)?;
    if let (false, Some(secret)) = (options.no_check, &gathered.secret) {
        check(&gathered.profile, secret, printer)?;
    }
    let is_default = keep::keep(&place, &mut gathered, options.is_default, printer)?;
    let Gathered { name, profile, .. } = &gathered;
    if options.json {
        let object = json!({
            "profile": name.as_str(),
            "default": is_default,
            "base_url": profile.url,
            "account_id": profile.account,
            "client_id": profile.client_id,
            "secret_kept": profile.secret.word(),
            "checked": !options.no_check && gathered.secret.is_some(),
            "profiles_file": place.file(),
        });
        printer.data(&object.to_string());
    }
    printer.say(&format!(
        "The profile {name} is kept: {} at {}, account {}.{}\nIts secret: {}.",
        shown(&profile.client_id),
        shown(&profile.url),
        shown(&profile.account),
        if is_default { " It is the default." } else { "" },
        shown(&profile.secret.to_string()),
    ));
    Ok(())
}

/// As `whoami` does it.
fn check(profile: &Profile, secret: &SecretText, printer: &Printer) -> Result<(), Failure> {
    let runtime = runtime::of_one_thread(printer)
        .ok_or_else(|| Failure::failed("the credentials could not be tried", "--no-check"))?;
    let client = Chosen::of(profile).client(secret.clone())?;
    let tried = runtime.block_on(tried::try_out(&client)).map_err(Failure::from);
    match tried {
        Ok(tried) if tried.is_of_use() => Ok(()),
        Ok(_) => Err(kept_nothing(tried::allowed_nothing())),
        Err(failure) => {
            Err(kept_nothing(Failure { hint: tried::way_out(failure.status), ..failure }))
        }
    }
}

fn kept_nothing(failure: Failure) -> Failure {
    let Failure { what, hint, status } = failure;
    let hint = hint.map(|hint| format!("{hint}. --no-check keeps them as they are"));
    Failure { what: format!("nothing was kept: {what}"), hint, status }
}

impl Keeping {
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::Command { .. } => "command",
            Self::None => "none",
        }
    }
}
