//! Stretches anywhere, people anywhere, changed in any way: who is suspended is found.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof};
use rusqlite::params;

use super::Place;
use super::sqlite::{self, suspended, suspended_sql, wrong};
use crate::store::sqlite::{Connection, migrated};

/// Numbers of accounts.
const A: i64 = 1;
const B: i64 = 2;
const SUSPENDED: &str = suspended_sql!("user_id", "asc");
const SUSPENDED_BACK: &str = suspended_sql!("user_id", "desc");

#[derive(Clone, Debug)]
enum Change {
    Add { state: i64 },
    Remove,
    State(i64),
}

fn changes() -> impl Strategy<Value = Vec<(u8, Change)>> {
    let state = || prop_oneof![Just(1_i64), Just(2), Just(3)];
    let change = prop_oneof![
        3 => state().prop_map(|state| Change::Add { state }),
        1 => Just(Change::Remove),
        3 => state().prop_map(Change::State),
    ];
    vec((0_u8..40, change), 1..120)
}

/// Forty people, made at four moments.
fn key(n: u8) -> Place {
    Place { created: i64::from(n % 4) - 2, user_id: format!("{:02}", n.wrapping_mul(7) % 40) }
}

fn run(db: &Connection, account: i64, n: u8, change: &Change) {
    let Place { created, user_id } = key(n);
    let (sql, state) = match change {
        Change::Add { state } => (
            "insert or ignore into people values (?1, ?2, ?3, ?3, null, '', ?4, 0, 0, 0, 0, 1, 0)",
            *state,
        ),
        Change::Remove => (
            "delete from people where account = ?1 and created = ?2 and user_id = ?3 and ?4 = 0",
            0,
        ),
        Change::State(state) => (
            "update people set state = ?4 where account = ?1 and created = ?2 and user_id = ?3",
            *state,
        ),
    };
    db.execute(sql, params![account, created, user_id, state]).unwrap();
}

fn ask(db: &Connection, within: &(Place, Place), back: bool, wanted: i64) -> Vec<String> {
    let sql = if back { SUSPENDED_BACK } else { SUSPENDED };
    let within = within.0.clone()..within.1.clone();
    suspended(db, sql, A, within, back, wanted, |row| Ok(row.get(0)?)).unwrap()
}

fn by_a_look_at_all(
    db: &Connection,
    within: &(Place, Place),
    back: bool,
    wanted: i64,
) -> Vec<String> {
    let sql = if back { SUSPENDED_BACK } else { SUSPENDED };
    let (from, to) = within;
    let key = params![A, from.created, from.user_id, to.created, to.user_id, wanted];
    let mut statement = db.prepare(sql).unwrap();
    statement.query_map(key, |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn places() -> impl Strategy<Value = (Place, Place)> {
    let place = || {
        prop_oneof![
            2 => Just(Place::first()),
            2 => Just(Place::end()),
            3 => (0_u8..40).prop_map(key),
            3 => (0_u8..40).prop_map(|n| Place::behind(key(n).created, &key(n).user_id)),
        ]
    };
    (place(), place()).prop_map(|(one, other)| (one.clone().min(other.clone()), one.max(other)))
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(100))]

    #[test]
    fn whoever_is_suspended_is_found(
        before in changes(),
        fences in proptest::option::of(vec(0_u8..40, 0..12)),
        after in changes(),
        asked in vec((places(), any::<bool>(), 1_i64..9), 12),
    ) {
        let (_folder, db) = migrated();
        db.execute_batch("begin").unwrap();
        for (n, change) in &before {
            run(&db, A, *n, change);
            run(&db, B, n.wrapping_add(1) % 40, change);
        }
        // None: an account without any stretch.
        if let Some(fences) = &fences {
            let mut all: Vec<Place> = fences.iter().map(|n| key(*n)).collect();
            all.push(Place::first());
            all.sort();
            all.dedup();
            for (at, start) in all.iter().enumerate() {
                let end = all.get(at + 1).cloned().unwrap_or_else(Place::end);
                let stretch = db.prepare(
                    "insert into stretch_counts (people, suspended)
                     select count(*), ifnull(sum(state = 2), 0) from people
                     where account = ?1 and (created, user_id) >= (?2, ?3)
                     and (created, user_id) < (?4, ?5)",
                ).unwrap().insert(
                    params![A, start.created, start.user_id, end.created, end.user_id],
                ).unwrap();
                db.execute(
                    "insert into people_stretches values (?1, ?2, ?3, ?4)",
                    params![A, start.created, start.user_id, stretch],
                ).unwrap();
            }
        }
        for (n, change) in &after {
            run(&db, A, *n, change);
            run(&db, B, n.wrapping_add(3) % 40, change);
        }
        prop_assert_eq!(wrong(&db).unwrap(), Vec::<String>::new());
        for (within, back, wanted) in &asked {
            prop_assert_eq!(
                ask(&db, within, *back, *wanted), by_a_look_at_all(&db, within, *back, *wanted)
            );
        }
    }
}

/// The reason for stretches: who is not suspended is not read.
#[test]
fn a_stretch_without_anybody_suspended_is_passed_over() {
    let (_folder, mut db) = migrated();
    let add = "insert into people values (1, ?1, ?2, ?2, null, '', ?3, 0, 0, 0, 0, 1, 0)";
    db.execute("insert into accounts values ('A', '', '', 0, 0, 0, 0, x'')", []).unwrap();
    let transaction = db.transaction().unwrap();
    for n in 0..20_000_i64 {
        let state = if n == 15_000 { 2 } else { 1 };
        transaction.execute(add, params![n, format!("{n:05}"), state]).unwrap();
    }
    transaction.commit().unwrap();
    sqlite::make_missing(&mut db).unwrap();
    let counted: (i64, i64) = db
        .query_row("select count(*), max(people) from stretch_counts", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(counted, (40, super::PEOPLE));
    // The list's people, of whom others could be found: their state is not looked at.
    db.execute_batch("drop trigger people_suspended; update people set state = 2").unwrap();
    let everybody = (Place::first(), Place::end());
    for back in [false, true] {
        assert_eq!(
            ask(&db, &everybody, back, 100_000).len(),
            usize::try_from(super::PEOPLE).unwrap()
        );
    }
    assert_eq!(wrong(&db).unwrap().len(), 40);
}

#[test]
fn a_search_for_the_suspended_uses_the_key() {
    let (_folder, db) = migrated();
    let walks = [sqlite::PEOPLE_OF, sqlite::FLOOR, sqlite::FORTH, sqlite::BACK];
    for sql in [SUSPENDED, SUSPENDED_BACK].into_iter().chain(walks) {
        let mut plan = db.prepare(&format!("explain query plan {sql}")).unwrap();
        let count = plan.parameter_count();
        let steps = plan
            .query_map(rusqlite::params_from_iter(vec![1; count]), |row| row.get::<_, String>(3))
            .unwrap();
        for step in steps.map(Result::unwrap) {
            assert!(!step.contains("SCAN"), "{step}: {sql}");
            assert!(!step.contains("TEMP B-TREE"), "{step}: {sql}");
            // The count of a stretch that was found.
            if step.starts_with("SEARCH") && !step.contains("INTEGER PRIMARY KEY (rowid=?)") {
                assert!(step.contains("(created,user_id)"), "not by the place: {step}: {sql}");
            }
        }
    }
}
