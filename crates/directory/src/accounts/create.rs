//! A new account, made by the operator. It has nobody in it yet.

use super::{Account, Plan};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::{Entry, Head};
use crate::world::AccountId;

#[derive(Clone, Debug)]
pub struct CreateAccount {
    pub id: AccountId,
    pub name: String,
    pub plan: Plan,
    pub provisioning_automated: bool,
}

const NAME_LENGTH_MAX_CHARS: usize = 200;

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
        if self.name.contains('\0') {
            return by.refused(Refusal::Invalid("an account's name holds no NUL character"));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > NAME_LENGTH_MAX_CHARS {
            return by.refused(Refusal::Invalid("an account's name has 1 to 200 characters"));
        }
        let account = Account {
            id: self.id,
            name: self.name.clone(),
            plan: self.plan,
            provisioning_automated: self.provisioning_automated,
            epoch: 1,
            created: given.now,
            head: Head::start(),
        };
        by.changed(
            Writes { account: Some(account.clone()), ..Writes::default() },
            Entry::AccountCreated {
                name: self.name.clone(),
                plan: self.plan,
                provisioning_automated: self.provisioning_automated,
            },
            account,
        )
    }
}
