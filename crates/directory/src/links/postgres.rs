//! Links in PostgreSQL.

use std::collections::HashMap;

use tokio_postgres::Row;

use super::{Link, LinkDigest, LinkShown, LookAtLink, Purpose};
use crate::accounts::postgres::number;
use crate::acting::{Changes, Needs, Refusal};
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::world::{AccountId, Moment};
use crate::{Fault, users};

pub(crate) async fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
) -> Result<HashMap<LinkDigest, Link>, Fault> {
    if needs.links.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&[u8]> = needs.links.iter().map(|id| id.as_bytes().as_slice()).collect();
    let sql = "select link, user_id, user_epoch, purpose, made_by, made, ends from links
               where account_id = $1 and link = any($2)";
    let rows = db.query(sql, &[&account.to_string(), &ids]).await?;
    rows.iter().map(|row| link(row, 0).map(|link| (link.id, link))).collect()
}

/// `from` is where the seven columns of a link begin in the row.
pub(crate) fn link(row: &Row, from: usize) -> Result<Link, Fault> {
    let user: &str = row.get(from + 1);
    let broken = |column: &'static str| Fault::inconsistent("links", column, user);
    let id = row.get::<_, &[u8]>(from).try_into().map_err(|_| broken("link"))?;
    let made_by = row.get::<_, Option<&str>>(from + 4).map(str::parse).transpose();
    Ok(Link {
        id: LinkDigest::from_row(id),
        user: user.parse().map_err(|_| broken("user_id"))?,
        epoch: number(row.get(from + 2), "links", "user_epoch")?,
        purpose: Purpose::from_row(row.get(from + 3)).ok_or_else(|| broken("purpose"))?,
        made_by: made_by.map_err(|_| broken("made_by"))?,
        made: Moment::from_millis(row.get(from + 5)),
        ends: Moment::from_millis(row.get(from + 6)),
    })
}

pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &changes.users_removed {
        let sql = "delete from links where account_id = $1 and user_id = $2";
        db.execute(sql, &[&account, &user.to_string()]).await?;
    }
    for id in &changes.links_used {
        let sql = "delete from links where account_id = $1 and link = $2";
        db.execute(sql, &[&account, &id.as_bytes().as_slice()]).await?;
    }
    for link in changes.links_made.values() {
        let sql = "insert into links (account_id, user_id, link, user_epoch, purpose, made_by, made, ends)
                   values ($1, $2, $3, $4, $5, $6, $7, $8)
                   on conflict (account_id, user_id) do update set link = excluded.link,
                   user_epoch = excluded.user_epoch, purpose = excluded.purpose,
                   made_by = excluded.made_by, made = excluded.made, ends = excluded.ends";
        let count = db
            .execute(
                sql,
                &[
                    &account,
                    &link.user.to_string(),
                    &link.id.as_bytes().as_slice(),
                    &i64::from(link.epoch),
                    &link.purpose.to_row(),
                    &link.made_by.map(|id| id.to_string()),
                    &link.made.millis(),
                    &link.ends.millis(),
                ],
            )
            .await?;
        exactly(count, 1, "links", "link")?;
    }
    Ok(())
}

impl AskPostgres for LookAtLink {
    type Reply = Result<LinkShown, Refusal>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = "select l.link, l.user_id, l.user_epoch, l.purpose, l.made_by, l.made, l.ends,
                          u.user_id, u.email, u.display_name, u.state, u.owner, u.administrator,
                          u.security, u.externally_managed, u.created, u.epoch, u.suspensions
                   from links l
                   join users u on u.account_id = l.account_id and u.user_id = l.user_id
                   where l.account_id = $1 and l.link = $2";
        let keys = (self.account.to_string(), self.link.as_bytes().as_slice());
        let rows = db.query(sql, &[&keys.0, &keys.1]).await?;
        let found = match rows.first() {
            Some(row) => Some((link(row, 0)?, users::postgres::user(row, 7)?)),
            None => None,
        };
        let found = found.as_ref();
        Ok(self.decide(found.map(|(link, _)| link), found.map(|(_, user)| user)))
    }
}
