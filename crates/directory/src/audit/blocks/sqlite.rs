//! The summaries as rows. Those of an account are a beginning of its blocks, without a hole: each is
//! made behind the newest that is there. So what is missing is known by two numbers, whether a batch
//! has just filled a block, an older program wrote beside, or the store was migrated or moved.

use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

use super::{Marks, RECORDS, Words, complete, range};
use crate::Fault;
use crate::audit::Chained;
use crate::audit::sqlite::place::Log;
use crate::store::sqlite::Connection;

/// In one transaction: some tenths of a second.
const BLOCKS_AT_ONCE: u64 = 1_000;
/// That a check tells of.
const WRONG_MAX: usize = 100;

/// In the transaction that writes the records, behind them.
pub(in crate::audit) fn summarise(
    db: &Connection,
    account: &str,
    records: &[Chained],
) -> Result<(), Fault> {
    let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(()) };
    if complete(first.seq - 1) == complete(last.seq) {
        return Ok(());
    }
    make(db, account, complete(last.seq), BLOCKS_AT_ONCE).map(|_| ())
}

/// Before a store is served. Where nothing is missing it costs a look at each account.
pub(crate) fn make_missing(db: &mut Connection) -> Result<(), Fault> {
    let mut all_made = 0;
    loop {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut made = 0;
        for (account, last_seq) in lacking(&transaction)? {
            made += make(&transaction, &account, complete(last_seq), BLOCKS_AT_ONCE - made)?;
        }
        transaction.commit()?;
        if made == 0 {
            break;
        }
        all_made += made;
    }
    if all_made > 0 {
        tracing::info!(blocks = all_made, "the audit log can be searched");
    }
    Ok(())
}

/// Accounts whose log has more blocks than summaries, and where it ends.
fn lacking(db: &Connection) -> Result<Vec<(String, u64)>, Fault> {
    let sql = "select account_id, audit_seq from accounts a
               where (audit_seq + 1) / ?2 > ifnull(
                   (select block + 1 from audit_blocks b where b.account_id = a.account_id
                    order by block desc limit 1), 0)
               limit ?1";
    let mut statement = db.prepare(sql)?;
    let rows =
        statement.query_map([BLOCKS_AT_ONCE, RECORDS], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn make(db: &Connection, account: &str, blocks: u64, at_most: u64) -> Result<u64, Fault> {
    let sql =
        "select block + 1 from audit_blocks where account_id = ?1 order by block desc limit 1";
    let there = db.prepare_cached(sql)?.query_row([account], |row| row.get(0)).optional()?;
    let there: u64 = there.unwrap_or(0);
    let missing = there..blocks.min(there + at_most);
    let sql = "insert into audit_blocks (account_id, block, words) values (?1, ?2, ?3)";
    let mut insert = db.prepare_cached(sql)?;
    let log = Log::to_write(db, account)?;
    for block in missing.clone() {
        insert.execute(params![account, block, words_of(db, log, account, block)?])?;
    }
    Ok(missing.end.saturating_sub(missing.start))
}

fn words_of(db: &Connection, log: Log, account: &str, block: u64) -> Result<Vec<u8>, Fault> {
    let sql = format!(
        "select user_id, by_person, application_id, by_application, kind from audit where {}",
        log.rows()
    );
    let within = log.within(&range(block));
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![account, within.start, within.end])?;
    let mut words = Words::default();
    while let Some(row) = rows.next()? {
        words.add(marks(row)?);
    }
    Ok(words.into_bytes())
}

fn marks<'a>(row: &'a Row<'_>) -> Result<Marks<'a>, Fault> {
    let id = |at: usize| Ok::<_, Fault>(row.get_ref(at)?.as_str_or_null()?);
    Ok(Marks {
        people: [id(0)?, id(1)?],
        applications: [id(2)?, id(3)?],
        kind: row.get_ref(4)?.as_str()?,
    })
}

/// Summaries that are not those of their records: they could hide some from whoever searches.
pub(crate) fn wrong(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql = "select account_id, block, words from audit_blocks order by account_id, block";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut wrong = Vec::new();
    while wrong.len() < WRONG_MAX
        && let Some(row) = rows.next()?
    {
        let (account, block) = (row.get_ref(0)?.as_str()?, row.get(1)?);
        let words = words_of(db, Log::to_read(db, account)?, account, block)?;
        if row.get_ref(2)?.as_blob().ok() != Some(&words) {
            wrong.push(format!("summary that is not of its records: block {block} of {account}"));
        }
    }
    Ok(wrong)
}
