//! `rollcall admin` beside a running server: is the audit log whole, does it go on from a head that
//! was kept, is the database sound. Without the root key, for none is needed to read hashes.

use rollcall_system_tests::{Database, Ended, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;

on_both_stores!(
    the_audit_log_is_whole_and_goes_on_from_a_head_that_was_kept,
    the_database_is_sound
);

pub(crate) async fn admin(verb: &[&str], database: &Database, more: &[&str]) -> Ended {
    let [option, place] = database.arguments();
    Rollcall::new([&["admin"], verb, &[&option, &place], more].concat()).run().await
}

/// `NUMBER:HASH` of the one account.
pub(super) async fn head(database: &Database) -> String {
    let printed = admin(&["audit", "head"], database, &[]).await.well().stdout;
    let line = printed.strip_suffix('\n').unwrap();
    let (account, head) = line.split_once(' ').unwrap();
    assert_eq!((account.len(), head.lines().count()), (26, 1), "{line}");
    head.to_owned()
}

fn records(head: &str) -> u64 {
    head.split_once(':').unwrap().0.parse().unwrap()
}

async fn the_audit_log_is_whole_and_goes_on_from_a_head_that_was_kept(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let database = server.database();
    let kept = head(database).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let owner = api.id_of(&token, &api.credentials.owner_email).await;
    let (people, _) = api.list(&token, "filter=user.isActive()").await.page();
    let user = people.last().unwrap()["id"].as_str().unwrap();
    assert_eq!(head(database).await, kept, "tokens and reads are no records");

    assert_eq!(api.suspend(&token, user).await.status, 200);
    assert_eq!(api.suspend(&token, user).await.status, 200);
    api.suspend(&token, &owner).await.refuses(403, 7, "no_owner_remain");
    assert_eq!(api.reactivate(&token, user).await.status, 200);
    assert_eq!(api.revoke(&token).await.status, 200);
    let now = head(database).await;
    // Suspended, refused, reactivated, revoked; what changed nothing is no record.
    assert_eq!(records(&now), records(&kept) + 4);

    let account = &server.credentials.account_id;
    for more in [&[][..], &["--account", account], &["--extends", &kept], &["--extends", &now]] {
        let verified = admin(&["audit", "verify"], database, more).await.well();
        let expected = format!("{account} whole: {} records, head {now}\n", records(&now));
        assert_eq!(verified.stdout, expected, "{more:?}");
    }
    let (number, hash) = kept.split_once(':').unwrap();
    let zeros = "0".repeat(hash.len());
    let beyond = format!("{}:{hash}", records(&now) + 1);
    for wrong in [format!("{number}:{zeros}"), format!("{}:{hash}", records(&kept) - 1), beyond] {
        let verified = admin(&["audit", "verify"], database, &["--extends", &wrong]).await;
        assert_eq!(verified.code(), 1, "{wrong}");
        assert!(verified.stdout.contains("BROKEN"), "{}", verified.stdout);
    }
    for (more, code) in
        [(["--extends", "nonsense"], 2), (["--account", "AAAAAAAAAAAAAAAAAAAAAAAAAA"], 1)]
    {
        assert_eq!(admin(&["audit", "verify"], database, &more).await.code(), code, "{more:?}");
    }
    let printed = admin(&["audit", "verify"], database, &["--json"]).await.well().stdout;
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&json["account"], &json["whole"]), (&(&**account).into(), &true.into()));
}

async fn the_database_is_sound(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let sound = admin(&["integrity"], server.database(), &[]).await.well();
    assert!(sound.stdout.starts_with("sound"), "{}", sound.stdout);
    let json = admin(&["integrity"], server.database(), &["--json"]).await.well().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, serde_json::json!({ "sound": true, "found": [] }));
}

/// Each by somebody who can write to the database and does not know the chain.
#[tokio::test]
async fn a_log_that_was_tampered_with_is_found_broken() {
    let (middle, nobody) = ("(select max(seq) / 2 from audit)", "A".repeat(26));
    for tampering in [
        format!("update audit set body = replace(body, '1', '2') where seq = {middle}"),
        format!("update audit set user_id = '{nobody}' where seq = {middle}"),
        format!("delete from audit where seq = {middle}"),
        "delete from audit where seq = (select max(seq) from audit)".to_owned(),
        "update audit set at = at + 1 where seq = 1".to_owned(),
    ] {
        let server = RunningServer::with_one_account(Store::Postgres).await;
        let Database::Postgres(database) = server.database() else { unreachable!("asked for") };
        let changed = database.connect().await.execute(&*tampering, &[]).await.unwrap();
        assert_eq!(changed, 1, "{tampering}");
        let verified = admin(&["audit", "verify"], server.database(), &[]).await;
        assert_eq!(verified.code(), 1, "{tampering}: {}", verified.stdout);
        assert!(verified.stdout.contains("BROKEN"), "{tampering}: {}", verified.stdout);
        let exported = admin(&["audit", "export", "--all"], server.database(), &[]).await;
        assert_eq!(exported.code(), 1, "{tampering}: {}", exported.stderr);
        assert!(exported.stderr.contains("admin audit verify"), "{}", exported.stderr);
    }
}

#[tokio::test]
async fn a_place_without_a_store_is_refused_and_stays_as_it_is() {
    let folder = tempfile::TempDir::new().unwrap();
    for verb in [&["audit", "verify"][..], &["audit", "head"], &["integrity"]] {
        let place = ["--data", folder.path().to_str().unwrap()];
        let ended = Rollcall::new([&["admin"], verb, &place].concat()).run().await;
        assert_eq!((ended.code(), &*ended.stdout), (1, ""), "{verb:?}");
        let nowhere = Rollcall::new([&["admin"], verb].concat()).run().await;
        assert_eq!(nowhere.code(), 2, "{verb:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
