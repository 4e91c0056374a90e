//! Puts a fresh secret in the place of another, which stops with it: for one that somebody has seen
//! who should not have it any more. Without an outage it is done in two steps: add, then retire.

use super::seen::with_a_secret_made;
use super::{Application, LiveSecret, SecretDigest, flaws};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{ApplicationId, SecretId};

#[derive(Clone, Debug)]
pub struct ReplaceSecret {
    pub application: ApplicationId,
    pub old: SecretId,
    /// A fresh id.
    pub secret_id: SecretId,
    pub secret: SecretDigest,
    /// `None`: the old one's.
    pub label: Option<String>,
}

impl Act for ReplaceSecret {
    const NAME: &'static str = "replace_secret";
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
        let Some(old) = before.secret(self.old) else {
            return by.refused(Refusal::NoSuchSecret);
        };
        let label = self.label.clone().unwrap_or_else(|| old.label.clone());
        if let Some(flaw) = flaws::in_label(&label) {
            return by.refused(Refusal::Invalid(flaw));
        }
        // From where it may be used stays; an end that is over would stop the new one at once.
        let mut terms = old.terms.clone();
        terms.ends = terms.ends.filter(|ends| *ends > given.now);
        let mut after = before.changed();
        after.secrets.retain(|secret| secret.id != self.old);
        after.secrets.push(LiveSecret {
            id: self.secret_id,
            digest: self.secret,
            label: label.clone(),
            created: given.now,
            terms,
        });
        let entry = Entry::SecretReplaced {
            application: self.application,
            old: self.old,
            secret: self.secret_id,
            label,
        };
        with_a_secret_made(by, after, self.secret_id, given.now, entry)
    }
}
