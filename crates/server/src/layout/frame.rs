//! The frame around a page: its title, the menu that this person has, where one is.

use rollcall_directory::groups::{Groups, Right};

#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// `/console/{account}`: what every address on the page begins with.
    pub base: String,
    /// The account's name. Empty where nobody is signed in: strangers are not told it.
    pub account: String,
    /// What this page is, as its heading and its place in the breadcrumb say it.
    pub here: String,
    pub who: Who,
    pub section: Option<Section>,
    pub crumbs: Vec<Crumb>,
    pub notice: Option<Notice>,
    /// Something that was sent is shown again because it was not right.
    pub has_problems: bool,
}

/// Who is signed in, as far as the frame shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    pub name: String,
    pub email: String,
    pub groups: Groups,
}

#[derive(Clone, Debug)]
pub(crate) struct Crumb {
    /// Behind the base.
    pub path: String,
    pub label: String,
}

/// What was just done.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub text: String,
    pub undo: Option<Undo>,
}

/// The way back, for as long as the person's epoch is this one: as long as nothing else happened.
#[derive(Clone, Debug)]
pub(crate) struct Undo {
    pub path: String,
    pub epoch: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    People,
    Integrations,
    Vaults,
    Activity,
    Settings,
}

/// One line of the menu.
pub(crate) struct MenuEntry {
    pub path: &'static str,
    pub label: &'static str,
    pub icon: &'static str,
    pub is_here: bool,
    /// `page` on the section's own page, `true` on those below it.
    pub current: &'static str,
}

impl Who {
    /// Where the address may be broken: behind its `@`.
    pub(crate) fn email_parts(&self) -> impl Iterator<Item = &str> {
        self.email.split_inclusive('@')
    }
}

impl Crumb {
    pub(crate) fn new(path: impl Into<String>, label: impl Into<String>) -> Self {
        Self { path: path.into(), label: label.into() }
    }
}

impl Notice {
    pub(crate) fn said(text: impl Into<String>) -> Self {
        Self { text: text.into(), undo: None }
    }
}

impl Section {
    const ALL: [Self; 5] =
        [Self::People, Self::Integrations, Self::Vaults, Self::Activity, Self::Settings];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Integrations => "Integrations",
            Self::Vaults => "Vaults",
            Self::Activity => "Activity",
            Self::Settings => "Settings",
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::People => "/people",
            Self::Integrations => "/integrations",
            Self::Vaults => "/vaults",
            Self::Activity => "/activity",
            Self::Settings => "/settings",
        }
    }

    /// Whom the menu shows it: the right of its first page.
    const fn right(self) -> Right {
        match self {
            Self::People => Right::SeePeople,
            Self::Integrations => Right::ManageIntegrations,
            Self::Activity => Right::ReadActivity,
            Self::Vaults | Self::Settings => Right::Member,
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::People => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.6a3.5 3.5 0 0 1 0 5.8M18 14.4a6.5 6.5 0 0 1 3.5 5.6"
            }
            Self::Integrations => "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
            Self::Vaults => {
                "M4 4h16v15H4zM7 19v2M17 19v2M12 8.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 8.5V6.5M12 16.5v-2M9 11.5H7M17 11.5h-2"
            }
            Self::Activity => "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
            Self::Settings => {
                "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
            }
        }
    }
}

impl Frame {
    /// For pages that nobody needs to be signed in for.
    pub(crate) fn alone(base: &str, here: &str) -> Self {
        Self {
            base: base.to_owned(),
            account: String::new(),
            here: here.to_owned(),
            who: Who::default(),
            section: None,
            crumbs: Vec::new(),
            notice: None,
            has_problems: false,
        }
    }

    /// "Suspended people · Acme · Rollcall".
    pub(crate) fn title(&self) -> String {
        let before = if self.has_problems { "Not done yet: " } else { "" };
        match self.account.as_str() {
            "" => format!("{before}{} · Rollcall", self.here),
            account => format!("{before}{} · {account} · Rollcall", self.here),
        }
    }

    pub(crate) fn menu(&self) -> Vec<MenuEntry> {
        let shown = Section::ALL.into_iter().filter(|s| self.who.groups.give(s.right()));
        shown
            .map(|section| MenuEntry {
                path: section.path(),
                label: section.label(),
                icon: section.icon(),
                is_here: self.section == Some(section),
                current: if self.crumbs.is_empty() { "page" } else { "true" },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu(groups: Groups) -> Vec<&'static str> {
        let mut frame = Frame::alone("/console/x", "People");
        frame.who.groups = groups;
        frame.menu().into_iter().map(|entry| entry.label).collect()
    }

    #[test]
    fn the_menu_is_what_one_may() {
        assert_eq!(menu(Groups::default()), ["Vaults", "Settings"]);
        for groups in [
            Groups { owner: true, ..Groups::default() },
            Groups { administrator: true, ..Groups::default() },
            Groups { security: true, ..Groups::default() },
        ] {
            assert_eq!(menu(groups).len(), 5);
        }
    }

    #[test]
    fn the_title_says_where_and_what() {
        let mut frame = Frame::alone("/console/x", "Suspended people");
        assert_eq!(frame.title(), "Suspended people · Rollcall");
        frame.account = "Acme".to_owned();
        assert_eq!(frame.title(), "Suspended people · Acme · Rollcall");
        frame.has_problems = true;
        assert_eq!(frame.title(), "Not done yet: Suspended people · Acme · Rollcall");
    }
}
