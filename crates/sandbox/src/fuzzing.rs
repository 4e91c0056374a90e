//! What must hold of any seed file: it is read or complained of, by file, line and field; what is
//! read is a directory that can be, prints to a file that reads the same, and is the same each
//! time. The fuzz target feeds this, and so do the tests below; a failure is a panic.

use std::collections::HashSet;
use std::fmt::Write as _;

use data_encoding::BASE32_NOPAD;

use crate::faults::Fault;
use crate::scenario::{PEOPLE, Scenario};
use crate::seed::{Plan, Seed, SeedAccount, SeedApplication, SeedFileError, SeedPerson};
use crate::source::Source;

const NUMBER: u64 = 7;
/// Beyond this many generated people a file is not looked at: it is slow, and no other way.
const GENERATED_MAX: usize = 2_000;

pub fn seed_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if generates_many(text) {
        return;
    }
    match Seed::from_toml(text, "seed.toml", NUMBER) {
        Ok(seed) => can_be(text, &seed),
        Err(error) => is_a_complaint(text, &error),
    }
}

fn generates_many(text: &str) -> bool {
    let Ok(table) = text.parse::<toml::Table>() else { return false };
    let accounts = table.get("accounts").and_then(|accounts| accounts.as_array());
    let generated = accounts.into_iter().flatten().filter_map(|account| account.get("generate"));
    let many = i64::try_from(GENERATED_MAX).expect("a small number");
    generated.filter_map(toml::Value::as_integer).any(|count| count > many)
}

/// On a terminal it is one line, and it names a line that is there.
fn is_a_complaint(text: &str, error: &SeedFileError) {
    let said = error.to_string();
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let obeyed = |letter: char| letter.is_control() || turns(letter);
    assert!(!said.chars().any(obeyed), "a terminal would obey: {said:?}");
    match error {
        SeedFileError::Wrong { line, field, problem, .. } => {
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            assert!((1..=lines).contains(line), "line {line} of {lines}: {said}");
            assert!(!field.is_empty() && !problem.is_empty(), "{said}");
        }
        SeedFileError::Unreadable { .. } | SeedFileError::TooLarge { .. } => {
            panic!("text is neither unreadable nor too large: {said}")
        }
    }
}

fn can_be(text: &str, seed: &Seed) {
    let mut ids = HashSet::new();
    let mut clients = HashSet::new();
    for account in &seed.accounts {
        let people: Vec<SeedPerson> = account.people.iter().collect();
        assert!(people.iter().any(|person| person.owner && !person.suspended), "no active owner");
        let addresses: HashSet<String> =
            people.iter().map(|person| person.email.to_lowercase()).collect();
        assert_eq!(addresses.len(), people.len(), "an address twice in an account");
        assert!(people.iter().all(|person| ids.insert(person.id)), "a person's id twice");
        let names: HashSet<&str> =
            account.applications.iter().map(|application| application.name.as_str()).collect();
        assert_eq!(names.len(), account.applications.len(), "an application's name twice");
        for application in &account.applications {
            assert!(clients.insert(application.client_id), "a client id twice");
            assert!((1..=2).contains(&application.secret_bytes.len()));
            assert!(!application.scopes.is_empty());
        }
    }
    let accounts: HashSet<[u8; 16]> = seed.accounts.iter().map(|account| account.id).collect();
    assert_eq!(accounts.len(), seed.accounts.len(), "an account's id twice");
    let passwords = |account: &SeedAccount| {
        account.people.iter().filter(|person| person.password.is_some()).count()
    };
    assert_eq!(seed.accounts.iter().map(passwords).sum::<usize>(), 1, "one password is printed");
    assert!(!seed.accounts[0].applications.is_empty(), "nothing to print");

    let source =
        Source::File { number: NUMBER, name: "seed.toml".to_owned(), text: text.to_owned() };
    let kept = Source::from_words(&source.to_words()).expect("what is kept is read");
    assert_eq!(kept.seed().expect("it was read before"), *seed, "another seed from the store");
    let printed = print(seed);
    match Seed::from_toml(&printed, "printed.toml", NUMBER) {
        Ok(again) => assert_eq!(again, *seed, "it reads as another seed:\n{printed}"),
        Err(error) => panic!("what was printed is not read: {error}\n{printed}"),
    }
}

/// Everything written out that a file may leave to be made.
fn print(seed: &Seed) -> String {
    let mut out = String::new();
    for account in &seed.accounts {
        let listed = listed(account);
        let plain = if account.scenarios { PEOPLE - Scenario::PEOPLE_COUNT } else { 0 };
        let plan = match account.plan {
            Plan::Business => "business",
            Plan::Other => "other",
        };
        writeln!(
            out,
            "[[accounts]]\nid = \"{}\"\nname = {}\nplan = \"{plan}\"\nautomated_provisioning = {}\ngenerate = {}\n\
             scenarios = {}",
            BASE32_NOPAD.encode(&account.id),
            quoted(&account.name),
            account.provisioning_automated,
            account.people.len() - account.people.listed().len() - plain,
            account.scenarios,
        )
        .expect("a string takes it");
        listed.iter().for_each(|person| print_person(&mut out, person));
        applications(account).for_each(|application| print_application(&mut out, application));
    }
    seed.faults.iter().for_each(|fault| print_fault(&mut out, fault));
    out
}

/// The people that the file itself names: the generated ones come after them, and have no more; those
/// of the scenarios come by one word.
fn listed(account: &SeedAccount) -> Vec<SeedPerson> {
    let of_scenarios =
        |email: &str| Scenario::people().any(|one| one.email().as_deref() == Some(email));
    let mut listed = account.people.listed().to_vec();
    listed.retain(|person| !(account.scenarios && of_scenarios(&person.email)));
    listed
}

fn applications(account: &SeedAccount) -> impl Iterator<Item = &SeedApplication> {
    let of_scenarios = |name: &str| Scenario::applications().any(|one| one.name() == name);
    account.applications.iter().filter(move |one| !(account.scenarios && of_scenarios(&one.name)))
}

/// As the control API has it, which is the same in TOML.
fn print_fault(out: &mut String, fault: &Fault) {
    let table = toml::Table::try_from(fault).expect("plain data becomes TOML");
    let fields: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    writeln!(out, "[[faults]]\n{}", fields.join("\n")).expect("a string takes it");
}

fn print_person(out: &mut String, person: &SeedPerson) {
    let groups = [
        (person.owner, "owners"),
        (person.administrator, "administrators"),
        (person.security, "security"),
    ];
    let groups: Vec<String> =
        groups.iter().filter(|(is, _)| *is).map(|(_, name)| quoted(name)).collect();
    let created = jiff::Timestamp::from_second(person.create_time_seconds).expect("it was a time");
    writeln!(
        out,
        "[[accounts.people]]\nid = \"{}\"\nemail = {}\ndisplay_name = {}\ngroups = [{}]\nstate = \"{}\"\n\
         externally_managed = {}\ncreate_time = {created}",
        BASE32_NOPAD.encode(&person.id),
        quoted(&person.email),
        quoted(&person.display_name),
        groups.join(", "),
        if person.suspended { "suspended" } else { "active" },
        person.externally_managed,
    )
    .expect("a string takes it");
}

fn print_application(out: &mut String, application: &SeedApplication) {
    let scopes: Vec<String> =
        application.scopes.iter().map(|scope| quoted(scope.as_str())).collect();
    writeln!(
        out,
        "[[accounts.applications]]\nname = {}\ndescription = {}\nredirect_url = {}\nscopes = [{}]\nsecrets = {}\n\
         client_id = \"{}\"",
        quoted(&application.name),
        quoted(&application.description),
        quoted(&application.redirect_url),
        scopes.join(", "),
        application.secret_bytes.len(),
        uuid::Uuid::from_bytes(application.client_id),
    )
    .expect("a string takes it");
}

/// As TOML writes text, by the library that reads it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../examples/seed.toml");

    #[test]
    fn the_example_reads_as_it_prints() {
        seed_file(EXAMPLE.as_bytes());
    }

    /// Each line left out, doubled, cut in its middle, and with each other's value.
    #[test]
    fn the_example_with_a_line_changed_is_read_or_complained_of() {
        let lines: Vec<&str> = EXAMPLE.lines().collect();
        let file = |changed: usize, into: &str| {
            let with = |(at, line): (usize, &&str)| {
                if at == changed { into.to_owned() } else { (*line).to_owned() }
            };
            lines.iter().enumerate().map(with).collect::<Vec<_>>().join("\n")
        };
        for (at, line) in lines.iter().enumerate() {
            let half: String = line.chars().take(line.chars().count() / 2).collect();
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            let no_text = format!("{key}= 1979-05-27T07:32:00Z");
            let longer = format!("{key}= {}{value}", "\"\u{202e}\u{1b}\" #");
            for changed in ["", &format!("{line}\n{line}"), &half, &no_text, &longer] {
                seed_file(file(at, changed).as_bytes());
            }
        }
    }
}
