//! Changes an account's plan or its provisioning switch; in force on the next call.

use super::{Account, Plan};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;

#[derive(Clone, Copy, Debug, Default)]
pub struct SetAccount {
    pub plan: Option<Plan>,
    pub provisioning_automated: Option<bool>,
}

impl Act for SetAccount {
    const NAME: &'static str = "set_account";
    type Done = Account;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<Account> {
        let Some(before) = facts.account() else { return by.refused(Refusal::NoSuchAccount) };
        let account = Account {
            plan: self.plan.unwrap_or(before.plan),
            provisioning_automated: self
                .provisioning_automated
                .unwrap_or(before.provisioning_automated),
            ..before.clone()
        };
        if account == *before {
            return Decision::Nothing { done: account };
        }
        by.changed(
            Writes { account: Some(account.clone()), ..Writes::default() },
            Entry::AccountChanged {
                plan: account.plan,
                provisioning_automated: account.provisioning_automated,
            },
            account,
        )
    }
}
