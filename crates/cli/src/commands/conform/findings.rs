//! What was found about each fact.

use rollcall_wire::route::Family;

use super::fact::Fact;
use super::gather::Seen;
use super::judge::{No, judge};

pub struct Findings {
    pub target: String,
    pub families: Vec<FamilyFindings>,
}

pub struct FamilyFindings {
    pub family: Family,
    /// Where it is not, nothing else is said of it: a server may do without either.
    pub is_served: bool,
    pub facts: Vec<(Fact, Verdict)>,
    pub not_put_back: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Conforms,
    /// From a fact that binds.
    Differs(String),
    /// From one that does not: told, and no failure.
    Note(String),
    Unknown(String),
}

impl Verdict {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Differs(_) => "differs",
            Self::Note(_) => "note",
            Self::Unknown(_) => "unknown",
        }
    }

    pub fn saw(&self) -> Option<&str> {
        match self {
            Self::Conforms => None,
            Self::Differs(saw) | Self::Note(saw) | Self::Unknown(saw) => Some(saw),
        }
    }
}

impl FamilyFindings {
    pub fn of(family: Family, seen: &Seen) -> Self {
        let verdict = |fact: Fact| match judge(fact, seen) {
            Ok(()) => Verdict::Conforms,
            Err(No::Unknown(why)) => Verdict::Unknown(why),
            Err(No::Differs(saw)) if fact.sure_in(family).binds() => Verdict::Differs(saw),
            Err(No::Differs(saw)) => Verdict::Note(saw),
        };
        Self {
            family,
            is_served: true,
            facts: Fact::ALL.iter().map(|&fact| (fact, verdict(fact))).collect(),
            not_put_back: seen.acts.as_ref().and_then(|acts| acts.not_put_back.clone()),
        }
    }

    pub const fn not_served(family: Family) -> Self {
        Self { family, is_served: false, facts: Vec::new(), not_put_back: None }
    }

    pub fn count(&self, of: &str) -> usize {
        self.facts.iter().filter(|(_, verdict)| verdict.as_str() == of).count()
    }
}

impl Findings {
    pub fn differences(&self) -> usize {
        self.families.iter().map(|family| family.count("differs")).sum()
    }

    pub fn not_put_back(&self) -> impl Iterator<Item = &String> {
        self.families.iter().filter_map(|family| family.not_put_back.as_ref())
    }

    pub fn is_good(&self) -> bool {
        self.differences() == 0 && self.not_put_back().next().is_none()
    }
}
