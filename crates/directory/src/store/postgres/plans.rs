//! How PostgreSQL plans our statements, held against what `connection.rs` asks of it.

use super::{AskPostgres as _, Connection};
use crate::store::postgres::together::AskTogether as _;
use crate::store::tests::a_place::{a_database, founding};
use crate::store::{Accounts, postgres};
use crate::users::{GetUser, ListUsers, StateFilter};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_planned_once_and_by_key_though_its_table_was_empty() {
    let address = a_database().await;
    postgres::open(&address, &founding(), World::system()).await.unwrap();
    let db = Connection::open(&address).await.unwrap();
    for _ in 0..10 {
        Accounts { after: None, limit: 3 }.ask(&db).await.unwrap();
    }
    let sql = "select name, generic_plans, custom_plans from pg_prepared_statements
               where statement like 'select account_id, name%'";
    let rows = db.query_once(sql).await.unwrap();
    let (name, generic, custom): (&str, i64, i64) =
        (rows[0].get(0), rows[0].get(1), rows[0].get(2));
    assert_eq!((generic, custom), (10, 0));
    let plan = db.query_once(&format!("explain execute {name}('', 3)")).await.unwrap();
    let plan: Vec<&str> = plan.iter().map(|row| row.get(0)).collect();
    assert!(plan.iter().any(|line| line.contains("Index Scan")), "{plan:?}");
    assert!(!plan.iter().any(|line| line.contains("Seq Scan")), "{plan:?}");
}

/// Pages asked together too: each is a walk along its index from where it begins, and each bearer is
/// looked up by key.
#[tokio::test(flavor = "multi_thread")]
async fn pages_asked_together_are_read_by_key_though_their_table_was_empty() {
    let address = a_database().await;
    postgres::open(&address, &founding(), World::system()).await.unwrap();
    let db = Connection::open(&address).await.unwrap();
    let token = crate::acting::stories::a_token();
    let list = ListUsers {
        token: token.clone(),
        from: std::net::IpAddr::from([127, 0, 0, 1]),
        account: Some(token.account),
        filter: StateFilter::All,
        after: None,
        page_size: 25,
        now: token.issued,
    };
    let (from, account, now) = (list.from, list.account, list.now);
    let get = GetUser { token, from, account, user: None, now };
    ListUsers::ask_all(&[list.clone(), list], &db).await.unwrap();
    GetUser::ask_all(&[get.clone(), get], &db).await.unwrap();
    for (kind, args) in [
        ("w.wanted", "'', '{}', '{}', '{}', '{}', '{}', '{}'"),
        ("unnest($5::text[])", "'', '{}', '{}', '{}', '{}'"),
    ] {
        let sql = format!(
            "select name from pg_prepared_statements where statement like 'select -(%' and position('{kind}' in statement) > 0"
        );
        let rows = db.query_once(&sql).await.unwrap();
        let name: &str = rows[0].get(0);
        let plan = db.query_once(&format!("explain execute {name}({args})")).await.unwrap();
        let plan: Vec<&str> = plan.iter().map(|row| row.get(0)).collect();
        assert_eq!(
            plan.iter().filter(|line| line.contains("Index ") && line.contains("Scan")).count(),
            5,
            "{plan:#?}"
        );
        for other in ["Seq Scan", "Sort", "Bitmap", "Hash"] {
            assert!(!plan.iter().any(|line| line.contains(other)), "{plan:#?}");
        }
    }
}

/// With it in one, or in the condition of one, every suspension would write to all of them.
#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_people_is_in_no_index() {
    let address = a_database().await;
    postgres::open(&address, &founding(), World::system()).await.unwrap();
    let db = Connection::open(&address).await.unwrap();
    let sql = "select indexdef from pg_indexes where tablename = 'users'";
    let all = db.query_once(sql).await.unwrap();
    let all: Vec<&str> = all.iter().map(|row| row.get(0)).collect();
    assert!(all.len() > 3, "{all:?}");
    for changed in ["state", "epoch", "suspensions"] {
        assert!(!all.iter().any(|index| index.contains(changed)), "{changed}: {all:?}");
    }
}
