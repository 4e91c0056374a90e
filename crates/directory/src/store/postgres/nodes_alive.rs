//! Does anybody serve this database? Each node writes its row again and again.

use super::connection::Connection;
use crate::Fault;

/// Refused while a node was seen within ten seconds, by the database's own clock: several of its
/// beats, so that one which is only slow still counts.
pub(super) async fn nobody_serves(db: &Connection) -> Result<(), Fault> {
    // Commands of the administration beat too, without a version: they are over when they are over.
    let sql = "select count(*) from nodes
               where seen > clock_timestamp() - interval '10 seconds' and version <> ''";
    let nodes: i64 = db.query(sql, &[]).await?.first().map_or(0, |row| row.get(0));
    if nodes == 0 {
        return Ok(());
    }
    Err(Fault::Unusable(format!(
        "{nodes} nodes serve this database, or did so within the last 10 seconds: stop all of them, wait so long, and run this again"
    )))
}
