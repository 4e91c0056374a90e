//! Last uses in PostgreSQL.

use tokio_postgres::Row;

use super::{LastUse, Noted};
use crate::Fault;
use crate::store::postgres::Connection;
use crate::world::{ApplicationId, Moment};

/// In one statement. A secret that is gone meanwhile leaves nothing; one that an act is changing
/// just now is not waited for, and its use is left out. Its row is held for the statement, so that
/// whoever takes it away finds what was written of it.
pub(crate) async fn write(db: &Connection, uses: &[Noted]) -> Result<(), Fault> {
    let accounts: Vec<String> = uses.iter().map(|(used, _)| used.account.to_string()).collect();
    let applications: Vec<String> =
        uses.iter().map(|(used, _)| used.application.to_string()).collect();
    let secrets: Vec<String> = uses.iter().map(|(used, _)| used.secret.to_string()).collect();
    let at: Vec<i64> = uses.iter().map(|(_, last)| last.at.millis()).collect();
    let addresses: Vec<String> = uses.iter().map(|(_, last)| last.address.to_string()).collect();
    let agents: Vec<&str> = uses.iter().map(|(_, last)| last.agent.as_str()).collect();
    let sql = "insert into secret_uses (account_id, application_id, secret_id, at, address, agent)
               select w.* from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[],
                   $6::text[]) w(account_id, application_id, secret_id, at, address, agent)
               join secrets s on s.account_id = w.account_id
                   and s.application_id = w.application_id and s.secret_id = w.secret_id
               order by w.account_id, w.application_id, w.secret_id
               for key share of s skip locked
               on conflict (account_id, application_id, secret_id) do update
               set at = excluded.at, address = excluded.address, agent = excluded.agent
               where secret_uses.at <= excluded.at";
    db.execute(sql, &[&accounts, &applications, &secrets, &at, &addresses, &agents])
        .await
        .map(|_| ())
}

/// From the three columns that begin at `from`; nulls where it was not used yet.
pub(in crate::applications) fn read(
    row: &Row,
    from: usize,
    id: ApplicationId,
) -> Result<Option<LastUse>, Fault> {
    let Some(at) = row.get::<_, Option<i64>>(from) else { return Ok(None) };
    let address = row
        .get::<_, &str>(from + 1)
        .parse()
        .map_err(|_| Fault::inconsistent("secret_uses", "address", id))?;
    Ok(Some(LastUse { at: Moment::from_millis(at), address, agent: row.get(from + 2) }))
}
