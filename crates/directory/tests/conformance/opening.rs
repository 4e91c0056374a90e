//! Opening: the right key, the right maker, no newer version, and many at once at an empty database.

use std::str::FromStr;

use rollcall_directory::Fault;
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::{Founding, MadeBy, postgres, sqlite};

use crate::organisation::*;
use crate::stage::{Database, Stage};

on_both!(
    the_wrong_root_key_is_refused,
    what_dev_made_serve_refuses_and_the_other_way_round,
    a_newer_database_is_refused,
    a_changed_migration_is_refused
);

fn unusable<T>(opened: Result<T, Fault>) -> String {
    match opened {
        Err(Fault::Unusable(why)) => why,
        Err(other) => panic!("unusable was expected, not {other}"),
        Ok(_) => panic!("a store that must not open was opened"),
    }
}

async fn founded(stage: &Stage) {
    let store = stage.open().await;
    organisation(&store, 1).await;
    store.close().await;
}

async fn the_wrong_root_key_is_refused(stage: &Stage) {
    founded(stage).await;
    let wrong = Founding::fresh(RootKey::from_bytes([2; 32]), MadeBy::Serve, &stage.world());
    assert!(unusable(stage.try_open(&wrong).await).contains("root key"));
    // The refusal has spoilt nothing.
    let store = stage.open().await;
    assert!(issue(&store, register(1).id, a_secret(1)).await.is_ok());
}

async fn what_dev_made_serve_refuses_and_the_other_way_round(stage: &Stage) {
    let dev = |seed: &str| stage.founding_by(MadeBy::Dev { seed: seed.to_owned() });
    stage.try_open(&dev("number 1")).await.unwrap().close().await;
    assert!(unusable(stage.try_open(&stage.founding()).await).contains("made by dev"));
    let again = stage.try_open(&dev("number 2")).await.unwrap();
    assert_eq!(again.made_by(), &MadeBy::Dev { seed: "number 1".to_owned() });
    again.close().await;
    drop(again);
    let made_by = match &stage.database {
        Database::Sqlite(_) => sqlite::made_by(&stage.place()).unwrap(),
        Database::Postgres(database) => {
            postgres::made_by(&Address::from_str(&database.address()).unwrap()).await.unwrap()
        }
    };
    assert!(made_by.unwrap().contains("number 1"));
    stage.raw(r#"update meta set value = '"serve"' where name = 'made_by'"#).await;
    assert!(unusable(stage.try_open(&dev("number 1")).await).contains("organisation's own"));
    assert!(stage.try_open(&stage.founding()).await.is_ok());
}

async fn a_newer_database_is_refused(stage: &Stage) {
    founded(stage).await;
    stage
        .raw(
            "insert into rollcall_migrations (version, name, applied_on, checksum)
             select 4711, 'from_the_future', applied_on, checksum from rollcall_migrations limit 1",
        )
        .await;
    assert!(unusable(stage.try_open(&stage.founding()).await).contains("newer"));
    stage.raw("delete from rollcall_migrations where version = 4711").await;
    assert!(stage.try_open(&stage.founding()).await.is_ok());
}

async fn a_changed_migration_is_refused(stage: &Stage) {
    founded(stage).await;
    stage.raw("update rollcall_migrations set checksum = '1' where version = 1").await;
    assert!(unusable(stage.try_open(&stage.founding()).await).contains("migration"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_open_a_fresh_postgresql_database_at_once() {
    let stage = Stage::postgres().await;
    let Database::Postgres(database) = &stage.database else { unreachable!() };
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let address = Address::from_str(&database.address()).unwrap();
            let (founding, world) = (stage.founding(), stage.world());
            tokio::spawn(async move { postgres::open(&address, &founding, world).await })
        })
        .collect();
    let mut stores = Vec::new();
    for opened in opening {
        stores.push(opened.await.unwrap().unwrap());
    }
    let org = organisation(&stores[0], 1).await;
    let token = org.token(&stores[0]).await.seal(&stores[0].keys());
    for store in &stores {
        let claims = rollcall_directory::tokens::Claims::open(token.expose(), &store.keys());
        let claims = claims.expect("all of them hold the one key that was made");
        assert!(org.get(store, &claims, 3).await.is_ok());
    }
    assert_eq!(stage.texts("select cast(key_id as text) from mac_keys").await, ["1"]);
}
