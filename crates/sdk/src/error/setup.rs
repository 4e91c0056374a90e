//! What is wrong about a client before it asks anything.

/// A client, or an argument of it, that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The name or version cannot stand in `User-Agent`.
    #[error("a product has a name and a version, of letters, digits and - . _ alone")]
    Product,
    /// It is no base URL.
    #[error("{0:?} is no base URL: write https://HOST, without a path of the API")]
    BaseUrl(String),
    /// Plain HTTP to another machine.
    #[error(
        "{0:?} would send the secret in clear over the network: write https, or a loopback address"
    )]
    Clear(String),
    /// It cannot be a part of an address.
    #[error("{0:?} is no account ID")]
    Account(String),
    /// It cannot be a part of an address.
    #[error("{0:?} is no ID of a person")]
    User(String),
    /// One of the variables that `from_environment` reads.
    #[error("{name} {why}")]
    Variable {
        /// Which.
        name: &'static str,
        /// What is wrong about it.
        why: String,
    },
    /// Certificates, a proxy, or the HTTP client itself.
    #[error("{what}: {why}")]
    Http {
        /// Which of them.
        what: &'static str,
        /// What is wrong about it.
        why: String,
    },
}
