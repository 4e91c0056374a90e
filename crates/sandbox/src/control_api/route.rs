//! The list of the control API: every route, its address, and what it does. The dispatch, the index,
//! the page of the reference and the test of the guard all run on [`ControlRoute::ALL`].

use axum::http::Method;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlRoute {
    Index,
    Reset,
    ReadClock,
    AdvanceClock,
    FreezeClock,
    ResumeClock,
    ListFaults,
    AddFault,
    ClearFaults,
    ReadReport,
    ListScenarios,
    ListSnapshots,
    KeepSnapshot,
    RestoreSnapshot,
    DeleteSnapshot,
    ListAccounts,
    MakeAccount,
    ReadJournal,
    ClearJournal,
    ReadExchange,
    ReadArchive,
    ReadNotes,
}

/// What every address begins with.
pub const ROOT: &str = "/sandbox/v1";

impl ControlRoute {
    pub const ALL: &'static [Self] = &[
        Self::Index,
        Self::Reset,
        Self::ReadClock,
        Self::AdvanceClock,
        Self::FreezeClock,
        Self::ResumeClock,
        Self::ListFaults,
        Self::AddFault,
        Self::ClearFaults,
        Self::ReadReport,
        Self::ListScenarios,
        Self::ListSnapshots,
        Self::KeepSnapshot,
        Self::RestoreSnapshot,
        Self::DeleteSnapshot,
        Self::ListAccounts,
        Self::MakeAccount,
        Self::ReadJournal,
        Self::ClearJournal,
        Self::ReadExchange,
        Self::ReadArchive,
        Self::ReadNotes,
    ];

    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Index
            | Self::ReadClock
            | Self::ListFaults
            | Self::ReadReport
            | Self::ListScenarios
            | Self::ListSnapshots
            | Self::ListAccounts
            | Self::ReadJournal
            | Self::ReadExchange
            | Self::ReadArchive
            | Self::ReadNotes => Method::GET,
            Self::Reset
            | Self::AdvanceClock
            | Self::FreezeClock
            | Self::ResumeClock
            | Self::AddFault
            | Self::RestoreSnapshot
            | Self::MakeAccount => Method::POST,
            Self::KeepSnapshot => Method::PUT,
            Self::ClearFaults | Self::DeleteSnapshot | Self::ClearJournal => Method::DELETE,
        }
    }

    /// The template of its address. What is in braces has no slash and no colon in it.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Index => "/sandbox/v1",
            Self::Reset => "/sandbox/v1/reset",
            Self::ReadClock => "/sandbox/v1/clock",
            Self::AdvanceClock => "/sandbox/v1/clock:advance",
            Self::FreezeClock => "/sandbox/v1/clock:freeze",
            Self::ResumeClock => "/sandbox/v1/clock:resume",
            Self::ListFaults | Self::AddFault | Self::ClearFaults => "/sandbox/v1/faults",
            Self::ReadReport => "/sandbox/v1/report",
            Self::ListScenarios => "/sandbox/v1/scenarios",
            Self::ListSnapshots => "/sandbox/v1/snapshots",
            Self::KeepSnapshot | Self::DeleteSnapshot => "/sandbox/v1/snapshots/{name}",
            Self::RestoreSnapshot => "/sandbox/v1/snapshots/{name}:restore",
            Self::ListAccounts | Self::MakeAccount => "/sandbox/v1/accounts",
            Self::ReadJournal | Self::ClearJournal => "/sandbox/v1/journal",
            Self::ReadExchange => "/sandbox/v1/journal/{number}",
            Self::ReadArchive => "/sandbox/v1/journal.har",
            Self::ReadNotes => "/sandbox/v1/notes",
        }
    }

    /// For people, in the index.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Index => "this list",
            Self::Reset => "back to the seed: store, clock, faults, journal",
            Self::ReadClock => "what time it is here",
            Self::AdvanceClock => "move the clock forward",
            Self::FreezeClock => "let the clock stand still",
            Self::ResumeClock => "let the clock go on from where it stands",
            Self::ListFaults => "the faults that are set",
            Self::AddFault => "set one more fault",
            Self::ClearFaults => "take out the faults that were set here, or those of a name",
            Self::ReadReport => "what the client did well and what it did wrong",
            Self::ListScenarios => "the scenario people and applications, and what happens to them",
            Self::ListSnapshots => "the snapshots that are kept",
            Self::KeepSnapshot => "keep a snapshot under this name",
            Self::RestoreSnapshot => "back to this snapshot",
            Self::DeleteSnapshot => "drop this snapshot",
            Self::ListAccounts => "all accounts, by id and name",
            Self::MakeAccount => "make an account of its own, with people and an application",
            Self::ReadJournal => "what clients did, as it ends",
            Self::ClearJournal => "forget what clients did",
            Self::ReadExchange => "one exchange, and a curl line that repeats it",
            Self::ReadArchive => "what clients did, as an HTTP Archive",
            Self::ReadNotes => "what was wrong, by the number of its exchange",
        }
    }
}

/// What an address and a method name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    Found { route: ControlRoute, name: Option<String> },
    MethodNotAllowed { allow: Vec<Method> },
    NotFound,
}

pub(super) fn resolve(method: &Method, path: &str) -> Resolved {
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut allow = Vec::new();
    for route in ControlRoute::ALL.iter().copied() {
        let Some(name) = fits(route.path(), path) else { continue };
        if route.method() == *method {
            return Resolved::Found { route, name: name.map(str::to_owned) };
        }
        allow.push(route.method());
    }
    if allow.is_empty() { Resolved::NotFound } else { Resolved::MethodNotAllowed { allow } }
}

/// Whether the path fits, and what stands in the place of the braces.
fn fits<'a>(template: &str, path: &'a str) -> Option<Option<&'a str>> {
    let Some((before, rest)) = template.split_once('{') else {
        return (template == path).then_some(None);
    };
    let (_, after) = rest.split_once('}')?;
    let name = path.strip_prefix(before)?.strip_suffix(after)?;
    (!name.is_empty() && !name.contains(['/', ':'])).then_some(Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_address_and_only_once() {
        for route in ControlRoute::ALL.iter().copied() {
            let path = route.path().replace("{name}", "before-lunch").replace("{number}", "7");
            let found = resolve(&route.method(), &path);
            assert!(
                matches!(&found, Resolved::Found { route: one, .. } if *one == route),
                "{route:?}: {found:?}"
            );
            assert!(route.path().starts_with(ROOT) && !route.what().is_empty());
        }
    }

    #[test]
    fn a_name_is_one_part_of_the_address() {
        let name = |path: &str| match resolve(&Method::PUT, path) {
            Resolved::Found { name, .. } => name,
            _ => None,
        };
        assert_eq!(name("/sandbox/v1/snapshots/a-1").as_deref(), Some("a-1"));
        for other in ["/sandbox/v1/snapshots/", "/sandbox/v1/snapshots/a/b", "/sandbox/v2", ""] {
            assert_eq!(name(other), None, "{other}");
        }
        let restore = resolve(&Method::POST, "/sandbox/v1/snapshots/a:restore");
        let route = ControlRoute::RestoreSnapshot;
        assert_eq!(restore, Resolved::Found { route, name: Some("a".to_owned()) });
    }

    #[test]
    fn the_reference_has_a_heading_for_each_route_and_for_no_other() {
        let page = include_str!("../../../../docs/reference/control-api.md");
        let headings: Vec<&str> =
            page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
        let routes: Vec<String> = ControlRoute::ALL
            .iter()
            .map(|route| format!("{} {}", route.method(), route.path()))
            .collect();
        for route in &routes {
            assert!(headings.contains(&&**route), "docs/reference/control-api.md lacks {route}");
        }
        assert_eq!(headings.len(), routes.len(), "it has a route too many: {headings:?}");
    }

    #[test]
    fn another_method_is_told_which_there_are() {
        let Resolved::MethodNotAllowed { allow } = resolve(&Method::PATCH, "/sandbox/v1/faults")
        else {
            panic!("there is no PATCH")
        };
        assert_eq!(allow, [Method::GET, Method::POST, Method::DELETE]);
        assert_eq!(resolve(&Method::GET, "/sandbox/v1/nothing"), Resolved::NotFound);
    }
}
