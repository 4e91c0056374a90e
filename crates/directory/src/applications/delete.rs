//! Deletes an application with its secrets; its tokens are refused on the next call. Its id is
//! never given out again.

use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::ApplicationId;

#[derive(Clone, Copy, Debug)]
pub struct DeleteApplication {
    pub id: ApplicationId,
}

impl Act for DeleteApplication {
    const NAME: &'static str = "delete_application";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManageIntegrations)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.application(self.id);
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        let Some(application) = facts.application(self.id) else {
            return by.refused(Refusal::NoSuchApplication);
        };
        let entry =
            Entry::ApplicationDeleted { application: self.id, name: application.name.clone() };
        by.changed(Writes::application(self.id, None), entry, ())
    }
}
