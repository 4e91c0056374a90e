//! Everybody of an account as they are stored, against the model, at the end of a plan.

use rollcall_directory::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs};
use rollcall_directory::world::{AccountId, UserId};

use super::Player;
use super::told;
use crate::simulation::model::person_text;

/// Changes nothing; answers with what was loaded.
struct Look(Vec<UserId>);

impl Act for Look {
    const NAME: &'static str = "look";
    type Done = Facts;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(self.0.iter().copied());
        needs.owners();
    }

    fn decide(&self, _by: &Caller, facts: &Facts, _given: &Given) -> Decision<Facts> {
        Decision::Nothing { done: facts.clone() }
    }
}

impl Player {
    pub(super) async fn everybody(&self, account: AccountId) -> Result<(), String> {
        let people = &self.model.accounts[&account].people;
        let look = Look(people.keys().copied().collect());
        let facts = self.operator(account, look).await.unwrap().unwrap();
        for (id, person) in people {
            let expected = person_text(*id, person);
            let stored = facts.user(Some(*id)).cloned().map_or("nobody".to_owned(), told::user);
            if stored != expected {
                return Err(format!("stored is {stored}\nthe model has {expected}"));
            }
        }
        let (stored, expected) = (facts.active_owners(), self.model.active_owners(account));
        if stored == expected as u64 {
            Ok(())
        } else {
            Err(format!("{stored} active owners are stored, the model has {expected}"))
        }
    }
}
