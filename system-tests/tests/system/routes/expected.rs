//! The rows of the matrix. Matched by name in both directions, without a wildcard on any route, so
//! that a new route, or a new kind of credential, does not compile until somebody has said what it
//! answers.

use rollcall_wire::problem::Word;
use rollcall_wire::route::{Permission, Route};
use rollcall_wire::tokens::OauthErrorCode;

use super::credential::Credential;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Done,
    /// 401 and no word about a token, for there was none.
    TokenMissing,
    Refused(Word),
    RefusedByOauth(OauthErrorCode),
}

pub(super) fn expected(route: Route, credential: Credential) -> Expected {
    match route {
        Route::OpenApi | Route::Metadata => Expected::Done,
        Route::Token | Route::Revoke => of_a_client(credential),
        Route::ListUsers => of_a_token(credential, Permission::ListUsers),
        Route::GetUser => of_a_token(credential, Permission::GetUser),
        Route::SuspendUser => of_a_token(credential, Permission::SuspendUsers),
        Route::ReactivateUser => of_a_token(credential, Permission::ReactivateUsers),
    }
}

fn of_a_token(credential: Credential, needed: Permission) -> Expected {
    let only = |held: Permission| {
        if held == needed { Expected::Done } else { Expected::Refused(Word::ScopeMissing) }
    };
    match credential {
        Credential::Nothing
        | Credential::UnknownScheme
        | Credential::MalformedBasic
        | Credential::ClientSecret
        | Credential::WrongClientSecret
        | Credential::UnknownClient
        | Credential::RetiredClientSecret
        | Credential::SecretOfDeletedApplication
        | Credential::SecretOfAnotherClient => Expected::TokenMissing,
        Credential::Malformed
        | Credential::Forged
        | Credential::Ended
        | Credential::Revoked
        | Credential::OfRetiredSecret
        | Credential::OfDeletedApplication
        | Credential::OfEarlierEpoch => Expected::Refused(Word::TokenInvalid),
        Credential::OfOtherAccount => Expected::Refused(Word::AccountMismatch),
        Credential::OfOtherPlan => Expected::Refused(Word::PlanNotEntitled),
        Credential::OfAutomatedProvisioning => Expected::Refused(Word::ProvisioningAutomated),
        Credential::OnlyGetUser => only(Permission::GetUser),
        Credential::OnlyListUsers => only(Permission::ListUsers),
        Credential::OnlySuspendUsers => only(Permission::SuspendUsers),
        Credential::OnlyReactivateUsers => only(Permission::ReactivateUsers),
        Credential::AllScopes => Expected::Done,
    }
}

/// A token opens neither OAuth endpoint, not even its own revocation.
fn of_a_client(credential: Credential) -> Expected {
    match credential {
        Credential::ClientSecret => Expected::Done,
        Credential::Nothing
        | Credential::UnknownScheme
        | Credential::Malformed
        | Credential::Forged
        | Credential::Ended
        | Credential::Revoked
        | Credential::OfOtherAccount
        | Credential::OnlyGetUser
        | Credential::OnlyListUsers
        | Credential::OnlySuspendUsers
        | Credential::OnlyReactivateUsers
        | Credential::AllScopes
        | Credential::OfRetiredSecret
        | Credential::OfDeletedApplication
        | Credential::OfEarlierEpoch
        | Credential::OfOtherPlan
        | Credential::OfAutomatedProvisioning
        | Credential::MalformedBasic
        | Credential::WrongClientSecret
        | Credential::UnknownClient
        | Credential::RetiredClientSecret
        | Credential::SecretOfDeletedApplication
        | Credential::SecretOfAnotherClient => {
            Expected::RefusedByOauth(OauthErrorCode::InvalidClient)
        }
    }
}
