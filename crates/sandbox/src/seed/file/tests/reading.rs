//! Seed files that are read, and what they give.

use std::collections::HashSet;

use super::{SMALL, people, read, small_and, small_with};
use crate::seed::{FILE_BYTES_MAX, Plan, Scope, Seed, SeedFileError};

const EXAMPLE: &str = include_str!("../../../../../../examples/seed.toml");
const REFERENCE: &str = include_str!("../../../../../../docs/reference/seed-file.md");

#[test]
fn what_is_left_out_has_its_default() {
    let seed = read(SMALL);
    let account = &seed.accounts[0];
    assert_eq!((account.name.as_str(), account.plan), ("Small", Plan::Business));
    assert!(!account.provisioning_automated);
    let ada = &people(&seed, 0)[0];
    assert_eq!(ada.display_name, "Ada Lovelace");
    assert!(
        ada.owner
            && !ada.suspended
            && !ada.administrator
            && !ada.security
            && !ada.externally_managed
    );
    assert!(ada.password.is_some());
    assert_eq!(ada.create_time_seconds, 1_705_309_200);
    assert_eq!(account.applications[0].secret_bytes.len(), 1);
    assert_eq!(account.applications[0].scopes, [Scope::ListUsers]);
}

#[test]
fn everything_that_is_written_is_read() {
    let more = r#"
secrets = 2
client_id = "0F8FAD5B-D9CB-469F-A165-70867728950E"
description = "Looks"

[[accounts.people]]
email = "Bo@example.com"
display_name = "Bo"
groups = ["administrators", "security"]
state = "suspended"
externally_managed = true
create_time = 2024-05-01T11:30:00+02:00
id = "AAAAAAAAAAAAAAAAAAAAAAAAAE"
"#;
    let seed = read(
        &small_and(more)
            .replace("\"Small\"", "\"Small\"\nplan = \"other\"\nautomated_provisioning = true"),
    );
    assert!(seed.accounts[0].provisioning_automated);
    assert_eq!(seed.accounts[0].plan, Plan::Other);
    let bo = &people(&seed, 0)[1];
    assert_eq!((bo.email.as_str(), bo.display_name.as_str()), ("Bo@example.com", "Bo"));
    assert!(bo.administrator && bo.security && bo.suspended && bo.externally_managed && !bo.owner);
    assert_eq!(bo.create_time_seconds, 1_714_555_800);
    assert_eq!(bo.id, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(bo.password, None);
    let application = &seed.accounts[0].applications[0];
    assert_eq!(application.client_id[..4], [0x0f, 0x8f, 0xad, 0x5b]);
    assert_eq!(application.description, "Looks");
    assert_eq!(application.secret_ids.len(), 2);
    assert_ne!(application.secret_bytes[0], application.secret_bytes[1]);
}

#[test]
fn the_example_in_the_repository_is_read() {
    let seed = read(EXAMPLE);
    assert_eq!(seed.accounts.len(), 2);
    assert!(seed.accounts.iter().all(|account| account.people.iter().any(|person| person.owner)));
    assert!(
        seed.accounts.iter().any(|account| account.people.len() > 20),
        "one account generates people"
    );
    let passwords = (0..2)
        .flat_map(|account| people(&seed, account))
        .filter(|person| person.password.is_some());
    assert_eq!(passwords.count(), 1);
}

#[test]
fn the_example_in_the_reference_is_read_and_every_key_is_described() {
    let (_, rest) = REFERENCE.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    read(example);
    for key in [
        "name",
        "id",
        "plan",
        "automated_provisioning",
        "generate",
        "email",
        "display_name",
        "groups",
        "state",
        "externally_managed",
        "create_time",
        "description",
        "redirect_url",
        "scopes",
        "secrets",
        "client_id",
    ] {
        assert!(REFERENCE.contains(&format!("| `{key}` |")), "{key} is not in the reference");
    }
}

#[test]
fn the_same_number_gives_the_same_and_another_gives_other_ids_and_secrets() {
    assert_eq!(read(EXAMPLE), read(EXAMPLE));
    let (one, two) = (read(SMALL), Seed::from_toml(SMALL, "team.toml", 2).unwrap());
    assert_ne!(one.accounts[0].id, two.accounts[0].id);
    assert_ne!(people(&one, 0)[0].id, people(&two, 0)[0].id);
    assert_ne!(people(&one, 0)[0].password, people(&two, 0)[0].password);
    assert_ne!(
        one.accounts[0].applications[0].secret_bytes,
        two.accounts[0].applications[0].secret_bytes
    );
    assert_ne!(
        one.accounts[0].applications[0].client_id,
        two.accounts[0].applications[0].client_id
    );
}

#[test]
fn adding_somebody_above_shifts_nobodys_id_or_secret() {
    let added = small_with(
        "[[accounts.people]]",
        "[[accounts.people]]\nemail = \"new@example.com\"\n\n[[accounts.people]]",
    );
    let (before, after) = (read(SMALL), read(&added));
    assert_eq!(people(&before, 0)[0].id, people(&after, 0)[1].id);
    assert_eq!(people(&before, 0)[0].password, people(&after, 0)[1].password);
    assert_eq!(before.accounts[0].applications, after.accounts[0].applications);
}

#[test]
fn generated_people_come_after_the_listed_ones() {
    let seed = read(&small_with("\"Small\"", "\"Small\"\ngenerate = 1_000"));
    let people = people(&seed, 0);
    assert_eq!((people.len(), seed.accounts[0].people.len()), (1_001, 1_001));
    let ids: HashSet<[u8; 16]> = people.iter().map(|person| person.id).collect();
    let addresses: HashSet<&str> = people.iter().map(|person| person.email.as_str()).collect();
    assert_eq!((ids.len(), addresses.len()), (1_001, 1_001));
    assert_eq!(people.iter().filter(|person| person.owner).count(), 1);
}

#[test]
fn a_file_is_read_from_its_path_and_a_missing_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("team.toml");
    let missing = Seed::from_file(&path, 1).unwrap_err();
    assert!(
        missing.to_string().ends_with(
            "team.toml: the seed file cannot be read: No such file or directory (os error 2)"
        ),
        "{missing}"
    );
    assert!(std::error::Error::source(&missing).is_some());
    std::fs::write(&path, SMALL).unwrap();
    assert_eq!(Seed::from_file(&path, 1).unwrap(), read(SMALL));
    std::fs::write(&path, b"a = 1\nb = \"\xff\"").unwrap();
    let text = Seed::from_file(&path, 1).unwrap_err().to_string();
    assert!(
        text.ends_with(
            "team.toml:2: syntax: column 6: this is not UTF-8; save the file in that encoding"
        ),
        "{text}"
    );
    std::fs::write(&path, vec![b'#'; FILE_BYTES_MAX + 1]).unwrap();
    assert!(matches!(Seed::from_file(&path, 1), Err(SeedFileError::TooLarge { .. })));
}

#[test]
fn tables_may_be_written_in_one_line() {
    let inline = r#"accounts = [{ name = "One", people = [{ email = "a@example.com", groups = ["owners"] }], applications = [{ name = "W", redirect_url = "https://a.example", scopes = ["get_user"] }] }]"#;
    assert_eq!(read(inline).accounts[0].people.len(), 1);
}
