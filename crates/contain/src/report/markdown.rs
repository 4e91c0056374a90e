//! The report for a ticket. Text from outside is escaped: a person called `| <script>` breaks no
//! table and runs nowhere.

use std::fmt::Write as _;

use rollcall_sdk::Act;

use super::{Came, Report, Row, RunStanding};
use crate::shown::shown;

impl Report {
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        // Writing to text does not fail.
        let _ = self.write_head(&mut text);
        let _ = self.write_sums(&mut text);
        let touched = |row: &&Row| row.outcome != Came::NotPlanned;
        let (planned, others): (Vec<&Row>, Vec<&Row>) = self.rows.iter().partition(touched);
        let _ = write_people(&mut text, &planned);
        let _ = write_others(&mut text, &others);
        text
    }

    fn write_head(&self, text: &mut String) -> std::fmt::Result {
        let verb = match self.act {
            Act::Suspend => "Suspended",
            Act::Reactivate => "Reactivated",
        };
        writeln!(text, "# {verb} people: run {}\n", escaped(&self.run))?;
        let mut fact = |name: &str, value: &str| writeln!(text, "* **{name}:** {}", escaped(value));
        fact("Why", &self.reason)?;
        if let Some(ticket) = &self.ticket {
            fact("Ticket", ticket)?;
        }
        if let Some(undoes) = &self.undoes {
            fact("Takes back", undoes)?;
        }
        fact("Account", &format!("{} at {}", self.account, self.base_url))?;
        fact("Planned", &self.made_at)?;
        if let (Some(started), Some(last)) = (self.started, self.last) {
            let seconds = last.duration_since(started).as_secs_f64();
            let times = match self.applies {
                1 => String::new(),
                more => format!(", in {more} goes"),
            };
            fact("Applied", &format!("{started} to {last} ({seconds:.1} s{times})"))?;
        }
        let standing = match self.standing {
            RunStanding::NotStarted => "not applied yet",
            RunStanding::Open => "open: being applied, or cut off",
            RunStanding::Stopped => "stopped with something left to do",
            RunStanding::Finished => "finished",
        };
        fact("State of the run", standing)
    }

    fn write_sums(&self, text: &mut String) -> std::fmt::Result {
        let sums = &self.sums;
        writeln!(
            text,
            "\n| Planned | Done | Already so | Refused | Not done | Not known | Open |"
        )?;
        writeln!(text, "|--:|--:|--:|--:|--:|--:|--:|")?;
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            sums.planned,
            sums.done,
            sums.already,
            sums.refused,
            sums.not_done,
            sums.unknown,
            sums.open
        )
    }
}

fn write_people(text: &mut String, rows: &[&Row]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n## People\n")?;
    writeln!(text, "| Line | Person | ID | Before | Outcome | At | Why not |")?;
    writeln!(text, "|--:|---|---|---|---|---|---|")?;
    for row in rows {
        let before = row.before.as_ref().map(ToString::to_string).unwrap_or_default();
        let at = row.at.map(|at| at.to_string()).unwrap_or_default();
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.line,
            person(row),
            escaped(row.id.as_deref().unwrap_or_default()),
            escaped(&before),
            outcome(row),
            at,
            why_not(row),
        )?;
    }
    Ok(())
}

fn write_others(text: &mut String, rows: &[&Row]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n## Lines on which nothing was to be done\n")?;
    writeln!(text, "| Line | Given | Person | Finding | Note |")?;
    writeln!(text, "|--:|---|---|---|---|")?;
    for row in rows {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            row.line,
            escaped(&row.given),
            person(row),
            row.finding.replace('_', " "),
            escaped(row.note.as_deref().unwrap_or_default()),
        )?;
    }
    Ok(())
}

fn person(row: &Row) -> String {
    let name = row.display_name.as_deref().unwrap_or_default();
    let email = row.email.as_deref().unwrap_or_default();
    match (name, email) {
        ("", email) => escaped(email),
        (name, "") => escaped(name),
        (name, email) => format!("{}, {}", escaped(name), escaped(email)),
    }
}

fn outcome(row: &Row) -> String {
    let words = row.outcome.as_str().replace('_', " ");
    match row.sure {
        None | Some(crate::journal::Sure::Answered) => words,
        Some(sure) => format!("{words} ({})", sure.as_str().replace('_', " ")),
    }
}

fn why_not(row: &Row) -> String {
    let Some(issue) = &row.issue else { return String::new() };
    let mut words = match issue.status {
        Some(status) => format!("{status} {}", escaped(&issue.message)),
        None => escaped(&issue.message),
    };
    if let Some(id) = &issue.request_id {
        let _ = write!(words, " (request {})", escaped(id));
    }
    words
}

/// Shown as it is written, wherever Markdown is made into something else.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::new();
    let mut before = ' ';
    for c in shown(text).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            // At the beginning of a word it calls people in many trackers; in an address it does not.
            '@' if !before.is_alphanumeric() => safe.push_str("\\@"),
            _ => safe.push(c),
        }
        before = c;
    }
    safe
}
