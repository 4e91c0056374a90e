//! The question: of what kinds are an account's audit records, in order? Read from the rows, for
//! no part of the product shows them yet.

use rollcall_directory::Fault;
use rollcall_directory::store::{AskPostgres, AskSqlite, postgres, sqlite};
use rollcall_directory::world::AccountId;

use crate::database::Database;

pub(crate) struct Kinds<'d> {
    pub(crate) account: AccountId,
    pub(crate) database: &'d Database,
}

const SQL: &str = "select kind from audit where account_id = $1 order by seq";

impl AskSqlite for Kinds<'_> {
    type Answer = Vec<String>;

    fn ask(&self, db: &sqlite::Snapshot<'_>) -> Result<Vec<String>, Fault> {
        let mut statement = db.prepare(SQL)?;
        let rows = statement.query_map([self.account.to_string()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl AskPostgres for Kinds<'_> {
    type Reply = Vec<String>;

    /// By a connection of its own: the store's take only the store's statements.
    async fn ask(&self, _db: &postgres::Connection) -> Result<Vec<String>, Fault> {
        let Database::Postgres(database) = self.database else {
            panic!("the rows of a PostgreSQL store lie in PostgreSQL")
        };
        let db = database.connect().await;
        let rows = db.query(SQL, &[&self.account.to_string()]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}
