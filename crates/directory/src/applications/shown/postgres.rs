//! Applications for the console, in PostgreSQL.

use tokio_postgres::Row;

use super::{Integrations, OneIntegration, OneIntegrationShown, SEEN_MAX, SeenSecret, SeenWhere};
use crate::Fault;
use crate::applications::ApplicationShown;
use crate::applications::postgres::{SHOWN_WIDTH, shown};
use crate::sessions::postgres::{VISIT_WIDTH, visit_facts, visit_sql};
use crate::sessions::{Visit, VisitFacts};
use crate::store::postgres::Connection;
use crate::world::Moment;

/// The columns that [`shown`] reads, and behind them the name of who made the application.
macro_rules! applications_sql {
    ($applications:literal) => {
        visit_sql!(
            "select i.application_id, i.name, i.description, i.redirect_url, i.scopes, i.created,
                    i.version, i.made_by, t.secret_id, t.digest, t.label, t.created as secret_made,
                    t.ends, t.addresses, x.at, x.address, x.agent, m.display_name
             from (select * from applications where account_id = $1 ",
            $applications,
            ") i
             left join secrets t on t.account_id = i.account_id
                 and t.application_id = i.application_id
             left join secret_uses x on x.account_id = i.account_id
                 and x.application_id = t.application_id and x.secret_id = t.secret_id
             left join users m on m.account_id = i.account_id and m.user_id = i.made_by";
            " order by p.application_id, p.secret_made, p.secret_id"
        )
    };
}

pub(super) async fn list(
    asked: &Integrations,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Vec<ApplicationShown>), Fault> {
    let sql = applications_sql!("and application_id > $3 order by application_id limit $4");
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let after = asked.after.map(|id| id.to_string()).unwrap_or_default();
    let rows = db.query(sql, &[&account, &session, &after, &i64::from(asked.limit)]).await?;
    let found = shown(&rows, VISIT_WIDTH)?.unwrap_or_default();
    Ok((visit_facts(&rows, visit)?, found))
}

pub(super) async fn one(
    asked: &OneIntegration,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Option<OneIntegrationShown>), Fault> {
    let sql = applications_sql!("and application_id = $3");
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let rows = db.query(sql, &[&account, &session, &asked.id.to_string()]).await?;
    let made_by_name = rows.first().and_then(|row| row.get(VISIT_WIDTH + SHOWN_WIDTH));
    let found = shown(&rows, VISIT_WIDTH)?.and_then(|found| found.into_iter().next());
    let found = found.map(|shown| OneIntegrationShown { shown, made_by_name });
    Ok((visit_facts(&rows, visit)?, found))
}

macro_rules! seen_sql {
    ($where:literal) => {
        visit_sql!(
            "select n.application_id, i.name, n.secret_id, t.label, n.user_id, w.display_name, n.at
             from secrets_seen n
             join secrets t on t.account_id = n.account_id
                 and t.application_id = n.application_id and t.secret_id = n.secret_id
             join applications i on i.account_id = n.account_id
                 and i.application_id = n.application_id
             join users w on w.account_id = n.account_id and w.user_id = n.user_id
             where n.account_id = $1 and ",
            $where,
            " = $3 order by n.at desc, n.secret_id, n.user_id limit $4";
            " order by p.at desc, p.secret_id, p.user_id"
        )
    };
}

pub(super) async fn seen(
    at: SeenWhere,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Vec<SeenSecret>), Fault> {
    let (sql, key) = match at {
        SeenWhere::By(user) => (seen_sql!("n.user_id"), user.to_string()),
        SeenWhere::Of(application) => (seen_sql!("n.application_id"), application.to_string()),
    };
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let rows = db.query(sql, &[&account, &session, &key, &SEEN_MAX]).await?;
    let there = |row: &&Row| row.get::<_, Option<&str>>(VISIT_WIDTH).is_some();
    let found = rows.iter().filter(there).map(|row| {
        let broken = |column: &'static str| Fault::inconsistent("secrets_seen", column, &key);
        let id = |at: usize| row.get::<_, &str>(VISIT_WIDTH + at);
        Ok(SeenSecret {
            application: id(0).parse().map_err(|_| broken("application_id"))?,
            application_name: row.get(VISIT_WIDTH + 1),
            secret: id(2).parse().map_err(|_| broken("secret_id"))?,
            label: row.get(VISIT_WIDTH + 3),
            user: id(4).parse().map_err(|_| broken("user_id"))?,
            user_name: row.get(VISIT_WIDTH + 5),
            at: Moment::from_millis(row.get(VISIT_WIDTH + 6)),
        })
    });
    let found = found.collect::<Result<Vec<_>, Fault>>()?;
    Ok((visit_facts(&rows, visit)?, found))
}
