//! A new account with its first owner, made by the operator in one act: an account that was begun
//! and has nobody who may look after it is never seen.

use super::create::flaw;
use super::{Account, CreateAccount};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::links::{Link, LinkDigest, Purpose};
use crate::users::NewPerson;

#[derive(Clone, Debug)]
pub struct FoundAccount {
    pub account: CreateAccount,
    /// Becomes an active owner, whatever else is said of them.
    pub owner: NewPerson,
    /// By which they come in, of a fresh code.
    pub setup: Option<LinkDigest>,
}

impl Act for FoundAccount {
    const NAME: &'static str = "found_account";
    type Done = Account;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Account> {
        if facts.account().is_some() {
            return by.refused(Refusal::Exists("account"));
        }
        if let Some(flaw) = flaw(&self.account.name).or_else(|| self.owner.flaw()) {
            return by.refused(flaw);
        }
        let account = self.account.account(given.now);
        let owner = self.owner.active_owner();
        let record = Entry::AccountCreated {
            name: account.name.clone(),
            plan: account.plan,
            provisioning_automated: account.provisioning_automated,
            owner: Some(owner.id),
        };
        let link = self.setup.map(|id| Link::make(id, &owner, Purpose::Setup, None, given.now));
        let writes = Writes {
            account: Some(account.clone()),
            users_added: vec![owner],
            links_made: link.into_iter().collect(),
            ..Writes::default()
        };
        by.changed(writes, record, account)
    }
}
