//! `rollcall contain apply`: does what a plan says and nothing else.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCompleter;
use rollcall_contain::plan::{Digest, Plan};

use super::Done;
use super::carry_out::{How, Run, carry_out, flags};
use super::kept_runs::{KeptRuns, failure, plan_failure, quoted};
use crate::completion;
use crate::connect::{Whom, connect};
use crate::failure::Failure;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
It refuses a plan that was edited, and one of another account or server. Each person is looked
at right before: who is so already was changed by somebody else, is not touched, and is not
undone later. What is meant is on disk before each call, and what came of it after, so that the
same command goes on after Ctrl-C, a crash or a lost network, with nobody missed and nobody
changed twice. A finished run changes nothing. The first Ctrl-C waits for what is under way, the
second one does not.

Exit status: 0 all of the plan is done; 1 the journal could not be written, or the run is in
use; 2 wrong use, such as an edited plan; 3 the server was not reached, or too much failed; 4
the credentials do not work or are not allowed this; 5 some were refused or not done; 130
interrupted. After 1, 3, 4, 5 and 130 the same command goes on.

Examples:
  rollcall contain apply plan.json
  rollcall contain apply plan.json --yes --digest sha256:7c1e… --result result.csv
  rollcall contain apply plan.json --concurrency 16 --rate 20 --error-budget 3")]
pub struct Options {
    /// The plan's file, as `contain plan` wrote it; or the name of a run that is to go on
    #[arg(value_name = "PLAN", add = ArgValueCompleter::new(completion::plans))]
    plan: PathBuf,
    /// Only a plan of this digest, such as the one that was approved
    #[arg(long, value_name = "DIGEST")]
    digest: Option<String>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    kept: KeptRuns,
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    telling: Telling,
}

pub async fn run(options: Options) -> Done {
    let printer = &options.telling.start();
    let plan = the_plan(&options.plan, &options.kept)?;
    if let Some(wanted) = &options.digest {
        let is = Digest::of(&plan).to_string();
        if !is_digest(&is, wanted) {
            return Err(Failure::wrong_use(
                format!("the plan's digest is {is}, and another one was asked for"),
                "nothing was changed. Ask whoever approved it which plan was meant",
            ));
        }
    }
    let connected = connect(&options.whom)?;
    let flags = flags(&options.kept, &options.whom);
    let again =
        format!("rollcall contain apply {}{flags}", quoted(&options.plan.display().to_string()));
    let run = Run { plan, kept: &options.kept, flags, again, words: None };
    carry_out(run, &connected, &options.how, printer).await
}

/// With or without its `sha256:`.
fn is_digest(is: &str, wanted: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("sha256:").to_lowercase();
    bare(is) == bare(wanted)
}

fn the_plan(named: &Path, kept: &KeptRuns) -> Result<Plan, Failure> {
    let name = named.display().to_string();
    match std::fs::read(named) {
        Ok(bytes) => Plan::from_file(&bytes)
            .map_err(|error| plan_failure(format!("{name}: {error}"), &error)),
        // A run that was begun has a copy of its plan.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => match kept.find(&name) {
            Ok(folder) => folder.plan().map_err(failure),
            Err(_) => Err(Failure::wrong_use(
                format!("{name} is no file, and no run is called so"),
                "`rollcall contain plan` writes a plan, `rollcall contain list` has the runs",
            )),
        },
        Err(error) => Err(Failure::failed(format!("{name}: {error}"), "name a plan's file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_whole_of_it() {
        let is = format!("sha256:{}", "7c".repeat(32));
        assert!(is_digest(&is, &is) && is_digest(&is, &"7C".repeat(32)));
        for wrong in ["", "sha256:", "7c7c", &format!("{is}7c")] {
            assert!(!is_digest(&is, wrong), "{wrong:?}");
        }
    }
}
