//! Visits in SQLite.

use rusqlite::params;

use super::NotedVisit;
use crate::Fault;
use crate::store::sqlite::Connection;

/// In a transaction of their own. A session that is gone meanwhile stays gone.
pub(crate) fn write(db: &Connection, visits: &[NotedVisit]) -> Result<(), Fault> {
    db.prepare_cached("begin immediate")?.execute([])?;
    let written = update(db, visits)
        .and_then(|()| Ok(db.prepare_cached("commit")?.execute([]).map(|_| ())?));
    if written.is_err() && !db.is_autocommit() {
        db.execute_batch("rollback")?;
    }
    written
}

fn update(db: &Connection, visits: &[NotedVisit]) -> Result<(), Fault> {
    let sql = "update sessions set seen = ?3 where account_id = ?1 and session = ?2 and seen < ?3";
    let mut statement = db.prepare_cached(sql)?;
    for ((account, session), at) in visits {
        statement.execute(params![account.to_string(), session.as_bytes(), at.millis()])?;
    }
    Ok(())
}
