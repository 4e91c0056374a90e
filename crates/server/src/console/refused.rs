//! Each refusal in words for people: what happened, and the way out. Matched by name: a new one
//! must be given its words here.

use axum::http::StatusCode;
use rollcall_directory::acting::Refusal;
use rollcall_directory::groups::Right;

pub(crate) struct RefusedWords {
    pub status: StatusCode,
    pub heading: &'static str,
    /// One or two sentences, which also stand beside a form.
    pub text: &'static str,
}

const fn words(status: StatusCode, heading: &'static str, text: &'static str) -> RefusedWords {
    RefusedWords { status, heading, text }
}

/// What happened, in a sentence.
pub(crate) fn text(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(flaw) => sentence(flaw),
        refusal => of(refusal).text.to_owned(),
    }
}

pub(crate) fn of(refusal: &Refusal) -> RefusedWords {
    const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
    const CONFLICT: StatusCode = StatusCode::CONFLICT;
    const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
    match refusal {
        Refusal::RightMissing(right) => words(FORBIDDEN, "This page is not for you", whose(*right)),
        Refusal::OwnersOnly(_) => words(
            FORBIDDEN,
            "Only an owner does this",
            "Only an owner may change an owner, make somebody one, or hand a code to one. Ask an owner of the account.",
        ),
        Refusal::PlanNotEntitled => words(
            FORBIDDEN,
            "Not on this plan",
            "Integrations are part of a Business account, and this account is on another plan.",
        ),
        Refusal::ProvisioningAutomated => words(
            FORBIDDEN,
            "Not while provisioning is automated",
            "People of this account come from an identity provider, and as long as they do, integrations are closed.",
        ),
        Refusal::NoSuchUser => words(
            NOT_FOUND,
            "There is no such person",
            "Nobody in this account has this ID. They may have been removed.",
        ),
        Refusal::NoSuchApplication => words(
            NOT_FOUND,
            "There is no such integration",
            "It may have been deleted; the activity log says by whom.",
        ),
        Refusal::NoSuchSecret => words(
            NOT_FOUND,
            "There is no such secret",
            "It may have been retired; the activity log says by whom.",
        ),
        Refusal::NoSuchVault => words(
            NOT_FOUND,
            "There is no such vault for you",
            "It may have been deleted, or you have no access to it (any more). Somebody who may write to it can give you access.",
        ),
        Refusal::NoSuchItem => words(
            NOT_FOUND,
            "There is no such item",
            "It may have been deleted; the activity log says by whom.",
        ),
        Refusal::NoSuchAccount => words(
            NOT_FOUND,
            "There is no such account",
            "The address is not whole, or the account is gone.",
        ),
        Refusal::ExternallyManaged(_) => words(
            CONFLICT,
            "Managed by another directory",
            "This person is managed by another directory: what you want to do has to be done there.",
        ),
        Refusal::NoOwnerRemains(_) => words(
            CONFLICT,
            "The last owner stays",
            "This is the last active owner, and an account always has one. Make somebody else an owner first.",
        ),
        Refusal::Oneself(_) => words(
            CONFLICT,
            "Not to yourself",
            "You would lock yourself out. Somebody else with the same rights can do it.",
        ),
        Refusal::PersonSuspended(_) => words(
            CONFLICT,
            "This person is suspended",
            "Reactivate them first, if they are to come back.",
        ),
        Refusal::SecretSeen(_) => words(
            FORBIDDEN,
            "Not by this application",
            "The person has seen a live secret of the application, so it may not let them back in.",
        ),
        Refusal::VaultReadOnly => words(
            FORBIDDEN,
            "You may only read this vault",
            "Somebody who may write to it can do this, or let you write.",
        ),
        Refusal::NoWriterRemains => words(
            CONFLICT,
            "Somebody has to be able to write",
            "Nobody who may write to the vault would remain. Let somebody else write first, or delete the vault.",
        ),
        Refusal::ChangedMeanwhile => words(
            CONFLICT,
            "It was changed meanwhile",
            "Somebody else changed this after you opened the page. Nothing of yours was done. Open the page again.",
        ),
        Refusal::RootKeyReplaced => words(
            StatusCode::SERVICE_UNAVAILABLE,
            "The keys were replaced just now",
            "Nothing was changed. Try again in a moment.",
        ),
        Refusal::Exists(_) => {
            words(CONFLICT, "It is there already", "What you sent was done before.")
        }
        Refusal::Invalid(_) => words(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This cannot be taken",
            "Something in what you sent cannot be taken. Nothing was changed.",
        ),
        Refusal::SignInFailed(_) => {
            words(FORBIDDEN, "Not signed in", "Email or password are not right.")
        }
        Refusal::LinkDead => words(
            FORBIDDEN,
            "This code does not work",
            "It was used, its time is over, or a newer one was made. Ask for a new one.",
        ),
        // No page of ours leads there.
        Refusal::SessionDead
        | Refusal::TokenDead
        | Refusal::ClientUnknown
        | Refusal::SecretEnded
        | Refusal::AddressNotAllowed
        | Refusal::AccountMismatch
        | Refusal::ScopeMissing(_)
        | Refusal::PersonOnly
        | Refusal::OperatorOnly => {
            words(FORBIDDEN, "You may not do this", "It is not for you, and nothing was changed.")
        }
    }
}

const fn whose(right: Right) -> &'static str {
    match right {
        Right::ManagePeople => {
            "Only owners and administrators invite people, change groups and hand out codes. Ask one of them."
        }
        Right::ManageIntegrations => {
            "Only owners, administrators and members of the Security group manage integrations. Ask one of them."
        }
        Right::SeePeople | Right::SuspendPeople => {
            "Only owners, administrators and members of the Security group see people and suspend them. Ask one of them."
        }
        Right::ReadActivity => {
            "Only owners, administrators and members of the Security group read the activity log. Ask one of them."
        }
        Right::Member => "You are not a member of this account any more.",
    }
}

/// A flaw as the rules tell it, as a sentence.
fn sentence(flaw: &str) -> String {
    let mut chars = flaw.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
