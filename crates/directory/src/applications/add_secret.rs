//! Gives an application a second secret, so that it can be changed without an outage.

use super::{Application, LiveSecret, SecretDigest};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::world::{ApplicationId, SecretId};

#[derive(Clone, Debug)]
pub struct AddSecret {
    pub application: ApplicationId,
    pub secret_id: SecretId,
    pub secret: SecretDigest,
    pub label: String,
}

const LABEL_LENGTH_MAX_CHARS: usize = 100;

impl Act for AddSecret {
    const NAME: &'static str = "add_secret";
    type Done = Application;

    fn demand(&self) -> Demand {
        Demand::Operator
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
        if self.label.chars().count() > LABEL_LENGTH_MAX_CHARS || self.label.contains('\0') {
            return by.refused(Refusal::Invalid(
                "a secret's label has at most 100 characters, none of them NUL",
            ));
        }
        let mut after = before.changed();
        after.secrets.push(LiveSecret {
            id: self.secret_id,
            digest: self.secret,
            label: self.label.clone(),
            created: given.now,
        });
        let entry = Entry::SecretAdded {
            application: self.application,
            secret: self.secret_id,
            label: self.label.clone(),
        };
        by.changed(Writes::application(self.application, Some(after.clone())), entry, after)
    }
}
