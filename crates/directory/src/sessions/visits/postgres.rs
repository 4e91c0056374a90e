//! Visits in PostgreSQL.

use super::NotedVisit;
use crate::Fault;
use crate::store::postgres::Connection;

/// In one statement. A session that is gone meanwhile stays gone; one whose row somebody else holds
/// just now is left for the next visit.
pub(crate) async fn write(db: &Connection, visits: &[NotedVisit]) -> Result<(), Fault> {
    let accounts: Vec<String> = visits.iter().map(|((id, _), _)| id.to_string()).collect();
    let sessions: Vec<&[u8]> = visits.iter().map(|((_, id), _)| id.as_bytes().as_slice()).collect();
    let at: Vec<i64> = visits.iter().map(|(_, at)| at.millis()).collect();
    let sql = "update sessions s set seen = held.at
               from (select h.account_id, h.session, w.at
                     from unnest($1::text[], $2::bytea[], $3::bigint[]) w(account_id, session, at)
                     join sessions h on h.account_id = w.account_id and h.session = w.session
                     where h.seen < w.at
                     for update of h skip locked) held
               where s.account_id = held.account_id and s.session = held.session";
    db.execute(sql, &[&accounts, &sessions, &at]).await.map(|_| ())
}
