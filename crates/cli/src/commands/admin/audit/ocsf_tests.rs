//! Every kind of record becomes an event that has what OCSF 1.3 requires of its class.

use rollcall_directory::accounts::Plan;
use rollcall_directory::applications::Scope;
use rollcall_directory::audit::Hash;
use rollcall_directory::groups::Group;
use rollcall_directory::links::Purpose;
use rollcall_directory::users::ReasonText;
use rollcall_directory::vaults::Level;
use rollcall_directory::world::{ActId, ApplicationId, ItemId, Moment, SecretId, TokenId, VaultId};

use super::*;

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
const USER: UserId = UserId::from_bytes([2; 16]);
const APPLICATION: ApplicationId = ApplicationId::from_bytes([3; 16]);
const VAULT: VaultId = VaultId::from_bytes([8; 16]);
const ITEM: ItemId = ItemId::from_bytes([9; 16]);
const SECRET: SecretId = SecretId::from_bytes([4; 8]);
const AT: Moment = Moment::from_millis(1_800_000_000_123);

fn name() -> String {
    "A name".to_owned()
}

fn why() -> Option<ReasonText> {
    Some(ReasonText::cut("they left"))
}

fn refused(act: &str, user: Option<UserId>) -> Entry {
    Entry::Refused { act: act.to_owned(), why: "scope_missing".to_owned(), user }
}

/// One record of each kind, with the class and activity that documents promise for it.
fn promised() -> Vec<(Entry, u32)> {
    let (redirect_url, scopes) = ("https://example.com".to_owned(), vec![Scope::GetUser]);
    vec![
        (
            Entry::AccountCreated {
                name: name(),
                plan: Plan::Business,
                provisioning_automated: false,
                owner: None,
            },
            300_401,
        ),
        (
            Entry::AccountChanged { plan: Plan::Other, provisioning_automated: true, name: None },
            300_403,
        ),
        (Entry::PeopleImported { count: 7 }, 300_403),
        (Entry::UserSuspended { user: USER, why: why() }, 300_105),
        (Entry::UserReactivated { user: USER, why: None }, 300_102),
        (Entry::GroupsChanged { user: USER, groups: vec![Group::Owners] }, 300_199),
        (Entry::PasswordSet { user: USER }, 300_104),
        (Entry::UserAdded { user: USER, groups: vec![], externally_managed: false }, 300_101),
        (Entry::UserRemoved { user: USER, why: why() }, 300_106),
        (
            Entry::OwnerRecovered {
                user: USER,
                added: false,
                reactivated: true,
                promoted: true,
                password_set: true,
            },
            300_199,
        ),
        (
            Entry::ApplicationRegistered {
                application: APPLICATION,
                name: name(),
                redirect_url: redirect_url.clone(),
                scopes: scopes.clone(),
                secret: SECRET,
                secret_ends: None,
                secret_networks: Vec::new(),
            },
            300_401,
        ),
        (
            Entry::ApplicationEdited {
                application: APPLICATION,
                name: name(),
                redirect_url,
                scopes,
            },
            300_403,
        ),
        (Entry::ApplicationDeleted { application: APPLICATION, name: name() }, 300_404),
        (
            Entry::SecretAdded {
                application: APPLICATION,
                secret: SECRET,
                label: name(),
                ends: None,
                networks: Vec::new(),
            },
            300_403,
        ),
        (
            Entry::SecretEdited {
                application: APPLICATION,
                secret: SECRET,
                label: name(),
                ends: Some(AT),
                networks: vec!["192.0.2.0/24".parse().unwrap()],
            },
            300_403,
        ),
        (Entry::SecretRetired { application: APPLICATION, secret: SECRET }, 300_403),
        (Entry::TokenRevoked { token: TokenId::from_bytes([5; 16]) }, 300_202),
        (refused("suspend_user", Some(USER)), 300_105),
        (refused("reactivate_user", Some(USER)), 300_102),
        (refused("set_groups", Some(USER)), 300_199),
        (refused("suspend_user", None), 300_499),
        (
            Entry::SecretReplaced {
                application: APPLICATION,
                old: SECRET,
                secret: SECRET,
                label: name(),
            },
            300_403,
        ),
        (Entry::SignedIn { user: USER }, 300_201),
        (Entry::SignedOut { user: USER }, 300_202),
        (Entry::SessionsEnded { user: USER }, 300_202),
        (Entry::PasswordChanged { user: USER }, 300_103),
        (Entry::UserInvited { user: USER, groups: vec![Group::Security], ends: AT }, 300_101),
        (Entry::LinkMade { user: USER, purpose: Purpose::Reset, ends: AT }, 300_199),
        (Entry::LinkUsed { user: USER, purpose: Purpose::Setup }, 300_104),
        (Entry::VaultCreated { vault: VAULT, name: name() }, 300_401),
        (Entry::VaultRenamed { vault: VAULT, name: name() }, 300_403),
        (Entry::VaultDeleted { vault: VAULT, name: name() }, 300_404),
        (
            Entry::VaultShared {
                vault: VAULT,
                user: USER,
                level: Some(Level::Read),
                taken_over: true,
            },
            300_403,
        ),
        (
            Entry::ItemSaved {
                vault: VAULT,
                item: ITEM,
                version: 1,
                application: Some(APPLICATION),
                secret: Some(SECRET),
            },
            300_403,
        ),
        (
            Entry::ItemRevealed {
                vault: VAULT,
                item: ITEM,
                version: 1,
                application: None,
                secret: None,
            },
            300_402,
        ),
        (Entry::ItemDeleted { vault: VAULT, item: ITEM }, 300_403),
        (refused("sign_in", None), 300_201),
        (refused("sign_in", Some(USER)), 300_201),
        (Entry::RefusalsCounted { since: AT, count: 3 }, 300_499),
        (Entry::Restored { backup: "0".repeat(64), epoch: 2, people: 9 }, 300_499),
    ]
}

/// How many kinds there are: a match that a new kind stops, so that it is promised something too.
const fn number_of_kind(entry: &Entry) -> usize {
    match entry {
        Entry::AccountCreated { .. } => 0,
        Entry::AccountChanged { .. } => 1,
        Entry::PeopleImported { .. } => 2,
        Entry::UserSuspended { .. } => 3,
        Entry::UserReactivated { .. } => 4,
        Entry::GroupsChanged { .. } => 5,
        Entry::PasswordSet { .. } => 6,
        Entry::ApplicationRegistered { .. } => 7,
        Entry::ApplicationEdited { .. } => 8,
        Entry::ApplicationDeleted { .. } => 9,
        Entry::SecretAdded { .. } => 10,
        Entry::SecretRetired { .. } => 11,
        Entry::TokenRevoked { .. } => 12,
        Entry::Refused { .. } => 13,
        Entry::RefusalsCounted { .. } => 14,
        Entry::Restored { .. } => 15,
        Entry::UserAdded { .. } => 16,
        Entry::UserRemoved { .. } => 17,
        Entry::OwnerRecovered { .. } => 18,
        Entry::SecretEdited { .. } => 19,
        Entry::SecretReplaced { .. } => 20,
        Entry::SignedIn { .. } => 21,
        Entry::SignedOut { .. } => 22,
        Entry::SessionsEnded { .. } => 23,
        Entry::PasswordChanged { .. } => 24,
        Entry::UserInvited { .. } => 25,
        Entry::LinkMade { .. } => 26,
        Entry::LinkUsed { .. } => 27,
        Entry::VaultCreated { .. } => 28,
        Entry::VaultRenamed { .. } => 29,
        Entry::VaultDeleted { .. } => 30,
        Entry::VaultShared { .. } => 31,
        Entry::ItemSaved { .. } => 32,
        Entry::ItemRevealed { .. } => 33,
        Entry::ItemDeleted { .. } => 34,
    }
}
const KINDS: usize = 35;

fn event_of(entry: Entry, by: Caller) -> Value {
    let told = Body {
        version: 1,
        account: ACCOUNT,
        seq: 9,
        act: ActId::from_bytes([6; 16]),
        at: AT,
        by,
        entry,
    };
    let record = Record {
        seq: 9,
        act: told.act,
        at: AT,
        kind: told.entry.kind().to_owned(),
        by: by.application(),
        by_person: by.person(),
        user: told.entry.user(),
        application: told.entry.application(),
        body: serde_json::to_string(&told).unwrap(),
        hash: Hash::from_bytes([7; 32]),
    };
    let mut line = Vec::new();
    super::line(&record, &told, &mut line).unwrap();
    assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "an event is one line");
    serde_json::from_slice(&line).unwrap()
}

fn has(event: &Value, pointer: &str) -> bool {
    event.pointer(pointer).is_some_and(|value| !value.is_null() && value != "")
}

#[test]
fn every_kind_has_what_its_class_requires() {
    let mut seen = [false; KINDS];
    for (entry, type_uid) in promised() {
        seen[number_of_kind(&entry)] = true;
        let kind = entry.kind();
        for by in [
            Caller::Operator,
            Caller::Application(APPLICATION),
            Caller::Person(USER),
            Caller::Stranger,
        ] {
            let event = event_of(entry.clone(), by);
            for required in [
                "/activity_id",
                "/category_uid",
                "/class_uid",
                "/type_uid",
                "/time",
                "/severity_id",
                "/metadata/version",
                "/metadata/product/name",
                "/metadata/product/vendor_name",
            ] {
                assert!(has(&event, required), "{kind} has no {required}: {event}");
            }
            let number = |name: &str| event[name].as_u64().unwrap();
            assert_eq!(number("type_uid"), u64::from(type_uid), "{kind}");
            assert_eq!(number("type_uid"), number("class_uid") * 100 + number("activity_id"));
            assert_eq!(number("category_uid"), number("class_uid") / 1000);
            assert_eq!(event["time"], AT.millis());
            assert_eq!(event["metadata"]["version"], "1.3.0");
            // At least one of these, says the schema of an actor and of a user.
            assert!(has(&event, "/actor/user/uid") || has(&event, "/actor/user/name"), "{kind}");
            match number("class_uid") {
                3001 => assert!(has(&event, "/user/uid"), "{kind}"),
                3002 => {
                    assert!(has(&event, "/user/uid") || has(&event, "/user/name"), "{kind}");
                    assert!(has(&event, "/service/name"), "{kind}: service or dst_endpoint");
                }
                3004 => assert!(has(&event, "/entity/uid"), "{kind}"),
                other => panic!("{kind} is of the class {other}"),
            }
            // An activity without a number of its own must have a name of its own.
            assert!(number("activity_id") != 99 || event["activity_name"] != "Other");
        }
    }
    assert_eq!(seen, [true; KINDS], "a kind is missing from what is promised");
}

#[test]
fn a_suspension_says_who_was_disabled_by_whom_and_why() {
    let event =
        event_of(Entry::UserSuspended { user: USER, why: why() }, Caller::Application(APPLICATION));
    assert_eq!(event["activity_name"], "Disable");
    assert_eq!(event["user"]["uid"], USER.to_string());
    assert_eq!(event["user"]["account"]["uid"], ACCOUNT.to_string());
    assert_eq!(event["actor"]["app_uid"], APPLICATION.to_string());
    assert_eq!(
        (&event["status"], &event["unmapped"]["why"]),
        (&"Success".into(), &"they left".into())
    );
    let body: Body = serde_json::from_str(event["raw_data"].as_str().unwrap()).unwrap();
    assert_eq!(body.seq, 9);
}

#[test]
fn what_was_refused_is_a_failure_with_its_word() {
    let event = event_of(refused("suspend_user", Some(USER)), Caller::Application(APPLICATION));
    assert_eq!(
        (&event["status_id"], &event["status_detail"]),
        (&2.into(), &"scope_missing".into())
    );
    let counted = event_of(Entry::RefusalsCounted { since: AT, count: 3 }, Caller::Operator);
    assert_eq!((&counted["count"], &counted["status_id"]), (&3.into(), &2.into()));
}
