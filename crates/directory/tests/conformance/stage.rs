//! Where a case plays: a folder or a database of its own, a clock that moves when it is told to,
//! and a way to the rows behind the store's back. Gone when the case has ended.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use rollcall_directory::Fault;
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::{Founding, MadeBy, Store, postgres, sqlite};
use rollcall_directory::world::{AccountId, ManualClock, Moment, SystemRandomness, World};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

pub(crate) const NOW: Moment = Moment::from_seconds(1_800_000_000);

pub(crate) struct Stage {
    pub clock: Arc<ManualClock>,
    pub database: Database,
}

pub(crate) enum Database {
    Sqlite(TempDir),
    Postgres(FreshDatabase),
}

impl Stage {
    pub(crate) fn sqlite() -> Self {
        Self::on(Database::Sqlite(tempfile::tempdir().unwrap()))
    }

    pub(crate) async fn postgres() -> Self {
        Self::on(Database::Postgres(FreshDatabase::create().await))
    }

    fn on(database: Database) -> Self {
        Self { clock: Arc::new(ManualClock::at(NOW)), database }
    }

    pub(crate) fn world(&self) -> World {
        World { clock: self.clock.clone(), randomness: Arc::new(SystemRandomness) }
    }

    pub(crate) fn founding(&self) -> Founding {
        self.founding_by(MadeBy::Serve)
    }

    pub(crate) fn founding_by(&self, made_by: MadeBy) -> Founding {
        Founding::fresh(RootKey::from_bytes([1; 32]), made_by, &self.world())
    }

    pub(crate) async fn open(&self) -> Store {
        self.try_open(&self.founding()).await.unwrap()
    }

    pub(crate) async fn try_open(&self, founding: &Founding) -> Result<Store, Fault> {
        match &self.database {
            Database::Sqlite(_) => sqlite::open(&self.place(), founding, self.world()),
            Database::Postgres(database) => {
                let address = Address::from_str(&database.address()).unwrap();
                postgres::open(&address, founding, self.world()).await
            }
        }
    }

    /// The folder of the SQLite store; it is made by the first opening.
    pub(crate) fn place(&self) -> Place {
        match &self.database {
            Database::Sqlite(folder) => Place::new(folder.path().join("data")),
            Database::Postgres(_) => panic!("a PostgreSQL store has no folder"),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.place().folder().join("rollcall.sqlite")
    }

    fn rusqlite(&self) -> rusqlite::Connection {
        let db = rusqlite::Connection::open(self.file()).unwrap();
        db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        db
    }

    /// Runs statements behind the store's back.
    pub(crate) async fn raw(&self, sql: &str) {
        match &self.database {
            Database::Sqlite(_) => {
                let db = self.rusqlite();
                if ["update users ", "delete from users"].iter().any(|word| sql.starts_with(word)) {
                    db.execute_batch(USERS_ARE_WRITTEN).unwrap();
                }
                db.execute_batch(sql).unwrap();
            }
            Database::Postgres(database) => {
                database.connect().await.batch_execute(sql).await.unwrap();
            }
        }
    }

    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        match &self.database {
            Database::Sqlite(_) => {
                let db = self.rusqlite();
                let mut statement = db.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.collect::<Result<_, _>>().unwrap()
            }
            Database::Postgres(database) => {
                let rows = database.connect().await.query(sql, &[]).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// The kinds of an account's audit records, in order.
    pub(crate) async fn records(&self, account: AccountId) -> Vec<String> {
        let sql = format!("select kind from audit where account_id = '{account}' order by seq");
        self.texts(&sql).await
    }

    /// Keeps every batch of the account from beginning until it is let go: what is asked for
    /// meanwhile is one batch.
    pub(crate) async fn hold(&self, account: AccountId) -> Held {
        match &self.database {
            Database::Sqlite(_) => {
                let db = self.rusqlite();
                db.execute_batch("begin immediate").unwrap();
                Held::Sqlite(db)
            }
            Database::Postgres(database) => {
                let db = database.connect().await;
                let lock = format!(
                    "begin; select 1 from accounts where account_id = '{account}' for update"
                );
                db.batch_execute(&lock).await.unwrap();
                Held::Postgres(db)
            }
        }
    }
}

#[must_use]
pub(crate) enum Held {
    Sqlite(rusqlite::Connection),
    Postgres(Client),
}

impl Held {
    pub(crate) async fn let_go(self) {
        match self {
            Self::Sqlite(db) => db.execute_batch("commit").unwrap(),
            Self::Postgres(db) => db.batch_execute("commit").await.unwrap(),
        }
    }
}

/// A database that is dropped with this value, whoever is still connected.
pub(crate) struct FreshDatabase {
    name: String,
}

impl FreshDatabase {
    pub(crate) async fn create() -> Self {
        let random = data_encoding::HEXLOWER.encode(&World::system().bytes::<8>());
        let name = format!("conformance_{random}");
        let cluster = connect(&cluster()).await;
        cluster.batch_execute(&format!("create database {name}")).await.unwrap();
        Self { name }
    }

    pub(crate) fn address(&self) -> String {
        let cluster = cluster();
        let (server, _) = cluster.rsplit_once('/').expect("the address names a database");
        format!("{server}/{}", self.name)
    }

    pub(crate) async fn connect(&self) -> Client {
        connect(&self.address()).await
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        let statement = format!("drop database if exists {} with (force)", self.name);
        // A runtime cannot be waited for from within another: this one has a thread of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                connect(&cluster()).await.batch_execute(&statement).await.unwrap();
            });
        });
        let _ = dropping.join();
    }
}

fn cluster() -> String {
    std::env::var("ROLLCALL_TEST_POSTGRES")
        .expect("ROLLCALL_TEST_POSTGRES: run the tests by `cargo xtask test`")
}

async fn connect(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The view `users`, as if it were PostgreSQL's table: what tests change in it.
const USERS_ARE_WRITTEN: &str = "
    create temp trigger changed instead of update on main.users begin
        update people set created = new.created, state = new.state, epoch = new.epoch
        where account = (select number from account_numbers where account_id = old.account_id)
        and user_id = old.user_id;
    end;
    create temp trigger deleted instead of delete on main.users begin
        delete from people
        where account = (select number from account_numbers where account_id = old.account_id)
        and user_id = old.user_id;
    end;";
