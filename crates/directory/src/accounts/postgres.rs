//! The account's row in PostgreSQL.

use tokio_postgres::Row;

use super::{Account, OneAccount, Plan};
use crate::Fault;
use crate::audit::{Hash, Head};
use crate::store::Lock;
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::world::{AccountId, Moment};

/// Reads the row, locked. Alone in its statement.
pub(crate) async fn load(
    db: &Connection,
    id: AccountId,
    lock: Lock,
) -> Result<Option<Account>, Fault> {
    let sql = match lock {
        Lock::Account => {
            "select account_id, name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash
             from accounts where account_id = $1 for update"
        }
        #[cfg(test)]
        Lock::Nothing => {
            "select account_id, name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash
             from accounts where account_id = $1"
        }
    };
    db.query(sql, &[&id.to_string()]).await?.first().map(account).transpose()
}

pub(crate) async fn list(db: &Connection, after: &str, limit: i64) -> Result<Vec<Account>, Fault> {
    let sql = "select account_id, name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash
               from accounts where account_id > $1 order by account_id limit $2";
    db.query(sql, &[&after, &limit]).await?.iter().map(account).collect()
}

fn account(row: &Row) -> Result<Account, Fault> {
    let id: &str = row.get(0);
    let broken = |column: &'static str| Fault::inconsistent("accounts", column, id);
    let hash: [u8; 32] = row.get::<_, &[u8]>(7).try_into().map_err(|_| broken("audit_hash"))?;
    Ok(Account {
        id: id.parse().map_err(|_| broken("account_id"))?,
        name: row.get(1),
        plan: plan(row.get(2), id)?,
        provisioning_automated: row.get(3),
        epoch: number(row.get(4), "accounts", "epoch")?,
        created: Moment::from_millis(row.get(5)),
        head: Head {
            seq: u64::try_from(row.get::<_, i64>(6)).map_err(|_| broken("audit_seq"))?,
            hash: Hash::from_bytes(hash),
        },
    })
}

pub(crate) fn plan(text: &str, id: impl ToString) -> Result<Plan, Fault> {
    text.parse().map_err(|_| Fault::inconsistent("accounts", "plan", id))
}

/// PostgreSQL has no unsigned numbers; a negative one is not ours.
pub(crate) fn number(row: i64, table: &'static str, column: &'static str) -> Result<u32, Fault> {
    u32::try_from(row).map_err(|_| Fault::inconsistent(table, column, row))
}

pub(crate) fn signed(seq: u64) -> Result<i64, Fault> {
    i64::try_from(seq).map_err(|_| Fault::inconsistent("accounts", "audit_seq", seq))
}

pub(crate) async fn insert(db: &Connection, account: &Account) -> Result<(), Fault> {
    write(
        db,
        "insert into accounts (account_id, name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        account,
    )
    .await
}

pub(crate) async fn update(db: &Connection, account: &Account) -> Result<(), Fault> {
    write(
        db,
        "update accounts set name = $2, plan = $3, provisioning_automated = $4, epoch = $5, created = $6,
         audit_seq = $7, audit_hash = $8 where account_id = $1",
        account,
    )
    .await
}

async fn write(db: &Connection, sql: &'static str, account: &Account) -> Result<(), Fault> {
    let count = db
        .execute(
            sql,
            &[
                &account.id.to_string(),
                &account.name,
                &account.plan.as_str(),
                &account.provisioning_automated,
                &i64::from(account.epoch),
                &account.created.millis(),
                &signed(account.head.seq)?,
                &account.head.hash.as_bytes().as_slice(),
            ],
        )
        .await?;
    exactly(count, 1, "accounts", "account_id")
}

impl AskPostgres for OneAccount {
    type Reply = Option<Account>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = "select account_id, name, plan, provisioning_automated, epoch, created, audit_seq, audit_hash
                   from accounts where account_id = $1";
        db.query(sql, &[&self.account.to_string()]).await?.first().map(account).transpose()
    }
}
