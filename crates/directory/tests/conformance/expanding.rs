//! A migration only adds, so that nodes of the version before go on serving while it is applied and
//! after. Asked of PostgreSQL itself: the tables before a migration and after it, compared.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Client;

use crate::stage::FreshDatabase;

/// Those before were made when there was one node.
const FIRST_HELD_TO_IT: usize = 4;

#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    /// Type, and whether a row may come without it.
    columns: BTreeMap<(String, String), (String, bool)>,
    /// Whatever may refuse a row: by table.
    demands: BTreeSet<(String, String)>,
}

impl Shape {
    async fn of(db: &Client) -> Self {
        let columns = "select table_name::text, column_name::text, data_type::text,
                              is_nullable = 'YES' or column_default is not null
                       from information_schema.columns where table_schema = current_schema()";
        let demands = "select tablename::text, indexdef from pg_indexes
                       where schemaname = current_schema() and indexdef like 'CREATE UNIQUE%'
                       union all
                       select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint
                       where contype in ('f', 'c') and connamespace = current_schema()::regnamespace
                       union all
                       select tgrelid::regclass::text, tgname::text from pg_trigger
                       where not tgisinternal";
        let rows = db.query(columns, &[]).await.unwrap();
        let column =
            |row: &tokio_postgres::Row| ((row.get(0), row.get(1)), (row.get(2), row.get(3)));
        let columns = rows.iter().map(column).collect();
        let rows = db.query(demands, &[]).await.unwrap();
        Self { columns, demands: rows.iter().map(|row| (row.get(0), row.get(1))).collect() }
    }

    /// What the program of before would trip over afterwards.
    fn not_only_added(&self, after: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let tables: BTreeSet<&String> = self.columns.keys().map(|(table, _)| table).collect();
        for ((table, column), (kind, may_be_left_out)) in &self.columns {
            match after.columns.get(&(table.clone(), column.clone())) {
                None => found.push(format!("{table}.{column} is gone")),
                Some((other, _)) if other != kind => {
                    found.push(format!("{table}.{column} was {kind} and is {other}"));
                }
                Some((_, false)) if *may_be_left_out => {
                    found.push(format!("{table}.{column} must be given now"));
                }
                Some(_) => {}
            }
        }
        for ((table, column), (_, may_be_left_out)) in &after.columns {
            let is_new = !self.columns.contains_key(&(table.clone(), column.clone()));
            if tables.contains(table) && is_new && !may_be_left_out {
                found.push(format!("{table}.{column} is new and must be given"));
            }
        }
        let new = after.demands.difference(&self.demands);
        let refusing = new.filter(|(table, _)| tables.contains(table));
        found.extend(refusing.map(|(table, what)| format!("{table} refuses more: {what}")));
        found
    }
}

/// In order; the folder itself, so that none is forgotten here.
fn migrations() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let text = |path: std::path::PathBuf| (name(&path), std::fs::read_to_string(&path).unwrap());
    let mut found: Vec<(String, String)> = files.map(text).collect();
    found.sort_by_key(|(name, _)| {
        let number = name.strip_prefix('V').and_then(|rest| rest.split_once("__"));
        number.unwrap().0.parse::<usize>().unwrap()
    });
    found
}

#[tokio::test]
async fn a_migration_only_adds() {
    let database = FreshDatabase::create().await;
    let db = database.connect().await;
    let migrations = migrations();
    assert!(migrations.len() >= FIRST_HELD_TO_IT);
    let mut before = Shape::default();
    for (n, (name, sql)) in migrations.iter().enumerate() {
        db.batch_execute(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let after = Shape::of(&db).await;
        if n + 1 >= FIRST_HELD_TO_IT {
            assert_eq!(before.not_only_added(&after), Vec::<String>::new(), "{name}");
        }
        before = after;
    }
    assert!(!before.columns.is_empty() && !before.demands.is_empty());
}

/// Each change that would stop a node of the version before is seen; what only adds is not.
#[tokio::test]
async fn what_takes_away_is_seen() {
    let database = FreshDatabase::create().await;
    let db = database.connect().await;
    for (_, sql) in migrations() {
        db.batch_execute(&sql).await.unwrap();
    }
    let before = Shape::of(&db).await;
    for (sql, is_seen) in [
        ("alter table users drop column display_name", true),
        ("alter table users rename column display_name to name", true),
        ("alter table users alter column state type bigint", true),
        ("alter table users add column x bigint not null", true),
        ("alter table links alter column made_by set not null", true),
        ("alter table users alter column suspensions drop default", true),
        ("alter table users add check (epoch < 5)", true),
        ("create unique index x on users (account_id, display_name)", true),
        ("drop table vaults", true),
        ("alter table leases rename to held", true),
        ("alter table users add column x bigint", false),
        ("alter table users add column x bigint not null default 0", false),
        ("create index x on users (account_id, display_name)", false),
        ("create table x (a text primary key, b text not null unique)", false),
        ("alter table links alter column made set default 0", false),
    ] {
        db.batch_execute(&format!("begin; {sql}")).await.unwrap();
        let found = before.not_only_added(&Shape::of(&db).await);
        db.batch_execute("rollback").await.unwrap();
        assert_eq!(!found.is_empty(), is_seen, "{sql}: {found:?}");
    }
}
