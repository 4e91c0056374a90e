//! What a store says of itself to whoever looks after it, alike on both databases.

use std::time::Duration;

use rollcall_directory::health::{ContentsOf, DatabaseSettings, WantsAHand};
use rollcall_directory::store::MadeBy;
use rollcall_directory::users::ImportPeople;

use crate::organisation::*;
use crate::stage::{NOW, Stage};

on_both!(what_is_in_it_is_counted, what_wants_a_hand_is_found);

async fn what_is_in_it_is_counted(stage: &Stage) {
    let store = stage.open().await;
    let empty = store.read(&ContentsOf).await.unwrap();
    assert_eq!((empty.accounts, empty.records, empty.newest_record), (0, 0, None));
    let org = organisation(&store, 1).await;
    organisation(&store, 2).await;
    stage.clock.advance(Duration::from_secs(5));
    operator(&store, org.account, org.suspend(3)).await;
    let contents = store.read(&ContentsOf).await.unwrap();
    assert_eq!((contents.accounts, contents.people), (2, 2 * u64::from(PEOPLE)));
    assert_eq!((contents.applications, contents.records), (2, 7));
    assert_eq!(contents.newest_record, Some(NOW.plus(Duration::from_secs(5))));
    assert_eq!(contents.made_by, Some(MadeBy::Serve));
    let names: Vec<String> =
        store.read(&DatabaseSettings).await.unwrap().into_iter().map(|(name, _)| name).collect();
    match stage.database {
        crate::stage::Database::Sqlite(_) => assert!(names.is_empty()),
        crate::stage::Database::Postgres(_) => {
            for name in ["server_version", "synchronous_commit", "fsync", "standby", "tls"] {
                assert!(names.iter().any(|found| found == name), "{name}: {names:?}");
            }
        }
    }
}

async fn what_wants_a_hand_is_found(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let ask = async |now| store.read(&WantsAHand { now, limit: 10 }).await.unwrap();
    let nothing = ask(NOW).await;
    assert!(nothing.ownerless.is_empty() && nothing.secrets.is_empty(), "{nothing:?}");
    // Nobody is in it: then nobody is missing.
    operator(&store, account_id(2), create_account(2)).await;
    assert!(ask(NOW).await.ownerless.is_empty());
    operator(&store, account_id(3), create_account(3)).await;
    operator(&store, account_id(3), ImportPeople { people: vec![a_person(9)] }).await;
    assert_eq!(ask(NOW).await.ownerless, [account_id(3)]);

    let later = NOW.plus(WantsAHand::UNUSED_FOR);
    assert!(ask(later).await.secrets.is_empty());
    let later = later.plus(Duration::from_secs(1));
    let unused = ask(later).await.secrets;
    assert_eq!(unused.len(), 1);
    assert_eq!((unused[0].application, unused[0].last_used), (org.application, None));
    let used = format!(
        "insert into secret_uses values ('{}', '{}', '{}', {}, '', '')",
        org.account,
        org.application,
        org.secret_id,
        later.millis()
    );
    stage.raw(&used).await;
    assert!(ask(later).await.secrets.is_empty());
    let ends = later.plus(WantsAHand::ENDS_SOON);
    stage.raw(&format!("update secrets set ends = {}", ends.millis())).await;
    assert!(ask(later).await.secrets.is_empty(), "not soon yet");
    let soon = ask(later.plus(Duration::from_millis(1))).await.secrets;
    assert_eq!((soon.len(), soon[0].ends, soon[0].last_used), (1, Some(ends), Some(later)));
}
