//! Which credentials are this double's own. Of all others nothing is kept: real ones will come, by
//! mistake, and a journal is shown around.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use rollcall_directory::world::{AccountId, ApplicationId};

use super::Credential;
use crate::seed::Seed;

#[derive(Default)]
pub struct Known {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// From a client id to its account.
    clients: HashMap<String, String>,
    /// From a token's digest to its number and client.
    tokens: HashMap<[u8; 32], (u64, String)>,
}

impl Known {
    #[must_use]
    pub fn of(seed: &Seed) -> Self {
        let known = Self::default();
        for account in &seed.accounts {
            let id = AccountId::from_bytes(account.id).to_string();
            for application in &account.applications {
                let client = ApplicationId::from_bytes(application.client_id).to_string();
                known.client(client, id.clone());
            }
        }
        known
    }

    /// A client that this double has: from the seed, from the control API, from the console.
    pub fn client(&self, client_id: String, account: String) {
        self.inside().clients.insert(client_id, account);
    }

    /// A token that was issued just now; its number.
    pub fn token(&self, token: &str, client_id: &str) -> u64 {
        let mut inside = self.inside();
        let number = inside.tokens.len() as u64 + 1;
        inside.tokens.insert(digest_of(token), (number, client_id.to_owned()));
        number
    }

    /// What an `Authorization` header holds, and the account that it belongs to.
    pub fn credential(&self, header: Option<&str>) -> (Credential, Option<String>) {
        let Some(header) = header else { return (Credential::None, None) };
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let inside = self.inside();
        let known = if scheme.eq_ignore_ascii_case("basic") {
            client_id_of(rest.trim())
                .map(|client_id| Credential::Client { client_id, is_right: false })
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let token = inside.tokens.get(&digest_of(rest.trim()));
            token.map(|(number, client_id)| Credential::Token {
                number: *number,
                client_id: client_id.clone(),
            })
        } else {
            None
        };
        let account = match &known {
            Some(Credential::Client { client_id, .. } | Credential::Token { client_id, .. }) => {
                inside.clients.get(client_id).cloned()
            }
            _ => None,
        };
        match (known, account) {
            (Some(credential), Some(account)) => (credential, Some(account)),
            // A word of letters is a scheme; anything else may be a secret without one.
            _ if is_scheme(scheme) && !rest.is_empty() => {
                (Credential::Unknown { scheme: scheme.to_owned() }, None)
            }
            _ => (Credential::Unknown { scheme: String::new() }, None),
        }
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_scheme(word: &str) -> bool {
    ["basic", "bearer", "digest", "token"].iter().any(|one| word.eq_ignore_ascii_case(one))
}

fn digest_of(token: &str) -> [u8; 32] {
    digest(&SHA256, token.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn client_id_of(basic: &str) -> Option<String> {
    let bytes = BASE64.decode(basic.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.split_once(':')?.0.to_owned())
}
