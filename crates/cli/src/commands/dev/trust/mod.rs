//! `rollcall dev trust`: what other places need in order to reach and trust a double that is kept,
//! and how to take it back. It prints, and changes nothing: whose machine it is decides.

mod steps;

use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_directory::store::{MadeBy, sqlite};
use rollcall_sandbox::tls::Kept;
use serde_json::json;

use super::{DevError, drop_in};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::shown;
use steps::Step;

#[derive(Args)]
#[command(after_help = "\
`rollcall dev --tls -- COMMAND` needs none of this. It is for what reads no variables: a container,
a browser, a service that somebody else starts.

Examples:
  rollcall dev trust --data ./double
  rollcall dev trust --data ./double --undo")]
pub struct Options {
    /// The folder of a double that `dev` keeps; its authority is made if it is not there yet
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Print how to take it back
    #[arg(long)]
    undo: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options, printer: &Printer) -> ExitStatus {
    match kept(&options.data) {
        Ok(kept) => {
            let data = std::path::absolute(&options.data).unwrap_or_else(|_| options.data.clone());
            let steps = steps::all(&kept, &data);
            printer.data(&match options.json {
                true => json_of(&kept, &steps),
                false => words(&kept, &steps, options.undo),
            });
            ExitStatus::Done
        }
        Err(error) => {
            printer.error(&error, None);
            error.status()
        }
    }
}

/// Never beside a folder of somebody else's, and not in one that is no double yet: a store is made
/// in an empty folder only.
fn kept(data: &Path) -> Result<Kept, DevError> {
    let made_by = sqlite::made_by(&sqlite::Place::new(data.to_owned()))?;
    let made_by = made_by.and_then(|words| serde_json::from_str(&words).ok());
    match made_by {
        Some(MadeBy::Dev { .. }) => drop_in::kept_in(data),
        Some(MadeBy::Serve) | None => Err(DevError::WrongUse(format!(
            "{} holds no double: make one with `rollcall dev --tls --data DIR`",
            data.display()
        ))),
    }
}

fn words(kept: &Kept, steps: &[Step], undo: bool) -> String {
    let mut words = format!(
        "The authority of this double: {}\nIt vouches for api.1password.com, .ca, .eu and this machine only, until {}; its key is gone.\nNothing was changed. {}\n",
        shown(&kept.authority.display().to_string()),
        kept.facts.ends.rfc3339_seconds(),
        match undo {
            false => "Take what you need:",
            true => "To take back what you took:",
        },
    );
    for step in steps {
        let lines = if undo { &step.undo } else { &step.lines };
        words.push_str(&format!("\n# {}\n", step.place));
        for line in lines {
            words.push_str(&format!("{line}\n"));
        }
    }
    words.truncate(words.trim_end().len());
    words
}

fn json_of(kept: &Kept, steps: &[Step]) -> String {
    let steps: Vec<_> = steps
        .iter()
        .map(|step| json!({ "id": step.id, "place": step.place, "do": step.lines, "undo": step.undo }))
        .collect();
    json!({
        "ca_file": kept.authority,
        "java_trust_store": kept.java_trust_store,
        "names": kept.facts.names,
        "ends": kept.facts.ends.rfc3339_seconds(),
        "steps": steps,
    })
    .to_string()
}
