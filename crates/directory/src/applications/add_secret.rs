//! Gives an application a second secret, so that it can be changed without an outage.

use super::seen::with_a_secret_made;
use super::{Application, LiveSecret, SecretDigest, Terms, flaws};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{ApplicationId, SecretId};

#[derive(Clone, Debug)]
pub struct AddSecret {
    pub application: ApplicationId,
    pub secret_id: SecretId,
    pub secret: SecretDigest,
    pub label: String,
    pub terms: Terms,
}

impl Act for AddSecret {
    const NAME: &'static str = "add_secret";
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
        if before.has_live_secret(self.secret_id) {
            return by.refused(Refusal::Exists("secret"));
        }
        if before.secrets.len() >= Application::SECRETS_MAX {
            return by.refused(Refusal::Invalid(
                "an application has at most two live secrets: retire one first",
            ));
        }
        if let Some(flaw) = flaws::in_label(&self.label).or_else(|| self.terms.flaw(given.now)) {
            return by.refused(Refusal::Invalid(flaw));
        }
        let mut after = before.changed();
        after.secrets.push(LiveSecret {
            id: self.secret_id,
            digest: self.secret,
            label: self.label.clone(),
            created: given.now,
            terms: self.terms.clone(),
        });
        let entry = Entry::SecretAdded {
            application: self.application,
            secret: self.secret_id,
            label: self.label.clone(),
            ends: self.terms.ends,
            networks: self.terms.networks.list().to_vec(),
        };
        with_a_secret_made(by, after, self.secret_id, given.now, entry)
    }
}
