//! What is wrong about a client before it asks anything.

/// A client, or an argument of it, that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    #[error("a product has a name and a version, of letters, digits and - . _ alone")]
    Product,
    #[error("{0:?} is no base URL: write https://HOST, without a path of the API")]
    BaseUrl(String),
    #[error(
        "{0:?} would send the secret in clear over the network: write https, or a loopback address"
    )]
    Clear(String),
    #[error("{0:?} is no account ID")]
    Account(String),
    #[error("{0:?} is no ID of a person")]
    User(String),
    /// One of the variables that `from_environment` reads.
    #[error("{name} {why}")]
    Variable { name: &'static str, why: String },
    #[error("{what}: {why}")]
    Http { what: &'static str, why: String },
}
