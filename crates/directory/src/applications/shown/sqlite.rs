//! Applications for the console, in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{Integrations, OneIntegration, OneIntegrationShown, SEEN_MAX, SeenSecret, SeenWhere};
use crate::Fault;
use crate::applications::sqlite::shown;
use crate::applications::{ApplicationShown, ListApplications};
use crate::sessions::Visit;
use crate::store::sqlite::Connection;
use crate::world::Moment;

pub(super) fn list(
    asked: &Integrations,
    db: &Connection,
    visit: &Visit,
) -> Result<Vec<ApplicationShown>, Fault> {
    let (account, after, limit) = (visit.account, asked.after, asked.limit);
    Ok(ListApplications { account, after, limit }.look(db)?.unwrap_or_default())
}

pub(super) fn one(
    asked: &OneIntegration,
    db: &Connection,
    visit: &Visit,
) -> Result<Option<OneIntegrationShown>, Fault> {
    let found = shown(db, visit.account, asked.id)?;
    let Some(shown) = found else { return Ok(None) };
    let made_by_name = match shown.application.made_by {
        Some(user) => {
            let sql = "select display_name from users where account_id = ?1 and user_id = ?2";
            let keys = params![visit.account.to_string(), user.to_string()];
            db.prepare_cached(sql)?.query_row(keys, |row| row.get(0)).optional()?
        }
        None => None,
    };
    Ok(Some(OneIntegrationShown { shown, made_by_name }))
}

macro_rules! seen_sql {
    ($where:literal) => {
        concat!(
            "select n.application_id, p.name, n.secret_id, s.label, n.user_id, u.display_name, n.at
             from secrets_seen n
             join secrets s on s.account_id = n.account_id
                 and s.application_id = n.application_id and s.secret_id = n.secret_id
             join applications p on p.account_id = n.account_id
                 and p.application_id = n.application_id
             join users u on u.account_id = n.account_id and u.user_id = n.user_id
             where n.account_id = ?1 and ",
            $where,
            " = ?2 order by n.at desc, n.secret_id, n.user_id limit ?3"
        )
    };
}

pub(super) fn seen(
    at: SeenWhere,
    db: &Connection,
    visit: &Visit,
) -> Result<Vec<SeenSecret>, Fault> {
    let (sql, key) = match at {
        SeenWhere::By(user) => (seen_sql!("n.user_id"), user.to_string()),
        SeenWhere::Of(application) => (seen_sql!("n.application_id"), application.to_string()),
    };
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![visit.account.to_string(), key, SEEN_MAX])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let broken = |column: &'static str| Fault::inconsistent("secrets_seen", column, &key);
        let id = |at: usize| row.get_ref(at)?.as_str().map_err(Fault::from);
        found.push(SeenSecret {
            application: id(0)?.parse().map_err(|_| broken("application_id"))?,
            application_name: row.get(1)?,
            secret: id(2)?.parse().map_err(|_| broken("secret_id"))?,
            label: row.get(3)?,
            user: id(4)?.parse().map_err(|_| broken("user_id"))?,
            user_name: row.get(5)?,
            at: Moment::from_millis(row.get(6)?),
        });
    }
    Ok(found)
}
