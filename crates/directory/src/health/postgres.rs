//! Looking after a store in PostgreSQL.

use super::{Contents, ContentsOf, DatabaseSettings, SecretSeen, Wanting, WantsAHand};
use crate::Fault;
use crate::store::postgres::{AskPostgres, Connection};
use crate::world::Moment;

fn count(number: i64, table: &'static str) -> Result<u64, Fault> {
    u64::try_from(number).map_err(|_| Fault::inconsistent(table, "count", number))
}

impl AskPostgres for ContentsOf {
    type Reply = Contents;

    async fn ask(&self, db: &Connection) -> Result<Contents, Fault> {
        let sql = "select (select max(version)::bigint from rollcall_migrations),
                          (select count(*) from accounts),
                          (select count(*) from users),
                          (select count(*) from applications),
                          (select coalesce(sum(audit_seq), 0)::bigint from accounts),
                          (select max(r.at) from accounts a join audit r
                             on r.account_id = a.account_id and r.seq = a.audit_seq),
                          (select value from meta where name = 'made_by')";
        let rows = db.query(sql, &[]).await?;
        let Some(row) = rows.first() else {
            return Err(Fault::inconsistent("accounts", "count", "no row"));
        };
        let made_by: Option<&str> = row.get(6);
        Ok(Contents {
            migration: row.get(0),
            made_by: made_by.and_then(|text| serde_json::from_str(text).ok()),
            accounts: count(row.get(1), "accounts")?,
            people: count(row.get(2), "users")?,
            applications: count(row.get(3), "applications")?,
            records: count(row.get(4), "audit")?,
            newest_record: row.get::<_, Option<i64>>(5).map(Moment::from_millis),
        })
    }
}

impl AskPostgres for WantsAHand {
    type Reply = Wanting;

    async fn ask(&self, db: &Connection) -> Result<Wanting, Fault> {
        let mut wanting = Wanting::default();
        let limit = i64::from(self.limit);
        let sql = "select account_id from accounts a
                   where exists (select 1 from users u where u.account_id = a.account_id)
                   and not exists (select 1 from users u where u.account_id = a.account_id
                                   and u.owner and u.state = 1)
                   order by account_id limit $1";
        for row in &db.query(sql, &[&limit]).await? {
            let id: &str = row.get(0);
            let broken = || Fault::inconsistent("accounts", "account_id", id);
            wanting.ownerless.push(id.parse().map_err(|_| broken())?);
        }
        let sql = "select s.account_id, s.application_id, s.secret_id, s.created, s.ends, u.at
                   from secrets s left join secret_uses u on u.account_id = s.account_id
                        and u.application_id = s.application_id and u.secret_id = s.secret_id
                   where s.ends < $1 or greatest(s.created, coalesce(u.at, 0)) < $2
                   order by s.account_id, s.application_id, s.secret_id limit $3";
        let soon = self.now.plus(Self::ENDS_SOON).millis();
        let long_ago = self.now.minus(Self::UNUSED_FOR).millis();
        for row in &db.query(sql, &[&soon, &long_ago, &limit]).await? {
            let text = |at: usize| row.get::<_, &str>(at);
            let broken = |column: &'static str| Fault::inconsistent("secrets", column, "");
            let moment = |at: usize| row.get::<_, Option<i64>>(at);
            wanting.secrets.push(SecretSeen {
                account: text(0).parse().map_err(|_| broken("account_id"))?,
                application: text(1).parse().map_err(|_| broken("application_id"))?,
                secret: text(2).parse().map_err(|_| broken("secret_id"))?,
                created: Moment::from_millis(row.get(3)),
                ends: moment(4).map(Moment::from_millis),
                last_used: moment(5).map(Moment::from_millis),
            });
        }
        Ok(wanting)
    }
}

impl AskPostgres for DatabaseSettings {
    type Reply = Vec<(String, String)>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = "select name, setting from pg_settings where name in
                     ('server_version', 'synchronous_commit', 'synchronous_standby_names', 'fsync',
                      'full_page_writes')
                   union all select 'standby', pg_is_in_recovery()::text
                   union all select 'tls', coalesce((select ssl from pg_stat_ssl
                     where pid = pg_backend_pid()), false)::text
                   union all select 'network', (inet_server_addr() is not null)::text";
        Ok(db.query(sql, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}
