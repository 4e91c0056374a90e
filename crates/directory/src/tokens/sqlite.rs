//! Credentials in SQLite: what the rows say of a token's bearer and of a client, revocations, and
//! how many refusals a caller has had.

use std::rc::Rc;

use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};

use super::{Claims, IssueToken, Issued, ProveClient, Revocation};
use crate::Fault;
use crate::accounts::{Rights, sqlite::plan};
use crate::acting::{
    CallerFacts, Changes, ClientFacts, ClientSecretFacts, Facts, Needs, Refusal, RefusalTally,
};
use crate::applications::SecretDigest;
use crate::applications::sqlite::{scopes, terms};
use crate::store::sqlite::{AskSqlite, Connection, Snapshot};
use crate::store::sweep::ROWS_MAX;
use crate::world::{AccountId, ApplicationId, Moment};

/// One row whatever is missing, so that each missing thing reads as what it is.
const PROOF: &str =
    "select a.plan, a.provisioning_automated, a.epoch, p.scopes, r.token_id is not null,
            s.ends, s.addresses
     from accounts a
     left join applications p on p.account_id = ?1 and p.application_id = ?2
     left join secrets s on s.account_id = ?1 and s.application_id = ?2 and s.secret_id = ?3
     left join revocations r on r.account_id = ?1 and r.token_id = ?4
     where a.account_id = ?1";

pub(crate) fn caller_facts(
    snapshot: &Snapshot<'_>,
    token: &Claims,
) -> Result<Rc<CallerFacts>, Fault> {
    snapshot.caller(token, |db| look_up_caller(db, token))
}

fn look_up_caller(db: &Connection, token: &Claims) -> Result<CallerFacts, Fault> {
    let keys = params![
        &*token.account.text(),
        &*token.application.text(),
        &*token.secret.text(),
        &*token.token.text()
    ];
    let mut statement = db.prepare_cached(PROOF)?;
    let mut rows = statement.query(keys)?;
    let Some(row) = rows.next()? else { return Ok(CallerFacts::default()) };
    Ok(CallerFacts {
        account: Some(Rights {
            plan: plan(row.get_ref(0)?.as_str()?, token.account)?,
            provisioning_automated: row.get(1)?,
            epoch: row.get(2)?,
        }),
        scopes: match row.get::<_, Option<i16>>(3)? {
            Some(bits) => Some(scopes(bits, token.application)?),
            None => None,
        },
        token_is_revoked: row.get(4)?,
        secret: match row.get_ref(6)? {
            ValueRef::Null => None,
            _ => Some(terms(row, 5, token.application)?),
        },
    })
}

fn client_facts(
    snapshot: &Snapshot<'_>,
    client: ApplicationId,
) -> Result<Option<Rc<ClientFacts>>, Fault> {
    snapshot.client(client, |db| look_up_client(db, client))
}

fn look_up_client(db: &Connection, client: ApplicationId) -> Result<Option<ClientFacts>, Fault> {
    let sql =
        "select c.account_id, a.epoch, s.secret_id, s.digest, s.ends, s.addresses from clients c
               join accounts a on a.account_id = c.account_id
               join secrets s on s.account_id = c.account_id and s.application_id = c.application_id
               where c.application_id = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![&*client.text()])?;
    let mut facts: Option<ClientFacts> = None;
    while let Some(row) = rows.next()? {
        let inconsistent = |column| move |_| Fault::inconsistent("secrets", column, client);
        let account = row.get_ref(0)?.as_str()?.parse().map_err(inconsistent("account_id"))?;
        let epoch = row.get(1)?;
        let id = row.get_ref(2)?.as_str()?.parse().map_err(inconsistent("secret_id"))?;
        let digest = SecretDigest::from_row(row.get(3)?);
        let terms = terms(row, 4, client)?;
        facts
            .get_or_insert_with(|| ClientFacts { account, epoch, secrets: Vec::with_capacity(2) })
            .secrets
            .push(ClientSecretFacts { id, digest, terms });
    }
    Ok(facts)
}

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for token in &needs.revocations {
        let sql = "select 1 from revocations where account_id = ?1 and token_id = ?2";
        if db.prepare_cached(sql)?.exists(params![account, token.to_string()])? {
            facts.revoked.insert(*token);
        }
    }
    for id in &needs.tallies {
        let sql = "select since, recorded, counted from refusal_tallies
                   where account_id = ?1 and caller = ?2";
        let tally = db
            .prepare_cached(sql)?
            .query_row(params![account, id.to_row()], |row| {
                let since = Moment::from_millis(row.get(0)?);
                Ok(RefusalTally { since, recorded: row.get(1)?, counted: row.get(2)? })
            })
            .optional()?;
        facts.tallies.extend(tally.map(|tally| (*id, tally)));
    }
    Ok(())
}

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    let account = account.to_string();
    for revocation in &changes.revocations {
        let sql = "insert into revocations (account_id, token_id, ends) values (?1, ?2, ?3)";
        let row = params![account, revocation.token.to_string(), revocation.ends.millis()];
        db.prepare_cached(sql)?.execute(row)?;
    }
    if !changes.revocations.is_empty() {
        let sql = "delete from revocations where account_id = ?1 and ends < ?2";
        let since = Revocation::kept_since(changes.now);
        db.prepare_cached(sql)?.execute(params![account, since.millis()])?;
    }
    for (id, tally) in &changes.tallies {
        let sql = "insert into refusal_tallies (account_id, caller, since, recorded, counted)
                   values (?1, ?2, ?3, ?4, ?5)
                   on conflict (account_id, caller) do update
                   set since = excluded.since, recorded = excluded.recorded, counted = excluded.counted";
        db.prepare_cached(sql)?.execute(params![
            account,
            id.to_row(),
            tally.since.millis(),
            tally.recorded,
            tally.counted
        ])?;
    }
    Ok(())
}

/// Revocations and tallies that nobody needs any more; so many of each at a time.
pub(crate) fn sweep(
    db: &Connection,
    account: AccountId,
    now: Moment,
) -> Result<(usize, usize), Fault> {
    let account = account.to_string();
    let sql = "delete from revocations where account_id = ?1 and token_id in
                   (select token_id from revocations where account_id = ?1 and ends < ?2 limit ?3)";
    let since = Revocation::kept_since(now).millis();
    let revocations = db.prepare_cached(sql)?.execute(params![account, since, ROWS_MAX])?;
    let sql = "delete from refusal_tallies where account_id = ?1 and since <= ?2 and counted = 0
                   and caller in (select caller from refusal_tallies
                   where account_id = ?1 and since <= ?2 and counted = 0 limit ?3)";
    let since = RefusalTally::over_since(now).millis();
    let tallies = db.prepare_cached(sql)?.execute(params![account, since, ROWS_MAX])?;
    Ok((revocations, tallies))
}

/// Of accounts that are not there. Programs of before counted refusals there too.
pub(crate) fn sweep_of_no_account(db: &Connection) -> Result<usize, Fault> {
    let sql = "delete from refusal_tallies where account_id in
                   (select account_id from refusal_tallies t where not exists
                       (select 1 from accounts a where a.account_id = t.account_id) limit ?1)";
    Ok(db.prepare_cached(sql)?.execute([ROWS_MAX])?)
}

impl AskSqlite for IssueToken {
    type Answer = Result<Issued, Refusal>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        Ok(self.decide(client_facts(db, self.client)?.as_deref()))
    }
}

impl AskSqlite for ProveClient {
    type Answer = Result<(), Refusal>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        Ok(self.decide(client_facts(db, self.client)?.as_deref()))
    }
}
