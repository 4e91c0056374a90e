//! Passwords in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{PasswordHash, StoredPassword};
use crate::Fault;
use crate::acting::Changes;
use crate::store::sqlite::{AskSqlite, Connection};
use crate::world::AccountId;

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    for user in &changes.users_removed {
        let sql = "delete from passwords where account_id = ?1 and user_id = ?2";
        db.prepare_cached(sql)?.execute(params![account.to_string(), user.to_string()])?;
    }
    for (user, phc) in &changes.passwords {
        let sql = "insert into passwords (account_id, user_id, phc) values (?1, ?2, ?3)
                   on conflict (account_id, user_id) do update set phc = excluded.phc";
        db.prepare_cached(sql)?.execute(params![account.to_string(), user.to_string(), phc])?;
    }
    Ok(())
}

impl AskSqlite for StoredPassword {
    type Answer = Option<PasswordHash>;

    fn ask(&self, db: &Connection) -> Result<Self::Answer, Fault> {
        let sql = "select phc from passwords where account_id = ?1 and user_id = ?2";
        let keys = params![self.account.to_string(), self.user.to_string()];
        let phc = db.prepare_cached(sql)?.query_row(keys, |row| row.get(0)).optional()?;
        Ok(phc.map(PasswordHash::from_row))
    }
}
