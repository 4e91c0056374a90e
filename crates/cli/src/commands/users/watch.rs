//! `rollcall users watch`: the API has no feed of changes, so the list is read again and again, and
//! each whole one is compared with the one before. One that broke off is compared with nothing.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use rollcall_directory::world::World;
use rollcall_sdk::{Client, Filter};
use serde::Serialize;

use super::interrupt::Interrupt;
use super::snapshot::{Change, Gathering, Kind, Person, Snapshot, changes};
use super::{Done, saved};
use crate::connect::{Connected, Whom};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::output::{Format, Place, Rows, read};
use crate::printer::Printer;
use crate::shown::shown;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
Prints a line of JSON for each change: time (when the listing that shows it had been read), change,
id, and the person before and after. A change is added, removed, suspended, reactivated,
state_changed, renamed or email_changed. The first listing is what the next is compared with, and
prints nothing, unless --from names a saved one or --initial asks for everybody.

Only whole listings are compared: where one breaks off, or comes back empty, that is told on
standard error, tried again after pauses that grow up to 15 minutes (or --every, where that is
longer), and no change is made up. What changes and changes back between two listings is not seen.

Ctrl-C or SIGTERM ends it.

Exit status: 0 ended so, or by --once, or because nobody reads on; 1 a file failed, 2 wrong use;
where the first listing fails, or with --once: 3 the server was not reached, 4 the credentials do
not work.

Examples:
  rollcall users watch
  rollcall users watch --every 5m | jq -c 'select(.change == \"reactivated\")'
  rollcall users watch --from monday.jsonl --once")]
pub struct Watch {
    /// The pause between two listings, such as 60s, 5m or 1h; at least 1s
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = pause_of)]
    every: Duration,
    /// Compare the first listing with this saved one; - is standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// First print everybody, as `present`
    #[arg(long, conflicts_with = "from")]
    initial: bool,
    /// End after the first listing
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    pub whom: Whom,
    #[command(flatten)]
    pub telling: Telling,
}

const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

fn pause_of(text: &str) -> Result<Duration, String> {
    let said: SignedDuration =
        text.parse().map_err(|_| "write a number and its unit, such as 60s or 5m".to_owned())?;
    if said < SHORTEST {
        return Err("at least 1s".to_owned());
    }
    Duration::try_from(said).map_err(|error| error.to_string())
}

/// Twice as long after each listing in a row that failed.
fn pause(every: Duration, failures: u32) -> Duration {
    let grown = every.saturating_mul(2_u32.saturating_pow(failures));
    grown.min(LONGEST_PAUSE.max(every))
}

#[derive(Serialize)]
struct Line<'a> {
    time: &'a str,
    #[serde(flatten)]
    change: &'a Change,
}

pub async fn run(watch: Watch, connected: &Connected, printer: &Printer) -> Done {
    let client = &connected.client;
    let mut last = match &watch.from {
        Some(file) => Some(of_account(saved::read(file)?, client.account())?),
        None => None,
    };
    let world = World::system();
    let mut interrupt = Interrupt::listen()?;
    let mut rows = Rows::new(Format::Jsonl, Vec::new(), printer.out(), Place::of_stdout());
    let (mut failures, mut has_read) = (0, false);
    loop {
        let listed = tokio::select! {
            listed = whole(client) => listed,
            () = interrupt.comes() => return Ok(ExitStatus::Done),
        };
        match listed {
            Ok(now) => {
                let time = world.now().rfc3339_seconds();
                let goes_on = match &last {
                    Some(last) => tell(&mut rows, &time, changes(last, &now))?,
                    None if watch.initial => tell(&mut rows, &time, now.people().map(present))?,
                    None => true,
                };
                if !goes_on || watch.once {
                    return Ok(ExitStatus::Done);
                }
                if !has_read {
                    printer.say(&format!(
                        "Watching {} people of account {} at {}, every {:#}. Ctrl-C ends it.",
                        now.len(),
                        shown(client.account()),
                        shown(client.base_url()),
                        SignedDuration::try_from(watch.every).unwrap_or_default(),
                    ));
                }
                last = Some(now);
                (failures, has_read) = (0, true);
            }
            // What never worked does not mend itself.
            Err(failure) if watch.once || !has_read => return Err(failure),
            Err(failure) => {
                failures += 1;
                let pause = SignedDuration::try_from(pause(watch.every, failures));
                let hint =
                    format!("no change is told of it; again in {:#}", pause.unwrap_or_default());
                printer.error(&failure.what, Some(&hint));
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause(watch.every, failures)) => {}
            () = interrupt.comes() => return Ok(ExitStatus::Done),
        }
    }
}

/// Compared with another account's, everybody would be removed.
fn of_account(saved: Snapshot, account: &str) -> Result<Snapshot, Failure> {
    match saved.account() {
        Some(other) if other != account => Err(Failure::wrong_use(
            format!(
                "the saved listing is of account {}, and not of {}",
                shown(other),
                shown(account)
            ),
            "name a listing of this account, or the other account with --account",
        )),
        Some(_) | None => Ok(saved),
    }
}

async fn whole(client: &Client) -> Result<Snapshot, Failure> {
    let mut gathering = Gathering::default();
    let mut pages = std::pin::pin!(client.list(Filter::All).pages());
    while let Some(page) = pages.next().await {
        page?.results.into_iter().for_each(|user| gathering.see(&Person::from(user)));
    }
    let whole = gathering.whole();
    match whole.len() {
        // An account has an owner: everybody removed at once is not to be believed.
        0 => Err(Failure {
            what: "the list came back without anybody".to_owned(),
            hint: Some("an account always has an owner: is it the right account?".to_owned()),
            status: ExitStatus::Unreached,
        }),
        _ => Ok(whole),
    }
}

fn present(person: Person) -> Change {
    Change { change: Kind::Present, id: person.id.clone(), before: None, after: Some(person) }
}

/// Whether somebody reads on.
fn tell<W: std::io::Write>(
    rows: &mut Rows<W>,
    time: &str,
    changes: impl Iterator<Item = Change>,
) -> Result<bool, Failure> {
    for change in changes {
        if !read(rows.row_or(&Line { time, change: &change }, []))? {
            return Ok(false);
        }
    }
    read(rows.flush())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_has_a_unit_and_is_not_shorter_than_a_second() {
        assert_eq!(pause_of("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(pause_of("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(pause_of("1h 30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["60", "", "0s", "500ms", "-5m", "soon"] {
            assert!(pause_of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn pauses_grow_after_failures_up_to_a_bound() {
        let minute = Duration::from_secs(60);
        let pauses: Vec<u64> = (0..7).map(|failures| pause(minute, failures).as_secs()).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(pause(Duration::from_secs(3600), 9), Duration::from_secs(3600));
        assert_eq!(pause(Duration::from_secs(1), u32::MAX), LONGEST_PAUSE);
    }
}
