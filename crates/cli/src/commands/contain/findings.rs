//! What a plan says, in words: each kind of finding with its people, what wants a look at the end.

use comfy_table::Cell;
use rollcall_contain::plan::{Finding, Findings, Line, Person, Plan};
use rollcall_contain::report::left_alone;
use rollcall_sdk::Act;

use super::table::{self, text};
use crate::shown::shown;

/// Lines of which nobody can say who is meant.
pub const fn unresolved(sums: &Findings) -> usize {
    sums.unknown + sums.ambiguous
}

/// `40 lines: 35 to suspend, 2 suspended already, 3 unknown`
fn sums_in_words(plan: &Plan) -> String {
    let (sums, act) = (plan.findings(), plan.act);
    let kinds = [
        (sums.to_do, format!("to {act}")),
        (sums.already, format!("{} already", state_after(act))),
        (sums.same_as, "the same as another line".to_owned()),
        (sums.left_alone, "left alone".to_owned()),
        (sums.protected, "protected".to_owned()),
        (sums.ambiguous, "ambiguous".to_owned()),
        (sums.unknown, "unknown".to_owned()),
    ];
    let told = kinds.iter().enumerate().filter(|(place, (count, _))| *place == 0 || *count > 0);
    let told: Vec<_> = told.map(|(_, (count, words))| format!("{count} {words}")).collect();
    format!("{}: {}", counted(plan.lines.len(), "line", "lines"), told.join(", "))
}

/// `1 person`, `38 people`.
pub fn people(count: usize) -> String {
    counted(count, "person", "people")
}

pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What somebody is once the act is done.
pub const fn state_after(act: Act) -> &'static str {
    match act {
        Act::Suspend => "suspended",
        Act::Reactivate => "active",
    }
}

pub const fn done_word(act: Act) -> &'static str {
    match act {
        Act::Suspend => "suspended",
        Act::Reactivate => "reactivated",
    }
}

/// `Suspend 38 people`
pub fn heading(act: Act, count: usize) -> String {
    let verb = match act {
        Act::Suspend => "Suspend",
        Act::Reactivate => "Reactivate",
    };
    format!("{verb} {}", people(count))
}

/// All of it.
pub fn words(plan: &Plan) -> String {
    let mut words = head(plan);
    let act = plan.act;
    for (heading, wants_a_look, of) in [
        (format!("to {act}"), false, to_do as fn(&Line) -> Option<Vec<Cell>>),
        (format!("{} already", state_after(act)), false, already),
        ("the same as another line".to_owned(), false, same),
        ("left alone".to_owned(), false, left),
        ("protected: nothing is done".to_owned(), true, protected),
        ("ambiguous: several people, so nothing is done".to_owned(), true, ambiguous),
        ("unknown: nobody here has this address, ID or path".to_owned(), true, unknown),
    ] {
        let rows: Vec<_> = plan.lines.iter().filter_map(of).collect();
        // What nobody is, is no section.
        if rows.is_empty() {
            continue;
        }
        let colour = if wants_a_look { YELLOW } else { "" };
        words.push_str(&format!(
            "\n{BOLD}{colour}{heading} ({}){PLAIN}\n{}\n",
            rows.len(),
            indented(&table::columns(&[], rows)),
        ));
    }
    words.push('\n');
    words.push_str(&sums_in_words(plan));
    words
}

// Taken out where the output is no terminal, or nobody wants colour.
const BOLD: &str = "\u{1b}[1m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// What, to how many, where and why.
fn head(plan: &Plan) -> String {
    let mut head = format!("{}\n", what_and_why(plan, plan.findings().to_do));
    if let Some(ticket) = &plan.ticket {
        head.push_str(&format!("ticket: {}\n", shown(ticket)));
    }
    if let Some(run) = &plan.undoes {
        head.push_str(&format!("takes back: {}\n", shown(run)));
    }
    head
}

pub fn what_and_why(plan: &Plan, count: usize) -> String {
    format!(
        "{BOLD}{}{PLAIN} in account {} at {}\nreason: {}",
        heading(plan.act, count),
        shown(&plan.account),
        shown(&plan.base_url),
        shown(&plan.reason),
    )
}

fn to_do(line: &Line) -> Option<Vec<Cell>> {
    match &line.finding {
        Finding::ToDo { person } => Some(of_person(person)),
        _ => None,
    }
}

fn already(line: &Line) -> Option<Vec<Cell>> {
    match &line.finding {
        Finding::Already { person } => Some(of_person(person)),
        _ => None,
    }
}

fn same(line: &Line) -> Option<Vec<Cell>> {
    match line.finding {
        Finding::SameAs { line: other } => Some(of_line(line, &format!("is line {other}"))),
        _ => None,
    }
}

fn left(line: &Line) -> Option<Vec<Cell>> {
    match &line.finding {
        Finding::LeftAlone { person, why } => {
            Some([of_person(person), vec![text(left_alone(why))]].concat())
        }
        _ => None,
    }
}

fn protected(line: &Line) -> Option<Vec<Cell>> {
    match &line.finding {
        Finding::Protected { person } => Some(of_person(person)),
        _ => None,
    }
}

fn ambiguous(line: &Line) -> Option<Vec<Cell>> {
    match &line.finding {
        Finding::Ambiguous { people } => {
            let ids: Vec<_> = people.iter().map(|person| person.id.as_str()).collect();
            Some(of_line(line, &format!("is {}", ids.join(" or "))))
        }
        _ => None,
    }
}

fn unknown(line: &Line) -> Option<Vec<Cell>> {
    match line.finding {
        Finding::Unknown => Some(of_line(line, "")),
        _ => None,
    }
}

fn of_person(person: &Person) -> Vec<Cell> {
    [&person.email, &person.display_name, &person.id].map(text).into()
}

fn of_line(line: &Line, words: &str) -> Vec<Cell> {
    [&format!("line {}", line.number), line.given.as_str(), words].map(text).into()
}

fn indented(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

const NAMED_MAX: usize = 20;

/// Whom it is about, for the question: everybody, or the first of many.
pub fn named(people: &[&Person], where_all_are: &str) -> String {
    let rows = people.iter().take(NAMED_MAX).map(|person| of_person(person));
    let mut words = indented(&table::columns(&[], rows));
    if people.len() > NAMED_MAX {
        let more = people.len() - NAMED_MAX;
        words.push_str(&format!("\n  … and {more} more: {where_all_are} has all of them"));
    }
    words
}
