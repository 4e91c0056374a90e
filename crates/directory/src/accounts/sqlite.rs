//! The account's row in SQLite.

use rusqlite::{OptionalExtension, Row, params};

use super::{Account, OneAccount, Plan};
use crate::Fault;
use crate::audit::{Hash, Head};
use crate::store::sqlite::{AskSqlite, Connection, Snapshot, exactly_one, texts};
use crate::world::{AccountId, Moment};

pub(crate) fn load(db: &Connection, id: AccountId) -> Result<Option<Account>, Fault> {
    let sql = "select name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash
               from accounts where account_id = ?1";
    let found = db
        .prepare_cached(sql)?
        .query_row(params![id.to_string()], |row| Ok(account(id, row)))
        .optional()?;
    found.transpose()
}

fn account(id: AccountId, row: &Row<'_>) -> Result<Account, Fault> {
    Ok(Account {
        id,
        name: row.get(0)?,
        plan: plan(row.get_ref(1)?.as_str()?, id)?,
        provisioning_automated: row.get(2)?,
        epoch: row.get(3)?,
        created: Moment::from_millis(row.get(4)?),
        head: Head { seq: row.get(5)?, hash: Hash::from_bytes(row.get(6)?) },
    })
}

pub(crate) fn plan(text: &str, id: AccountId) -> Result<Plan, Fault> {
    text.parse().map_err(|_| Fault::inconsistent("accounts", "plan", id))
}

pub(crate) fn store(db: &Connection, account: &Account, is_new: bool) -> Result<(), Fault> {
    let sql = if is_new {
        "insert into accounts (account_id, name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    } else {
        "update accounts set name = ?2, plan = ?3, provisioning_automated = ?4, epoch = ?5, created = ?6,
         audit_seq = ?7, audit_hash = ?8 where account_id = ?1"
    };
    let count = db.prepare_cached(sql)?.execute(params![
        account.id.to_string(),
        account.name,
        account.plan.as_str(),
        account.provisioning_automated,
        account.epoch,
        account.created.millis(),
        account.head.seq,
        account.head.hash.as_bytes(),
    ])?;
    exactly_one(count, "accounts", "account_id", account.id)
}

/// What stands for an account in the rows of people and records. `None`: there is no such account.
pub(crate) fn number(db: &Connection, account: &str) -> Result<Option<i64>, Fault> {
    let number = noted_number(db, account)?;
    let sql = "select 1 from accounts where account_id = ?1";
    if number.is_none() && db.prepare_cached(sql)?.exists([account])? {
        // Not "nobody is in it": they are there, and cannot be found.
        return Err(lost_number(account));
    }
    Ok(number)
}

/// Whether or not the account is there.
pub(crate) fn noted_number(db: &Connection, account: &str) -> Result<Option<i64>, Fault> {
    let sql = "select number from account_numbers where account_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([account], |row| row.get(0)).optional()?)
}

/// Of an account whose row is there.
pub(crate) fn number_of(db: &Connection, account: &str) -> Result<i64, Fault> {
    number(db, account)?.ok_or_else(|| lost_number(account))
}

fn lost_number(account: impl ToString) -> Fault {
    Fault::inconsistent("account_numbers", "account_id", account)
}

/// An account whose people cannot be found.
pub(crate) fn of_no_number(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql = "select 'account without a number: ' || account_id from accounts
               where account_id not in (select account_id from account_numbers) limit 100";
    texts(db, sql)
}

impl AskSqlite for OneAccount {
    type Answer = Option<Account>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        load(db, self.account)
    }
}
