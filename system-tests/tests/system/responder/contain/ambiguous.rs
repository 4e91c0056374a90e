//! Two people with one address, as no double of ours has them: nobody can say who is meant, so
//! nobody is suspended for it.

use rollcall_system_tests::{Rollcall, note_secret};
use serde_json::{Value, json};

use crate::responder::stand_in::{
    ACCOUNT, Account, Addresses, Behind, CLIENT_ID, CLIENT_SECRET, Flavour, Kind, Play, Service,
    StandIn, people,
};

#[tokio::test]
async fn an_address_of_two_people_is_left_out_with_both_of_them() {
    let mut everybody = people(12);
    everybody[10].email = everybody[7].email.to_uppercase();
    let (twin, other) = (everybody[7].clone(), everybody[10].id.clone());
    let uses = (usize::MAX, usize::MAX);
    let service = Service::new(Account::new(ACCOUNT, everybody), Flavour::PLAIN, uses);
    let behind = Behind::Service(Box::new(service));
    let server = StandIn::start(behind, Addresses::V1beta1, Box::new(|_, _| Play::GOOD)).await;
    note_secret(CLIENT_SECRET);
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &str| {
        let command = Rollcall::new(line.split(' ')).folder(folder.path());
        let command = command.env("ROLLCALL_URL", &server.url).env("HOME", folder.path());
        let command =
            command.env("ROLLCALL_ACCOUNT_ID", ACCOUNT).env("ROLLCALL_CLIENT_ID", CLIENT_ID);
        command.env("ROLLCALL_CLIENT_SECRET", CLIENT_SECRET).run().await
    };
    let list = format!("{}\n{}\n", twin.email, twin.id);
    std::fs::write(folder.path().join("list"), list).unwrap();

    let table = run("contain plan --from list --reason x --strict").await;
    assert_eq!(table.code(), 5, "{}", table.stderr);
    let words = format!("is {} or {other}", twin.id);
    assert!(table.stdout.contains("ambiguous: several people, so nothing is done (1)"));
    assert!(table.stdout.contains(&words), "{}", table.stdout);
    let said = run("contain plan --from list --reason x --output json --force").await.well();
    let plan: Value = serde_json::from_str(&said.stdout).unwrap();
    // By the ID it is clear who is meant.
    assert_eq!(
        (&plan["findings"]["ambiguous"], &plan["findings"]["to_do"]),
        (&json!(1), &json!(1))
    );
    run("contain apply plan.json --yes").await.well();
    let inside = server.inside();
    assert_eq!(inside.account().changes.len(), 1);
    assert_eq!(inside.account().changes[0].user, twin.id);
    assert_eq!(inside.count(Kind::Suspend), 1);
    drop(inside);
    server.has_no_complaint();
}
