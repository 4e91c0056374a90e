//! Passwords and sessions in SQLite, and who visits.

use rusqlite::{OptionalExtension, Row, params};

use super::{
    Answered, AtTheDoor, ByPerson, Door, OwnSessions, PasswordHash, PersonAsks, Session,
    SessionDigest, StoredPassword, Visit, VisitFacts,
};
use crate::accounts::Account;
use crate::acting::{Changes, Facts, Needs, Refusal};
use crate::store::sqlite::{AskSqlite, Connection, Snapshot};
use crate::store::sweep::ROWS_MAX;
use crate::users::email_key;
use crate::world::{AccountId, Moment, UserId};
use crate::{Fault, accounts, users};

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for id in &needs.sessions {
        facts.sessions.extend(by_id(db, &account, *id)?.map(|session| (*id, session)));
    }
    Ok(())
}

pub(crate) fn load_passwords(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &needs.passwords {
        facts.passwords.extend(password(db, &account, *user)?.map(|hash| (*user, hash)));
    }
    Ok(())
}

fn password(db: &Connection, account: &str, user: UserId) -> Result<Option<PasswordHash>, Fault> {
    let sql = "select phc from passwords where account_id = ?1 and user_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let phc =
        statement.query_row(params![account, user.to_string()], |row| row.get(0)).optional()?;
    Ok(phc.map(PasswordHash::from_row))
}

fn session(row: &Row<'_>) -> Result<Session, Fault> {
    let user = row.get_ref(1)?.as_str()?;
    Ok(Session {
        id: SessionDigest::from_row(row.get(0)?),
        user: user.parse().map_err(|_| Fault::inconsistent("sessions", "user_id", user))?,
        epoch: row.get(2)?,
        began: Moment::from_millis(row.get(3)?),
        seen: Moment::from_millis(row.get(4)?),
    })
}

fn by_id(db: &Connection, account: &str, id: SessionDigest) -> Result<Option<Session>, Fault> {
    let sql = "select session, user_id, user_epoch, began, seen from sessions
               where account_id = ?1 and session = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_row(params![account, id.as_bytes()], |row| Ok(session(row)));
    found.optional()?.transpose()
}

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &changes.users_removed {
        for sql in [
            "delete from passwords where account_id = ?1 and user_id = ?2",
            "delete from sessions where account_id = ?1 and user_id = ?2",
        ] {
            db.prepare_cached(sql)?.execute(params![account, user.to_string()])?;
        }
    }
    for (user, hash) in &changes.passwords {
        let sql = "insert into passwords (account_id, user_id, phc) values (?1, ?2, ?3)
                   on conflict (account_id, user_id) do update set phc = excluded.phc";
        db.prepare_cached(sql)?.execute(params![account, user.to_string(), hash.to_row()])?;
    }
    for id in &changes.sessions_ended {
        let sql = "delete from sessions where account_id = ?1 and session = ?2";
        db.prepare_cached(sql)?.execute(params![account, id.as_bytes()])?;
    }
    begin(db, &account, changes)
}

/// Whoever begins one sweeps out what ended by itself, and what is too much of their own.
fn begin(db: &Connection, account: &str, changes: &Changes) -> Result<(), Fault> {
    for session in changes.sessions_begun.values() {
        let sql = "insert into sessions (account_id, session, user_id, user_epoch, began, seen)
                   values (?1, ?2, ?3, ?4, ?5, ?6)";
        let user = session.user.to_string();
        db.prepare_cached(sql)?.execute(params![
            account,
            session.id.as_bytes(),
            user,
            session.epoch,
            session.began.millis(),
            session.seen.millis(),
        ])?;
        let sql = "delete from sessions where account_id = ?1 and user_id = ?2 and session not in
                       (select session from sessions where account_id = ?1 and user_id = ?2
                        order by user_epoch desc, seen desc, began desc limit ?3)";
        db.prepare_cached(sql)?.execute(params![account, user, Session::PER_PERSON_MAX])?;
    }
    if !changes.sessions_begun.is_empty() {
        let sql = "delete from sessions where account_id = ?1 and seen <= ?2";
        let since = changes.now.minus(Session::LIFE);
        db.prepare_cached(sql)?.execute(params![account, since.millis()])?;
    }
    Ok(())
}

pub(crate) fn visit_facts(db: &Connection, visit: &Visit) -> Result<VisitFacts, Fault> {
    let account = accounts::sqlite::load(db, visit.account)?;
    let text = visit.account.to_string();
    let session = by_id(db, &text, visit.session)?;
    let user = match &session {
        Some(session) => users::sqlite::by_id(db, &text, &session.user.text())?,
        None => None,
    };
    let account = account.map(|account| (account.name.clone(), Account::rights(&account)));
    Ok(VisitFacts { account, session, user })
}

/// Sessions that are over by the clock; so many at a time.
pub(crate) fn sweep(db: &Connection, account: AccountId, now: Moment) -> Result<usize, Fault> {
    let sql = "delete from sessions where account_id = ?1 and seen <= ?2 and session in
                   (select session from sessions where account_id = ?1 and seen <= ?2 limit ?3)";
    let since = now.minus(Session::LIFE).millis();
    Ok(db.prepare_cached(sql)?.execute(params![account.to_string(), since, ROWS_MAX])?)
}

impl<Q: PersonAsks> AskSqlite for ByPerson<Q> {
    type Answer = Result<Answered<Q::Answer>, Refusal>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let facts = visit_facts(db, &self.visit)?;
        // Nobody is there: nothing is looked for.
        if facts.user.is_none() {
            return Ok(Err(Refusal::SessionDead));
        }
        let found = self.asks.sqlite(db, &self.visit)?;
        Ok(self.decide(facts, found))
    }
}

impl OwnSessions {
    pub(super) fn look(db: &Connection, visit: &Visit) -> Result<Vec<Session>, Fault> {
        let sql = "select session, user_id, user_epoch, began, seen from sessions
                   where account_id = ?1 and user_id =
                       (select user_id from sessions where account_id = ?1 and session = ?2)";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows =
            statement.query(params![visit.account.to_string(), visit.session.as_bytes()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(session(row)?);
        }
        Ok(found)
    }
}

impl AskSqlite for Door {
    type Answer = Option<AtTheDoor>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let account = self.account.to_string();
        let found = users::sqlite::by_email(db, &account, &email_key(&self.email))?;
        let Some(user) = found else { return Ok(None) };
        let password = password(db, &account, user.id)?;
        Ok(Some(AtTheDoor { user, password }))
    }
}

impl AskSqlite for StoredPassword {
    type Answer = Option<PasswordHash>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        password(db, &self.account.to_string(), self.user)
    }
}
