//! What `rollcall sandbox exam` may be told.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;
use rollcall_sandbox::exam::Scenario;
use rollcall_settings::Span;

use super::super::report::Written;
use super::command::Output;

#[derive(Args)]
#[command(after_help = "\
COMMAND is started once for each scenario, against a fresh double with fresh people. It finds
ROLLCALL_URL, ROLLCALL_ACCOUNT_ID, ROLLCALL_CLIENT_ID and ROLLCALL_CLIENT_SECRET as under
`rollcall dev -- COMMAND`, and its task in ROLLCALL_EXAM_TASK (list, suspend, reactivate),
ROLLCALL_EXAM_USER_EMAIL and ROLLCALL_EXAM_USER_ID. It ends with 0 when the task is done.

Exit status: 0 nothing is wrong, 1 something is or no call came, 2 wrong use.

Examples:
  rollcall sandbox exam -- ./my-connector sync
  rollcall sandbox exam --only rate-limited,last-owner --show-output -- python connector.py
  rollcall sandbox exam --tls --format sarif --output report.sarif -- npm run sync")]
pub struct Options {
    #[command(flatten)]
    pub written: Written,
    /// Only these scenarios, with commas between them [default: all]
    #[arg(long, value_name = "SCENARIO,…", value_delimiter = ',', value_parser = scenario)]
    only: Vec<Scenario>,
    /// End a run of COMMAND that takes longer
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time_limit)]
    pub time_limit: Duration,
    /// So many scenarios at a time [default: one for each processor]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Under the hosted name, by HTTPS through a proxy, as `rollcall dev --tls` does it
    #[arg(long)]
    pub tls: bool,
    /// Let COMMAND print to standard error
    #[arg(long)]
    show_output: bool,
    /// What is examined
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

fn scenario(key: &str) -> Result<Scenario, String> {
    Scenario::from_key(key).ok_or_else(|| {
        let all: Vec<&str> = Scenario::ALL.iter().map(|one| one.key()).collect();
        format!("there is {}", all.join(", "))
    })
}

fn time_limit(text: &str) -> Result<Duration, String> {
    text.parse().map(|Span(time)| time)
}

impl Options {
    /// In the order of the list.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let wanted = |one: &Scenario| self.only.is_empty() || self.only.contains(one);
        Scenario::ALL.iter().copied().filter(wanted).collect()
    }

    pub fn jobs(&self) -> usize {
        let processors = || std::thread::available_parallelism().ok();
        self.jobs.or_else(processors).map_or(1, NonZeroUsize::get)
    }

    pub const fn output_of(&self) -> Output {
        if self.show_output { Output::Shown } else { Output::Dropped }
    }
}
