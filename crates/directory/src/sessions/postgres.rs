//! Passwords in PostgreSQL.

use super::{PasswordHash, StoredPassword};
use crate::Fault;
use crate::acting::Changes;
use crate::store::postgres::{AskPostgres, Connection};
use crate::world::AccountId;

pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    for user in &changes.users_removed {
        let sql = "delete from passwords where account_id = $1 and user_id = $2";
        db.execute(sql, &[&account.to_string(), &user.to_string()]).await?;
    }
    for (user, phc) in &changes.passwords {
        let sql = "insert into passwords (account_id, user_id, phc) values ($1, $2, $3)
                   on conflict (account_id, user_id) do update set phc = excluded.phc";
        db.execute(sql, &[&account.to_string(), &user.to_string(), phc]).await?;
    }
    Ok(())
}

impl AskPostgres for StoredPassword {
    type Reply = Option<PasswordHash>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = "select phc from passwords where account_id = $1 and user_id = $2";
        let rows = db.query(sql, &[&self.account.to_string(), &self.user.to_string()]).await?;
        Ok(rows.first().map(|row| PasswordHash::from_row(row.get(0))))
    }
}
