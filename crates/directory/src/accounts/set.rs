//! Changes an account's name, plan or provisioning switch; in force on the next call.

use super::create::flaw;
use super::{Account, Plan};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;

#[derive(Clone, Debug, Default)]
pub struct SetAccount {
    pub name: Option<String>,
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
        if let Some(flaw) = self.name.as_deref().and_then(flaw) {
            return by.refused(flaw);
        }
        let account = Account {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
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
                name: Some(account.name.clone()).filter(|name| *name != before.name),
            },
            account,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::decide;

    #[test]
    fn a_new_name_is_taken_and_an_empty_one_is_not() {
        let named = |name: &str| SetAccount { name: Some(name.into()), ..SetAccount::default() };
        assert_eq!(decide(&named("Other"), &[]).expect_change().name, "Other");
        for name in ["", "  ", "a\0b"] {
            let refusal = decide(&named(name), &[]).expect_refusal();
            assert!(matches!(refusal, Refusal::Invalid(_)), "{refusal}");
        }
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        let plan = SetAccount { plan: Some(Plan::Business), ..SetAccount::default() };
        assert_eq!(decide(&plan, &[]).expect_nothing().plan, Plan::Business);
    }
}
