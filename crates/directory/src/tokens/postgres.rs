//! Credentials in PostgreSQL: what the rows say of a token's bearer and of a client, revocations,
//! and how many refusals a caller has had.

use std::collections::{HashMap, HashSet};

use futures_util::future::try_join;
use tokio_postgres::Row;

use super::{Claims, IssueToken, Issued, ProveClient, Revocation};
use crate::Fault;
use crate::accounts::Rights;
use crate::accounts::postgres::{number, plan};
use crate::acting::{
    CallerFacts, Changes, ClientFacts, ClientSecretFacts, Needs, Refusal, RefusalTally, Tallied,
};
use crate::applications::SecretDigest;
use crate::applications::postgres::{scopes, terms};
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::store::sweep::{ROWS_MAX, rows};
use crate::world::{AccountId, ApplicationId, Moment, TokenId};

/// From where a bearer's proof is read: beside nobody, or joined to what is asked. By these
/// parameters or columns: application, secret and token, of the account that is the first parameter.
macro_rules! proof_from {
    () => {
        $crate::tokens::postgres::proof_from!("$2", "$3", "$4")
    };
    ($application:literal, $secret:literal, $token:literal) => {
        concat!(
            " from accounts a
         left join applications p on p.account_id = $1 and p.application_id = ",
            $application,
            " left join secrets s on s.account_id = $1 and s.application_id = ",
            $application,
            " and s.secret_id = ",
            $secret,
            " left join revocations r on r.account_id = $1 and r.token_id = ",
            $token,
            " where a.account_id = $1"
        )
    };
}

/// The proof of a bearer in the places of a person's eleven columns. Each column is sent and read with
/// every person, so the proof stands in those that have its types, and nulls in the others.
macro_rules! proof_columns {
    () => {
        "a.plan, s.addresses, null::text, p.scopes, a.provisioning_automated,
         r.token_id is not null, null::boolean, null::boolean, a.epoch, s.ends, null::bigint"
    };
}

/// The same beside people of a list, of whom five columns are shown, and three are the proof's alone.
macro_rules! proof_of_list_columns {
    () => {
        "a.plan, s.addresses, null::text, p.scopes, a.epoch, s.ends,
         a.provisioning_automated, r.token_id is not null"
    };
}

/// The proof as one row of a larger statement: tag 0.
macro_rules! proof_sql {
    () => {
        concat!(
            "select 0, ",
            $crate::tokens::postgres::proof_columns!(),
            $crate::tokens::postgres::proof_from!()
        )
    };
}

/// The same beside people of a list.
macro_rules! proof_of_list_sql {
    () => {
        concat!(
            "select 0, ",
            $crate::tokens::postgres::proof_of_list_columns!(),
            $crate::tokens::postgres::proof_from!()
        )
    };
}

/// The proofs of several bearers, as rows of a statement that answers several questions: tags -1, -2 and so on, in
/// the order of `$2`, `$3` and `$4`, which are arrays. `limit 1`: looked up one by one, whatever the planner
/// believes of the tables.
macro_rules! proofs_sql {
    ($columns:expr) => {
        concat!(
            "select -(t.n::int), b.* from unnest($2::text[], $3::text[], $4::text[])
                    with ordinality t(application_id, secret_id, token_id, n)
             cross join lateral (select ",
            $columns,
            $crate::tokens::postgres::proof_from!("t.application_id", "t.secret_id", "t.token_id"),
            " limit 1) b"
        )
    };
}

/// The eleven columns of a person.
macro_rules! person_columns {
    () => {
        "user_id, email, display_name, state, owner, administrator, security, externally_managed,
         created, epoch, suspensions"
    };
}

/// The five of a person in a list, and nulls for the proof's three.
macro_rules! listed_columns {
    () => {
        "user_id, email, display_name, state, created, null::bigint, null::boolean, null::boolean"
    };
}

/// A row of people beside the proof: tag 1.
macro_rules! beside_sql {
    ($columns:expr) => {
        concat!(" union all (select 1, ", $columns, " from users where account_id = $1 ")
    };
}

pub(crate) use {
    beside_sql, listed_columns, person_columns, proof_columns, proof_from, proof_of_list_columns,
    proof_of_list_sql, proof_sql, proofs_sql,
};

pub(crate) struct CallerRow;

impl CallerRow {
    /// The tag, in front of a person's columns.
    pub(crate) const TAG_WIDTH: usize = 1;

    pub(crate) fn keys(token: &Claims) -> [String; 4] {
        [
            token.account.to_string(),
            token.application.to_string(),
            token.secret.to_string(),
            token.token.to_string(),
        ]
    }

    /// The keys of several, as a statement that answers several questions is told them.
    pub(crate) fn keys_of_all(tokens: &[&Claims]) -> [Vec<String>; 3] {
        let column = |key: fn(&Claims) -> String| tokens.iter().map(|token| key(token)).collect();
        [
            column(|token| token.application.to_string()),
            column(|token| token.secret.to_string()),
            column(|token| token.token.to_string()),
        ]
    }

    /// Beside one person.
    pub(crate) fn read(row: &Row, token: &Claims) -> Result<CallerFacts, Fault> {
        Self::read_at(row, token, [5, 6, 9, 10])
    }

    /// Beside a list.
    pub(crate) fn read_of_list(row: &Row, token: &Claims) -> Result<CallerFacts, Fault> {
        Self::read_at(row, token, [7, 8, 5, 6])
    }

    /// Where provisioning, revocation, epoch and end stand.
    fn read_at(
        row: &Row,
        token: &Claims,
        [provisioning, revoked, epoch, ends]: [usize; 4],
    ) -> Result<CallerFacts, Fault> {
        Ok(CallerFacts {
            account: Some(Rights {
                plan: plan(row.get(1), token.account)?,
                provisioning_automated: row.get(provisioning),
                epoch: number(row.get(epoch), "accounts", "epoch")?,
            }),
            scopes: match row.get::<_, Option<i16>>(4) {
                Some(bits) => Some(scopes(bits, token.application)?),
                None => None,
            },
            token_is_revoked: row.get(revoked),
            secret: match row.get::<_, Option<&str>>(2) {
                Some(networks) => Some(terms(row.get(ends), networks, token.application)?),
                None => None,
            },
        })
    }
}

async fn client_facts(
    db: &Connection,
    client: ApplicationId,
) -> Result<Option<ClientFacts>, Fault> {
    let sql =
        "select c.account_id, a.epoch, s.secret_id, s.digest, s.ends, s.addresses from clients c
               join accounts a on a.account_id = c.account_id
               join secrets s on s.account_id = c.account_id and s.application_id = c.application_id
               where c.application_id = $1";
    let mut facts: Option<ClientFacts> = None;
    for row in db.query(sql, &[&client.to_string()]).await? {
        let broken = |column: &'static str| Fault::inconsistent("secrets", column, client);
        let account = row.get::<_, &str>(0).parse().map_err(|_| broken("account_id"))?;
        let epoch = number(row.get(1), "accounts", "epoch")?;
        let id = row.get::<_, &str>(2).parse().map_err(|_| broken("secret_id"))?;
        let digest = row.get::<_, &[u8]>(3).try_into().map_err(|_| broken("digest"))?;
        let digest = SecretDigest::from_row(digest);
        let terms = terms(row.get(4), row.get(5), client)?;
        facts
            .get_or_insert_with(|| ClientFacts { account, epoch, secrets: Vec::with_capacity(2) })
            .secrets
            .push(ClientSecretFacts { id, digest, terms });
    }
    Ok(facts)
}

type Loaded = (HashSet<TokenId>, HashMap<Tallied, RefusalTally>);

pub(crate) async fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
) -> Result<Loaded, Fault> {
    let account = account.to_string();
    try_join(revoked(db, &account, needs), tallies(db, &account, needs)).await
}

async fn revoked(db: &Connection, account: &str, needs: &Needs) -> Result<HashSet<TokenId>, Fault> {
    if needs.revocations.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<String> = needs.revocations.iter().map(ToString::to_string).collect();
    let sql = "select token_id from revocations where account_id = $1 and token_id = any($2)";
    let token = |row: &Row| {
        let id: &str = row.get(0);
        id.parse().map_err(|_| Fault::inconsistent("revocations", "token_id", id))
    };
    db.query(sql, &[&account, &ids]).await?.iter().map(token).collect()
}

async fn tallies(
    db: &Connection,
    account: &str,
    needs: &Needs,
) -> Result<HashMap<Tallied, RefusalTally>, Fault> {
    if needs.tallies.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = needs.tallies.iter().map(|whose| whose.to_row()).collect();
    let sql = "select caller, since, recorded, counted from refusal_tallies
               where account_id = $1 and caller = any($2)";
    let tally = |row: &Row| {
        let id: &str = row.get(0);
        let broken = || Fault::inconsistent("refusal_tallies", "caller", id);
        let tally = RefusalTally {
            since: Moment::from_millis(row.get(1)),
            recorded: number(row.get(2), "refusal_tallies", "recorded")?,
            counted: number(row.get(3), "refusal_tallies", "counted")?,
        };
        Ok((Tallied::from_row(id).ok_or_else(broken)?, tally))
    };
    db.query(sql, &[&account, &ids]).await?.iter().map(tally).collect()
}

pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let account = account.to_string();
    try_join(revoke(db, &account, changes), count_refusals(db, &account, changes)).await.map(|_| ())
}

async fn revoke(db: &Connection, account: &str, changes: &Changes) -> Result<(), Fault> {
    if changes.revocations.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = changes.revocations.iter().map(|r| r.token.to_string()).collect();
    let ends: Vec<i64> = changes.revocations.iter().map(|r| r.ends.millis()).collect();
    let sql = "insert into revocations (account_id, token_id, ends)
               select $1, w.* from unnest($2::text[], $3::bigint[]) w";
    let count = db.execute(sql, &[&account, &ids, &ends]).await?;
    exactly(count, ids.len(), "revocations", "token_id")?;
    let sql = "delete from revocations where account_id = $1 and ends < $2";
    db.execute(sql, &[&account, &Revocation::kept_since(changes.now).millis()]).await.map(|_| ())
}

async fn count_refusals(db: &Connection, account: &str, changes: &Changes) -> Result<(), Fault> {
    for (id, tally) in &changes.tallies {
        let sql = "insert into refusal_tallies (account_id, caller, since, recorded, counted)
                   values ($1, $2, $3, $4, $5)
                   on conflict (account_id, caller) do update
                   set since = excluded.since, recorded = excluded.recorded, counted = excluded.counted";
        let (since, recorded, counted) =
            (tally.since.millis(), i64::from(tally.recorded), i64::from(tally.counted));
        db.execute(sql, &[&account, &id.to_row(), &since, &recorded, &counted]).await?;
    }
    Ok(())
}

/// Revocations and tallies that nobody needs any more; so many of each at a time.
pub(crate) async fn sweep(
    db: &Connection,
    account: AccountId,
    now: Moment,
) -> Result<(usize, usize), Fault> {
    let account = account.to_string();
    let sql = "delete from revocations where account_id = $1 and token_id in
                   (select token_id from revocations where account_id = $1 and ends < $2 limit $3)";
    let since = Revocation::kept_since(now).millis();
    let revocations = db.execute(sql, &[&account, &since, &i64::from(ROWS_MAX)]).await?;
    // Twice the same condition: a tally that was begun anew meanwhile stays.
    let sql = "delete from refusal_tallies where account_id = $1 and since <= $2 and counted = 0
                   and caller in (select caller from refusal_tallies
                   where account_id = $1 and since <= $2 and counted = 0 limit $3)";
    let since = RefusalTally::over_since(now).millis();
    let tallies = db.execute(sql, &[&account, &since, &i64::from(ROWS_MAX)]).await?;
    Ok((rows(revocations), rows(tallies)))
}

/// Of accounts that are not there. Programs of before counted refusals there too.
pub(crate) async fn sweep_of_no_account(db: &Connection) -> Result<usize, Fault> {
    let sql = "delete from refusal_tallies where account_id in
                   (select account_id from refusal_tallies t where not exists
                       (select 1 from accounts a where a.account_id = t.account_id) limit $1)";
    Ok(rows(db.execute(sql, &[&i64::from(ROWS_MAX)]).await?))
}

impl AskPostgres for IssueToken {
    type Reply = Result<Issued, Refusal>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        Ok(self.decide(client_facts(db, self.client).await?.as_ref()))
    }
}

impl AskPostgres for ProveClient {
    type Reply = Result<(), Refusal>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        Ok(self.decide(client_facts(db, self.client).await?.as_ref()))
    }
}
