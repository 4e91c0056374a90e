//! The audit log in PostgreSQL.

use tokio_postgres::Row;

use super::verify::unreadable;
use super::{Broken, Hash, Head, HeadOf, ReadAudit, Record, Verified, Verifier, VerifyAudit};
use crate::Fault;
use crate::accounts::postgres::signed;
use crate::acting::Changes;
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::world::{AccountId, ActId, Moment};

/// Records read at a time by a verification.
const STRETCH: i64 = 10_000;

pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let records = &changes.records;
    if records.is_empty() {
        return Ok(());
    }
    let seqs: Vec<i64> = records.iter().map(|r| signed(r.seq)).collect::<Result<_, _>>()?;
    let acts: Vec<String> = records.iter().map(|r| r.act.to_string()).collect();
    let ats: Vec<i64> = records.iter().map(|r| r.at.millis()).collect();
    let kinds: Vec<&str> = records.iter().map(|r| r.kind).collect();
    let by: Vec<Option<String>> = records.iter().map(|r| r.by.map(|id| id.to_string())).collect();
    let by_person: Vec<Option<String>> =
        records.iter().map(|r| r.by_person.map(|id| id.to_string())).collect();
    let users: Vec<Option<String>> =
        records.iter().map(|r| r.user.map(|id| id.to_string())).collect();
    let applications: Vec<Option<String>> =
        records.iter().map(|r| r.application.map(|id| id.to_string())).collect();
    let bodies: Vec<&str> = records.iter().map(|r| r.body.as_str()).collect();
    let hashes: Vec<&[u8]> = records.iter().map(|r| r.hash.as_bytes().as_slice()).collect();
    let sql = "insert into audit (account_id, seq, act_id, at, kind, by_application, user_id, application_id, body, hash, by_person)
               select $1, w.* from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::bytea[], $11::text[]) w";
    let count = db
        .execute(
            sql,
            &[
                &account.to_string(),
                &seqs,
                &acts,
                &ats,
                &kinds,
                &by,
                &users,
                &applications,
                &bodies,
                &hashes,
                &by_person,
            ],
        )
        .await?;
    exactly(count, records.len(), "audit", "seq")
}

/// Is this act's record the one of this number?
pub(crate) async fn is_there(
    db: &Connection,
    account: AccountId,
    seq: u64,
    act: ActId,
) -> Result<bool, Fault> {
    let sql = "select act_id = $3 from audit where account_id = $1 and seq = $2";
    let keys: (String, i64, String) = (account.to_string(), signed(seq)?, act.to_string());
    let rows = db.query(sql, &[&keys.0, &keys.1, &keys.2]).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

async fn head(db: &Connection, account: AccountId) -> Result<Option<Head>, Fault> {
    let sql = "select audit_seq, audit_hash from accounts where account_id = $1";
    let rows = db.query(sql, &[&account.to_string()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let broken = |column: &'static str| Fault::inconsistent("accounts", column, account);
    let hash = row.get::<_, &[u8]>(1).try_into().map_err(|_| broken("audit_hash"))?;
    let seq = u64::try_from(row.get::<_, i64>(0)).map_err(|_| broken("audit_seq"))?;
    Ok(Some(Head { seq, hash: Hash::from_bytes(hash) }))
}

/// Logs whose account is gone: nobody would walk them. From one account to the next by the key,
/// for a log may be long.
pub(crate) async fn of_no_account(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql = "with recursive log (account_id) as (
                   (select account_id from audit order by account_id limit 1)
                   union all
                   select (select a.account_id from audit a where a.account_id > log.account_id
                           order by a.account_id limit 1)
                   from log where log.account_id is not null
               )
               select 'records of an account that is not there: ' || account_id from log
               where account_id is not null
               and not exists (select 1 from accounts a where a.account_id = log.account_id)
               limit 100";
    Ok(db.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

/// `from` is where the ten columns of a record begin in the row.
pub(super) fn record(row: &Row, from: usize) -> Result<Record, Fault> {
    let seq: i64 = row.get(from);
    let broken = |column: &'static str| Fault::inconsistent("audit", column, seq);
    let text = |at: usize| row.get::<_, Option<&str>>(from + at);
    Ok(Record {
        seq: u64::try_from(seq).map_err(|_| broken("seq"))?,
        act: row.get::<_, &str>(from + 1).parse().map_err(|_| broken("act_id"))?,
        at: Moment::from_millis(row.get(from + 2)),
        kind: row.get(from + 3),
        by: text(4).map(str::parse).transpose().map_err(|_| broken("by_application"))?,
        user: text(5).map(str::parse).transpose().map_err(|_| broken("user_id"))?,
        application: text(6).map(str::parse).transpose().map_err(|_| broken("application_id"))?,
        body: row.get(from + 7),
        hash: Hash::from_bytes(
            row.get::<_, &[u8]>(from + 8).try_into().map_err(|_| broken("hash"))?,
        ),
        by_person: text(9).map(str::parse).transpose().map_err(|_| broken("by_person"))?,
    })
}

impl AskPostgres for VerifyAudit {
    type Reply = Option<Result<Verified, Broken>>;

    /// In stretches, up to the head as it was when the walk began: what comes after is not missed,
    /// only not looked at.
    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let Some(head) = head(db, self.account).await? else { return Ok(None) };
        let sql = "select seq, act_id, at, kind, by_application, user_id, application_id, body, hash,
                          by_person
                   from audit where account_id = $1 and seq > $2 and seq <= $3 order by seq limit $4";
        let (account, last) = (self.account.to_string(), signed(head.seq)?);
        let mut verifier = Verifier::new(*self);
        let mut after: i64 = 0;
        loop {
            let rows = db.query(sql, &[&account, &after, &last, &STRETCH]).await?;
            let Some(end) = rows.last() else { return Ok(Some(verifier.finish(head))) };
            after = end.get(0);
            for row in &rows {
                let taken = match record(row, 0) {
                    Ok(record) => verifier.take(&record),
                    Err(fault) => Err(unreadable(fault)?),
                };
                if let Err(broken) = taken {
                    return Ok(Some(Err(broken)));
                }
            }
        }
    }
}

impl AskPostgres for HeadOf {
    type Reply = Option<Head>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        head(db, self.account).await
    }
}

impl AskPostgres for ReadAudit {
    type Reply = Vec<Record>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql =
            "select seq, act_id, at, kind, by_application, user_id, application_id, body, hash,
                          by_person
                   from audit where account_id = $1 and seq > $2 and seq <= $3
                   and at >= $4 and at < $5 order by seq limit $6";
        let account = self.account.to_string();
        let (after, up_to) = (signed(self.after)?, signed(self.up_to)?);
        let since = self.since.map_or(i64::MIN, Moment::millis);
        let until = self.until.map_or(i64::MAX, Moment::millis);
        let limit = i64::from(self.limit);
        let rows = db.query(sql, &[&account, &after, &up_to, &since, &until, &limit]).await?;
        rows.iter().map(|row| record(row, 0)).collect()
    }
}
