//! A store moves to the other database and back: nothing is lost, nothing is changed, all that was
//! issued still works, and neither place is served by mistake.

use rollcall_directory::acting::Refusal;
use rollcall_directory::store::moving::{Location, Move, Moved, Step};
use rollcall_directory::store::sqlite::backup;
use rollcall_directory::tokens::RevokeToken;
use rollcall_directory::vaults::{Place, RevealItem};

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::{Database, Stage};
use crate::vaults::{create, item_id, save, text};

on_both!(
    everything_moves_there_and_back_and_works_on,
    a_row_that_differs_is_found_and_the_move_abandoned,
    who_serves_and_what_is_there_is_left_alone,
);

impl Stage {
    async fn of_the_other_kind(&self) -> Self {
        match self.database {
            Database::Sqlite(_) => Self::postgres().await,
            Database::Postgres(_) => Self::sqlite(),
        }
    }

    async fn of_the_same_kind(&self) -> Self {
        match self.database {
            Database::Sqlite(_) => Self::sqlite(),
            Database::Postgres(_) => Self::postgres().await,
        }
    }

    fn location(&self) -> Location {
        match &self.database {
            Database::Sqlite(_) => Location::Sqlite(self.place()),
            Database::Postgres(fresh) => {
                Location::Postgres(Box::new(fresh.address().parse().unwrap()))
            }
        }
    }

    fn move_to(&self, to: &Self) -> Move {
        Move {
            from: self.location(),
            from_words: "the old place".to_owned(),
            to: to.location(),
            to_words: "the new place".to_owned(),
            keep_source: false,
        }
    }

    async fn moved_to(&self, to: &Self) -> Moved {
        self.move_to(to).run(&self.world(), &mut |_| ()).await.unwrap()
    }

    async fn refuses_to_open(&self) -> String {
        self.try_open(&self.founding()).await.err().expect("it is not to be served").to_string()
    }
}

async fn everything_moves_there_and_back_and_works_on(stage: &Stage) {
    let store = stage.open().await;
    let (org, other) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let session = sign_in(&store, org.account, user_id(3)).await;
    let vault = by(&store, org.account, session, create(&store, org.account, 1)).await.unwrap();
    save(&store, org.account, session, &vault, 1).await.unwrap();
    let (alive, dead) = (org.token(&store).await, org.token(&store).await);
    let revoke = RevokeToken { token: dead.clone() };
    store.act(org.client(), org.account, revoke).await.unwrap().unwrap();
    let suspended = store.act(by_token(alive.clone()), org.account, org.suspend(4)).await;
    suspended.unwrap().unwrap();
    let heads = [head(&store, org.account).await, head(&store, other.account).await];
    store.close().await;
    drop(store);

    let (there, back) = (stage.of_the_other_kind().await, stage.of_the_same_kind().await);
    let first = stage.moved_to(&there).await;
    let second = there.moved_to(&back).await;
    assert_eq!(first.tables, second.tables);
    assert!(!first.resumed && !first.was_whole);
    let rows = |name: &str| first.tables.iter().find(|table| table.name == name).unwrap().rows;
    assert_eq!(rows("users"), 2 * u64::from(PEOPLE));
    assert_eq!(rows("audit"), heads[0].seq + heads[1].seq);
    for table in ["mac_keys", "sessions", "revocations", "passwords", "vault_items", "clients"] {
        assert_ne!(rows(table), 0, "{table}");
    }
    for left in [stage, &there] {
        assert!(left.refuses_to_open().await.contains("was moved to the new place"));
    }

    let store = back.open().await;
    assert_eq!([head(&store, org.account).await, head(&store, other.account).await], heads);
    verify(&store, org.account, Some(heads[0])).await.unwrap();
    assert!(org.get(&store, &alive, 4).await.unwrap().is_suspended());
    assert_eq!(org.get(&store, &dead, 4).await, Err(Refusal::TokenDead));
    assert_eq!(who(&store, org.account, session).await.unwrap().user.id, user_id(3));
    let reveal = RevealItem { vault: vault.id, item: item_id(1) };
    let revealed = by(&store, org.account, session, reveal).await.unwrap();
    let place = Place { account: org.account, vault: vault.id, item: item_id(1), version: 1 };
    let opened = store.open_item(&revealed.vault.key, &place, &revealed.item.sealed).unwrap();
    assert_eq!(opened, text("hush-hush"));
    store.act(by_token(alive.clone()), org.account, org.reactivate(4)).await.unwrap().unwrap();
    verify(&store, org.account, Some(heads[0])).await.unwrap();
}

/// Read by way of numbers, they would be on neither side, and nobody would miss them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_would_be_left_behind_stops_a_move_and_what_has_moved_is_not_backed_up() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.close().await;
    drop(store);
    let there = Stage::sqlite();
    let tidy = "update people set account = 1; update audit set place = place & ((1 << 40) - 1) | (1 << 40)";
    for (lost, told) in [
        ("update people set account = 77 where owner = 0", "people of no account: number 77"),
        (
            "update audit set place = place + (76 << 40) where seq = 3",
            "records of no account: number 77",
        ),
    ] {
        stage.raw(lost).await;
        let refused = stage.move_to(&there).run(&stage.world(), &mut |_| ()).await.unwrap_err();
        assert!(refused.to_string().contains(told), "{refused}");
        stage.raw(tidy).await;
    }
    stage.moved_to(&there).await;
    let file = stage.place().folder().with_file_name("backup.sqlite");
    std::fs::File::create(&file).unwrap();
    let refused = backup::copy(&stage.place(), &file, &mut |_| {}).unwrap_err();
    assert!(refused.to_string().contains("was moved to the new place"), "{refused}");
    backup::copy(&there.place(), &file, &mut |_| {}).unwrap();
    verify(&there.open().await, org.account, None).await.unwrap();
}

async fn a_row_that_differs_is_found_and_the_move_abandoned(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.close().await;
    drop(store);
    let there = Stage::sqlite();
    let mut meddled = false;
    let moving = stage.move_to(&there);
    let world = stage.world();
    let mut meddle = |step| {
        // Behind the move's back, between the copy and the comparison.
        if matches!(step, Step::Comparing { .. }) && !meddled {
            let db = rusqlite::Connection::open(there.file()).unwrap();
            db.execute("update people set display_name = 'Mallory' where owner = 0", []).unwrap();
            meddled = true;
        }
    };
    let failed = moving.run(&world, &mut meddle).await;
    let why = failed.unwrap_err().to_string();
    assert!(why.contains("the table users is not the same on both sides"), "{why}");
    assert!(stage.refuses_to_open().await.contains("is being moved to the new place"));
    assert!(there.refuses_to_open().await.contains("not whole"));
    moving.abandon().await.unwrap();
    assert!(there.refuses_to_open().await.contains("not whole"));
    let store = stage.open().await;
    verify(&store, org.account, None).await.unwrap();
    store.close().await;
    drop(store);
    let nothing = moving.abandon().await.unwrap_err().to_string();
    assert!(nothing.contains("nothing to abandon"), "{nothing}");
    // The half of a store is nothing that another move goes on with.
    let other = moving.run(&stage.world(), &mut |_| ()).await.unwrap_err().to_string();
    assert!(other.contains("is not empty"), "{other}");
    let store = stage.open().await;
    store.close().await;
}

async fn who_serves_and_what_is_there_is_left_alone(stage: &Stage) {
    let there = stage.of_the_other_kind().await;
    let nobody = stage.move_to(&there).run(&stage.world(), &mut |_| ()).await;
    assert!(nobody.is_err(), "nothing was ever there");
    let store = stage.open().await;
    organisation(&store, 1).await;
    if let Database::Postgres(_) = stage.database {
        let beats = "insert into nodes (name, version, beats, started, seen)
                     values ('a node', '1', 1, now(), now())";
        stage.raw(beats).await;
    }
    let served = stage.move_to(&there).run(&stage.world(), &mut |_| ()).await;
    let served = served.unwrap_err().to_string();
    assert!(served.contains("serve"), "{served}");
    store.close().await;
    drop(store);
    let full = Stage::sqlite();
    let others = full.open().await;
    others.close().await;
    drop(others);
    if let Database::Postgres(_) = stage.database {
        stage.raw("delete from nodes").await;
    }
    let refused = stage.move_to(&full).run(&stage.world(), &mut |_| ()).await;
    assert!(refused.unwrap_err().to_string().contains("is not empty"));
    stage.raw("create table mine (a integer)").await;
    let refused = stage.move_to(&there).run(&stage.world(), &mut |_| ()).await;
    assert!(refused.unwrap_err().to_string().contains("a table mine"));
    stage.raw("drop table mine").await;
    // Begun, refused, and run again: it goes on.
    assert!(stage.refuses_to_open().await.contains("run again"));
    assert!(stage.moved_to(&there).await.resumed);
    full.open().await.close().await;
}
