//! Every message word, with its code, its HTTP status and what to tell a person about it.
//!
//! One word was seen on the hosted service; the others are ours, and may change when theirs are known.

use std::fmt;

use super::Code;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    NoOwnerRemain,
    UserExternallyManaged,
    SecretSeen,
    ScopeMissing,
    AccountMismatch,
    ProvisioningAutomated,
    PlanNotEntitled,
    UserNotFound,
    TokenInvalid,
    FilterInvalid,
    PageSizeInvalid,
    PageTokenInvalid,
    RequestInvalid,
    BodyTooLarge,
    NotFound,
    MethodNotAllowed,
    RateLimited,
    Unavailable,
    Internal,
}

impl Word {
    pub const ALL: &'static [Word] = &[
        Word::NoOwnerRemain,
        Word::UserExternallyManaged,
        Word::SecretSeen,
        Word::ScopeMissing,
        Word::AccountMismatch,
        Word::ProvisioningAutomated,
        Word::PlanNotEntitled,
        Word::UserNotFound,
        Word::TokenInvalid,
        Word::FilterInvalid,
        Word::PageSizeInvalid,
        Word::PageTokenInvalid,
        Word::RequestInvalid,
        Word::BodyTooLarge,
        Word::NotFound,
        Word::MethodNotAllowed,
        Word::RateLimited,
        Word::Unavailable,
        Word::Internal,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Word::NoOwnerRemain => "no_owner_remain",
            Word::UserExternallyManaged => "user_externally_managed",
            Word::SecretSeen => "secret_seen",
            Word::ScopeMissing => "scope_missing",
            Word::AccountMismatch => "account_mismatch",
            Word::ProvisioningAutomated => "provisioning_automated",
            Word::PlanNotEntitled => "plan_not_entitled",
            Word::UserNotFound => "user_not_found",
            Word::TokenInvalid => "token_invalid",
            Word::FilterInvalid => "filter_invalid",
            Word::PageSizeInvalid => "page_size_invalid",
            Word::PageTokenInvalid => "page_token_invalid",
            Word::RequestInvalid => "request_invalid",
            Word::BodyTooLarge => "body_too_large",
            Word::NotFound => "not_found",
            Word::MethodNotAllowed => "method_not_allowed",
            Word::RateLimited => "rate_limited",
            Word::Unavailable => "unavailable",
            Word::Internal => "internal",
        }
    }

    pub const fn code(self) -> Code {
        match self {
            Word::NoOwnerRemain
            | Word::UserExternallyManaged
            | Word::SecretSeen
            | Word::ScopeMissing
            | Word::AccountMismatch
            | Word::ProvisioningAutomated
            | Word::PlanNotEntitled => Code::PermissionDenied,
            Word::UserNotFound | Word::NotFound => Code::NotFound,
            Word::TokenInvalid => Code::Unauthenticated,
            Word::FilterInvalid
            | Word::PageSizeInvalid
            | Word::PageTokenInvalid
            | Word::RequestInvalid
            | Word::BodyTooLarge => Code::InvalidArgument,
            Word::MethodNotAllowed => Code::Unimplemented,
            Word::RateLimited => Code::ResourceExhausted,
            Word::Unavailable => Code::Unavailable,
            Word::Internal => Code::Internal,
        }
    }

    pub const fn http_status(self) -> u16 {
        match self {
            Word::BodyTooLarge => 413,
            _ => self.code().http_status(),
        }
    }

    /// Whether the hosted service was seen to say this word.
    pub const fn seen(self) -> bool {
        matches!(self, Word::NoOwnerRemain)
    }

    /// What was refused, why, and what would make it work.
    pub const fn explanation(self) -> &'static str {
        match self {
            Word::NoOwnerRemain => {
                "This person is the last active owner, and an account must keep one. \
                 Make another person an owner or reactivate one, then suspend again."
            }
            Word::UserExternallyManaged => {
                "This person is managed outside this account, so the account cannot suspend them. \
                 Ask the administrators who manage this person."
            }
            Word::SecretSeen => {
                "This person has seen a live secret of the application, which could let them in again. \
                 Rotate that secret under Integrations in the console, or reactivate the person there."
            }
            Word::ScopeMissing => {
                "The application does not have the permission for this call. \
                 Add it under Integrations in the console; the token at hand then works."
            }
            Word::AccountMismatch => {
                "The token belongs to an application of another account than the one in the path. \
                 Use the account id of the application's own account."
            }
            Word::ProvisioningAutomated => {
                "Automated provisioning is on for this account, so people are managed at the identity provider. \
                 Make the change there, or turn automated provisioning off."
            }
            Word::PlanNotEntitled => {
                "The account's plan does not include the Users API. Change the account to the Business plan."
            }
            Word::UserNotFound => {
                "The account has no person with this id. \
                 People are found by id, not by e-mail address: list the users to learn it."
            }
            Word::TokenInvalid => {
                "There was no access token, or it is unknown, ended or revoked. \
                 Get a new one from the token endpoint; a token lives fifteen minutes."
            }
            Word::FilterInvalid => {
                "The filter is neither user.isActive() nor user.isSuspended(). \
                 Send one of the two, or leave the filter out to get everybody."
            }
            Word::PageSizeInvalid => {
                "The page size is negative or not a whole number of 32 bits. \
                 Send 1 to 1000, or leave it out to get 25."
            }
            Word::PageTokenInvalid => {
                "The page token is not one this server made for this account and filter, or it is too old. \
                 Send next_page_token as it came, or start again without one."
            }
            Word::RequestInvalid => {
                "The request contradicts itself or shows a secret: a Host or Authorization header given twice, \
                 an argument given twice with different values, or a token in the query. \
                 Give each once, and the token in the Authorization header."
            }
            Word::BodyTooLarge => {
                "The body is larger than 64 KiB. This call needs none, so send it with an empty body."
            }
            Word::NotFound => {
                "There is nothing at this address, or its route family is turned off on this server. \
                 /openapi.json lists the addresses."
            }
            Word::MethodNotAllowed => {
                "The address is right, but not for this method. The Allow header lists the methods that work."
            }
            Word::RateLimited => {
                "The application made more calls than its limit allows. \
                 Wait as long as the Retry-After header says, or have the limit raised."
            }
            Word::Unavailable => {
                "The server cannot reach its database, and does not answer from memory. \
                 Try again after the time in the Retry-After header; all four calls may be repeated."
            }
            Word::Internal => {
                "The server made a mistake, and nothing is known to be wrong with the request. \
                 Give the request id of this answer to whoever runs the server."
            }
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::route::{Body, Route};

    #[test]
    fn the_words_are_different_and_in_snake_case() {
        let words: HashSet<&str> = Word::ALL.iter().map(|word| word.as_str()).collect();
        assert_eq!(words.len(), 19);
        assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }

    #[test]
    fn only_one_was_seen() {
        let seen: Vec<Word> = Word::ALL.iter().copied().filter(|word| word.seen()).collect();
        assert_eq!(seen, [Word::NoOwnerRemain]);
    }

    #[test]
    fn every_word_explains_itself() {
        for word in Word::ALL {
            assert!(
                word.explanation().ends_with('.') && !word.explanation().contains("  "),
                "{word}"
            );
        }
    }

    #[test]
    fn a_business_rule_is_refused_with_403_and_a_large_body_with_413() {
        assert_eq!(
            (Word::NoOwnerRemain.http_status(), Word::NoOwnerRemain.code().number()),
            (403, 7)
        );
        assert_eq!(
            (Word::BodyTooLarge.http_status(), Word::BodyTooLarge.code().number()),
            (413, 3)
        );
        assert_eq!(
            (Word::MethodNotAllowed.http_status(), Word::MethodNotAllowed.code().number()),
            (405, 12)
        );
    }

    #[test]
    fn suspend_lists_every_status_a_word_can_have_except_the_wrong_method() {
        for word in Word::ALL.iter().filter(|word| **word != Word::MethodNotAllowed) {
            let listed = Route::SuspendUser
                .answers()
                .iter()
                .find(|answer| answer.status == word.http_status());
            assert_eq!(listed.map(|answer| answer.body), Some(Body::Status), "{word}");
        }
    }
}
