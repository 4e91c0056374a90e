//! A plan's file says what the plan says, and nothing else is taken for it.

use super::*;

pub(crate) fn person(name: &str, state: State) -> Person {
    Person {
        id: name.to_uppercase(),
        email: format!("{name}@example.com"),
        display_name: name.to_owned(),
        state,
    }
}

pub(crate) fn to_do(names: &[&str]) -> Plan {
    let line = |(index, name): (usize, &&str)| Line {
        number: index as u64 + 1,
        given: format!("{name}@example.com"),
        finding: Finding::ToDo { person: person(name, State::Active) },
    };
    of_lines(names.iter().enumerate().map(line).collect())
}

pub(crate) fn of_lines(lines: Vec<Line>) -> Plan {
    Plan::new(Making {
        act: Act::Suspend,
        made_at: "2026-11-26T03:00:00Z".parse().unwrap(),
        base_url: "https://api.example.com".to_owned(),
        account: "ACCOUNT".to_owned(),
        reason: "Stolen laptops".to_owned(),
        ticket: Some("INC-4711".to_owned()),
        undoes: None,
        lines,
    })
}
