//! The page of the audit log, as plain data.

use askama::Template;

use crate::layout::{Frame, Pages, Problems, When};

#[derive(Template)]
#[template(path = "audit/pages/activity.html")]
pub(crate) struct ActivityPage {
    pub frame: Frame,
    pub problems: Problems,
    pub filter: FilterShown,
    pub kinds: Vec<KindChoice>,
    pub is_narrowed: bool,
    pub lines: Vec<ActivityLine>,
    pub pages: Pages,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct FilterShown {
    pub person: String,
    pub application: String,
    pub kind: String,
}

pub(crate) struct KindChoice {
    pub value: &'static str,
    pub label: &'static str,
}

pub(crate) struct ActivityLine {
    pub at: When,
    pub words: String,
    pub why: String,
    pub about: Vec<Linked>,
    pub by: Linked,
}

/// A name, and where it leads; nowhere where the path is empty.
pub(crate) struct Linked {
    pub label: String,
    pub path: String,
}
