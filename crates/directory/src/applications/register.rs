//! Makes an application with its first secret, of which only the digest comes this far.

use super::seen::with_a_secret_made;
use super::{Application, LiveSecret, Scopes, SecretDigest, Terms, flaws};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{ApplicationId, SecretId};

#[derive(Clone, Debug)]
pub struct RegisterApplication {
    pub id: ApplicationId,
    pub name: String,
    pub description: String,
    pub redirect_url: String,
    pub scopes: Scopes,
    pub secret_id: SecretId,
    pub secret: SecretDigest,
    pub terms: Terms,
}

impl Act for RegisterApplication {
    const NAME: &'static str = "register_application";
    type Done = Application;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManageIntegrations)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.application(self.id);
        needs.client_id(self.id);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Application> {
        if facts.account().is_none() {
            return by.refused(Refusal::NoSuchAccount);
        }
        if facts.client_id_was_given_out(self.id) {
            return by.refused(Refusal::Exists("application"));
        }
        if let Some(flaw) =
            flaws::find(&self.name, &self.description, &self.redirect_url, self.scopes)
        {
            return by.refused(Refusal::Invalid(flaw));
        }
        if let Some(flaw) = self.terms.flaw(given.now) {
            return by.refused(Refusal::Invalid(flaw));
        }
        let application = Application {
            id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            redirect_url: self.redirect_url.clone(),
            scopes: self.scopes,
            secrets: vec![LiveSecret {
                id: self.secret_id,
                digest: self.secret,
                label: "first".to_owned(),
                created: given.now,
                terms: self.terms.clone(),
            }],
            created: given.now,
            made_by: by.person(),
            version: 1,
        };
        let entry = Entry::ApplicationRegistered {
            application: self.id,
            name: self.name.clone(),
            redirect_url: self.redirect_url.clone(),
            scopes: self.scopes.list(),
            secret: self.secret_id,
            secret_ends: self.terms.ends,
            secret_networks: self.terms.networks.list().to_vec(),
        };
        with_a_secret_made(by, application, self.secret_id, given.now, entry)
    }
}
