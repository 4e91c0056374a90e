//! Looking after a store in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{Contents, ContentsOf, DatabaseSettings, SecretSeen, Wanting, WantsAHand};
use crate::audit::sqlite::place;
use crate::store::sqlite::{AskSqlite, Snapshot, has_table};
use crate::world::Moment;
use crate::{Fault, accounts, users};

impl AskSqlite for ContentsOf {
    type Answer = Contents;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Contents, Fault> {
        let made_by: Option<String> = db
            .query_row("select value from meta where name = 'made_by'", [], |row| row.get(0))
            .optional()?;
        let sql = "select (select max(version) from rollcall_migrations),
                          (select count(*) from accounts),
                          (select count(*) from users),
                          (select count(*) from applications),
                          (select coalesce(sum(audit_seq), 0) from accounts)";
        // Counted by way of the accounts' numbers: without one they would be nobody.
        if has_table(db, "people")? {
            let lost = [accounts::sqlite::of_no_number(db)?, users::sqlite::of_no_number(db)?];
            if let Some(first) = lost.concat().first() {
                return Err(Fault::Unusable(format!(
                    "{first}: people who are there are not found. `rollcall admin integrity` says \
                     all that is wrong; go back to a backup"
                )));
            }
        }
        let newest_record = place::newest(db)?.map(Moment::from_millis);
        Ok(db.query_row(sql, [], |row| {
            Ok(Contents {
                migration: row.get(0)?,
                made_by: made_by.and_then(|text| serde_json::from_str(&text).ok()),
                accounts: row.get(1)?,
                people: row.get(2)?,
                applications: row.get(3)?,
                records: row.get(4)?,
                newest_record,
            })
        })?)
    }
}

impl AskSqlite for WantsAHand {
    type Answer = Wanting;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Wanting, Fault> {
        let mut wanting = Wanting::default();
        let sql = "select account_id from accounts a
                   where exists (select 1 from users u where u.account_id = a.account_id)
                   and not exists (select 1 from users u where u.account_id = a.account_id
                                   and u.owner = 1 and u.state = 1)
                   order by account_id limit ?1";
        let mut statement = db.prepare(sql)?;
        let mut rows = statement.query([self.limit])?;
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let broken = || Fault::inconsistent("accounts", "account_id", &id);
            wanting.ownerless.push(id.parse().map_err(|_| broken())?);
        }
        let sql = "select s.account_id, s.application_id, s.secret_id, s.created, s.ends, u.at
                   from secrets s left join secret_uses u on u.account_id = s.account_id
                        and u.application_id = s.application_id and u.secret_id = s.secret_id
                   where s.ends < ?1 or max(s.created, coalesce(u.at, 0)) < ?2
                   order by s.account_id, s.application_id, s.secret_id limit ?3";
        let mut statement = db.prepare(sql)?;
        let (soon, long_ago) = (self.now.plus(Self::ENDS_SOON), self.now.minus(Self::UNUSED_FOR));
        let mut rows = statement.query(params![soon.millis(), long_ago.millis(), self.limit])?;
        while let Some(row) = rows.next()? {
            let text = |at: usize| row.get::<_, String>(at);
            let broken = |column: &'static str| Fault::inconsistent("secrets", column, "");
            let moment = |at: usize| row.get::<_, Option<i64>>(at);
            wanting.secrets.push(SecretSeen {
                account: text(0)?.parse().map_err(|_| broken("account_id"))?,
                application: text(1)?.parse().map_err(|_| broken("application_id"))?,
                secret: text(2)?.parse().map_err(|_| broken("secret_id"))?,
                created: Moment::from_millis(row.get(3)?),
                ends: moment(4)?.map(Moment::from_millis),
                last_used: moment(5)?.map(Moment::from_millis),
            });
        }
        Ok(wanting)
    }
}

impl AskSqlite for DatabaseSettings {
    type Answer = Vec<(String, String)>;

    fn ask(&self, _db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        Ok(Vec::new())
    }
}
