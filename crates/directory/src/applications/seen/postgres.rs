//! Who has seen which secret, in PostgreSQL.

use std::collections::{BTreeSet, HashMap};

use crate::Fault;
use crate::acting::{Changes, Needs};
use crate::store::postgres::Connection;
use crate::world::{ApplicationId, SecretId, UserId};

pub(crate) type Seen = HashMap<UserId, BTreeSet<(ApplicationId, SecretId)>>;

pub(crate) async fn load(db: &Connection, account: &str, needs: &Needs) -> Result<Seen, Fault> {
    let mut seen = Seen::new();
    if needs.seen_by.is_empty() {
        return Ok(seen);
    }
    let users: Vec<String> = needs.seen_by.iter().map(ToString::to_string).collect();
    let sql = "select user_id, application_id, secret_id from secrets_seen
               where account_id = $1 and user_id = any($2)";
    for row in db.query(sql, &[&account, &users]).await? {
        let id: &str = row.get(0);
        let broken = |column: &'static str| Fault::inconsistent("secrets_seen", column, id);
        let user = id.parse().map_err(|_| broken("user_id"))?;
        let application = row.get::<_, &str>(1).parse().map_err(|_| broken("application_id"))?;
        let secret = row.get::<_, &str>(2).parse().map_err(|_| broken("secret_id"))?;
        seen.entry(user).or_default().insert((application, secret));
    }
    Ok(seen)
}

/// Behind the secrets themselves: of one that is gone nothing is kept.
pub(crate) async fn store(db: &Connection, account: &str, changes: &Changes) -> Result<(), Fault> {
    for user in &changes.users_removed {
        let sql = "delete from secrets_seen where account_id = $1 and user_id = $2";
        db.execute(sql, &[&account, &user.to_string()]).await?;
    }
    let sql = "insert into secrets_seen (account_id, application_id, secret_id, user_id, at)
               select s.account_id, s.application_id, s.secret_id, $4::text, $5::bigint from secrets s
               where s.account_id = $1 and s.application_id = $2 and s.secret_id = $3
               on conflict (account_id, application_id, secret_id, user_id) do nothing";
    for ((application, secret, user), at) in &changes.secrets_seen {
        let keys = (application.to_string(), secret.to_string(), user.to_string());
        db.execute(sql, &[&account, &keys.0, &keys.1, &keys.2, &at.millis()]).await?;
    }
    Ok(())
}
