//! The bad days of an exam: a closed list. Its table is in `docs/reference/client-report.md`.

use crate::seed::Scope;

/// What the command is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    List,
    /// `finds`: the person is told by address alone.
    Suspend {
        finds: bool,
    },
    Reactivate,
}

impl Task {
    /// As `ROLLCALL_EXAM_TASK` says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Suspend { .. } => "suspend",
            Self::Reactivate => "reactivate",
        }
    }

    #[must_use]
    pub const fn is_act(self) -> bool {
        matches!(self, Self::Suspend { .. } | Self::Reactivate)
    }
}

macro_rules! scenarios {
    ($($name:ident = $key:literal, $task:expr;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scenario {
            $($name,)+
        }

        impl Scenario {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)+
                }
            }

            #[must_use]
            pub const fn task(self) -> Task {
                match self {
                    $(Self::$name => $task,)+
                }
            }
        }
    };
}

use Task::{List, Reactivate, Suspend};

scenarios! {
    Walk = "walk", List;
    Suspend = "suspend", Suspend { finds: false };
    FindAndSuspend = "find-and-suspend", Suspend { finds: true };
    Reactivate = "reactivate", Reactivate;
    AwkwardNames = "awkward-names", Suspend { finds: true };
    UnknownField = "unknown-field", List;
    EmptyPage = "empty-page", List;
    VanishingPerson = "vanishing-person", List;
    GonePerson = "gone-person", Suspend { finds: false };
    TokenEnds = "token-ends", List;
    SecretRetired = "secret-retired", List;
    RateLimited = "rate-limited", Suspend { finds: false };
    RateLimitedList = "rate-limited-list", List;
    ServerError = "server-error", List;
    BadGateway = "bad-gateway", Suspend { finds: false };
    Silence = "silence", Suspend { finds: false };
    CutAfterAct = "cut-after-act", Suspend { finds: false };
    CutBody = "cut-body", List;
    Slow = "slow", List;
    Trickle = "trickle", List;
    LastOwner = "last-owner", Suspend { finds: false };
    ExternallyManaged = "externally-managed", Suspend { finds: false };
    MissingPermission = "missing-permission", Suspend { finds: false };
}

/// Enough for a second page, whatever page size a client is likely to ask for.
const MANY: usize = 130;
const FEW: usize = 12;

impl Scenario {
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scenario| scenario.key() == key)
    }

    /// How many people there are, about.
    pub(crate) const fn people(self) -> usize {
        match self {
            Self::Walk
            | Self::FindAndSuspend
            | Self::AwkwardNames
            | Self::EmptyPage
            | Self::VanishingPerson
            | Self::TokenEnds => MANY,
            Self::Suspend
            | Self::Reactivate
            | Self::UnknownField
            | Self::GonePerson
            | Self::SecretRetired
            | Self::RateLimited
            | Self::RateLimitedList
            | Self::ServerError
            | Self::BadGateway
            | Self::Silence
            | Self::CutAfterAct
            | Self::CutBody
            | Self::Slow
            | Self::Trickle
            | Self::LastOwner
            | Self::ExternallyManaged
            | Self::MissingPermission => FEW,
        }
    }

    /// A day on which nothing is out of the ordinary.
    pub(crate) const fn is_plain(self) -> bool {
        matches!(self, Self::Walk | Self::Suspend | Self::FindAndSuspend | Self::Reactivate)
    }

    pub(crate) const fn permissions(self) -> &'static [Scope] {
        match self {
            Self::MissingPermission => &[Scope::ListUsers, Scope::GetUser],
            _ => &Scope::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_a_row_for_each_and_no_other() {
        let document = include_str!("../../../../docs/reference/client-report.md");
        let table = document.split("| Scenario | Task |").nth(1).unwrap();
        let rows: Vec<(&str, &str)> = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .filter_map(|line| {
                let mut cells = line.split('|').map(str::trim).skip(1);
                Some((cells.next()?.trim_matches('`'), cells.next()?))
            })
            .collect();
        let all: Vec<(&str, &str)> =
            Scenario::ALL.iter().map(|one| (one.key(), one.task().as_str())).collect();
        assert_eq!(rows, all);
    }

    #[test]
    fn a_key_names_one_scenario() {
        for scenario in Scenario::ALL {
            assert_eq!(Scenario::from_key(scenario.key()), Some(*scenario));
        }
        assert_eq!(Scenario::from_key("nothing"), None);
    }
}
