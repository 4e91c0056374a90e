//! What a plan says, in words: each kind of finding with its people, what wants a look at the end.

use rollcall_contain::plan::{Finding, Findings, Line, Person, Plan};
use rollcall_contain::report::left_alone;
use rollcall_sdk::Act;

use super::table;
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
    let mut text = format!(
        "{} in account {} at {}\nreason: {}\n",
        heading(plan.act, plan.findings().to_do),
        shown(&plan.account),
        shown(&plan.base_url),
        shown(&plan.reason),
    );
    if let Some(ticket) = &plan.ticket {
        text.push_str(&format!("ticket: {}\n", shown(ticket)));
    }
    if let Some(run) = &plan.undoes {
        text.push_str(&format!("takes back: {}\n", shown(run)));
    }
    let act = plan.act;
    section(&mut text, &format!("to {act}"), plan, |line| match &line.finding {
        Finding::ToDo { person } => Some(of_person(person)),
        _ => None,
    });
    section(&mut text, &format!("{} already", state_after(act)), plan, |line| match &line.finding {
        Finding::Already { person } => Some(of_person(person)),
        _ => None,
    });
    section(&mut text, "the same as another line", plan, |line| match line.finding {
        Finding::SameAs { line: other } => Some(of_line(line, &format!("is line {other}"))),
        _ => None,
    });
    section(&mut text, "left alone", plan, |line| match &line.finding {
        Finding::LeftAlone { person, why } => {
            Some([of_person(person), vec![left_alone(why)]].concat())
        }
        _ => None,
    });
    section(&mut text, "protected: nothing is done", plan, |line| match &line.finding {
        Finding::Protected { person } => Some(of_person(person)),
        _ => None,
    });
    section(&mut text, "ambiguous: several people, so nothing is done", plan, |line| {
        match &line.finding {
            Finding::Ambiguous { people } => {
                let ids: Vec<_> = people.iter().map(|person| person.id.as_str()).collect();
                Some(of_line(line, &format!("is {}", ids.join(" and "))))
            }
            _ => None,
        }
    });
    section(&mut text, "unknown: nobody here has this address, ID or path", plan, |line| match line
        .finding
    {
        Finding::Unknown => Some(of_line(line, "")),
        _ => None,
    });
    text.push('\n');
    text.push_str(&sums_in_words(plan));
    text
}

/// What nobody finds is no section.
fn section(
    text: &mut String,
    heading: &str,
    plan: &Plan,
    of: impl Fn(&Line) -> Option<Vec<String>>,
) {
    let rows: Vec<_> = plan.lines.iter().filter_map(of).collect();
    if rows.is_empty() {
        return;
    }
    text.push_str(&format!("\n{heading} ({})\n", rows.len()));
    text.push_str(&indented(&table::columns(&[], rows)));
    text.push('\n');
}

fn of_person(person: &Person) -> Vec<String> {
    vec![person.email.clone(), person.display_name.clone(), person.id.clone()]
}

fn of_line(line: &Line, words: &str) -> Vec<String> {
    vec![format!("line {}", line.number), line.given.clone(), words.to_owned()]
}

fn indented(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

const NAMED_MAX: usize = 20;

/// Whom it is about, for the question: everybody, or the first of many.
pub fn named(people: &[&Person], where_all_are: &str) -> String {
    let rows = people.iter().take(NAMED_MAX).map(|person| of_person(person));
    let mut text = indented(&table::columns(&[], rows));
    if people.len() > NAMED_MAX {
        let more = people.len() - NAMED_MAX;
        text.push_str(&format!("\n  … and {more} more: {where_all_are} has all of them"));
    }
    text
}
