//! Who has seen which secret, in SQLite.

use rusqlite::params;

use crate::Fault;
use crate::acting::{Changes, Facts, Needs};
use crate::store::sqlite::Connection;

pub(crate) fn load(
    db: &Connection,
    account: &str,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let sql = "select application_id, secret_id from secrets_seen
               where account_id = ?1 and user_id = ?2";
    for user in &needs.seen_by {
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![account, user.to_string()])?;
        while let Some(row) = rows.next()? {
            let broken = |column| move |_| Fault::inconsistent("secrets_seen", column, user);
            let application =
                row.get_ref(0)?.as_str()?.parse().map_err(broken("application_id"))?;
            let secret = row.get_ref(1)?.as_str()?.parse().map_err(broken("secret_id"))?;
            facts.seen.entry(*user).or_default().insert((application, secret));
        }
    }
    Ok(())
}

/// Behind the secrets themselves: of one that is gone nothing is kept.
pub(crate) fn store(db: &Connection, account: &str, changes: &Changes) -> Result<(), Fault> {
    for user in &changes.users_removed {
        let sql = "delete from secrets_seen where account_id = ?1 and user_id = ?2";
        db.prepare_cached(sql)?.execute(params![account, user.to_string()])?;
    }
    let sql = "insert into secrets_seen (account_id, application_id, secret_id, user_id, at)
               select ?1, ?2, ?3, ?4, ?5 where exists
                   (select 1 from secrets
                    where account_id = ?1 and application_id = ?2 and secret_id = ?3)
               on conflict (account_id, application_id, secret_id, user_id) do nothing";
    for ((application, secret, user), at) in &changes.secrets_seen {
        db.prepare_cached(sql)?.execute(params![
            account,
            application.to_string(),
            secret.to_string(),
            user.to_string(),
            at.millis(),
        ])?;
    }
    Ok(())
}
