//! Last uses in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{LastUse, Noted, Used};
use crate::Fault;
use crate::store::sqlite::Connection;
use crate::world::Moment;

/// In a transaction of their own. A secret that is gone meanwhile leaves nothing.
pub(crate) fn write(db: &Connection, uses: &[Noted]) -> Result<(), Fault> {
    db.prepare_cached("begin immediate")?.execute([])?;
    let written =
        insert(db, uses).and_then(|()| Ok(db.prepare_cached("commit")?.execute([]).map(|_| ())?));
    if written.is_err() && !db.is_autocommit() {
        db.execute_batch("rollback")?;
    }
    written
}

fn insert(db: &Connection, uses: &[Noted]) -> Result<(), Fault> {
    let sql = "insert into secret_uses (account_id, application_id, secret_id, at, address, agent)
               select ?1, ?2, ?3, ?4, ?5, ?6 where exists
                   (select 1 from secrets
                    where account_id = ?1 and application_id = ?2 and secret_id = ?3)
               on conflict (account_id, application_id, secret_id) do update
               set at = excluded.at, address = excluded.address, agent = excluded.agent
               where secret_uses.at <= excluded.at";
    let mut statement = db.prepare_cached(sql)?;
    for (used, last) in uses {
        statement.execute(params![
            used.account.to_string(),
            used.application.to_string(),
            used.secret.to_string(),
            last.at.millis(),
            last.address.to_string(),
            last.agent,
        ])?;
    }
    Ok(())
}

pub(in crate::applications) fn load(db: &Connection, used: Used) -> Result<Option<LastUse>, Fault> {
    let sql = "select at, address, agent from secret_uses
               where account_id = ?1 and application_id = ?2 and secret_id = ?3";
    let keys =
        params![used.account.to_string(), used.application.to_string(), used.secret.to_string()];
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_row(keys, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    });
    let Some((at, address, agent)) = found.optional()? else { return Ok(None) };
    let address = address
        .parse()
        .map_err(|_| Fault::inconsistent("secret_uses", "address", used.application))?;
    Ok(Some(LastUse { at: Moment::from_millis(at), address, agent }))
}
