//! The scenario account: people and applications whose identity chooses the outcome, since nobody
//! can tell a finished connector to send a header. A closed list: the seed, the faults and the
//! documents are made from it.

pub(crate) mod calls;
mod faults;
mod words;

use std::collections::BTreeMap;

use rollcall_directory::world::UserId;

pub use faults::faults;

use crate::seed::{Scope, SeedAccount};

/// The name of the seed's second account.
pub const ACCOUNT_NAME: &str = "Rollcall Scenarios";
/// Enough for three pages when nobody says how long a page is.
pub const PEOPLE: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scenario {
    LastOwner,
    ExternallyManaged,
    AlreadySuspended,
    AwkwardName,
    RateLimited,
    FailsOnce,
    BadGateway,
    NeverAnswers,
    Slow,
    Trickled,
    CutAfterAct,
    VanishesBetweenPages,
    ListedStale,
    GoneOnGet,
    FullAccess,
    OnlyListUsers,
    OnlyGetUser,
    OnlySuspendUsers,
    OnlyReactivateUsers,
    TokenEndsMidWalk,
    SecretRetired,
    EmptyPages,
    UnknownFields,
}

/// Whose identity it is that chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Person,
    /// Its credentials are what a connector is set up with.
    Application,
}

impl Scenario {
    pub const ALL: &'static [Self] = &[
        Self::LastOwner,
        Self::ExternallyManaged,
        Self::AlreadySuspended,
        Self::AwkwardName,
        Self::RateLimited,
        Self::FailsOnce,
        Self::BadGateway,
        Self::NeverAnswers,
        Self::Slow,
        Self::Trickled,
        Self::CutAfterAct,
        Self::VanishesBetweenPages,
        Self::ListedStale,
        Self::GoneOnGet,
        Self::FullAccess,
        Self::OnlyListUsers,
        Self::OnlyGetUser,
        Self::OnlySuspendUsers,
        Self::OnlyReactivateUsers,
        Self::TokenEndsMidWalk,
        Self::SecretRetired,
        Self::EmptyPages,
        Self::UnknownFields,
    ];

    /// How many of them are people.
    pub const PEOPLE_COUNT: usize = 14;

    pub fn people() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|one| one.whose() == Whose::Person)
    }

    /// The one that may do everything and has no bad day comes first.
    pub fn applications() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|one| one.whose() == Whose::Application)
    }

    #[must_use]
    pub const fn whose(self) -> Whose {
        match self {
            Self::LastOwner
            | Self::ExternallyManaged
            | Self::AlreadySuspended
            | Self::AwkwardName
            | Self::RateLimited
            | Self::FailsOnce
            | Self::BadGateway
            | Self::NeverAnswers
            | Self::Slow
            | Self::Trickled
            | Self::CutAfterAct
            | Self::VanishesBetweenPages
            | Self::ListedStale
            | Self::GoneOnGet => Whose::Person,
            Self::FullAccess
            | Self::OnlyListUsers
            | Self::OnlyGetUser
            | Self::OnlySuspendUsers
            | Self::OnlyReactivateUsers
            | Self::TokenEndsMidWalk
            | Self::SecretRetired
            | Self::EmptyPages
            | Self::UnknownFields => Whose::Application,
        }
    }

    /// Its name for programs, in the journal and in reports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::LastOwner => "last-owner",
            Self::ExternallyManaged => "externally-managed",
            Self::AlreadySuspended => "already-suspended",
            Self::AwkwardName => "awkward-name",
            Self::RateLimited => "rate-limited",
            Self::FailsOnce => "fails-once",
            Self::BadGateway => "bad-gateway",
            Self::NeverAnswers => "never-answers",
            Self::Slow => "slow",
            Self::Trickled => "trickled",
            Self::CutAfterAct => "cut-after-act",
            Self::VanishesBetweenPages => "vanishes-between-pages",
            Self::ListedStale => "listed-stale",
            Self::GoneOnGet => "gone-on-get",
            Self::FullAccess => "full-access",
            Self::OnlyListUsers => "only-list-users",
            Self::OnlyGetUser => "only-get-user",
            Self::OnlySuspendUsers => "only-suspend-users",
            Self::OnlyReactivateUsers => "only-reactivate-users",
            Self::TokenEndsMidWalk => "token-ends-mid-walk",
            Self::SecretRetired => "secret-retired",
            Self::EmptyPages => "empty-pages",
            Self::UnknownFields => "unknown-fields",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.key() == key)
    }

    /// Of a person.
    #[must_use]
    pub fn email(self) -> Option<String> {
        (self.whose() == Whose::Person)
            .then(|| format!("{}@scenarios.rollcall.example", self.key()))
    }

    /// Of an application: what it may do.
    #[must_use]
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::OnlyListUsers => &[Scope::ListUsers],
            Self::OnlyGetUser => &[Scope::GetUser],
            Self::OnlySuspendUsers => &[Scope::SuspendUsers],
            Self::OnlyReactivateUsers => &[Scope::ReactivateUsers],
            _ => &Scope::ALL,
        }
    }
}

/// The ids of the scenario people of an account, by key.
#[must_use]
pub fn people_of(account: &SeedAccount) -> BTreeMap<String, String> {
    let id = |one: Scenario| Some((one.key().to_owned(), person_id(account, one)?));
    Scenario::people().filter_map(id).collect()
}

fn person_id(account: &SeedAccount, scenario: Scenario) -> Option<String> {
    let email = scenario.email()?;
    let person = account.people.listed().iter().find(|person| person.email == email)?;
    Some(UserId::from_bytes(person.id).to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_different_and_in_kebab_case() {
        let keys: HashSet<&str> = Scenario::ALL.iter().map(|one| one.key()).collect();
        assert_eq!(keys.len(), Scenario::ALL.len());
        let plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(keys.iter().all(|key| key.chars().all(plain)));
        assert!(Scenario::ALL.iter().all(|one| Scenario::of_key(one.key()) == Some(*one)));
        assert_eq!(Scenario::of_key("rate_limited"), None);
    }

    #[test]
    fn people_come_before_applications_and_the_first_of_those_has_no_bad_day() {
        let all: Vec<Scenario> = Scenario::people().chain(Scenario::applications()).collect();
        assert_eq!(all, Scenario::ALL);
        assert_eq!(Scenario::applications().next(), Some(Scenario::FullAccess));
        assert_eq!(Scenario::people().count(), Scenario::PEOPLE_COUNT);
    }
}
