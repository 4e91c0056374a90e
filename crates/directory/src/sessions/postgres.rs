//! Passwords and sessions in PostgreSQL, and who visits.

use std::collections::HashMap;

use tokio_postgres::Row;

use super::{
    Answered, AtTheDoor, ByPerson, Door, OwnSessions, PasswordHash, PersonAsks, Session,
    SessionDigest, StoredPassword, Visit, VisitFacts,
};
use crate::accounts::Rights;
use crate::accounts::postgres::{number, plan};
use crate::acting::{Changes, Needs, Refusal};
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::store::sweep::{ROWS_MAX, rows};
use crate::users::email_key;
use crate::world::{AccountId, Moment, UserId};
use crate::{Fault, users};

pub(crate) async fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
) -> Result<HashMap<SessionDigest, Session>, Fault> {
    if needs.sessions.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&[u8]> = needs.sessions.iter().map(|id| id.as_bytes().as_slice()).collect();
    let sql = "select session, user_id, user_epoch, began, seen from sessions
               where account_id = $1 and session = any($2)";
    let rows = db.query(sql, &[&account.to_string(), &ids]).await?;
    rows.iter().map(|row| session(row, 0).map(|session| (session.id, session))).collect()
}

pub(crate) async fn load_passwords(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
) -> Result<HashMap<UserId, PasswordHash>, Fault> {
    if needs.passwords.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = needs.passwords.iter().map(ToString::to_string).collect();
    let sql = "select user_id, phc from passwords where account_id = $1 and user_id = any($2)";
    let password = |row: &Row| {
        let id: &str = row.get(0);
        let user = id.parse().map_err(|_| Fault::inconsistent("passwords", "user_id", id))?;
        Ok((user, PasswordHash::from_row(row.get(1))))
    };
    db.query(sql, &[&account.to_string(), &ids]).await?.iter().map(password).collect()
}

/// `from` is where the five columns of a session begin in the row.
fn session(row: &Row, from: usize) -> Result<Session, Fault> {
    let broken = |column: &'static str| Fault::inconsistent("sessions", column, "a session");
    let id = row.get::<_, &[u8]>(from).try_into().map_err(|_| broken("session"))?;
    Ok(Session {
        id: SessionDigest::from_row(id),
        user: row.get::<_, &str>(from + 1).parse().map_err(|_| broken("user_id"))?,
        epoch: number(row.get(from + 2), "sessions", "user_epoch")?,
        began: Moment::from_millis(row.get(from + 3)),
        seen: Moment::from_millis(row.get(from + 4)),
    })
}

pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &changes.users_removed {
        for sql in [
            "delete from passwords where account_id = $1 and user_id = $2",
            "delete from sessions where account_id = $1 and user_id = $2",
        ] {
            db.execute(sql, &[&account, &user.to_string()]).await?;
        }
    }
    for (user, hash) in &changes.passwords {
        let sql = "insert into passwords (account_id, user_id, phc) values ($1, $2, $3)
                   on conflict (account_id, user_id) do update set phc = excluded.phc";
        db.execute(sql, &[&account, &user.to_string(), &hash.to_row()]).await?;
    }
    for id in &changes.sessions_ended {
        let sql = "delete from sessions where account_id = $1 and session = $2";
        db.execute(sql, &[&account, &id.as_bytes().as_slice()]).await?;
    }
    begin(db, &account, changes).await
}

/// Whoever begins one sweeps out what ended by itself, and what is too much of their own.
async fn begin(db: &Connection, account: &str, changes: &Changes) -> Result<(), Fault> {
    for session in changes.sessions_begun.values() {
        let sql = "insert into sessions (account_id, session, user_id, user_epoch, began, seen)
                   values ($1, $2, $3, $4, $5, $6)";
        let user = session.user.to_string();
        let (id, epoch) = (session.id.as_bytes().as_slice(), i64::from(session.epoch));
        let (began, seen) = (session.began.millis(), session.seen.millis());
        let count = db.execute(sql, &[&account, &id, &user, &epoch, &began, &seen]).await?;
        exactly(count, 1, "sessions", "session")?;
        let sql = "delete from sessions where account_id = $1 and user_id = $2 and session not in
                       (select session from sessions where account_id = $1 and user_id = $2
                        order by user_epoch desc, seen desc, began desc limit $3)";
        db.execute(sql, &[&account, &user, &i64::from(Session::PER_PERSON_MAX)]).await?;
    }
    if !changes.sessions_begun.is_empty() {
        let sql = "delete from sessions where account_id = $1 and seen <= $2";
        let since = changes.now.minus(Session::LIFE);
        db.execute(sql, &[&account, &since.millis()]).await?;
    }
    Ok(())
}

/// Who visits, and beside them the rows of another question, `p`: its statement stands where
/// `lateral` is written, with `$1` the account, `$2` the session's digest, and its own from `$3`.
/// Where `p` has no row there is one all the same, of nulls behind the visitor's columns.
macro_rules! visit_sql {
    ($($rest:expr),+ $(,)?) => {
        $crate::sessions::postgres::visit_sql!($($rest),+; "")
    };
    ($($rest:expr),+; $($order:expr),+ $(,)?) => {
        concat!(
            "select a.name, a.plan, a.provisioning_automated, a.epoch,
                    s.session, s.user_id, s.user_epoch, s.began, s.seen,
                    v.user_id, v.email, v.display_name, v.state, v.owner, v.administrator,
                    v.security, v.externally_managed, v.created, v.epoch, v.suspensions, p.*
             from accounts a
             left join sessions s on s.account_id = a.account_id and s.session = $2
             left join users v on v.account_id = a.account_id and v.user_id = s.user_id
             left join lateral (",
            $($rest),+,
            ") p on true where a.account_id = $1",
            $($order),+
        )
    };
}

pub(crate) use visit_sql;

/// The columns of who visits.
pub(crate) const VISIT_WIDTH: usize = 20;

pub(crate) fn visit_facts(rows: &[Row], visit: &Visit) -> Result<VisitFacts, Fault> {
    let Some(row) = rows.first() else { return Ok(VisitFacts::default()) };
    let rights = Rights {
        plan: plan(row.get(1), visit.account)?,
        provisioning_automated: row.get(2),
        epoch: number(row.get(3), "accounts", "epoch")?,
    };
    let session = match row.get::<_, Option<&[u8]>>(4) {
        Some(_) => Some(session(row, 4)?),
        None => None,
    };
    let user = match row.get::<_, Option<&str>>(9) {
        Some(_) => Some(users::postgres::user(row, 9)?),
        None => None,
    };
    Ok(VisitFacts { account: Some((row.get(0), rights)), session, user })
}

/// Sessions that are over by the clock; so many at a time.
pub(crate) async fn sweep(
    db: &Connection,
    account: AccountId,
    now: Moment,
) -> Result<usize, Fault> {
    // Twice the same condition: one whose use was written meanwhile stays.
    let sql = "delete from sessions where account_id = $1 and seen <= $2 and session in
                   (select session from sessions where account_id = $1 and seen <= $2 limit $3)";
    let since = now.minus(Session::LIFE).millis();
    let swept = db.execute(sql, &[&account.to_string(), &since, &i64::from(ROWS_MAX)]).await?;
    Ok(rows(swept))
}

impl<Q: PersonAsks> AskPostgres for ByPerson<Q> {
    type Reply = Result<Answered<Q::Answer>, Refusal>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let (facts, found) = self.asks.postgres(db, &self.visit).await?;
        Ok(self.decide(facts, found))
    }
}

pub(super) async fn who(db: &Connection, visit: &Visit) -> Result<VisitFacts, Fault> {
    let (account, id) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let rows = db.query(visit_sql!("select 1"), &[&account, &id]).await?;
    visit_facts(&rows, visit)
}

impl OwnSessions {
    pub(super) async fn ask(
        db: &Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Vec<Session>), Fault> {
        let sql = visit_sql!(
            "select session, user_id, user_epoch, began, seen from sessions
             where account_id = $1 and user_id = s.user_id"
        );
        let (account, id) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
        let rows = db.query(sql, &[&account, &id]).await?;
        let there = |row: &&Row| row.get::<_, Option<&[u8]>>(VISIT_WIDTH).is_some();
        let found = rows.iter().filter(there).map(|row| session(row, VISIT_WIDTH));
        Ok((visit_facts(&rows, visit)?, found.collect::<Result<_, _>>()?))
    }
}

impl AskPostgres for Door {
    type Reply = Option<AtTheDoor>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = "select u.user_id, u.email, u.display_name, u.state, u.owner, u.administrator,
                          u.security, u.externally_managed, u.created, u.epoch, u.suspensions, w.phc
                   from users u
                   left join passwords w on w.account_id = u.account_id and w.user_id = u.user_id
                   where u.account_id = $1 and u.email_key = $2";
        // What cannot be stored cannot be there; PostgreSQL would refuse the question.
        let key = email_key(&self.email);
        if key.contains('\0') {
            return Ok(None);
        }
        let rows = db.query(sql, &[&self.account.to_string(), &key]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let password = row.get::<_, Option<String>>(11).map(PasswordHash::from_row);
        Ok(Some(AtTheDoor { user: users::postgres::user(row, 0)?, password }))
    }
}

impl AskPostgres for StoredPassword {
    type Reply = Option<PasswordHash>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = "select phc from passwords where account_id = $1 and user_id = $2";
        let rows = db.query(sql, &[&self.account.to_string(), &self.user.to_string()]).await?;
        Ok(rows.first().map(|row| PasswordHash::from_row(row.get(0))))
    }
}
