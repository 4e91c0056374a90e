//! Links in SQLite.

use rusqlite::{OptionalExtension, Row, params};

use super::{Link, LinkDigest, LinkShown, LookAtLink, Purpose};
use crate::acting::{Changes, Facts, Needs, Refusal};
use crate::store::sqlite::{AskSqlite, Connection, Snapshot};
use crate::world::{AccountId, Moment, UserId};
use crate::{Fault, users};

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for id in &needs.links {
        facts.links.extend(by_id(db, &account, *id)?.map(|link| (*id, link)));
    }
    Ok(())
}

pub(crate) fn of_person(
    db: &Connection,
    account: &str,
    user: UserId,
) -> Result<Option<Link>, Fault> {
    let sql = "select link from links where account_id = ?1 and user_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let id =
        statement.query_row(params![account, user.to_string()], |row| row.get(0)).optional()?;
    match id {
        Some(id) => by_id(db, account, LinkDigest::from_row(id)),
        None => Ok(None),
    }
}

fn by_id(db: &Connection, account: &str, id: LinkDigest) -> Result<Option<Link>, Fault> {
    let sql = "select user_id, user_epoch, purpose, made_by, made, ends from links
               where account_id = ?1 and link = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_row(params![account, id.as_bytes()], |row| Ok(link(id, row)));
    found.optional()?.transpose()
}

fn link(id: LinkDigest, row: &Row<'_>) -> Result<Link, Fault> {
    let user = row.get_ref(0)?.as_str()?;
    let broken = |column: &'static str| Fault::inconsistent("links", column, user);
    let made_by = row.get::<_, Option<String>>(3)?.map(|id| id.parse()).transpose();
    Ok(Link {
        id,
        user: user.parse().map_err(|_| broken("user_id"))?,
        epoch: row.get(1)?,
        purpose: Purpose::from_row(row.get(2)?).ok_or_else(|| broken("purpose"))?,
        made_by: made_by.map_err(|_| broken("made_by"))?,
        made: Moment::from_millis(row.get(4)?),
        ends: Moment::from_millis(row.get(5)?),
    })
}

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &changes.users_removed {
        let sql = "delete from links where account_id = ?1 and user_id = ?2";
        db.prepare_cached(sql)?.execute(params![account, user.to_string()])?;
    }
    for id in &changes.links_used {
        let sql = "delete from links where account_id = ?1 and link = ?2";
        db.prepare_cached(sql)?.execute(params![account, id.as_bytes()])?;
    }
    for link in changes.links_made.values() {
        let sql = "insert into links (account_id, user_id, link, user_epoch, purpose, made_by, made, ends)
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   on conflict (account_id, user_id) do update set link = excluded.link,
                   user_epoch = excluded.user_epoch, purpose = excluded.purpose,
                   made_by = excluded.made_by, made = excluded.made, ends = excluded.ends";
        db.prepare_cached(sql)?.execute(params![
            account,
            link.user.to_string(),
            link.id.as_bytes(),
            link.epoch,
            link.purpose.to_row(),
            link.made_by.map(|id| id.to_string()),
            link.made.millis(),
            link.ends.millis(),
        ])?;
    }
    Ok(())
}

impl AskSqlite for LookAtLink {
    type Answer = Result<LinkShown, Refusal>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let account = self.account.to_string();
        let link = by_id(db, &account, self.link)?;
        let user = match &link {
            Some(link) => users::sqlite::by_id(db, &account, &link.user.text())?,
            None => None,
        };
        Ok(self.decide(link.as_ref(), user.as_ref()))
    }
}
