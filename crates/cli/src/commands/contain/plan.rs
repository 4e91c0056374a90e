//! `rollcall contain plan`: what each line of a list means, by one look at the directory. It reads
//! only; what it writes is a file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use rollcall_contain::given::{Given, GivenError};
use rollcall_contain::plan::{Digest, Making, Plan};
use rollcall_contain::resolve::resolve;
use rollcall_directory::world::World;
use rollcall_sdk::{Act, Client, Filter, Lookup};
use serde_json::json;

use super::findings::{self, unresolved};
use super::kept_runs::quoted;
use super::progress::Reading;
use super::{Done, sign_off};
use crate::connect::{Connected, Whom, connect};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::given_file;
use crate::printer::Printer;
use crate::private_file;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
The list has one person a line, as an e-mail address, an ID or a path (accounts/A/users/U);
blank lines and lines that begin with # are passed over. With --column, or where the file's name
ends in .csv, it is a CSV file whose first row names the columns. The directory is read once,
whatever the length of the list, and nobody is changed: apply does that.

People whom the profile protects are never to be suspended. A line that nobody or more than one
person fits is left out and told; with --strict it makes the command end with 5.

Exit status: 0 a plan was written; 1 a file could not be read or written; 2 wrong use; 3 the
server was not reached; 4 the credentials do not work or may not list; 5 with --strict, lines
that are unknown or ambiguous (the plan is written); 6 there is nothing to do, and no plan is
written.

Examples:
  rollcall contain plan --from alerts.csv --reason 'stolen laptops' --ticket INC-4711
  rollcall contain plan --from alerts.csv --column user --reason 'phishing' --out phishing.json
  grep -o '[^ ]*@example.com' mail | rollcall contain plan --from - --reason 'phishing' --strict")]
pub struct Options {
    /// The list of who is meant; - for standard input
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The column of a CSV file that names people [default: the only one, or email]
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// Why: it stands in the plan and in the report
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: String,
    /// The incident's ticket
    #[arg(long, value_name = "TEXT", value_parser = said)]
    ticket: Option<String>,
    /// What is to be done
    #[arg(long, value_name = "suspend|reactivate", default_value = "suspend", value_parser = act)]
    act: Act,
    /// The plan's file; an existing one is not overwritten
    #[arg(long, value_name = "FILE", default_value = "plan.json")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
    /// End with 5 where a line is unknown or ambiguous
    #[arg(long)]
    strict: bool,
    /// How it is shown
    #[arg(long, value_name = "table|json", default_value = "table", hide_possible_values = true)]
    output: Output,
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    telling: Telling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

const TEXT_MAX_BYTES: usize = 1024;

/// A reason or a ticket.
pub fn said(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > TEXT_MAX_BYTES {
        return Err(format!("it has {} bytes; at most {TEXT_MAX_BYTES} are kept", text.len()));
    }
    Ok(text.to_owned())
}

fn act(text: &str) -> Result<Act, String> {
    let acts = [Act::Suspend, Act::Reactivate];
    let found = acts.into_iter().find(|act| act.as_str() == text);
    found.ok_or_else(|| "write suspend or reactivate".to_owned())
}

pub async fn run(options: Options) -> Done {
    let printer = &options.telling.start();
    // Before the directory is read: somebody waits for that.
    if !options.force && options.out.exists() {
        return Err(is_there(&options.out));
    }
    let given = read_list(&options.from, options.column.as_deref())?;
    let Connected { client, protected, .. } = connect(&options.whom)?;
    let lookup = Lookup::new(given.iter().map(|one| &one.text));
    let lookup = fill(&client, lookup, printer).await?;
    sign_off(&client).await;
    let plan = Plan::new(Making {
        act: options.act,
        made_at: now()?,
        base_url: client.base_url().to_owned(),
        account: client.account().to_owned(),
        reason: options.reason,
        ticket: options.ticket,
        undoes: None,
        lines: resolve(&given, &lookup, &protected, options.act),
    });
    let sums = plan.findings();
    let is_written = sums.to_do > 0;
    if is_written {
        write_private(&options.out, &plan.to_file(), options.force)?;
    }
    let digest = Digest::of(&plan);
    match options.output {
        Output::Table => printer.data(&findings::words(&plan)),
        Output::Json => printer.data(&as_json(&plan, is_written.then_some(&options.out), &digest)),
    }
    if !is_written {
        printer.say(&format!(
            "Nobody is to be {}: no plan is written.",
            findings::done_word(plan.act)
        ));
        return Ok(ExitStatus::NothingMatched);
    }
    let file = options.out.display().to_string();
    printer.say(&format!("\nNothing was changed. The plan is in {}.\n  {digest}\n", quoted(&file)));
    if unresolved(&sums) > 0 {
        printer.say(&format!(
            "warning: {} left out: nobody, or more than one person, is who is named\n",
            findings::counted(unresolved(&sums), "line is", "lines are"),
        ));
    }
    let profile = options.whom.profile_as_flag();
    printer.say(&format!("To do it:\n  rollcall contain apply {}{profile}", quoted(&file)));
    match options.strict && unresolved(&sums) > 0 {
        true => Ok(ExitStatus::InPart),
        false => Ok(ExitStatus::Done),
    }
}

fn as_json(plan: &Plan, file: Option<&PathBuf>, digest: &Digest) -> String {
    json!({
        "file": file.map(|file| file.display().to_string()),
        "digest": digest,
        "run": plan.run,
        "act": plan.act,
        "base_url": plan.base_url,
        "account": plan.account,
        "reason": plan.reason,
        "ticket": plan.ticket,
        "undoes": plan.undoes,
        "findings": plan.findings(),
        "lines": plan.lines,
    })
    .to_string()
}

pub fn now() -> Result<Timestamp, Failure> {
    Timestamp::from_millisecond(World::system().now().millis())
        .map_err(|error| Failure::failed(format!("this machine's clock: {error}"), "set it right"))
}

/// One listing and no more, however long the list is.
pub async fn fill(client: &Client, lookup: Lookup, printer: &Printer) -> Result<Lookup, Failure> {
    let mut reading = Reading::new(printer);
    let listing = client.list(Filter::All);
    Ok(listing.look_up_with(lookup, |page| reading.add(page.results.len())).await?)
}

fn read_list(from: &Path, column: Option<&str>) -> Result<Vec<Given>, Failure> {
    let name = from.display().to_string();
    let unreadable = |error: std::io::Error| {
        Failure::failed(format!("{name}: {error}"), "name a list of people with --from")
    };
    let Some(bytes) = given_file::read(from).map_err(unreadable)? else {
        return Err(Failure::wrong_use(
            format!("{name}: more than {} MiB", given_file::MAX_BYTES >> 20),
            "make several plans of it",
        ));
    };
    let is_csv = column.is_some() || given_file::is_csv(from);
    let given = given_file::given(&bytes, column, is_csv).map_err(|error| {
        let hint = match error {
            GivenError::NoColumn { .. }
            | GivenError::WhichColumn { .. }
            | GivenError::TwoColumns { .. } => "name the column with --column",
            _ => "mend the list and make the plan again; nothing was changed",
        };
        Failure::wrong_use(format!("{name}: {error}"), hint)
    })?;
    if given.is_empty() {
        return Err(Failure::wrong_use(
            format!("{name} names nobody"),
            "write one person a line: an e-mail address, an ID or a path",
        ));
    }
    Ok(given)
}

/// Readable by its owner alone: it names people who may be in trouble.
pub fn write_private(path: &Path, bytes: &[u8], over: bool) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("{}: {error}", path.display()), "name another file")
    };
    if over {
        return private_file::replace(path, bytes).map_err(failed);
    }
    match private_file::write_new(path, bytes) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(is_there(path)),
        written => written.map_err(failed),
    }
}

fn is_there(path: &Path) -> Failure {
    Failure::wrong_use(
        format!("{} is there already", path.display()),
        "name another file, or say --force",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_plan_is_private_and_is_overwritten_only_when_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        write_private(&path, b"one", false).unwrap();
        assert_eq!(mode(), 0o600);
        let no = write_private(&path, b"two", false).unwrap_err();
        assert_eq!(no.status, ExitStatus::WrongUse);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        write_private(&path, b"three", true).unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), mode()), (b"three".to_vec(), 0o600));
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(said(" stolen laptop ").unwrap(), "stolen laptop");
        assert!(said("  ").is_err() && said(&"x".repeat(1025)).is_err());
    }
}
