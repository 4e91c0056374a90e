//! Where runs are kept, and which one is meant by the beginning of a name.

use std::path::PathBuf;

use clap::Args;
use rollcall_contain::plan::PlanError;
use rollcall_contain::run_folder::{RunError, RunFolder, Runs};

use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::shown::shown;

#[derive(Args)]
pub struct KeptRuns {
    /// Where runs are kept [default: $XDG_STATE_HOME/rollcall/runs, or ~/.local/state/rollcall/runs]
    #[arg(long, value_name = "DIR", env = "ROLLCALL_RUNS", hide_env_values = true)]
    runs: Option<PathBuf>,
}

impl KeptRuns {
    fn folder(&self) -> Result<PathBuf, Failure> {
        let variable = |name| std::env::var_os(name).map(PathBuf::from);
        place(self.runs.clone(), variable("XDG_STATE_HOME"), variable("HOME")).ok_or_else(|| {
            Failure::wrong_use(
                "nobody knows where runs are kept: HOME is not set",
                "name a folder with --runs or ROLLCALL_RUNS",
            )
        })
    }

    /// `--runs DIR`, as it has to stand in a command that comes next.
    pub fn as_flag(&self) -> String {
        match &self.runs {
            Some(folder) if std::env::var_os("ROLLCALL_RUNS").is_none() => {
                format!(" --runs {}", quoted(&folder.display().to_string()))
            }
            _ => String::new(),
        }
    }

    pub fn runs(&self) -> Result<Runs, Failure> {
        self.folder().map(Runs::new)
    }

    /// The one run that is called so, or the only one of which this is a part of the name.
    pub fn find(&self, called: &str) -> Result<RunFolder, Failure> {
        let runs = self.runs()?;
        let names = runs.names().map_err(failure)?;
        match the_one(&names, called) {
            Ok(name) => runs.find(name).map_err(failure),
            Err(many) if many.is_empty() => Err(Failure {
                what: format!("no run is called \"{}\"", shown(called)),
                hint: Some(format!("`rollcall contain list{}` has their names", self.as_flag())),
                status: ExitStatus::NothingMatched,
            }),
            Err(many) => Err(Failure::wrong_use(
                format!("several runs are called so: {}", many.join(", ")),
                "write more of the name",
            )),
        }
    }
}

/// What a shell may offer: the names of the runs that are kept where no option says otherwise.
pub fn names() -> Vec<String> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let named = variable("ROLLCALL_RUNS");
    let folder = place(named, variable("XDG_STATE_HOME"), variable("HOME"));
    folder.and_then(|folder| Runs::new(folder).names().ok()).unwrap_or_default()
}

/// What is wrong with a run's folder, and the way out.
pub fn failure(error: RunError) -> Failure {
    let what = shown(&error.to_string());
    match error {
        RunError::Io { .. } => {
            Failure::failed(what, "runs are kept where --runs or ROLLCALL_RUNS says")
        }
        RunError::InUse { run } => Failure::failed(
            what,
            format!("`rollcall contain status {run}` says how far it is; wait for its end"),
        ),
        RunError::Broken { .. } | RunError::OtherPlan { .. } => Failure::failed(
            what,
            "nothing was changed. Keep the folder for a look at it, and make a new plan: it says who \
             is suspended now",
        ),
        RunError::Plan { error, .. } => plan_failure(what, &error),
        RunError::OtherRun { .. } => Failure::failed(what, "keep this run elsewhere, with --runs"),
        RunError::NoName(_) | RunError::NotThere { .. } => {
            Failure::wrong_use(what, "`rollcall contain list` has the names of all runs")
        }
    }
}

/// What is wrong with a plan. Nothing has been done.
pub fn plan_failure(what: impl Into<String>, error: &PlanError) -> Failure {
    let hint = match error {
        PlanError::NotAPlan(_) => "`rollcall contain plan` writes one",
        PlanError::OtherVersion { .. } => "make the plan again with this program",
        PlanError::Edited { .. } => {
            "nothing was changed. A plan is not edited: change the list, and make a new one"
        }
        PlanError::OtherPlace { .. } => {
            "nothing was changed. Use the profile of the plan's account, or make a plan for this one"
        }
    };
    Failure::wrong_use(what, hint)
}

/// The XDG base directory specification: a relative path is to be ignored.
fn place(named: Option<PathBuf>, state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let kept = |folder: PathBuf| folder.join("rollcall/runs");
    let home = || home.filter(|home| home.is_absolute()).map(|home| home.join(".local/state"));
    named.or_else(|| state.filter(|state| state.is_absolute()).or_else(home).map(kept))
}

/// By the whole name, or by its beginning, its end, or what stands behind its date.
fn the_one<'a>(names: &'a [String], called: &str) -> Result<&'a str, Vec<&'a str>> {
    let called = called.to_lowercase();
    if let Some(name) = names.iter().find(|name| **name == called) {
        return Ok(name);
    }
    let is_meant = |name: &&String| {
        !called.is_empty()
            && (name.starts_with(&called)
                || name.ends_with(&called)
                || name.get(DATE_LENGTH..).is_some_and(|rest| rest.starts_with(&called)))
    };
    let meant: Vec<&str> = names.iter().filter(is_meant).map(String::as_str).collect();
    match meant[..] {
        [one] => Ok(one),
        _ => Err(meant),
    }
}

/// Of `2026-11-26-`.
const DATE_LENGTH: usize = 11;

/// As a shell takes it back in one piece.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_kept_where_it_was_said_or_where_state_is_kept() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(place(path("r"), path("/s"), path("/h")), path("r"));
        assert_eq!(place(None, path("/s"), path("/h")), path("/s/rollcall/runs"));
        assert_eq!(place(None, path("s"), path("/h")), path("/h/.local/state/rollcall/runs"));
        assert_eq!(place(None, None, path("/h")), path("/h/.local/state/rollcall/runs"));
        assert_eq!(place(None, None, None), None);
    }

    #[test]
    fn a_run_is_found_by_a_beginning_that_only_it_has() {
        let names =
            ["2026-11-26-inc-4711-ab12cd", "2026-11-26-inc-4712-ab12ff", "2026-11-27-vpn-0a0b0c"]
                .map(str::to_owned);
        assert_eq!(the_one(&names, "2026-11-27"), Ok(names[2].as_str()));
        assert_eq!(the_one(&names, "vpn"), Ok(names[2].as_str()));
        assert_eq!(the_one(&names, "0a0b0c"), Ok(names[2].as_str()));
        assert_eq!(the_one(&names, "INC-4711"), Ok(names[0].as_str()));
        assert_eq!(the_one(&names, &names[1]), Ok(names[1].as_str()));
        assert_eq!(the_one(&names, "inc").unwrap_err().len(), 2);
        assert_eq!(the_one(&names, "2026-11-26").unwrap_err().len(), 2);
        for nobody in ["", "4711", "../2026", "2026-11-28"] {
            assert!(the_one(&names, nobody).unwrap_err().is_empty(), "{nobody:?}");
        }
        let nested = ["2026-11-26-a-1".to_owned(), "2026-11-26-a-12".to_owned()];
        assert_eq!(the_one(&nested, "2026-11-26-a-1"), Ok(nested[0].as_str()));
    }

    #[test]
    fn a_path_comes_back_from_the_shell_in_one_piece() {
        assert_eq!(quoted("/tmp/plan.json"), "/tmp/plan.json");
        assert_eq!(quoted("my plan.json"), "'my plan.json'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
