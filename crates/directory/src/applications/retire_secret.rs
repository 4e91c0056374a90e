//! Takes a secret out of use: it and every token made with it are refused on the next call.
//! The last one may go too; that is how an application is stopped without being deleted.

use super::Application;
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{ApplicationId, SecretId};

#[derive(Clone, Copy, Debug)]
pub struct RetireSecret {
    pub application: ApplicationId,
    pub secret: SecretId,
}

impl Act for RetireSecret {
    const NAME: &'static str = "retire_secret";
    type Done = Application;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManageIntegrations)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.application(self.application);
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<Application> {
        let Some(before) = facts.application(self.application) else {
            return by.refused(Refusal::NoSuchApplication);
        };
        if !before.has_live_secret(self.secret) {
            return Decision::Nothing { done: before.clone() };
        }
        let mut after = before.changed();
        after.secrets.retain(|secret| secret.id != self.secret);
        let entry = Entry::SecretRetired { application: self.application, secret: self.secret };
        by.changed(Writes::application(self.application, Some(after.clone())), entry, after)
    }
}
