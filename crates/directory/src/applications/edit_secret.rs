//! Changes a secret's label, its end or the addresses from which it works; in force on the next
//! call, for tokens that are out already too. The secret itself stays.

use super::{Application, Networks, flaws};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{ApplicationId, Moment, SecretId};

/// What is `None` stays.
#[derive(Clone, Debug)]
pub struct EditSecret {
    pub application: ApplicationId,
    pub secret: SecretId,
    pub label: Option<String>,
    /// `Some(None)`: no end any more.
    pub ends: Option<Option<Moment>>,
    /// `Some` of none: from everywhere again.
    pub networks: Option<Networks>,
}

impl Act for EditSecret {
    const NAME: &'static str = "edit_secret";
    type Done = Application;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManageIntegrations)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.application(self.application);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Application> {
        let Some(before) = facts.application(self.application) else {
            return by.refused(Refusal::NoSuchApplication);
        };
        let mut after = before.changed();
        let secrets = after.secrets.iter_mut();
        let Some(secret) = secrets.into_iter().find(|secret| secret.id == self.secret) else {
            return by.refused(Refusal::NoSuchSecret);
        };
        let was = secret.clone();
        secret.label = self.label.clone().unwrap_or(was.label.clone());
        secret.terms.ends = self.ends.unwrap_or(was.terms.ends);
        secret.terms.networks = self.networks.clone().unwrap_or(was.terms.networks.clone());
        if *secret == was {
            return Decision::Nothing { done: before.clone() };
        }
        if let Some(flaw) = flaws::in_label(&secret.label) {
            return by.refused(Refusal::Invalid(flaw));
        }
        // An end that was before may stay while something else is changed.
        let mut asked = secret.terms.clone();
        asked.ends = self.ends.flatten();
        if let Some(flaw) = asked.flaw(given.now) {
            return by.refused(Refusal::Invalid(flaw));
        }
        let entry = Entry::SecretEdited {
            application: self.application,
            secret: self.secret,
            label: secret.label.clone(),
            ends: secret.terms.ends,
            networks: secret.terms.networks.list().to_vec(),
        };
        by.changed(Writes::application(self.application, Some(after.clone())), entry, after)
    }
}
