//! Which credentials are this double's own. Of all others nothing is kept: real ones will come, by
//! mistake, and a journal is shown around.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use rollcall_directory::applications::ClientSecret;
use rollcall_directory::world::{AccountId, ApplicationId};

use super::page_tokens::PageTokens;
use super::{Credential, PageToken};
use crate::seed::Seed;

#[derive(Default)]
pub struct Known {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// From a client id to its account.
    clients: HashMap<String, String>,
    /// From a secret's digest to its client.
    secrets: HashMap<Digest, String>,
    /// From a token's digest to its number and client.
    tokens: HashMap<Digest, (u64, String)>,
    page_tokens: PageTokens,
}

type Digest = [u8; 32];

impl Known {
    #[must_use]
    pub fn of(seed: &Seed) -> Self {
        let known = Self::default();
        for account in &seed.accounts {
            let id = AccountId::from_bytes(account.id).to_string();
            for application in &account.applications {
                let client = ApplicationId::from_bytes(application.client_id).to_string();
                for bytes in &application.secret_bytes {
                    known.secret(ClientSecret::from_random(bytes).expose(), &client);
                }
                known.client(client, id.clone());
            }
        }
        known
    }

    /// A client that this double has: from the seed, from the control API, from the console.
    pub fn client(&self, client_id: String, account: String) {
        self.inside().clients.insert(client_id, account);
    }

    /// A secret of a client.
    pub fn secret(&self, secret: &str, client_id: &str) {
        self.inside().secrets.insert(digest_of(secret), client_id.to_owned());
    }

    /// A token of this double; its number, which it keeps.
    pub fn token(&self, token: &str, client_id: &str) -> u64 {
        let mut inside = self.inside();
        let next = inside.tokens.len() as u64 + 1;
        inside.tokens.entry(digest_of(token)).or_insert_with(|| (next, client_id.to_owned())).0
    }

    /// A page token that this exchange answered.
    pub fn gave_page_token(&self, token: &str, exchange: u64) {
        self.inside().page_tokens.gave(token, exchange);
    }

    /// What a page token is to the ones that were given.
    pub fn page_token(&self, token: &str) -> PageToken {
        self.inside().page_tokens.compare(token)
    }

    /// After a reset: tokens begin at 1 again, and no page was given. Clients stay.
    pub fn forget_tokens(&self) {
        let mut inside = self.inside();
        inside.tokens.clear();
        inside.page_tokens = PageTokens::default();
    }

    /// What a text is called that is exactly a secret or a token of this double.
    pub fn label(&self, text: &str) -> Option<String> {
        let inside = self.inside();
        let digest = digest_of(text);
        if let Some((number, _)) = inside.tokens.get(&digest) {
            return Some(format!("<token {number}>"));
        }
        inside.secrets.get(&digest).map(|client| format!("<secret of client {client}>"))
    }

    #[must_use]
    pub fn has_client(&self, client_id: &str) -> bool {
        self.inside().clients.contains_key(client_id)
    }

    /// What an `Authorization` header holds, and the account that it belongs to.
    pub fn credential(&self, header: Option<&str>) -> (Credential, Option<String>) {
        let Some(header) = header else { return (Credential::None, None) };
        let (scheme, rest) = scheme_and_rest(header);
        let inside = self.inside();
        let known = if scheme.eq_ignore_ascii_case("basic") {
            basic(rest).and_then(|(client_id, secret)| {
                inside.clients.contains_key(&client_id).then(|| Credential::Client {
                    is_right: inside.secrets.get(&digest_of(&secret)) == Some(&client_id),
                    client_id,
                })
            })
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let token = inside.tokens.get(&digest_of(rest));
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
        // A word that is a scheme is kept; anything else may be a secret without one.
        let scheme = if is_scheme(scheme) && !rest.is_empty() { scheme } else { "" };
        (known.unwrap_or_else(|| Credential::Unknown { scheme: scheme.to_owned() }), account)
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The word before a credential, and the credential.
pub(crate) fn scheme_and_rest(header: &str) -> (&str, &str) {
    let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    (scheme, rest.trim())
}

fn is_scheme(word: &str) -> bool {
    ["basic", "bearer", "digest", "token"].iter().any(|one| word.eq_ignore_ascii_case(one))
}

fn digest_of(text: &str) -> Digest {
    digest(&SHA256, text.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn basic(encoded: &str) -> Option<(String, String)> {
    let bytes = BASE64.decode(encoded.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    Some((form_decoded(client_id), form_decoded(secret)))
}

/// Some clients form-encode both, as RFC 6749 2.3.1 asks; the server reads either.
fn form_decoded(text: &str) -> String {
    if text.contains(['&', '=']) {
        return text.to_owned();
    }
    let mut names = form_urlencoded::parse(text.as_bytes());
    names.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let known = Known::default();
        known.client("ours".to_owned(), "ACCOUNT".to_owned());
        known.secret("rcs_right", "ours");
        known
    }

    fn header(pair: &str) -> String {
        format!("Basic {}", BASE64.encode(pair.as_bytes()))
    }

    #[test]
    fn a_client_of_ours_is_known_with_and_without_its_secret() {
        let known = known();
        let told = |pair: &str| known.credential(Some(&header(pair)));
        let client = |is_right| Credential::Client { client_id: "ours".to_owned(), is_right };
        assert_eq!(told("ours:rcs_right"), (client(true), Some("ACCOUNT".to_owned())));
        assert_eq!(told("ours:another"), (client(false), Some("ACCOUNT".to_owned())));
        assert_eq!(told("%6Furs:rcs%5Fright"), (client(true), Some("ACCOUNT".to_owned())));
        let unknown = Credential::Unknown { scheme: "Basic".to_owned() };
        assert_eq!(told("theirs:rcs_right"), (unknown, None));
    }

    #[test]
    fn a_token_keeps_its_number() {
        let known = known();
        assert_eq!(known.token("rct_a", "ours"), 1);
        assert_eq!(known.token("rct_b", "ours"), 2);
        assert_eq!(known.token("rct_a", "ours"), 1);
        let (credential, account) = known.credential(Some("bearer  rct_b"));
        let token = Credential::Token { number: 2, client_id: "ours".to_owned() };
        assert_eq!((credential, account.as_deref()), (token, Some("ACCOUNT")));
        assert_eq!(known.label("rct_b").unwrap(), "<token 2>");
        assert_eq!(known.label("rcs_right").unwrap(), "<secret of client ours>");
        known.forget_tokens();
        assert_eq!(known.label("rct_b"), None);
        assert_eq!(known.token("rct_c", "ours"), 1);
    }

    #[test]
    fn of_what_is_not_ours_only_the_scheme_is_kept() {
        let known = known();
        let scheme = |header: &str| match known.credential(Some(header)).0 {
            Credential::Unknown { scheme } => scheme,
            other => panic!("{other:?}"),
        };
        assert_eq!(scheme("Bearer sk-live-3"), "Bearer");
        assert_eq!(scheme("sk-live-3"), "");
        assert_eq!(scheme("secret with blanks"), "");
        assert_eq!(scheme("Bearer"), "");
        assert_eq!(known.credential(None), (Credential::None, None));
    }
}
