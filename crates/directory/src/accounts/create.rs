//! A new account, made by the operator. It has nobody in it yet.

use super::{Account, Plan};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::{Entry, Head};
use crate::world::{AccountId, Moment};

#[derive(Clone, Debug)]
pub struct CreateAccount {
    pub id: AccountId,
    pub name: String,
    pub plan: Plan,
    pub provisioning_automated: bool,
}

const NAME_LENGTH_MAX_CHARS: usize = 200;

/// Why an account cannot have this name.
pub(super) fn flaw(name: &str) -> Option<Refusal> {
    if name.contains('\0') {
        return Some(Refusal::Invalid("an account's name holds no NUL character"));
    }
    if name.trim().is_empty() || name.chars().count() > NAME_LENGTH_MAX_CHARS {
        return Some(Refusal::Invalid("an account's name has 1 to 200 characters"));
    }
    None
}

impl CreateAccount {
    pub(super) fn account(&self, now: Moment) -> Account {
        Account {
            id: self.id,
            name: self.name.clone(),
            plan: self.plan,
            provisioning_automated: self.provisioning_automated,
            epoch: 1,
            created: now,
            head: Head::start(),
        }
    }
}

impl Act for CreateAccount {
    const NAME: &'static str = "create_account";
    type Done = Account;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Account> {
        if facts.account().is_some() {
            return by.refused(Refusal::Exists("account"));
        }
        if let Some(flaw) = flaw(&self.name) {
            return by.refused(flaw);
        }
        let account = self.account(given.now);
        by.changed(
            Writes { account: Some(account.clone()), ..Writes::default() },
            Entry::AccountCreated {
                name: self.name.clone(),
                plan: self.plan,
                provisioning_automated: self.provisioning_automated,
                owner: None,
            },
            account,
        )
    }
}
