//! Complaints about single values, and about values that are there twice.

use super::{SMALL, complains, complaint, people, read, small_and, small_with};

#[test]
fn names_that_cannot_be_shown() {
    let long = "x".repeat(201);
    complains(&small_with("Small", &long), "2: accounts.name: has 201 characters; the most is 200");
    complains(&small_with("Small", " "), "2: accounts.name: is empty");
    complains(
        &small_with("Watch", &long[..101]),
        "9: accounts.applications.name: has 101 characters; the most is 100",
    );
    complains(
        &small_with("groups", &format!("display_name = \"{long}\"\ngroups")),
        "6: accounts.people.display_name: has 201",
    );
    complains(
        &small_with("groups", "display_name = \"a\\nb\"\ngroups"),
        "6: accounts.people.display_name: \"a\\nb\" has a control character",
    );
    complains(
        &small_and(&format!("description = \"{}\"", "x".repeat(1_001))),
        "12: accounts.applications.description: has 1001",
    );
    read(&small_with("Small", &"ß".repeat(200)));
}

#[test]
fn addresses_that_are_none() {
    for bad in
        ["", "ada", "@example.com", "ada@", "a@b@c", "ada @example.com", "ada@exam\\nple.com"]
    {
        complains(&small_with("ada.lovelace@example.com", bad), "5: accounts.people.email: ");
    }
    let local = "x".repeat(254 - "@example.com".len());
    read(&small_with("ada.lovelace", &local));
    complains(
        &small_with("ada.lovelace", &format!("x{local}")),
        "5: accounts.people.email: has 255 bytes",
    );
}

#[test]
fn choices_that_are_none() {
    complains(
        &small_with("\"Small\"", "\"Small\"\nplan = \"teams\""),
        "3: accounts.plan: \"teams\" is not a plan; write business or other",
    );
    complains(
        &small_with("\"owners\"", "\"owner\""),
        "6: accounts.people.groups: \"owner\" is not a group; there are owners,",
    );
    complains(
        &small_with("\"owners\"", "\"owners\", \"owners\""),
        "6: accounts.people.groups: \"owners\" stands here twice",
    );
    complains(
        &small_with("groups", "state = \"gone\"\ngroups"),
        "6: accounts.people.state: \"gone\" is not a state; write active or suspended",
    );
    complains(
        &small_with("\"list_users\"", "\"list\""),
        "11: accounts.applications.scopes: \"list\" is not a scope; there are list_users,",
    );
    complains(
        &small_with("\"list_users\"", "\"list_users\", \"list_users\""),
        "11: accounts.applications.scopes: \"list_users\" stands here twice",
    );
    for count in ["0", "3", "-1", "99999999999999999999"] {
        complains(
            &small_and(&format!("secrets = {count}")),
            &format!("12: accounts.applications.secrets: {count} live secrets"),
        );
    }
}

#[test]
fn redirect_urls_that_are_not_https_addresses() {
    for bad in [
        "http://a.example",
        "a.example",
        "https://",
        "https://u:p@a.example",
        "https://a.example/#x",
        "https://a.example/ b",
        "",
    ] {
        complains(
            &small_with("https://localhost.example/callback", bad),
            "10: accounts.applications.redirect_url: ",
        );
    }
}

#[test]
fn ids_that_are_none() {
    for bad in [
        "",
        "AAAAAAAAAAAAAAAAAAAAAAAAA",
        "aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "AAAAAAAAAAAAAAAAAAAAAAAAA1",
    ] {
        complains(
            &small_with("groups", &format!("id = \"{bad}\"\ngroups")),
            "6: accounts.people.id: ",
        );
        complains(
            &small_with("\"Small\"", &format!("\"Small\"\nid = \"{bad}\"")),
            "3: accounts.id: ",
        );
    }
    let loose_bits = small_with("groups", "id = \"AAAAAAAAAAAAAAAAAAAAAAAAAB\"\ngroups");
    assert!(complaint(&loose_bits).contains("can only be A, E, I, M, Q, U, Y or 4"));
    for bad in
        ["", "0f8fad5bd9cb469fa16570867728950e", "00000000-0000-0000-0000-000000000000", "soar"]
    {
        complains(
            &small_and(&format!("client_id = \"{bad}\"")),
            "12: accounts.applications.client_id: ",
        );
    }
}

#[test]
fn times_that_are_none() {
    let at = |time: &str| small_with("groups", &format!("create_time = {time}\ngroups"));
    complains(
        &at("2024-05-01T09:30:00"),
        "6: accounts.people.create_time: 2024-05-01T09:30:00 leaves open when that was",
    );
    complains(&at("2024-05-01"), "6: accounts.people.create_time: 2024-05-01 leaves open");
    complains(
        &at("2024-05-01T09:30:00.5Z"),
        "6: accounts.people.create_time: 2024-05-01T09:30:00.5Z has a part of a second",
    );
    complains(
        &at("1969-12-31T23:59:59Z"),
        "6: accounts.people.create_time: 1969-12-31T23:59:59Z is out of range",
    );
    assert_eq!(people(&read(&at("2024-05-01 09:30Z")), 0)[0].create_time_seconds, 1_714_555_800);
}

#[test]
fn what_is_there_twice() {
    complains(
        &small_and("\n[[accounts.people]]\nemail = \"ADA.Lovelace@example.com\""),
        "14: accounts.people.email: is the address of the person on line 5 too",
    );
    complains(
        &small_and(
            "\n[[accounts.applications]]\nname = \"Watch\"\nredirect_url = \"https://a.example\"\nscopes = [\"get_user\"]",
        ),
        "14: accounts.applications.name: is the name of the application on line 9 too",
    );
    let id = "id = \"AAAAAAAAAAAAAAAAAAAAAAAAAA\"\n";
    let account = small_with("name = \"Small\"\n", &format!("name = \"Small\"\n{id}"));
    complains(
        &format!("{account}\n[[accounts]]\nname = \"Two\"\n{id}"),
        "16: accounts.id: is the id of the account on line 3 too",
    );
    let person = small_with("groups", &format!("{id}groups"));
    complains(
        &format!("{person}\n[[accounts.people]]\nemail = \"b@example.com\"\n{id}"),
        "16: accounts.people.id: has the id of the person on line 6 too",
    );
    let client = "client_id = \"0f8fad5b-d9cb-469f-a165-70867728950e\"\n";
    let other = "\n[[accounts.applications]]\nname = \"Two\"\nredirect_url = \"https://a.example\"\nscopes = [\"get_user\"]\n";
    complains(
        &format!("{SMALL}{client}{other}{client}"),
        "18: accounts.applications.client_id: is the client id of the application on line 12 too",
    );
}

#[test]
fn an_id_or_address_that_a_generated_person_has() {
    let generating = small_with("\"Small\"", "\"Small\"\ngenerate = 20");
    let generated = people(&read(&generating), 0)[7].clone();
    let address = format!(
        "{generating}\n[[accounts.people]]\nemail = \"{}\"",
        generated.email.to_uppercase()
    );
    complains(&address, "15: accounts.people.email: is the address of a generated person too");
    let id = data_encoding::BASE32_NOPAD.encode(&generated.id);
    let copied =
        format!("{generating}\n[[accounts.people]]\nemail = \"b@example.com\"\nid = \"{id}\"");
    complains(&copied, "16: accounts.people.id: is the id of a generated person too");
}

#[test]
fn too_many() {
    complains(
        &small_with("\"Small\"", "\"Small\"\ngenerate = 5_000_000"),
        "3: accounts.generate: 5000000 people cannot be made; write a number from 0 to 4999999",
    );
    complains(
        &small_with("\"Small\"", "\"Small\"\ngenerate = -1"),
        "3: accounts.generate: -1 people cannot be made",
    );
    complains(
        &"[[accounts]]\n".repeat(101),
        "1: accounts: a seed has at most 100 accounts, not 101",
    );
    complains(
        &small_and(&"[[accounts.applications]]\n".repeat(100)),
        "1: accounts.applications: an account has at most 100 applications here, not 101",
    );
}
