//! The reference model: what the rules say, in plain maps. Written from the contract and the
//! promises, sharing nothing with the directory but the types of ids. It is slow, keeps everything
//! in memory and has no batches, and that is its worth: there is little in it to be wrong.

mod applications;
mod people;
mod walks;

use std::collections::{BTreeMap, BTreeSet};

use rollcall_directory::world::{AccountId, ApplicationId, SecretId, UserId};

pub(crate) use people::{Newcomer, Person, listed_text, person_text};
pub use walks::Filter;
pub(crate) use walks::Walk;

/// In milliseconds.
pub(crate) const TOKEN_LIFE: i64 = 900_000;
pub(crate) const PAGE_TOKEN_LIFE: i64 = 3 * 24 * 3_600_000;
const HOUR: i64 = 3_600_000;
const RECORDED_AN_HOUR: u32 = 100;
const CLOCK_MAY_GO_BACK: i64 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    Get,
    List,
    Suspend,
    Reactivate,
}

/// Who asks: the command line, or the bearer of the token of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Operator(AccountId),
    Token(usize),
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) now: i64,
    started: i64,
    latest_issue: i64,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) walks: Vec<Walk>,
}

#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) business: bool,
    pub(crate) automated: bool,
    pub(crate) people: BTreeMap<UserId, Person>,
    pub(crate) applications: BTreeMap<ApplicationId, Application>,
    tallies: BTreeMap<ApplicationId, Tally>,
    /// The kinds of its audit records, in order.
    pub(crate) records: Vec<&'static str>,
}

#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) rights: BTreeSet<Right>,
    /// The live ones.
    pub(crate) secrets: BTreeSet<SecretId>,
}

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) account: AccountId,
    pub(crate) application: ApplicationId,
    secret: SecretId,
    pub(crate) ends: i64,
    revoked: bool,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    since: i64,
    recorded: u32,
    counted: u32,
}

/// `refused: ` and the word.
pub(crate) fn refused(word: &str) -> String {
    format!("refused: {word}")
}

impl Model {
    pub(crate) fn new(now: i64) -> Self {
        Self {
            now,
            started: now,
            latest_issue: now,
            accounts: BTreeMap::new(),
            tokens: Vec::new(),
            walks: Vec::new(),
        }
    }

    /// What is kept in memory only is forgotten: the latest time that anything was issued at.
    pub(crate) fn restart(&mut self) {
        self.latest_issue = self.started;
    }

    pub(crate) fn create_account(&mut self, id: AccountId) -> String {
        let account = Account { business: true, ..Account::default() };
        if self.accounts.contains_key(&id) {
            return self.refuse(By::Operator(id), "exists");
        }
        self.accounts.insert(id, account);
        self.record(id, "account_created");
        "done".to_owned()
    }

    pub(crate) fn set_account(&mut self, id: AccountId, business: bool, automated: bool) -> String {
        let account = self.account(id);
        if (account.business, account.automated) != (business, automated) {
            (account.business, account.automated) = (business, automated);
            self.record(id, "account_changed");
        }
        "done".to_owned()
    }

    fn account(&mut self, id: AccountId) -> &mut Account {
        self.accounts.get_mut(&id).expect("a plan speaks of accounts that are there")
    }

    fn record(&mut self, account: AccountId, kind: &'static str) {
        self.account(account).records.push(kind);
    }

    fn home(&self, by: By) -> AccountId {
        match by {
            By::Operator(account) => account,
            By::Token(token) => self.tokens[token].account,
        }
    }

    /// Does the token still prove who bears it?
    fn is_alive(&self, token: usize) -> bool {
        let token = &self.tokens[token];
        let application = self.accounts[&token.account].applications.get(&token.application);
        let live = application.is_some_and(|app| app.secrets.contains(&token.secret));
        live && !token.revoked && self.now < token.ends
    }

    /// What keeps the bearer from the right, looked up anew on every call.
    fn kept_from(
        &self,
        token: usize,
        named: Option<AccountId>,
        right: Right,
    ) -> Option<&'static str> {
        let token = &self.tokens[token];
        let account = &self.accounts[&token.account];
        let rights = account.applications.get(&token.application).map(|app| &app.rights);
        if named != Some(token.account) {
            return Some("account_mismatch");
        }
        if !account.business {
            return Some("plan_not_entitled");
        }
        if account.automated {
            return Some("provisioning_automated");
        }
        if !rights.is_some_and(|rights| rights.contains(&right)) {
            return Some("scope_missing");
        }
        None
    }

    /// For a read: nothing is ever recorded.
    fn may_read(&self, token: usize, named: Option<AccountId>, right: Right) -> Result<(), String> {
        if !self.is_alive(token) {
            return Err(refused("token_invalid"));
        }
        match self.kept_from(token, named, right) {
            Some(word) => Err(refused(word)),
            None => Ok(()),
        }
    }

    /// For an act: a stranger leaves no trace, somebody known is recorded.
    fn may_act(&mut self, by: By, named: Option<AccountId>, right: Right) -> Result<(), String> {
        let By::Token(token) = by else { return Ok(()) };
        if !self.is_alive(token) {
            return Err(refused("token_invalid"));
        }
        match self.kept_from(token, named, right) {
            Some(word) => Err(self.refuse(by, word)),
            None => Ok(()),
        }
    }

    /// Refuses somebody known, and records it: each application up to so many times an hour.
    fn refuse(&mut self, by: By, word: &str) -> String {
        let (account, now) = (self.home(by), self.now);
        match by {
            By::Operator(_) => self.record(account, "refused"),
            By::Token(token) => {
                let application = self.tokens[token].application;
                self.tally(account, application, now);
            }
        }
        refused(word)
    }

    fn tally(&mut self, account: AccountId, application: ApplicationId, now: i64) {
        let account = self.account(account);
        let fresh = Tally { since: now, recorded: 0, counted: 0 };
        let tally = account.tallies.entry(application).or_insert(fresh);
        if now - tally.since >= HOUR {
            if tally.counted > 0 {
                account.records.push("refusals_counted");
            }
            *tally = fresh;
        }
        if tally.recorded < RECORDED_AN_HOUR {
            tally.recorded += 1;
            account.records.push("refused");
        } else {
            tally.counted += 1;
        }
    }
}
