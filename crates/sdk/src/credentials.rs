//! Who calls: an application of the account, and the product that speaks for it.

use rollcall_wire::secret_text::SecretText;

use crate::error::SetupError;

/// A client ID and its secret. The secret never prints.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Not secret: it may be shown.
    pub client_id: String,
    /// Prints as `***`.
    pub client_secret: SecretText,
}

impl Credentials {
    /// ```
    /// let credentials = rollcall_sdk::Credentials::new("my-client", "my-secret");
    /// assert!(!format!("{credentials:?}").contains("my-secret"));
    /// ```
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), client_secret: SecretText::from(client_secret.into()) }
    }
}

/// A token of RFC 9110, 5.6.2: no space, no slash.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// What calls itself so in `User-Agent: NAME/VERSION`, which the API asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    text: String,
}

impl Product {
    /// Both are tokens of RFC 9110, 5.6.2: no space, no slash.
    ///
    /// ```
    /// use rollcall_sdk::Product;
    ///
    /// assert_eq!(Product::new("Acme-Responder", "1.4.0").unwrap().as_str(), "Acme-Responder/1.4.0");
    /// assert!(Product::new("Acme Responder", "1.4.0").is_err());
    /// ```
    pub fn new(name: &str, version: &str) -> Result<Self, SetupError> {
        if is_token(name) && is_token(version) {
            Ok(Self { text: format!("{name}/{version}") })
        } else {
            Err(SetupError::Product)
        }
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
