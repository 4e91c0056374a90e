//! What each scenario is called, what happens in it, and what a right client does. The table in
//! `docs/reference/scenarios.md` has these words.

use super::{Scenario, Whose};

impl Scenario {
    /// The display name of the person, or the name of the application.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LastOwner => "Last Owner",
            Self::ExternallyManaged => "Externally Managed",
            Self::AlreadySuspended => "Already Suspended",
            // Quotes, a comma, a formula, HTML, a backslash, right-to-left text and a mark that
            // turns the line, an accent of its own, an emoji of five code points, no-width letters.
            Self::AwkwardName => {
                "=1+1,\"Awk'ward\";\\n <b>Ñ&amp;</b>\u{202e}אבג\u{202c} e\u{301}\u{200b} 👩\u{200d}👩\u{200d}👧 \u{feff}%00 ${x} '); --"
            }
            Self::RateLimited => "Rate Limited Twice",
            Self::FailsOnce => "Fails Once",
            Self::BadGateway => "Bad Gateway Once",
            Self::NeverAnswers => "Acts And Never Answers",
            Self::Slow => "Slow By Two Seconds",
            Self::Trickled => "Trickled Byte By Byte",
            Self::CutAfterAct => "Cut After The Act",
            Self::VanishesBetweenPages => "Vanishes Between Pages",
            Self::ListedStale => "Listed Stale",
            Self::GoneOnGet => "Gone On Get",
            Self::FullAccess => "Full access",
            Self::OnlyListUsers => "Only list users",
            Self::OnlyGetUser => "Only get user",
            Self::OnlySuspendUsers => "Only suspend users",
            Self::OnlyReactivateUsers => "Only reactivate users",
            Self::TokenEndsMidWalk => "Token ends mid-walk",
            Self::SecretRetired => "Secret retired at the third call",
            Self::EmptyPages => "Empty pages",
            Self::UnknownFields => "Unknown fields",
        }
    }

    #[must_use]
    pub const fn what_happens(self) -> &'static str {
        match self {
            Self::LastOwner => {
                "The account's only owner: suspend is answered 403 `no_owner_remain`, and nothing is done."
            }
            Self::ExternallyManaged => {
                "Suspend is answered 403 `user_externally_managed`, and nothing is done."
            }
            Self::AlreadySuspended => "Suspend is answered 200 with the same person, unchanged.",
            Self::AwkwardName => {
                "The display name has quotes, commas, a formula, HTML, right-to-left text, an accent of its own, an emoji and invisible letters."
            }
            Self::RateLimited => {
                "The first two calls on the person are answered 429 with `Retry-After: 1`; then all is well."
            }
            Self::FailsOnce => {
                "The first call on the person is answered 500, and nothing is done; then all is well."
            }
            Self::BadGateway => {
                "The first suspend or reactivate is answered 502 with a page of HTML, and nothing is done; then all is well."
            }
            Self::NeverAnswers => {
                "Suspend and reactivate are done, and never answered: the connection stays open and silent."
            }
            Self::Slow => "Every call on the person is answered two seconds late.",
            Self::Trickled => {
                "Every answer about the person comes sixteen bytes at a time, a tenth of a second apart."
            }
            Self::CutAfterAct => {
                "Suspend and reactivate are done, and then the connection is cut without an answer."
            }
            Self::VanishesBetweenPages => {
                "On the first page of a list; from the moment when a later page is asked for, neither listed nor found (404 `user_not_found`), until the application begins a new list."
            }
            Self::ListedStale => "Suspended; lists say ACTIVE, get says SUSPENDED.",
            Self::GoneOnGet => {
                "Listed; get, suspend and reactivate are answered 404 `user_not_found`."
            }
            Self::FullAccess => "All four permissions, and no bad day of its own.",
            Self::OnlyListUsers => "List works; the other calls are answered 403 `scope_missing`.",
            Self::OnlyGetUser => "Get works; the other calls are answered 403 `scope_missing`.",
            Self::OnlySuspendUsers => {
                "Suspend works; the other calls are answered 403 `scope_missing`."
            }
            Self::OnlyReactivateUsers => {
                "Reactivate works; the other calls are answered 403 `scope_missing`."
            }
            Self::TokenEndsMidWalk => {
                "Each access token works for two calls; from the third on it is answered 401 `token_invalid`. A new one works."
            }
            Self::SecretRetired => {
                "At the third call, the token request counted, the secret is retired: that call is answered 401 `token_invalid`, and the next token request 401 `invalid_client`."
            }
            Self::EmptyPages => {
                "Before each later page of a list comes an empty one: `results` is `[]`, and there is a `next_page_token`."
            }
            Self::UnknownFields => "People and pages have fields that the contract does not name.",
        }
    }

    #[must_use]
    pub const fn right_client(self) -> &'static str {
        match self {
            Self::LastOwner | Self::ExternallyManaged => {
                "Reports that the person was not suspended, does not repeat the call, and goes on with the others."
            }
            Self::AlreadySuspended => "Takes it for a success.",
            Self::AwkwardName => "Carries the name unchanged, and escapes it wherever it shows it.",
            Self::RateLimited => "Waits as long as `Retry-After` says, then repeats the call.",
            Self::FailsOnce => {
                "Repeats a read after a pause; before it repeats an act, it looks with get."
            }
            Self::BadGateway => {
                "Does not parse the page; looks with get, sees that nothing was done, and repeats the act."
            }
            Self::NeverAnswers | Self::CutAfterAct => {
                "Has a time limit, looks with get, sees that it was done, and does not repeat the act."
            }
            Self::Slow => "Waits: its time limit is longer than two seconds.",
            Self::Trickled => "Reads the body to its end, as `Content-Length` says.",
            Self::VanishesBetweenPages | Self::GoneOnGet => {
                "Takes 404 for somebody who has left, and goes on with the others."
            }
            Self::ListedStale => "Believes get, and the answer of an act, before the list.",
            Self::FullAccess => "Walks to the last page and finds 60 people.",
            Self::OnlyListUsers
            | Self::OnlyGetUser
            | Self::OnlySuspendUsers
            | Self::OnlyReactivateUsers => {
                "Reports which permission is missing, and does not repeat the call."
            }
            Self::TokenEndsMidWalk => {
                "Gets one new token, repeats the call that was refused, and goes on with the same page token."
            }
            Self::SecretRetired => {
                "Tries one new token, reports that its credentials do not work, and stops."
            }
            Self::EmptyPages => "Goes on until there is no `next_page_token`.",
            Self::UnknownFields => "Passes over what it does not know.",
        }
    }

    /// Its row in the documentation.
    #[must_use]
    pub fn row(self) -> String {
        let who = match self.whose() {
            Whose::Person => self.email().unwrap_or_default(),
            Whose::Application => self.name().to_owned(),
        };
        format!("| `{who}` | {} | {} |", self.what_happens(), self.right_client())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_a_row_for_each() {
        let page = include_str!("../../../../docs/reference/scenarios.md");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        for one in Scenario::ALL {
            let row = one.row();
            assert_eq!(
                rows.iter().filter(|other| **other == row).count(),
                1,
                "docs/reference/scenarios.md lacks this row:\n{row}"
            );
        }
    }

    #[test]
    fn the_awkward_name_is_as_awkward_as_the_rules_of_names_allow() {
        let name = Scenario::AwkwardName.name();
        assert!(name.chars().count() <= 200 && !name.chars().any(char::is_control));
        for part in ["\"", ",", "'", "\\", "<b>", "&", "\u{202e}", "\u{301}", "\u{200d}", "👩", "="]
        {
            assert!(name.contains(part), "{part:?}");
        }
    }
}
