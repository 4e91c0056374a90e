//! The one loop: lock the account, gather, load, decide in order, store, commit, answer.
//!
//! Lock first and alone, then load: facts read in the statement that waits for the lock are from
//! before the wait, and would let the last two owners suspend each other. Gather after the lock:
//! whoever came while it was awaited shares this batch's commit.

use std::collections::VecDeque;
use std::future::Future;
use std::time::Instant;

use super::refusal_cap::{self, Tallied};
use super::ticket::{self, Effect};
use super::{Changes, Facts, Given, Needs, Ticket, Writes, authenticate};
use crate::Fault;
use crate::accounts::Account;
use crate::audit::{Entry, Line};
use crate::world::{AccountId, ActId, Moment, World};

const BATCH_MAX_ACTS: usize = 256;
/// Acts are data, so a batch that met another transaction simply runs again, with the same ids.
const ATTEMPTS_MAX: u32 = 4;

/// SQLite or PostgreSQL: loads and stores what a batch needs, in one transaction.
pub(crate) trait Rows: Send {
    /// Opens the transaction, locks the account's row and reads it.
    fn begin(
        &mut self,
        account: AccountId,
    ) -> impl Future<Output = Result<Option<Account>, Fault>> + Send;
    fn load(
        &mut self,
        account: AccountId,
        needs: &Needs,
    ) -> impl Future<Output = Result<Facts, Fault>> + Send;
    fn store(
        &mut self,
        account: AccountId,
        changes: &Changes,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
    /// `changes`: by its records the outcome is found again when no answer comes.
    fn commit(
        &mut self,
        account: AccountId,
        changes: &Changes,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
    fn rollback(&mut self) -> impl Future<Output = ()> + Send;
}

/// Where those wait who came since.
pub(crate) trait Gather: Send {
    fn gather(&mut self, account: AccountId, into: &mut Vec<Box<dyn Ticket>>, up_to: usize);
}

pub(crate) struct Batch {
    account: AccountId,
    tickets: Vec<Box<dyn Ticket>>,
}

impl Batch {
    pub(crate) fn of(first: Box<dyn Ticket>) -> Self {
        Self { account: first.account(), tickets: vec![first] }
    }

    async fn attempt(
        &mut self,
        rows: &mut impl Rows,
        waiting: &mut impl Gather,
        world: &World,
    ) -> Result<(), Fault> {
        let account = rows.begin(self.account).await?;
        waiting.gather(self.account, &mut self.tickets, BATCH_MAX_ACTS);
        let mut needs = Needs::default();
        for ticket in &self.tickets {
            ticket.needs(&mut needs);
        }
        let mut facts = rows.load(self.account, &needs).await?;
        facts.account = account;
        let changes = decide(&mut self.tickets, &mut facts, world.now());
        // An empty one is committed too: that somebody is suspended already may stand in a commit
        // whose standby has not said so yet, and this one waits behind it.
        if !changes.is_empty() {
            rows.store(self.account, &changes).await?;
        }
        let began = Instant::now();
        let committed = rows.commit(self.account, &changes).await;
        metrics::histogram!("rollcall_commit_seconds").record(began.elapsed());
        committed
    }
}

/// Runs a batch to its end; whatever happens, everybody in it is answered.
pub(crate) async fn run(
    first: Box<dyn Ticket>,
    rows: &mut impl Rows,
    waiting: &mut impl Gather,
    world: &World,
) {
    let began = Instant::now();
    let mut batch = Batch::of(first);
    let mut attempts_left = ATTEMPTS_MAX;
    let fault = loop {
        attempts_left -= 1;
        match batch.attempt(rows, waiting, world).await {
            Ok(()) => {
                metrics::histogram!("rollcall_batch_acts").record(number(batch.tickets.len()));
                ticket::answer(batch.tickets);
                metrics::histogram!("rollcall_batch_seconds").record(began.elapsed());
                return;
            }
            Err(fault) => {
                metrics::counter!("rollcall_batches_failed_total").increment(1);
                rows.rollback().await;
                tracing::warn!(%fault, acts = batch.tickets.len(), "a batch failed");
                if attempts_left == 0 || !matches!(fault, Fault::Met(_)) {
                    break fault;
                }
            }
        }
    };
    let failed_alone = batch.tickets.len() == 1 && !matches!(fault, Fault::Met(_));
    if failed_alone || !fault.may_be_one_acts_fault() {
        return batch.tickets.into_iter().for_each(|ticket| ticket.fail(fault.clone()));
    }
    // Alone, only the guilty one fails.
    for ticket in batch.tickets {
        let mut alone = Batch::of(ticket);
        let outcome = alone.attempt(rows, &mut Nobody, world).await;
        if outcome.is_err() {
            rows.rollback().await;
        }
        for ticket in alone.tickets {
            match &outcome {
                Ok(()) => ticket.answer(),
                // Nobody else was in its way: it is the act itself.
                Err(Fault::Met(text)) => ticket.fail(Fault::Statement(text.clone())),
                Err(fault) => ticket.fail(fault.clone()),
            }
        }
    }
}

fn number(acts: usize) -> f64 {
    f64::from(u32::try_from(acts).unwrap_or(u32::MAX))
}

struct Nobody;

impl Gather for Nobody {
    fn gather(&mut self, _: AccountId, _: &mut Vec<Box<dyn Ticket>>, _: usize) {}
}

/// Those of other accounts keep their place.
impl Gather for VecDeque<Box<dyn Ticket>> {
    fn gather(&mut self, account: AccountId, into: &mut Vec<Box<dyn Ticket>>, up_to: usize) {
        let mut others = Self::with_capacity(self.len());
        for ticket in self.drain(..) {
            if ticket.account() == account && into.len() < up_to {
                into.push(ticket);
            } else {
                others.push_back(ticket);
            }
        }
        *self = others;
    }
}

/// Pure: every ticket in order, each on the facts as those before it left them.
fn decide(tickets: &mut [Box<dyn Ticket>], facts: &mut Facts, now: Moment) -> Changes {
    let mut changes = Changes::at(now);
    changes.account_is_new = facts.account.is_none();
    let mut records = Vec::new();
    for ticket in tickets {
        let (entries, writes, by) = decide_one(ticket.as_mut(), facts, now);
        if let Some(writes) = writes {
            changes.fold(&writes, facts);
            facts.apply(&writes);
        }
        records.extend(entries.into_iter().map(|entry| (ticket.act_id(), by, entry)));
    }
    if let Some(account) = &mut facts.account {
        for (act, by, entry) in records {
            let Some(by) = by else { continue };
            let line = Line { account: account.id, act, at: now, by, entry };
            changes.records.push(account.head.chain(line));
        }
    }
    changes.account.clone_from(&facts.account);
    changes
}

type Decided = (Vec<Entry>, Option<Box<Writes>>, Option<super::Caller>);

fn decide_one(ticket: &mut dyn Ticket, facts: &Facts, now: Moment) -> Decided {
    let by = match authenticate::who(ticket.presented(), facts, now) {
        Ok(by) => by,
        Err(why) => {
            ticket.refuse(why);
            return (Vec::new(), None, None);
        }
    };
    let effect = match authenticate::may(ticket.presented(), ticket.demand(), facts) {
        Ok(()) => {
            let given = Given { now, act: ticket.act_id() };
            ticket.decide(&by, facts, &given)
        }
        Err(why) => {
            ticket.refuse(why.clone());
            Effect::Refuse { why }
        }
    };
    match effect {
        Effect::Change { writes, record } => (vec![record], Some(writes), Some(by)),
        Effect::Nothing => (Vec::new(), None, Some(by)),
        // Whoever asks may name any account: of one that is not there nothing is kept.
        Effect::Refuse { .. } if facts.account.is_none() => (Vec::new(), None, Some(by)),
        Effect::Refuse { why } => {
            let (entries, writes) = refused(ticket.name(), &why, &by, facts, now);
            (entries, Some(Box::new(writes)), Some(by))
        }
    }
}

fn refused(
    act: &str,
    why: &super::Refusal,
    by: &super::Caller,
    facts: &Facts,
    now: Moment,
) -> (Vec<Entry>, Writes) {
    let entry =
        Entry::Refused { act: act.to_owned(), why: why.as_str().to_owned(), user: why.user() };
    match Tallied::of(by) {
        Some(whose) => refusal_cap::admit(whose, facts.tallies.get(&whose), now, entry),
        None => (vec![entry], Writes::default()),
    }
}

/// The id by which a batch's outcome is looked for: its first record's.
pub(crate) fn first_act(changes: &Changes) -> Option<(u64, ActId)> {
    changes.records.first().map(|record| (record.seq, record.act))
}
