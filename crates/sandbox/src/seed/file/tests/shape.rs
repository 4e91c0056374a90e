//! Complaints about a file's shape: syntax, keys, types, and what is missing.

use super::{SMALL, complains, complaint, read, small_and, small_with};

#[test]
fn a_complaint_reads_like_this() {
    let text = small_with("ada.lovelace@example.com", "ada.lovelace");
    assert_eq!(
        complaint(&text),
        "team.toml:5: accounts.people.email: \"ada.lovelace\" is not an address; write it like ada@rollcall.example"
    );
}

#[test]
fn what_is_not_toml() {
    complains(
        &small_with("\"Small\"", "Small"),
        "2: name: column 8: not TOML: string values must be quoted, expected literal string",
    );
    complains(
        &small_with("\"Small\"", "\"Small\"\nname = \"Two\""),
        "3: name: column 1: not TOML: duplicate key",
    );
    complains(&small_with("[[accounts.people]]", "[[accounts.people]"), "4: syntax: column ");
}

#[test]
fn unknown_keys_are_named_with_the_known_ones() {
    complains(
        &format!("{SMALL}\n[extra]\n"),
        "13: extra: there is no such key; known here: accounts",
    );
    complains(
        &small_with("\"Small\"", "\"Small\"\nplna = \"other\""),
        "3: accounts.plna: there is no such key; known here: name, id, plan",
    );
    complains("\"\" = ''", "1: \"\": there is no such key; known here: accounts");
    complains(&small_with("groups =", "group ="), "6: accounts.people.group: there is no such key");
    complains(
        &small_and("secret = \"abc\""),
        "12: accounts.applications.secret: there is no such key",
    );
    complains(&small_and("\"a\\u001Bb\" = 1"), "12: accounts.applications.a\\u{1b}b: there is");
}

#[test]
fn wrong_types() {
    complains(
        "accounts = 3",
        "1: accounts: is of type integer; write tables of their own, each under [[accounts]]",
    );
    complains("accounts = [3]", "1: accounts: is of type integer; write tables");
    complains(
        &small_with("\"Small\"", "7"),
        "2: accounts.name: is of type integer; write text in quotes",
    );
    complains(
        &small_with("[\"owners\"]", "\"owners\""),
        "6: accounts.people.groups: is of type string; write a list",
    );
    complains(
        &small_with("[\"owners\"]", "[\n  \"owners\",\n  1,\n]"),
        "8: accounts.people.groups: is of type integer",
    );
    complains(
        &small_and("secrets = \"2\""),
        "12: accounts.applications.secrets: is of type string; write a whole number",
    );
    complains(
        &small_with("\"Small\"", "\"Small\"\nautomated_provisioning = 1"),
        "3: accounts.automated_provisioning: is of type integer; write true or false",
    );
    complains(
        &small_with("groups", "create_time = \"2024\"\ngroups"),
        "6: accounts.people.create_time: is of type string; write a date",
    );
}

#[test]
fn what_is_missing() {
    complains("", "1: accounts: a seed needs at least one account; begin with [[accounts]]");
    complains(
        &small_with("name = \"Small\"\n", ""),
        "1: accounts.name: is missing; add for example name = ",
    );
    complains(
        &small_with("email = \"ada.lovelace@example.com\"\n", ""),
        "4: accounts.people.email: is missing",
    );
    complains(&small_with("name = \"Watch\"\n", ""), "8: accounts.applications.name: is missing");
    complains(
        &small_with("redirect_url = \"https://localhost.example/callback\"\n", ""),
        "8: accounts.applications.redirect_url: is missing",
    );
    complains(
        &small_with("scopes = [\"list_users\"]\n", ""),
        "8: accounts.applications.scopes: an application needs at least one scope",
    );
}

#[test]
fn an_account_without_an_active_owner() {
    let problem = "1: accounts.people: an account needs at least one active owner; add a person with groups = [\"owners\"]";
    complains(&small_with("groups = [\"owners\"]\n", ""), problem);
    complains(&small_with("groups", "state = \"suspended\"\ngroups"), problem);
    complains(
        &small_and("\n[[accounts]]\nname = \"Empty\"\n"),
        "13: accounts.people: an account needs",
    );
}

#[test]
fn a_first_account_without_an_application() {
    let (without, _) = SMALL.split_once("[[accounts.applications]]").unwrap();
    complains(
        without,
        "1: accounts.applications: the first account needs at least one application",
    );
    let second = "\n[[accounts]]\nname = \"Two\"\n[[accounts.people]]\nemail = \"a@example.com\"\ngroups = [\"owners\"]\n";
    assert!(read(&small_and(second)).accounts[1].applications.is_empty());
}

#[test]
fn tables_that_are_written_in_one_line_are_held_to_the_same() {
    complains(
        r#"accounts = [{ name = "One", people = [{ email = "a@example.com", groups = ["owner"] }] }]"#,
        "1: accounts.people.groups: \"owner\" is not a group",
    );
}
