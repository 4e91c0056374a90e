//! The pages about people, as plain data.

use askama::Template;

use crate::layout::{Frame, Pages, Problems, When};

#[derive(Template)]
#[template(path = "users/pages/people.html")]
pub(crate) struct PeoplePage {
    pub frame: Frame,
    pub search: String,
    pub search_hint: &'static str,
    pub state: &'static str,
    pub states: &'static [(&'static str, &'static str)],
    pub is_narrowed: bool,
    pub people: Vec<PersonShown>,
    pub pages: Pages,
    pub may_invite: bool,
}

#[derive(Clone)]
pub(crate) struct PersonShown {
    pub id: String,
    pub name: String,
    pub email: String,
    pub suspended: bool,
    /// And has not come in yet.
    pub invited: bool,
    pub groups: Vec<&'static str>,
    pub externally_managed: bool,
    pub added: When,
}

#[derive(Template)]
#[template(path = "users/pages/person.html")]
pub(crate) struct PersonPage {
    pub frame: Frame,
    pub person: PersonShown,
    pub sessions: String,
    pub seen: Vec<SeenSecret>,
    pub history: Vec<HistoryLine>,
    pub may_change_groups: bool,
    pub may_make_link: bool,
}

/// A live secret that the person has seen.
#[derive(Clone)]
pub(crate) struct SeenSecret {
    pub application: String,
    pub name: String,
    pub secret: String,
    pub label: String,
    pub seen: When,
}

pub(crate) struct HistoryLine {
    pub at: When,
    pub words: String,
    pub by: String,
    pub why: String,
}

#[derive(Template)]
#[template(path = "users/pages/suspend.html")]
pub(crate) struct SuspendPage {
    pub frame: Frame,
    pub problems: Problems,
    pub person: PersonShown,
    pub seen: Vec<SeenSecret>,
    pub reason: String,
    /// Why it cannot be done; empty where it can.
    pub refused: String,
}

#[derive(Template)]
#[template(path = "users/pages/reactivate.html")]
pub(crate) struct ReactivatePage {
    pub frame: Frame,
    pub problems: Problems,
    pub person: PersonShown,
    pub reason: String,
    pub refused: String,
}

pub(crate) struct GroupBox {
    pub value: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub checked: bool,
    /// Only an owner makes or unmakes an owner.
    pub locked: bool,
}

#[derive(Template)]
#[template(path = "users/pages/groups.html")]
pub(crate) struct GroupsPage {
    pub frame: Frame,
    pub problems: Problems,
    pub person: PersonShown,
    pub boxes: Vec<GroupBox>,
}

#[derive(Template)]
#[template(path = "users/pages/invite.html")]
pub(crate) struct InvitePage {
    pub frame: Frame,
    pub problems: Problems,
    /// The id that the new person is to have, so that a form sent twice makes one.
    pub id: String,
    pub key: String,
    pub name: String,
    pub email: String,
    pub boxes: Vec<GroupBox>,
}

#[derive(Template)]
#[template(path = "users/pages/reset_link.html")]
pub(crate) struct ResetLinkPage {
    pub frame: Frame,
    pub problems: Problems,
    pub person: PersonShown,
    pub life: String,
    pub refused: String,
}

/// The one time that a link is shown.
#[derive(Template)]
#[template(path = "users/pages/link_made.html")]
pub(crate) struct LinkMadePage {
    pub frame: Frame,
    pub person: String,
    pub name: String,
    pub email: String,
    pub address: String,
    pub code: String,
    pub ends: When,
}
