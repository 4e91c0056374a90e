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
const QUIET_SECONDS: u64 = 1;
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

#[derive(Args)]
#[command(after_help = "\
A line for each exchange as it ends: number, time by the double's clock, method, address, answer, how
long it took, which fault was played. When nothing came for a second, what the report finds wrong, with
the numbers of the exchanges that show it. With --json each line is the exchange and nothing else, as
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

    /// Only what was not answered well
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

#[derive(Deserialize)]
struct Note {
    check: String,
    words: String,
}

#[derive(Deserialize)]
struct Notes {
    notes: BTreeMap<u64, Vec<Note>>,
}

pub async fn run(options: Options, reach: &Reach, says: &Says<'_>) -> Done {
    let mut tail = Tail { options, told: HashSet::new(), printed: 0 };
    let mut after = match tail.options.from_start {
        true => 0,
        // Behind everything: only where that is.
        false => tail.stretch(reach, u64::MAX, 0).await?.newest,
    };
    let (mut cleared, mut is_owing_notes) = (None, false);
    loop {
        let wait = if is_owing_notes { QUIET_SECONDS } else { WAIT_SECONDS };
        let stretch = match tail.stretch(reach, after, wait).await {
            // It answered before, so it is not here any more.
            Err(ReachError::Unreachable { .. }) if cleared.is_some() => {
                says.printer.say("The double has ended.");
                return Ok(ExitStatus::Done);
            }
            stretch => stretch?,
        };
        if cleared.is_some_and(|before| before != stretch.cleared) {
            tail.told.clear();
        }
        cleared = Some(stretch.cleared);
        after = stretch.newest;
        let goes_on = tail.show(says, &stretch.exchanges);
        // A walk that is under way is not one that stopped: told when it is quiet.
        let is_quiet = stretch.exchanges.is_empty();
        if !says.json && (is_owing_notes && is_quiet || !goes_on) {
            is_owing_notes = false;
            if !tail.tell(reach, says).await? {
                return Ok(ExitStatus::Done);
            }
        }
        is_owing_notes |= !is_quiet && !says.json;
        if !goes_on {
            return Ok(ExitStatus::Done);
        }
    }
}

struct Tail {
    options: Options,
    /// Findings that were told, without their counts.
    told: HashSet<String>,
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
    fn show(&mut self, says: &Says<'_>, exchanges: &[Exchange]) -> bool {
        for exchange in exchanges {
            if self.options.failed && is_well(exchange) {
                continue;
            }
            let line = match says.json {
                true => serde_json::to_string(exchange).unwrap_or_default(),
                false => in_words(exchange),
            };
            self.printed += 1;
            let is_last = self.options.limit.is_some_and(|limit| self.printed >= limit);
            if says.printer.line(&line).is_err() || is_last {
                return false;
            }
        }
        true
    }

    /// What was wrong and was not told yet. Whether it goes on.
    async fn tell(&mut self, reach: &Reach, says: &Says<'_>) -> Result<bool, ReachError> {
        let path = format!("/notes{}", self.account('?'));
        let Notes { notes } = read(reach, reach.get(&path).await?)?;
        for line in self.new_findings(&notes) {
            if says.printer.line(&line).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn new_findings(&mut self, notes: &BTreeMap<u64, Vec<Note>>) -> Vec<String> {
        let mut findings: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
        for (number, notes) in notes {
            for note in notes {
                findings.entry((&note.check, &note.words)).or_default().push(*number);
            }
        }
        let is_new = |told: &mut HashSet<String>, check: &str, words: &str| {
            let words: String = words.chars().filter(|c| !c.is_ascii_digit()).collect();
            told.insert(format!("{check} {words}"))
        };
        let lines =
            findings.into_iter().filter(|((check, words), _)| is_new(&mut self.told, check, words));
        lines.map(|((check, words), numbers)| wrong(check, words, &numbers)).collect()
    }
}

fn read<T: for<'de> Deserialize<'de>>(reach: &Reach, answer: Value) -> Result<T, ReachError> {
    serde_json::from_value(answer)
        .map_err(|error| ReachError::NotIt { url: reach.url.clone(), why: error.to_string() })
}

fn is_well(exchange: &Exchange) -> bool {
    matches!(&exchange.answered, Answered::Whole { status, .. } if *status < 400)
}

fn in_words(exchange: &Exchange) -> String {
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
    line
}

/// So many numbers are told; a client that is wrong is wrong often.
const NUMBERS_MAX: usize = 6;

fn wrong(check: &str, words: &str, numbers: &[u64]) -> String {
    let mut told: Vec<String> = numbers.iter().take(NUMBERS_MAX).map(u64::to_string).collect();
    if numbers.len() > NUMBERS_MAX {
        told.push(format!("and {} more", numbers.len() - NUMBERS_MAX));
    }
    let (check, words, numbers) = (shown(check), shown(words), told.join(", "));
    format!("{RED}wrong{PLAIN}  {words} {DIM}({check}; {numbers}){PLAIN}")
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
    fn a_line_says_what_happened() {
        let nothing = json!({ "kind": "nothing", "acted": true, "by": "double" });
        let line = without_colour(&in_words(&exchange("/v1", nothing)));
        assert_eq!(line, "    4  18:40:33.542  GET  /v1  no answer  0.3 ms  played cut-after-act");
    }

    #[test]
    fn a_finding_is_told_once_whatever_its_count() {
        let mut tail = Tail {
            options: Options { account: None, failed: false, from_start: true, limit: None },
            told: HashSet::new(),
            printed: 0,
        };
        let note = |words: &str| Note { check: "a".to_owned(), words: words.to_owned() };
        let notes = |words: &str, numbers: std::ops::Range<u64>| {
            numbers.map(|number| (number, vec![note(words)])).collect::<BTreeMap<u64, Vec<Note>>>()
        };
        let told = tail.new_findings(&notes("2 calls", 1..9)).join("\n");
        assert_eq!(without_colour(&told), "wrong  2 calls (a; 1, 2, 3, 4, 5, 6, and 2 more)");
        assert_eq!(tail.new_findings(&notes("3 calls", 1..10)), Vec::<String>::new());
        assert_eq!(tail.new_findings(&notes("another", 1..2)).len(), 1);
    }

    #[test]
    fn an_address_cannot_move_the_cursor() {
        let broken = json!({ "kind": "broken", "status": 200, "headers": [], "by": "client",
            "body": { "text": "", "bytes": 0, "is_cut": false } });
        let line = without_colour(&in_words(&exchange("/\u{1b}[2J", broken)));
        assert!(line.contains("/\\u{1b}[2J  200, cut"), "{line}");
        assert!(!line.contains('\u{1b}'));
    }
}
