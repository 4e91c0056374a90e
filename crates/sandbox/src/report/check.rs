//! What is asked of a client: a closed list. Each has its paragraph in
//! `docs/reference/client-report.md`, under a heading that is its id.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! checks {
    ($($name:ident = $id:literal, $title:literal, $basis:expr;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Check {
            $($name,)+
        }

        impl Check {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// What a right client does, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                }
            }

            #[must_use]
            pub const fn basis(self) -> Basis {
                match self {
                    $(Self::$name => $basis,)+
                }
            }
        }
    };
}

use Basis::{Documented, Inferred, Manners, Standard};

checks! {
    BasicAtTokenEndpoint = "basic-at-token-endpoint", "client id and secret go in the Authorization header", Documented;
    TokenRequestAsDocumented = "token-request-as-documented", "the token request is a form with client_credentials", Documented;
    NoSecretInAddress = "no-secret-in-address", "no secret and no token stands in an address", Standard("RFC 6750, section 5.3");
    TokenReused = "token-reused", "a token is used until it ends", Manners;
    TokenRenewedOnce = "token-renewed-once", "a 401 is met with one new token and the call again", Inferred;
    RefusedCredentialsStop = "refused-credentials-stop", "refused credentials are not tried again and again", Manners;
    TokenRevoked = "token-revoked", "a token that is done with is revoked", Manners;
    UserAgentSent = "user-agent-sent", "User-Agent names the product and its version", Documented;
    PathAsDocumented = "path-as-documented", "addresses and methods are those of the description", Documented;
    RequestWellFormed = "request-well-formed", "nothing is said twice or in the wrong place", Standard("RFC 9110");
    FilterAsDocumented = "filter-as-documented", "the filter is one of the two words", Documented;
    PageSizeInRange = "page-size-in-range", "max_page_size is from 1 to 1000", Documented;
    PagedToTheEnd = "paged-to-the-end", "pages are read until there is no token", Documented;
    PageTokenAsGiven = "page-token-as-given", "page_token is a next_page_token, letter by letter", Documented;
    PageTokenNotRepeated = "page-token-not-repeated", "no page is asked for again and again", Documented;
    EmptyPagesSurvived = "empty-pages-survived", "an empty page with a token is not the end", Standard("AIP-158");
    ResultsRead = "results-read", "people are read from results", Documented;
    UnknownFieldsSurvived = "unknown-fields-survived", "a field that is new is passed over", Manners;
    AwkwardNamesSurvived = "awkward-names-survived", "a display name may hold any character", Documented;
    IdsAsGiven = "ids-as-given", "ids are sent letter by letter", Documented;
    RetryAfterObeyed = "retry-after-obeyed", "a 429 is waited out as long as Retry-After says", Standard("RFC 6585, section 4");
    ServerErrorsPaused = "server-errors-paused", "a failed call is repeated after a pause, a few times", Manners;
    ErrorIsNotTheEnd = "error-is-not-the-end", "a list that failed is not a list that ended", Manners;
    SlowAnswersSurvived = "slow-answers-survived", "an answer of two seconds is waited for", Manners;
    UnclearActLookedAt = "unclear-act-looked-at", "after an unclear end the person is looked at first", Manners;
    LastOwnerSurvived = "last-owner-survived", "no_owner_remain is reported and not repeated", Documented;
    ExternallyManagedSurvived = "externally-managed-survived", "people who are managed elsewhere are reported", Documented;
    MissingPermissionStops = "missing-permission-stops", "scope_missing ends the attempt", Inferred;
    GonePersonSurvived = "gone-person-survived", "a person who is gone is reported and not repeated", Inferred;
    RefusalIsNotSuccess = "refusal-is-not-success", "what was not done is not told as done", Manners;
    EndsInTime = "ends-in-time", "a command comes to an end by itself", Manners;
    NobodyElseTouched = "nobody-else-touched", "only the person who was meant is changed", Manners;
}

/// How sure it is that this is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The hosted service's documents say it.
    Documented,
    /// They do not, and what they say leads there.
    Inferred,
    /// A public standard that the API follows.
    Standard(&'static str),
    /// Nobody demands it; whoever calls somebody else's server does it.
    Manners,
}

impl Basis {
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Documented => "documented".to_owned(),
            Inferred => "inferred".to_owned(),
            Standard(name) => name.to_owned(),
            Manners => "good manners".to_owned(),
        }
    }
}

const GUIDE: &str = "docs/reference/client-report.md";

impl Check {
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.id() == id)
    }

    /// Its paragraph in this repository.
    #[must_use]
    pub fn anchor(self) -> String {
        format!("{GUIDE}#{}", self.id())
    }

    /// Whether its failing is a matter of taste: told, and never counted as wrong.
    #[must_use]
    pub const fn is_a_hint(self) -> bool {
        matches!(self, Self::TokenRevoked)
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Check {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let id = String::deserialize(from)?;
        Self::from_id(&id)
            .ok_or_else(|| serde::de::Error::custom(format!("no check is called {id}")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DOCUMENT: &str = include_str!("../../../../docs/reference/client-report.md");

    #[test]
    fn every_check_has_its_paragraph_and_every_paragraph_its_check() {
        let headings: BTreeSet<&str> =
            DOCUMENT.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let ids: BTreeSet<&str> = Check::ALL.iter().map(|check| check.id()).collect();
        assert_eq!(headings, ids);
        assert_eq!(ids.len(), Check::ALL.len(), "an id stands for one check");
    }

    #[test]
    fn a_paragraph_says_the_title_and_how_sure_it_is() {
        for check in Check::ALL {
            let after = DOCUMENT.split(&format!("### {}\n", check.id())).nth(1).unwrap();
            let paragraph = after.split("\n### ").next().unwrap();
            let title = check.title();
            assert!(
                paragraph.to_lowercase().contains(&title.to_lowercase()),
                "{}: its paragraph does not say {title:?}",
                check.id()
            );
            assert!(
                paragraph.contains(&format!("({})", check.basis().words())),
                "{}: its paragraph does not say ({})",
                check.id(),
                check.basis().words()
            );
        }
    }

    #[test]
    fn ids_are_written_in_kebab_case_and_found_again() {
        for check in Check::ALL {
            assert!(check.id().chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'));
            assert_eq!(Check::from_id(check.id()), Some(*check));
        }
        assert_eq!(Check::from_id("nothing"), None);
    }
}
