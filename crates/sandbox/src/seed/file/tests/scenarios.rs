//! `scenarios = true`: who comes with it, and what must not be there then.

use super::{SMALL, complains, people, read};
use crate::scenario::{self, Scenario};

const ONLY: &str = "[[accounts]]\nname = \"Bad days\"\nscenarios = true\n";

#[test]
fn the_scenario_people_and_applications_come_with_one_word() {
    let seed = read(ONLY);
    let account = &seed.accounts[0];
    assert_eq!(people(&seed, 0).len(), scenario::PEOPLE);
    assert_eq!(scenario::people_of(account).len(), Scenario::PEOPLE_COUNT);
    let bad_days = scenario::faults(account);
    assert!(bad_days.len() > 10 && bad_days.iter().all(|fault| fault.flaw().is_none()));
    assert_eq!(account.applications[0].name, "Full access");
    let owner = people(&seed, 0).into_iter().find(|person| person.owner).unwrap();
    assert!(owner.email.starts_with("last-owner@") && owner.password.is_some());
}

#[test]
fn people_and_applications_of_the_file_stand_beside_them() {
    let more = "generate = 5\n[[accounts.people]]\nemail = \"bo@example.com\"\n";
    let application = "[[accounts.applications]]\nname = \"Own\"\nredirect_url = \"https://x.example/\"\nscopes = [\"get_user\"]\n";
    let seed = read(&format!("{ONLY}{more}{application}"));
    assert_eq!(people(&seed, 0).len(), scenario::PEOPLE + 5 + 1);
    assert_eq!(
        seed.accounts[0].applications[0].name, "Own",
        "its credentials are the printed ones"
    );
    let second = read(&format!("{SMALL}{ONLY}"));
    assert_eq!(people(&second, 1).len(), scenario::PEOPLE);
    assert!(scenario::faults(&second.accounts[0]).is_empty());
}

#[test]
fn what_cannot_stand_beside_them_is_told() {
    let person = |fields: &str| format!("{ONLY}[[accounts.people]]\n{fields}\n");
    complains(
        &person("email = \"Slow@scenarios.rollcall.example\""),
        "5: accounts.people.email: is the address of a scenario person",
    );
    complains(
        &person("email = \"bo@example.com\"\ngroups = [\"owners\"]"),
        "5: accounts.people.email: is an owner, and with scenarios = true",
    );
    let application = "[[accounts.applications]]\nname = \"Full access\"\nredirect_url = \"https://x.example/\"\nscopes = [\"get_user\"]\n";
    complains(
        &format!("{ONLY}{application}"),
        "4: accounts.applications: \"Full access\" is the name of a scenario application",
    );
    let id = scenario::people_of(&read(ONLY).accounts[0])["slow"].clone();
    complains(
        &person(&format!("email = \"bo@example.com\"\nid = \"{id}\"")),
        "3: accounts.scenarios: brings a person with the id on line 6 too",
    );
    complains(
        "[[accounts]]\nname = \"x\"\nscenarios = false\n",
        "1: accounts.people: an account needs",
    );
}
