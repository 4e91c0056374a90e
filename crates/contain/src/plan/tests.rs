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

fn a_plan() -> Plan {
    let mut plan = to_do(&["ann", "ben"]);
    plan.lines.extend([
        Line { number: 3, given: "x".into(), finding: Finding::Unknown },
        Line { number: 4, given: "ann".into(), finding: Finding::SameAs { line: 1 } },
        Line {
            number: 5,
            given: "twin".into(),
            finding: Finding::Ambiguous {
                people: vec![person("t1", State::Active), person("t2", State::Suspended)],
            },
        },
        Line {
            number: 6,
            given: "odd".into(),
            finding: Finding::LeftAlone {
                person: person("odd", State::Other("X".into())),
                why: LeftAlone::NoWayBack { before: State::Other("X".into()) },
            },
        },
    ]);
    plan
}

#[test]
fn a_file_gives_the_plan_back() {
    let plan = a_plan();
    let file = plan.to_file();
    assert_eq!(Plan::from_file(&file).unwrap(), plan);
    assert_eq!(plan.to_file(), file, "the same bytes each time");
    assert_eq!(
        plan.findings(),
        Findings {
            to_do: 2,
            same_as: 1,
            unknown: 1,
            ambiguous: 1,
            left_alone: 1,
            ..Findings::default()
        }
    );
    let spread = String::from_utf8(file).unwrap().replace('\n', "\n ");
    assert_eq!(Plan::from_file(spread.as_bytes()).unwrap(), plan, "spaces say nothing");
}

/// Each text, number and word of the file, changed alone.
#[test]
fn no_value_can_be_edited() {
    let plan = a_plan();
    let file = String::from_utf8(plan.to_file()).unwrap();
    let mut tried = 0;
    for (index, line) in file.lines().enumerate() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let bare = value.trim_end_matches(',');
        let other = match bare {
            "null" => "\"x\"".to_owned(),
            text if text.starts_with('"') => format!("{}x\"", text.trim_end_matches('"')),
            number if number.parse::<u64>().is_ok() => format!("{number}0"),
            _ => continue,
        };
        let edited: Vec<String> = file
            .lines()
            .enumerate()
            .map(|(at, line)| {
                if at == index {
                    format!("{name}: {}", value.replacen(bare, &other, 1))
                } else {
                    line.to_owned()
                }
            })
            .collect();
        let read = Plan::from_file(edited.join("\n").as_bytes());
        assert!(read.is_err(), "{line} became {other}");
        tried += 1;
    }
    assert!(tried > 30, "{tried} values");
}

#[test]
fn an_edit_is_told_as_one() {
    let file = String::from_utf8(to_do(&["ann", "ben"]).to_file()).unwrap();
    let edited = file.replace("\"BEN\"", "\"EVE\"");
    assert!(matches!(Plan::from_file(edited.as_bytes()), Err(PlanError::Edited { .. })));
    let later = file.replace("\"version\": 1,", "\"version\": 2,");
    assert!(matches!(Plan::from_file(later.as_bytes()), Err(PlanError::OtherVersion { found: 2 })));
}

#[test]
fn what_no_plan_has_is_refused() {
    let plan = to_do(&["ann"]);
    let file = String::from_utf8(plan.to_file()).unwrap();
    let more = [
        file.replace("\"version\": 1,", "\"version\": 1, \"also\": true,"),
        file.replace("\"number\": 1,", "\"number\": 1, \"also\": true,"),
        file.replace("\"finding\": \"to_do\",", "\"finding\": \"to_do\", \"also\": 1,"),
        file.replace("\"undoes\": null,", ""),
        file.replace("\"digest\"", "\"digets\""),
        file.replace("sha256:", "sha512:"),
        "[]".to_owned(),
        "{}".to_owned(),
        "email\nann@example.com\n".to_owned(),
        String::new(),
        file[..file.len() / 2].to_owned(),
    ];
    for text in more {
        assert!(matches!(Plan::from_file(text.as_bytes()), Err(PlanError::NotAPlan(_))), "{text}");
    }
}

/// A digest is no signature: whoever can make one can make a plan. Even so it leads nowhere else
/// than into the folder of runs, and hits nobody twice.
#[test]
fn a_plan_that_was_forged_does_no_more_than_a_plan_may() {
    let mut plan = to_do(&["ann"]);
    plan.run = "../../elsewhere".to_owned();
    assert!(matches!(Plan::from_file(&plan.to_file()), Err(PlanError::NotAPlan(_))));
    let plan = to_do(&["ann", "ann"]);
    assert!(matches!(Plan::from_file(&plan.to_file()), Err(PlanError::NotAPlan(_))));
}

#[test]
fn a_plan_holds_in_one_place() {
    let plan = to_do(&["ann"]);
    plan.holds_for("https://api.example.com/", "ACCOUNT").unwrap();
    for (url, account) in [
        ("https://api.example.com", "account"),
        ("https://api.example.org", "ACCOUNT"),
        ("http://api.example.com", "ACCOUNT"),
    ] {
        let refused = plan.holds_for(url, account);
        assert!(matches!(refused, Err(PlanError::OtherPlace { .. })), "{url} {account}");
    }
}

#[test]
fn a_name_says_when_and_what_for_and_is_its_own() {
    let one = to_do(&["ann"]);
    let other = to_do(&["ben"]);
    assert!(one.run.starts_with("2026-11-26-inc-4711-"), "{}", one.run);
    assert!(is_run_name(&one.run));
    assert_ne!(one.run, other.run);
    assert_eq!(one.run, to_do(&["ann"]).run);
}

#[test]
fn a_hundred_thousand_lines_are_one_plan() {
    let names: Vec<String> = (0..100_000).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = to_do(&names);
    assert_eq!(Plan::from_file(&plan.to_file()).unwrap(), plan);
}
