//! Where a server under test keeps its data: a folder of its own, or a database of its own in the
//! cluster that the test command started. Both are gone when the test has ended.

use std::path::Path;

use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::setting;

/// Which kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

#[derive(Debug)]
pub enum Database {
    Sqlite(TempDir),
    Postgres(FreshDatabase),
}

impl Database {
    pub async fn fresh(store: Store) -> Self {
        match store {
            Store::Sqlite => Self::Sqlite(TempDir::new().expect("a temporary folder")),
            Store::Postgres => Self::Postgres(FreshDatabase::create().await),
        }
    }

    /// A database of a cluster that the test ends itself.
    #[must_use]
    pub fn elsewhere(address: &str) -> Self {
        let elsewhere = Some(address.to_owned());
        Self::Postgres(FreshDatabase { name: String::new(), elsewhere })
    }

    /// The folder that is handed to `--data`; it may not be there yet.
    #[must_use]
    pub fn folder(&self) -> std::path::PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("data"),
            Self::Postgres(_) => panic!("a PostgreSQL store has no folder"),
        }
    }

    /// As the command line is told where the data is.
    #[must_use]
    pub fn arguments(&self) -> [String; 2] {
        match self {
            Self::Sqlite(_) => ["--data".to_owned(), path_text(&self.folder())],
            Self::Postgres(database) => ["--database".to_owned(), database.address()],
        }
    }
}

fn path_text(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

/// A database that is dropped with this value, whoever is still connected.
#[derive(Debug)]
pub struct FreshDatabase {
    name: String,
    /// In a cluster that a test started for itself, and ends.
    elsewhere: Option<String>,
}

impl FreshDatabase {
    async fn create() -> Self {
        let random = tempfile::Builder::new().prefix("t").rand_bytes(16).tempfile();
        // The name of a temporary file is random enough, and needs no source of chance here.
        let random = random.expect("a temporary file").path().to_owned();
        let random = random.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let name = format!("rollcall_{}_{}", std::process::id(), random.to_lowercase());
        run(&format!("create database {name}")).await;
        Self { name, elsewhere: None }
    }

    #[must_use]
    pub fn address(&self) -> String {
        if let Some(address) = &self.elsewhere {
            return address.clone();
        }
        let cluster = setting("ROLLCALL_TEST_POSTGRES");
        let (server, _) = cluster.rsplit_once('/').expect("the address names a database");
        format!("{server}/{}", self.name)
    }

    /// A connection of the test's own, to look at the rows or to damage them.
    pub async fn connect(&self) -> tokio_postgres::Client {
        connect(&self.address()).await
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        if self.elsewhere.is_some() {
            return;
        }
        let statement = format!("drop database if exists {} with (force)", self.name);
        // A runtime cannot be waited for from within another: this one has a thread of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(&statement));
        });
        let _ = dropping.join();
    }
}

async fn run(statement: &str) {
    let db = connect(&setting("ROLLCALL_TEST_POSTGRES")).await;
    db.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn connect(address: &str) -> tokio_postgres::Client {
    let (client, connection) =
        tokio_postgres::connect(address, NoTls).await.expect("the cluster of the tests answers");
    tokio::spawn(connection);
    client
}
