//! One function for each check: the calls in, a verdict out.

mod acts;
mod addresses;
mod credentials;
mod empty_pages;
mod headers;
mod ids;
mod lists;
mod page_tokens;
mod paged;
mod refusals;
mod renewed;
mod retried;
mod reused;

use super::Check;
use super::calls::Calls;
use super::verdict::{Verdict, counted};

/// With all exchanges that show it; [`super::examine`] keeps the first few.
pub(super) fn grade(check: Check, calls: &Calls<'_>) -> Verdict {
    match check {
        Check::BasicAtTokenEndpoint => credentials::basic(calls),
        Check::TokenRequestAsDocumented => credentials::token_request(calls),
        Check::NoSecretInAddress => credentials::in_address(calls),
        Check::RefusedCredentialsStop => credentials::refused(calls),
        Check::TokenRevoked => credentials::revoked(calls),
        Check::TokenReused => reused::grade(calls),
        Check::TokenRenewedOnce => renewed::grade(calls),
        Check::UserAgentSent => headers::user_agent(calls),
        Check::PathAsDocumented => addresses::path(calls),
        Check::RequestWellFormed => addresses::well_formed(calls),
        Check::FilterAsDocumented => lists::filter(calls),
        Check::PageSizeInRange => lists::page_size(calls),
        Check::PagedToTheEnd => paged::grade(calls),
        Check::PageTokenAsGiven => page_tokens::as_given(calls),
        Check::PageTokenNotRepeated => page_tokens::not_repeated(calls),
        Check::EmptyPagesSurvived => empty_pages::grade(calls),
        Check::ResultsRead => lists::results(calls),
        Check::IdsAsGiven => ids::grade(calls),
        Check::RetryAfterObeyed => retried::retry_after(calls),
        Check::ServerErrorsPaused => retried::server_errors(calls),
        Check::UnclearActLookedAt => acts::grade(calls),
        Check::LastOwnerSurvived => refusals::last_owner(calls),
        Check::ExternallyManagedSurvived => refusals::externally_managed(calls),
        Check::MissingPermissionStops => refusals::missing_permission(calls),
        Check::GonePersonSurvived => refusals::gone(calls),
        Check::UnknownFieldsSurvived
        | Check::AwkwardNamesSurvived
        | Check::ErrorIsNotTheEnd
        | Check::SlowAnswersSurvived
        | Check::RefusalIsNotSuccess
        | Check::EndsInTime
        | Check::NobodyElseTouched => Verdict::Unknown { why: ONLY_AN_EXAM.to_owned() },
    }
}

const ONLY_AN_EXAM: &str =
    "a journal does not show it; `rollcall sandbox exam` does, by how the command ends";
