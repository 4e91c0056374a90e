//! `rollcall sandbox tail`: follows the journal, a line for each exchange as it ends.

use std::collections::{BTreeMap, HashSet};

use clap::Args;
use rollcall_sandbox::journal::{Answered, Exchange};
use serde::Deserialize;
use serde_json::Value;

use super::reach::{Reach, ReachError};
use super::{Done, Says};
use crate::exit_status::ExitStatus;
use crate::shown::shown;

const WAIT_SECONDS: u64 = 30;
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

#[derive(Args)]
#[command(after_help = "\
A line for each exchange as it ends: number, time by the double's clock, method, address, answer, how
long it took, which fault was played. Below it what the report finds wrong; a finding that shows only
later is told then, with the number of its exchange. With --json each line is the exchange as
docs/reference/journal.md describes it.

It ends with the double, with --limit, or by Ctrl-C.

Exit status: 0 done, 1 the double could not be reached, 2 wrong use.

Examples:
  rollcall sandbox tail
  rollcall sandbox tail --failed --from-start
  rollcall sandbox tail --json --limit 20 > exchanges.jsonl")]
pub struct Options {
    /// Only exchanges of this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,

    /// Only what was not answered well, and what the report finds wrong
    #[arg(long)]
    failed: bool,

    /// Begin with what the journal has already
    #[arg(long)]
    from_start: bool,

    /// End after so many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

#[derive(Deserialize)]
struct Stretch {
    exchanges: Vec<Exchange>,
    newest: u64,
    cleared: u64,
}

#[derive(Clone, Deserialize)]
struct Note {
    check: String,
    words: String,
}

#[derive(Deserialize)]
struct Notes {
    notes: BTreeMap<u64, Vec<Note>>,
}

pub async fn run(options: Options, reach: &Reach, says: &Says<'_>) -> Done {
    let mut tail = Tail { options, told: HashSet::new(), seen: HashSet::new(), printed: 0 };
    let mut after = match tail.options.from_start {
        true => 0,
        // Behind everything: only where that is.
        false => tail.stretch(reach, u64::MAX, 0).await?.newest,
    };
    let mut cleared = None;
    loop {
        let stretch = match tail.stretch(reach, after, WAIT_SECONDS).await {
            // It answered before, so it is not here any more.
            Err(ReachError::Unreachable { .. }) if cleared.is_some() => {
                says.printer.say("The double has ended.");
                return Ok(ExitStatus::Done);
            }
            stretch => stretch?,
        };
        if cleared.is_some_and(|before| before != stretch.cleared) {
            tail.told.clear();
            tail.seen.clear();
        }
        cleared = Some(stretch.cleared);
        after = stretch.newest;
        if !stretch.exchanges.is_empty() && !tail.show(reach, says, &stretch.exchanges).await? {
            return Ok(ExitStatus::Done);
        }
    }
}

struct Tail {
    options: Options,
    /// Findings that were told: an exchange and a check.
    told: HashSet<(u64, String)>,
    /// Exchanges that were shown or left out.
    seen: HashSet<u64>,
    printed: u64,
}

impl Tail {
    async fn stretch(&self, reach: &Reach, after: u64, wait: u64) -> Result<Stretch, ReachError> {
        let path = format!("/journal?after={after}&wait_seconds={wait}{}", self.account('&'));
        read(reach, reach.get(&path).await?)
    }

    fn account(&self, before: char) -> String {
        match &self.options.account {
            None => String::new(),
            Some(account) => {
                let account: String =
                    url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
                format!("{before}account={account}")
            }
        }
    }

    /// Whether it goes on.
    async fn show(
        &mut self,
        reach: &Reach,
        says: &Says<'_>,
        exchanges: &[Exchange],
    ) -> Result<bool, ReachError> {
        let path = format!("/notes{}", self.account('?'));
        let Notes { notes } = read(reach, reach.get(&path).await?)?;
        // Of earlier ones, what shows only now.
        if !says.json {
            for (number, notes) in notes.iter().filter(|(number, _)| self.seen.contains(number)) {
                for note in self.new_ones(*number, notes) {
                    let line = format!("{DIM}{number:>5}{PLAIN}  {}", wrong(&note));
                    if says.printer.line(&line).is_err() {
                        return Ok(false);
                    }
                }
            }
        }
        for exchange in exchanges {
            let found = notes.get(&exchange.number).map(Vec::as_slice).unwrap_or_default();
            self.seen.insert(exchange.number);
            let new = self.new_ones(exchange.number, found);
            if self.options.failed && is_well(exchange) && found.is_empty() {
                continue;
            }
            let text = match says.json {
                true => as_json(exchange, found),
                false => in_words(exchange, &new),
            };
            self.printed += 1;
            let is_last = self.options.limit.is_some_and(|limit| self.printed >= limit);
            if says.printer.line(&text).is_err() || is_last {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn new_ones(&mut self, number: u64, notes: &[Note]) -> Vec<Note> {
        let is_new = |note: &&Note| self.told.insert((number, note.check.clone()));
        notes.iter().filter(is_new).cloned().collect()
    }
}

fn read<T: for<'de> Deserialize<'de>>(reach: &Reach, answer: Value) -> Result<T, ReachError> {
    serde_json::from_value(answer)
        .map_err(|error| ReachError::NotIt { url: reach.url.clone(), why: error.to_string() })
}

fn is_well(exchange: &Exchange) -> bool {
    matches!(&exchange.answered, Answered::Whole { status, .. } if *status < 400)
}

fn as_json(exchange: &Exchange, notes: &[Note]) -> String {
    let mut value = serde_json::to_value(exchange).unwrap_or_default();
    let notes =
        notes.iter().map(|note| serde_json::json!({ "check": note.check, "words": note.words }));
    value["notes"] = Value::Array(notes.collect());
    value.to_string()
}

fn in_words(exchange: &Exchange, notes: &[Note]) -> String {
    let time = exchange.started.rfc3339_millis();
    let time = time.get(11..23).unwrap_or(&time);
    let (method, target) = (shown(&exchange.sent.method), shown(&exchange.sent.target));
    let answer = match &exchange.answered {
        Answered::Whole { status, .. } if *status < 400 => status.to_string(),
        Answered::Whole { status, .. } => format!("{BOLD}{status}{PLAIN}"),
        Answered::Broken { status, .. } => format!("{BOLD}{status}, cut{PLAIN}"),
        Answered::Nothing { .. } => format!("{BOLD}no answer{PLAIN}"),
    };
    let took = exchange.took.as_secs_f64() * 1000.0;
    let number = exchange.number;
    let mut line =
        format!("{number:>5}  {DIM}{time}{PLAIN}  {method:<4} {target}  {answer}  {took:.1} ms");
    if let Some(played) = &exchange.played {
        line.push_str(&format!("  {YELLOW}played {}{PLAIN}", shown(played)));
    }
    for note in notes {
        line.push_str(&format!("\n       {}", wrong(note)));
    }
    line
}

fn wrong(note: &Note) -> String {
    format!("{RED}wrong:{PLAIN} {} {DIM}({}){PLAIN}", shown(&note.words), shown(&note.check))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exchange(target: &str, answered: Value) -> Exchange {
        let sent = json!({
            "method": "GET", "target": target, "version": "HTTP/1.1", "secure": false,
            "headers": [], "body": { "text": "", "bytes": 0, "is_cut": false },
        });
        let read = json!({
            "number": 4, "started": 1_795_718_433_542_i64, "since_start": 91.2, "took": 0.31,
            "request_id": "1", "sent": sent, "played": "cut-after-act", "answered": answered,
            "meant": { "operation": "ListUsers", "family": null, "account": null, "user": null,
                "credential": { "kind": "none" } },
        });
        serde_json::from_value(read).unwrap()
    }

    fn without_colour(text: &str) -> String {
        [DIM, BOLD, RED, YELLOW, PLAIN]
            .iter()
            .fold(text.to_owned(), |text, code| text.replace(code, ""))
    }

    #[test]
    fn a_line_says_what_happened_and_below_it_what_was_wrong() {
        let nothing = json!({ "kind": "nothing", "acted": true, "by": "double" });
        let note = Note { check: "paged-to-the-end".to_owned(), words: "it stopped".to_owned() };
        let line = without_colour(&in_words(&exchange("/v1", nothing), &[note]));
        assert_eq!(
            line,
            "    4  18:40:33.542  GET  /v1  no answer  0.3 ms  played cut-after-act\n       wrong: it stopped (paged-to-the-end)"
        );
    }

    #[test]
    fn an_address_cannot_move_the_cursor() {
        let broken = json!({ "kind": "broken", "status": 200, "headers": [], "by": "client",
            "body": { "text": "", "bytes": 0, "is_cut": false } });
        let line = without_colour(&in_words(&exchange("/\u{1b}[2J", broken), &[]));
        assert!(line.contains("/\\u{1b}[2J  200, cut"), "{line}");
        assert!(!line.contains('\u{1b}'));
    }

    #[test]
    fn a_line_of_json_is_the_exchange_with_its_notes() {
        let nothing = json!({ "kind": "nothing", "acted": null, "by": "client" });
        let note = Note { check: "a".to_owned(), words: "b".to_owned() };
        let line: Value = serde_json::from_str(&as_json(&exchange("/", nothing), &[note])).unwrap();
        assert_eq!(line["notes"], json!([{ "check": "a", "words": "b" }]));
        assert_eq!(line["answered"]["acted"], Value::Null);
    }
}
