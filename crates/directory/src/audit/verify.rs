//! Walks a chain and says where it is broken. `extends`: a head kept elsewhere must be on the
//! way. Without one nothing is claimed against somebody who can rewrite the whole log.

use super::chain::Body;
use super::{Hash, Head};
use crate::Fault;
use crate::world::{AccountId, ActId, ApplicationId, Moment, UserId};

/// A record as the database has it.
#[derive(Clone, Debug)]
pub struct Record {
    pub seq: u64,
    pub act: ActId,
    pub at: Moment,
    pub kind: String,
    pub by: Option<ApplicationId>,
    pub by_person: Option<UserId>,
    pub user: Option<UserId>,
    pub application: Option<ApplicationId>,
    pub body: String,
    pub hash: Hash,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("record {expected} is missing: the next one there is {found}")]
    Missing { expected: u64, found: u64 },
    #[error("record {0} was changed: its hash does not follow from the one before it")]
    Changed(u64),
    #[error("record {0} is not what its columns say")]
    Columns(u64),
    #[error("the log ends at record {found}, its account says {expected}")]
    Cut { expected: u64, found: u64 },
    #[error(
        "the head that was kept (record {0}) is not on this chain: something before it was rewritten or cut"
    )]
    NotExtended(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub head: Head,
}

/// The question: is this account's chain whole? Long: it reads all of it.
#[derive(Clone, Copy, Debug)]
pub struct VerifyAudit {
    pub account: AccountId,
    pub extends: Option<Head>,
}

/// The question: where does this account's chain end?
#[derive(Clone, Copy, Debug)]
pub struct HeadOf {
    pub account: AccountId,
}

/// What a record that cannot even be read means: a column was changed.
pub(super) fn unreadable(fault: Fault) -> Result<Broken, Fault> {
    match fault {
        Fault::Inconsistent { row, .. } if row.parse::<u64>().is_ok() => {
            Ok(Broken::Columns(row.parse().unwrap_or_default()))
        }
        other => Err(other),
    }
}

/// Fed record by record, so that a log of any length needs no more memory than one record.
#[derive(Debug)]
pub struct Verifier {
    chain: Stretch,
    extends: Option<Head>,
    met: bool,
}

impl Verifier {
    #[must_use]
    pub fn new(question: VerifyAudit) -> Self {
        let met = question.extends.is_none_or(|head| head == Head::start());
        let chain = Stretch::new(question.account, Some(Head::start()));
        Self { chain, extends: question.extends, met }
    }

    pub fn take(&mut self, record: &Record) -> Result<(), Broken> {
        self.chain.take(record)?;
        if let Some(head) = self.extends.filter(|head| head.seq == record.seq) {
            if head.hash != record.hash {
                return Err(Broken::NotExtended(head.seq));
            }
            self.met = true;
        }
        Ok(())
    }

    /// `claimed`: what the account's own row says.
    pub fn finish(self, claimed: Head) -> Result<Verified, Broken> {
        self.chain.finish(claimed)?;
        match self.extends {
            Some(head) if !self.met => Err(Broken::NotExtended(head.seq)),
            _ => Ok(Verified { head: claimed }),
        }
    }
}

/// What the text says, where the columns say the same.
fn told(account: AccountId, record: &Record) -> Option<Body> {
    record.told().filter(|body| {
        body.account == account
            && body.seq == record.seq
            && body.act == record.act
            && body.at == record.at
            && body.entry.kind() == record.kind
            && body.by.application() == record.by
            && body.by.person() == record.by_person
            && body.entry.user() == record.user
            && body.entry.application() == record.application
    })
}

/// Holds a stretch of a log to its chain, for whoever hands it on.
#[derive(Debug)]
pub struct Stretch {
    account: AccountId,
    at: Option<Head>,
    has_gaps: bool,
}

impl Stretch {
    /// `behind`: the head that it follows; `None` where that is not known.
    #[must_use]
    pub const fn new(account: AccountId, behind: Option<Head>) -> Self {
        Self { account, at: behind, has_gaps: false }
    }

    /// Chosen by their times, which follow each other only as the clocks of several nodes do.
    #[must_use]
    pub const fn by_time(account: AccountId) -> Self {
        Self { account, at: None, has_gaps: true }
    }

    /// What it says, where it is the next one.
    pub fn take(&mut self, record: &Record) -> Result<Body, Broken> {
        let skips = |at: &Head| self.has_gaps && record.seq > at.seq + 1;
        if let Some(at) = self.at.filter(|at| !skips(at)) {
            if record.seq != at.seq + 1 {
                return Err(Broken::Missing { expected: at.seq + 1, found: record.seq });
            }
            if at.hash.follow(&record.body) != record.hash {
                return Err(Broken::Changed(record.seq));
            }
        }
        let told = told(self.account, record).ok_or(Broken::Columns(record.seq))?;
        self.at = Some(Head { seq: record.seq, hash: record.hash });
        Ok(told)
    }

    /// Where it reaches up to the end: `claimed` is what the account's own row says.
    pub fn finish(self, claimed: Head) -> Result<(), Broken> {
        match self.at {
            Some(at) if at.seq != claimed.seq => {
                Err(Broken::Cut { expected: claimed.seq, found: at.seq })
            }
            Some(at) if at.hash != claimed.hash => Err(Broken::Changed(claimed.seq)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::Caller;
    use crate::audit::{Entry, Line};

    const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);

    fn a_log(length: u8) -> (Vec<Record>, Head) {
        let mut head = Head::start();
        let records = (1..=length).map(|n| {
            let entry = Entry::UserSuspended { user: UserId::from_bytes([n; 16]), why: None };
            let (act, at) = (ActId::from_bytes([n; 16]), Moment::from_seconds(n.into()));
            let c = head.chain(Line { account: ACCOUNT, act, at, by: Caller::Operator, entry });
            Record {
                seq: c.seq,
                act: c.act,
                at: c.at,
                kind: c.kind.into(),
                by: c.by,
                by_person: c.by_person,
                user: c.user,
                application: c.application,
                body: c.body,
                hash: c.hash,
            }
        });
        (records.collect(), head)
    }

    fn verify(log: &[Record], claimed: Head, extends: Option<Head>) -> Result<Verified, Broken> {
        let mut verifier = Verifier::new(VerifyAudit { account: ACCOUNT, extends });
        log.iter().try_for_each(|record| verifier.take(record))?;
        verifier.finish(claimed)
    }

    #[test]
    fn a_whole_log_verifies_and_extends_its_own_past() {
        let (log, head) = a_log(5);
        assert_eq!(verify(&log, head, None).unwrap().head, head);
        let past = Head { seq: 3, hash: log[2].hash };
        assert!(verify(&log, head, Some(past)).is_ok());
        assert!(verify(&log, head, Some(Head::start())).is_ok());
    }

    #[test]
    fn a_changed_missing_or_cut_record_is_found() {
        let (log, head) = a_log(5);
        let mut changed = log.clone();
        changed[2].body = changed[2].body.replace("user_suspended", "user_reactivated");
        assert_eq!(verify(&changed, head, None), Err(Broken::Changed(3)));
        let mut columns = log.clone();
        columns[1].user = None;
        assert_eq!(verify(&columns, head, None), Err(Broken::Columns(2)));
        let missing = [&log[..2], &log[3..]].concat();
        assert_eq!(verify(&missing, head, None), Err(Broken::Missing { expected: 3, found: 4 }));
        assert_eq!(verify(&log[..4], head, None), Err(Broken::Cut { expected: 5, found: 4 }));
    }

    #[test]
    fn a_stretch_is_held_to_the_chain_from_wherever_it_begins() {
        let (log, head) = a_log(5);
        let take = |log: &[Record], behind: Option<Head>| {
            let mut stretch = Stretch::new(ACCOUNT, behind);
            log.iter().try_for_each(|record| stretch.take(record).map(drop))?;
            stretch.finish(head)
        };
        let at = |seq: usize| Some(Head { seq: seq as u64, hash: log[seq - 1].hash });
        for behind in [None, Some(Head::start())] {
            assert_eq!(take(&log, behind), Ok(()));
        }
        assert_eq!(take(&log[2..], None), Ok(()));
        assert_eq!(take(&log[2..], at(2)), Ok(()));
        assert_eq!(take(&[], at(5)), Ok(()));
        assert_eq!(take(&[], at(4)), Err(Broken::Cut { expected: 5, found: 4 }));
        assert_eq!(take(&log[2..], at(1)), Err(Broken::Missing { expected: 2, found: 3 }));
        let swapped = [&log[..2], &log[3..4], &log[2..3], &log[4..]].concat();
        assert_eq!(take(&swapped, None), Err(Broken::Missing { expected: 3, found: 4 }));
        let mut changed = log.clone();
        changed[3].body = changed[3].body.replace("operator", "stranger");
        assert_eq!(take(&changed, None), Err(Broken::Changed(4)));
        let mut columns = log.clone();
        columns[0].user = None;
        assert_eq!(take(&columns, None), Err(Broken::Columns(1)));
        let by_time = |log: &[&Record]| {
            let mut stretch = Stretch::by_time(ACCOUNT);
            log.iter().try_for_each(|record| stretch.take(record).map(drop))
        };
        assert_eq!(by_time(&[&log[1], &log[3], &log[4]]), Ok(()));
        assert_eq!(by_time(&[&log[0], &log[2], &changed[3]]), Err(Broken::Changed(4)));
        let back = by_time(&[&log[1], &log[3], &log[2]]);
        assert_eq!(back, Err(Broken::Missing { expected: 5, found: 3 }));
    }

    #[test]
    fn a_log_that_was_rewritten_whole_does_not_extend_a_kept_head() {
        let (log, head) = a_log(5);
        let other = Head { seq: 3, hash: Hash::from_bytes([9; 32]) };
        assert_eq!(verify(&log, head, Some(other)), Err(Broken::NotExtended(3)));
        let longer = Head { seq: 9, hash: head.hash };
        assert_eq!(verify(&log, head, Some(longer)), Err(Broken::NotExtended(9)));
    }
}
