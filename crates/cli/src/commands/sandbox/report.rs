//! `rollcall sandbox report`: what the journal of a running double shows of its client.

use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Method;
use rollcall_sandbox::report::{Format, Report};

use super::{Done, Reach, ReachError, Says};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
Each finding names its exchanges and a paragraph of docs/reference/client-report.md. What the journal
cannot show is said to be unknown, and never passed.

Exit status: 0 nothing is wrong, 1 something is or no call came, 2 wrong use.

Examples:
  rollcall sandbox report
  rollcall sandbox report --strict --format junit --output report.xml
  rollcall dev -- sh -c 'npm test && rollcall sandbox report'")]
pub struct Options {
    #[command(flatten)]
    written: Written,
    /// Only calls of this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
}

/// How a report is written, and what it counts.
#[derive(Args)]
pub struct Written {
    /// For people, for programs, for a CI [default: text]
    #[arg(long, value_name = "text|json|junit|sarif", value_parser = format)]
    format: Option<Format>,
    /// What was not shown counts as wrong
    #[arg(long)]
    strict: bool,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| "write text, json, junit or sarif".to_owned())
}

impl Written {
    /// `json`: the flag that all commands here have.
    pub fn write(&self, report: &Report, json: bool, printer: &Printer) -> Done {
        let format = self.format.unwrap_or(if json { Format::Json } else { Format::Text });
        let text = report.written(format, self.strict);
        match &self.output {
            Some(file) => {
                std::fs::write(file, format!("{}\n", text.trim_end())).map_err(at(file))?;
                // Whoever keeps a report for a machine wants to read something all the same.
                printer.say(report.words().lines().next().unwrap_or_default());
            }
            None => printer.data(text.trim_end()),
        }
        Ok(if report.is_right(self.strict) { ExitStatus::Done } else { ExitStatus::Failed })
    }
}

fn at(file: &Path) -> impl FnOnce(std::io::Error) -> ReachError {
    let what = file.display().to_string();
    |source| ReachError::Io { what, source }
}

pub async fn run(options: Options, reach: &Reach, says: &Says<'_>) -> Done {
    let account = options.account.as_deref().unwrap_or_default();
    let query = match account {
        "" => String::new(),
        id if id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => format!("?account={id}"),
        _ => {
            return Err(ReachError::WrongUse {
                what: "that cannot be an account's id".to_owned(),
                hint: "`rollcall sandbox account list` shows them".to_owned(),
            });
        }
    };
    let text = reach.text(Method::GET, &format!("/report{query}"), None).await?;
    let report: Report = serde_json::from_str(&text)
        .map_err(|error| ReachError::NotIt { url: reach.url.clone(), why: error.to_string() })?;
    options.written.write(&report, says.json, says.printer)
}
