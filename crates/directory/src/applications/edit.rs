//! Changes an application's name, description, redirect URL or scopes. A scope taken away is
//! refused on the next call, for tokens that are out already too.

use super::{Application, Scopes, flaws};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::ApplicationId;

/// What is `None` stays.
#[derive(Clone, Debug)]
pub struct EditApplication {
    pub id: ApplicationId,
    pub name: Option<String>,
    pub description: Option<String>,
    pub redirect_url: Option<String>,
    pub scopes: Option<Scopes>,
}

impl EditApplication {
    #[must_use]
    pub const fn scopes(id: ApplicationId, scopes: Scopes) -> Self {
        Self { id, name: None, description: None, redirect_url: None, scopes: Some(scopes) }
    }
}

impl Act for EditApplication {
    const NAME: &'static str = "edit_application";
    type Done = Application;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManageIntegrations)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.application(self.id);
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<Application> {
        let Some(before) = facts.application(self.id) else {
            return by.refused(Refusal::NoSuchApplication);
        };
        let mut after = before.clone();
        after.name = self.name.clone().unwrap_or(after.name);
        after.description = self.description.clone().unwrap_or(after.description);
        after.redirect_url = self.redirect_url.clone().unwrap_or(after.redirect_url);
        after.scopes = self.scopes.unwrap_or(after.scopes);
        if after == *before {
            return Decision::Nothing { done: after };
        }
        if let Some(flaw) =
            flaws::find(&after.name, &after.description, &after.redirect_url, after.scopes)
        {
            return by.refused(Refusal::Invalid(flaw));
        }
        let after = after.changed();
        let entry = Entry::ApplicationEdited {
            application: self.id,
            name: after.name.clone(),
            redirect_url: after.redirect_url.clone(),
            scopes: after.scopes.list(),
        };
        by.changed(Writes::application(self.id, Some(after.clone())), entry, after)
    }
}
