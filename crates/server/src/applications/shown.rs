//! Integrations as pages show them.

use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::{LastUse, LiveSecret, Scope, Scopes};
use rollcall_directory::sessions::Visitor;
use rollcall_directory::world::Moment;

use super::pages::{ApplicationForm, Closed, ScopeBox, UseShown};
use crate::console::PageCall;
use crate::layout::{Problems, When};

pub(crate) const fn scope_label(scope: Scope) -> &'static str {
    match scope {
        Scope::GetUser => "Get user",
        Scope::ListUsers => "List users",
        Scope::SuspendUsers => "Suspend users",
        Scope::ReactivateUsers => "Reactivate users",
    }
}

const fn scope_hint(scope: Scope) -> &'static str {
    match scope {
        Scope::GetUser => "Read one person: name, email and state.",
        Scope::ListUsers => "Read the names, emails and states of everybody in the account.",
        Scope::SuspendUsers => {
            "Suspend a person: sessions, invitations and vault access end at once."
        }
        Scope::ReactivateUsers => "Let a suspended person sign in again.",
    }
}

/// All four of them, some checked.
pub(super) fn boxes(checked: Scopes) -> Vec<ScopeBox> {
    Scope::ALL.into_iter().map(|scope| of(scope, checked.holds(scope))).collect()
}

/// Those that are held.
pub(super) fn held(scopes: Scopes) -> Vec<ScopeBox> {
    scopes.list().into_iter().map(|scope| of(scope, true)).collect()
}

const fn of(scope: Scope, checked: bool) -> ScopeBox {
    ScopeBox { value: scope.as_str(), label: scope_label(scope), hint: scope_hint(scope), checked }
}

pub(super) fn labels(scopes: Scopes) -> String {
    scopes.list().into_iter().map(scope_label).collect::<Vec<_>>().join(", ")
}

/// Are integrations closed to this account, and what to do?
pub(super) fn closed(visitor: &Visitor) -> Closed {
    match visitor.entitled() {
        Err(Refusal::PlanNotEntitled) => Closed {
            heading: "Integrations need a Business account",
            texts: &[
                "This account is on another plan. What is set up here stays as it is and is refused, until the plan is Business again.",
                "Whoever runs this server changes the plan: rollcall admin account set --plan business.",
            ],
        },
        Err(_) => Closed {
            heading: "Integrations are closed while provisioning is automated",
            texts: &[
                "People of this account come from an identity provider, which says who is active. An integration would contradict it.",
                "Turn automated provisioning off first; whoever runs this server does so.",
            ],
        },
        Ok(()) => Closed::default(),
    }
}

pub(super) fn last_use(used: &LastUse, now: Moment) -> UseShown {
    UseShown {
        at: When::of(used.at, now),
        address: used.address.to_string(),
        agent: used.agent.clone(),
    }
}

/// When it was last used, for who is about to end it.
pub(super) fn use_words(used: Option<&LastUse>, now: Moment) -> String {
    match used {
        Some(used) => format!("It was last used {}.", When::of(used.at, now).words),
        None => "It was not used yet.".to_owned(),
    }
}

/// Until when and from where alone it works, where that is limited.
pub(super) fn terms(secret: &LiveSecret, now: Moment) -> Vec<String> {
    let mut terms = Vec::new();
    if let Some(ends) = secret.terms.ends {
        let when = When::of(ends, now);
        terms.push(match ends > now {
            true => format!("Ends {}", when.words),
            false => format!("Ended {}: does not work", when.words),
        });
    }
    if !secret.terms.networks.list().is_empty() {
        terms.push(format!("Only from {}", secret.terms.networks));
    }
    terms
}

/// What was typed for an application, and what is wrong with it.
pub(super) struct Typed {
    pub name: String,
    pub description: String,
    pub redirect_url: String,
    pub scopes: Scopes,
}

const NAME_LENGTH_MAX_CHARS: usize = 100;
const DESCRIPTION_LENGTH_MAX_CHARS: usize = 1000;

impl Typed {
    pub(super) fn of(call: &PageCall) -> Self {
        let scopes = call.form.all("scope").filter_map(|text| text.parse().ok());
        Self {
            name: call.form.get("name").to_owned(),
            description: call.form.lines("description"),
            redirect_url: call.form.get("redirect_url").to_owned(),
            scopes: Scopes::of(&scopes.collect::<Vec<Scope>>()),
        }
    }

    pub(super) fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        match self.name.chars().count() {
            0 => problems.add("name", "Give the application a name."),
            1..=NAME_LENGTH_MAX_CHARS => {}
            _ => problems.add("name", "Shorten the name: it has at most 100 characters."),
        }
        if self.description.chars().count() > DESCRIPTION_LENGTH_MAX_CHARS {
            problems
                .add("description", "Shorten the description: it has at most 1,000 characters.");
        }
        if let Some(problem) = redirect_problem(&self.redirect_url) {
            problems.add("redirect_url", problem);
        }
        if self.scopes.is_empty() {
            problems.add("scopes", "Choose at least one scope: without one it may do nothing.");
        }
        problems
    }

    pub(super) fn form(self, client_id: String, key: String) -> ApplicationForm {
        ApplicationForm {
            client_id,
            key,
            name: self.name,
            description: self.description,
            redirect_url: self.redirect_url,
            scopes: boxes(self.scopes),
        }
    }
}

/// The rule is the directory's; these are words for its common breaches.
fn redirect_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("Give a redirect URL. If the program has none, https://example.com is fine.");
    }
    match url::Url::parse(text) {
        Ok(url) if url.scheme() == "http" => {
            Some("Begin the redirect URL with https://. http:// is not taken.")
        }
        Ok(url) if url.scheme() == "https" => match url {
            _ if url.fragment().is_some() => {
                Some("Leave out the part of the redirect URL behind #.")
            }
            _ if !url.username().is_empty() || url.password().is_some() => {
                Some("Leave name and password out of the redirect URL.")
            }
            _ => None,
        },
        Ok(_) | Err(_) => Some("Give a whole address that begins with https://."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_url_that_is_not_taken_is_told_why() {
        assert_eq!(redirect_problem("https://example.com/callback?x=1"), None);
        assert!(redirect_problem("http://example.com").unwrap().contains("https://"));
        for bad in ["", "example.com", "https://", "https://a:b@x.example", "https://x.example/#y"]
        {
            assert!(redirect_problem(bad).is_some(), "{bad}");
        }
    }
}
