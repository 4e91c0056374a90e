//! Every table of both databases is decided on.

use std::collections::BTreeSet;

use super::side::Location;
use super::tables::{MOVING, STAYING};
use crate::store::postgres;
use crate::store::sqlite::{self, Place};
use crate::store::tests::a_place;
use crate::world::World;

/// A new table must be put under one of the two, whichever database it is in.
async fn every_table_is_decided(at: Location) {
    let mut held = at.hold_source().await.unwrap();
    let there: BTreeSet<String> = held.tables().await.unwrap().into_iter().collect();
    let decided: BTreeSet<String> = MOVING
        .iter()
        .map(|table| table.name)
        .chain(STAYING.iter().map(|(name, _)| *name))
        .map(str::to_owned)
        .collect();
    let of_the_other = match &at {
        Location::Sqlite(_) => &["nodes", "timelines", "rollcall_migrating"][..],
        Location::Postgres(_) => {
            &["audit_blocks", "people", "people_stretches", "stretch_counts", "account_numbers"]
        }
    };
    let gone = decided.difference(&there).filter(|name| !of_the_other.contains(&name.as_str()));
    assert_eq!(there.difference(&decided).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(gone.collect::<Vec<_>>(), Vec::<&String>::new());
    for table in MOVING {
        let columns = held.columns(table).await.unwrap();
        for key in table.key {
            assert!(columns.iter().any(|column| column == key), "{}.{key}", table.name);
        }
        assert!(STAYING.iter().all(|(name, why)| *name != table.name && !why.is_empty()));
    }
}

#[tokio::test]
async fn every_table_of_sqlite_is_decided() {
    let folder = tempfile::TempDir::new().unwrap();
    let place = Place::new(folder.path().join("data"));
    let store = sqlite::open(&place, &a_place::founding(), World::system()).unwrap();
    store.close().await;
    drop(store);
    every_table_is_decided(Location::Sqlite(place)).await;
}

#[tokio::test]
async fn every_table_of_postgres_is_decided() {
    let address = a_place::a_database().await;
    let store = postgres::open(&address, &a_place::founding(), World::system()).await.unwrap();
    store.close().await;
    every_table_is_decided(Location::Postgres(Box::new(address))).await;
}
