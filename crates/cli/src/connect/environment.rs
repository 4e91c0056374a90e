//! The variables that say whom to ask. They are those that `rollcall dev -- COMMAND` sets.

use std::path::PathBuf;

use rollcall_sdk::SecretText;

use super::choose::{Identity, base};

/// Read once, so that what follows from it can be tested.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub profile: Option<String>,
    pub url: Option<String>,
    pub account: Option<String>,
    pub client_id: Option<String>,
    /// The secret itself is read where it is used.
    pub has_secret: bool,
    pub ca_file: Option<PathBuf>,
}

impl Environment {
    pub fn read() -> Self {
        Self {
            profile: variable("ROLLCALL_PROFILE"),
            url: variable("ROLLCALL_URL"),
            account: variable("ROLLCALL_ACCOUNT_ID"),
            client_id: variable("ROLLCALL_CLIENT_ID"),
            has_secret: secret().is_some(),
            ca_file: variable("ROLLCALL_CA_FILE").map(PathBuf::from),
        }
    }

    /// Those that say whom to ask, and are set.
    pub fn set(&self) -> Vec<&'static str> {
        [
            ("ROLLCALL_URL", &self.url),
            ("ROLLCALL_ACCOUNT_ID", &self.account),
            ("ROLLCALL_CLIENT_ID", &self.client_id),
        ]
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(name, _)| name)
        .collect()
    }

    /// The variables belong together: a secret and an authority are used only where nothing that
    /// stands beside them says somebody else.
    pub fn is_of(&self, identity: &Identity) -> bool {
        self.url.as_ref().is_none_or(|url| base(url) == identity.url)
            && self.account.as_ref().is_none_or(|account| *account == identity.account)
            && self.client_id.as_ref().is_none_or(|id| *id == identity.client_id)
    }
}

pub fn secret() -> Option<SecretText> {
    variable("ROLLCALL_CLIENT_SECRET").map(SecretText::from)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
