//! `[[faults]]`: each field read, names turned into ids, and what is wrong told by its line.

use rollcall_directory::world::{AccountId, ApplicationId, UserId};
use rollcall_wire::users::State;

use super::{SMALL, complains, read, small_and};
use crate::faults::{Effect, Fault, Page, PageOf};
use crate::seed::Seed;

/// The fault begins at line 13 of the small file.
fn fault(text: &str) -> Fault {
    let seed = read(&small_and(&format!("\n[[faults]]\n{text}")));
    seed.faults.into_iter().next().unwrap()
}

#[track_caller]
fn is_wrong(fault: &str, beginning: &str) {
    complains(&small_and(&format!("\n[[faults]]\n{fault}")), beginning);
}

const SILENT: &str = "name = \"x\"\neffect = { kind = \"silence\" }\n";

#[test]
fn every_field_is_read() {
    let text = r#"
name = "busy"
skip = 1
times = 2
probability = 0.5
order = -3
[faults.when]
operations = ["ListUsers"]
page = "later"
application = "Watch"
[faults.effect]
kind = "answer"
status = 429
retry_after_seconds = 7
page = "html"
content_type = "text/plain"
"#;
    let fault = fault(text);
    assert_eq!(
        (fault.skip, fault.times, fault.probability, fault.order),
        (1, Some(2), Some(0.5), -3)
    );
    assert_eq!(
        (fault.when.page, &*fault.when.operations),
        (Some(PageOf::Later), &["ListUsers".to_owned()][..])
    );
    let Effect::Answer { status, retry_after_seconds, page, word, content_type } = fault.effect
    else {
        panic!("an answer")
    };
    assert_eq!((status, retry_after_seconds, page, word), (429, Some(7), Page::Html, None));
    assert_eq!(content_type.as_deref(), Some("text/plain"));
}

#[test]
fn every_kind_is_read() {
    for (effect, expected) in [
        ("kind = \"slow\", millis = 5", Effect::Slow { millis: 5 }),
        (
            "kind = \"trickle\", bytes = 1, every_millis = 2",
            Effect::Trickle { bytes: 1, every_millis: 2 },
        ),
        ("kind = \"silence\"", Effect::Silence { cut_after_millis: None }),
        ("kind = \"silence\", cut_after_millis = 3", Effect::Silence { cut_after_millis: Some(3) }),
        ("kind = \"cut_after_act\"", Effect::CutAfterAct {}),
        ("kind = \"cut_before\"", Effect::CutBefore {}),
        ("kind = \"cut_body\", after_bytes = 9", Effect::CutBody { after_bytes: 9 }),
        ("kind = \"empty_page\"", Effect::EmptyPage {}),
        ("kind = \"extra_fields\"", Effect::ExtraFields {}),
        ("kind = \"token_ends\", after_calls = 2", Effect::TokenEnds { after_calls: 2 }),
    ] {
        let read = fault(&format!("name = \"x\"\neffect = {{ {effect} }}"));
        assert_eq!(read.effect, expected);
    }
    for (kind, expected) in [
        ("kind = \"vanish\"", Effect::Vanish {}),
        ("kind = \"listed_as\", state = \"ACTIVE\"", Effect::ListedAs { state: State::Active }),
    ] {
        let when = "when = { user = \"ada.lovelace@example.com\" }";
        let read = fault(&format!("name = \"x\"\n{when}\neffect = {{ {kind} }}"));
        assert_eq!(read.effect, expected);
    }
    let when = "when = { client_id = \"Watch\" }";
    let read = fault(&format!("name = \"x\"\n{when}\neffect = {{ kind = \"retire_secret\" }}"));
    assert_eq!(read.effect, Effect::RetireSecret {});
}

#[test]
fn whom_it_names_is_kept_by_id_with_the_account() {
    let seed: Seed = read(SMALL);
    let account = &seed.accounts[0];
    let (id, owner) = (AccountId::from_bytes(account.id), account.people.iter().next().unwrap());
    let user = UserId::from_bytes(owner.id).to_string();
    let client = ApplicationId::from_bytes(account.applications[0].client_id).to_string();
    for when in [
        "user = \"Ada.Lovelace@example.com\"".to_owned(),
        format!("user = \"{user}\", account = \"Small\""),
        format!("user = \"{user}\", application = \"{client}\""),
        format!("user = \"{user}\", application = \"Watch\", account = \"{id}\""),
    ] {
        let fault = fault(&format!("when = {{ {when} }}\n{SILENT}"));
        assert_eq!(fault.when.user.as_ref(), Some(&user), "{when}");
        assert_eq!(fault.when.account, Some(id.to_string()), "{when}");
        let asks = when.contains("application").then_some(&client);
        assert_eq!(fault.when.client_id.as_ref(), asks, "{when}");
    }
    let anybody = fault(SILENT);
    assert_eq!((anybody.when.account, anybody.when.user), (None, None));
}

#[test]
fn a_generated_person_is_named_by_address() {
    let text = SMALL.replacen("name = \"Small\"", "name = \"Small\"\ngenerate = 30", 1);
    let (email, id) = {
        let seed = read(&text);
        let person = seed.accounts[0].people.iter().last().unwrap();
        (person.email, UserId::from_bytes(person.id).to_string())
    };
    let fault = format!("\n[[faults]]\nwhen = {{ user = \"{email}\" }}\n{SILENT}");
    assert_eq!(read(&format!("{text}{fault}")).faults[0].when.user, Some(id));
}

#[test]
fn who_is_in_two_accounts_needs_one() {
    let twice = format!("{SMALL}\n{}", SMALL.replace("\"Small\"", "\"Other\""));
    let with = |when: &str| format!("{twice}\n[[faults]]\nwhen = {{ {when} }}\n{SILENT}");
    let ada = "user = \"ada.lovelace@example.com\"";
    complains(
        &with(ada),
        "26: faults.when.user: \"ada.lovelace@example.com\" is in several accounts",
    );
    complains(
        &with("application = \"Watch\""),
        "26: faults.when.application: \"Watch\" is in several",
    );
    let both = format!("{ada}, account = \"Other\"");
    let seed = read(&with(&both));
    let other = AccountId::from_bytes(seed.accounts[1].id).to_string();
    assert_eq!(seed.faults[0].when.account, Some(other));
}

#[test]
fn what_is_wrong_is_told_by_line_and_field() {
    is_wrong("effect = { kind = \"silence\" }", "13: faults.name: is missing; add for example");
    is_wrong("name = \"x\"", "13: faults.effect: is missing; add for example effect = {");
    is_wrong(
        "name = \"x\"\neffect = { kind = \"silense\" }",
        "15: faults.effect.kind: \"silense\" is not a kind of fault; there are answer, slow",
    );
    is_wrong(
        "name = \"x\"\neffect = { kind = \"cut_before\", millis = 1 }",
        "15: faults.effect.millis: there is no such key; known here: kind",
    );
    is_wrong(
        "name = \"x\"\neffect = { kind = \"slow\" }",
        "15: faults.effect.millis: is missing; add for example millis = 2000",
    );
    is_wrong(
        "name = \"x\"\neffect = { kind = \"answer\", status = 70000 }",
        "15: faults.effect.status: 70000 is out of range",
    );
    is_wrong(
        "name = \"x\"\neffect = { kind = \"answer\", status = 99 }",
        "15: faults.effect.status: 99 is not the status of an answer",
    );
    is_wrong(
        "name = \"x\"\neffect = \"silence\"",
        "15: faults.effect: is of type string; write a table",
    );
    is_wrong(&format!("probability = 2\n{SILENT}"), "14: faults.probability: 2 is not a share");
    is_wrong(&format!("times = 0\n{SILENT}"), "14: faults.times: 0 meets no call");
    is_wrong(&format!("often = 0\n{SILENT}"), "14: faults.often: there is no such key");
    let when = |when: &str| format!("when = {{ {when} }}\n{SILENT}");
    is_wrong(&when("users = \"x\""), "14: faults.when.users: there is no such key");
    is_wrong(
        &when("operations = [\"GetUser\", \"Token\"]"),
        "14: faults.when.operations: \"Token\" is not an operation; there are RequestToken",
    );
    is_wrong(
        &when("page = \"second\""),
        "14: faults.when.page: \"second\" is neither first nor later",
    );
    is_wrong(&when("user = \"bob@example.com\""), "14: faults.when.user: there is no person");
    is_wrong(&when("user = \"bob\""), "14: faults.when.user: \"bob\" is neither the address nor");
    is_wrong(
        &when("account = \"Large\""),
        "14: faults.when.account: there is no account \"Large\"",
    );
    is_wrong(&when("application = \"x\""), "14: faults.when.application: there is no application");
    is_wrong(
        &when("application = \"Watch\", client_id = \"Watch\""),
        "14: faults.when.client_id: is `application` by another name",
    );
    let nobody = "name = \"x\"\neffect = { kind = \"vanish\" }";
    is_wrong(nobody, "13: faults.when: is missing; vanish needs a person");
}
