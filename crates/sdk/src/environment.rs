//! A client from environment variables: those that `rollcall dev` sets for the command after `--`.

use rollcall_wire::route::Family;

use crate::builder::Builder;
use crate::client::Client;
use crate::credentials::{Credentials, Product};
use crate::error::SetupError;

impl Client {
    /// From `ROLLCALL_URL`, `ROLLCALL_ACCOUNT_ID`, `ROLLCALL_CLIENT_ID` and `ROLLCALL_CLIENT_SECRET`,
    /// and `ROLLCALL_ROUTES` (`v1beta1` or `v1`) where it is set: those that `rollcall dev` sets for the
    /// command that it runs.
    ///
    /// `HTTPS_PROXY`, `NO_PROXY` and `SSL_CERT_FILE` hold too, as they do for every client: so a program of
    /// yours reaches a double under the hosted address by `rollcall dev --tls -- PROGRAM`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use rollcall_sdk::{Client, Product};
    ///
    /// let client = Client::from_environment(Product::new("Acme-Responder", "1.4.0")?)?;
    /// client.check_credentials().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_environment(product: Product) -> Result<Self, SetupError> {
        Builder::from_environment(product)?.build()
    }
}

impl Builder {
    /// As [`Client::from_environment`], to be changed further before it is built.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use rollcall_sdk::{Builder, Product};
    ///
    /// let builder = Builder::from_environment(Product::new("Acme-Responder", "1.4.0")?)?;
    /// let client = builder.per_second(5.try_into()?).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_environment(product: Product) -> Result<Self, SetupError> {
        from_variables(product, |name| std::env::var_os(name).map(|text| text.into_string().ok()))
    }
}

/// `variable` gives `None` for one that is not set, `Some(None)` for one that is no text.
fn from_variables(
    product: Product,
    variable: impl Fn(&'static str) -> Option<Option<String>>,
) -> Result<Builder, SetupError> {
    let wrong = |name, why: &str| SetupError::Variable { name, why: why.to_owned() };
    let given = |name| match variable(name) {
        None => Ok(None),
        Some(None) => Err(wrong(name, "is not UTF-8")),
        Some(Some(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
    };
    let needed = |name| given(name)?.ok_or_else(|| wrong(name, "is not set"));
    let credentials =
        Credentials::new(needed("ROLLCALL_CLIENT_ID")?, needed("ROLLCALL_CLIENT_SECRET")?);
    let builder =
        Builder::new(needed("ROLLCALL_URL")?, needed("ROLLCALL_ACCOUNT_ID")?, credentials, product);
    let Some(routes) = given("ROLLCALL_ROUTES")? else { return Ok(builder) };
    let family = Family::ALL.iter().find(|family| family.as_str() == routes);
    family
        .map(|&family| builder.family(family))
        .ok_or_else(|| wrong("ROLLCALL_ROUTES", "is neither v1beta1 nor v1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changed: &[(&str, Option<&str>)]) -> Result<Builder, SetupError> {
        let all = [
            ("ROLLCALL_URL", "http://127.0.0.1:8080"),
            ("ROLLCALL_ACCOUNT_ID", "ACCOUNT"),
            ("ROLLCALL_CLIENT_ID", "client"),
            ("ROLLCALL_CLIENT_SECRET", "hunter2"),
        ];
        let value = |name: &str| match changed.iter().find(|(changed, _)| *changed == name) {
            Some((_, value)) => *value,
            None => all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value),
        };
        let product = Product::new("Test", "1").unwrap();
        from_variables(product, |name| value(name).map(|text| Some(text.to_owned())))
    }

    #[test]
    fn four_variables_make_a_client() {
        let client = read(&[]).unwrap().build().unwrap();
        assert_eq!(client.base_url(), "http://127.0.0.1:8080");
        assert_eq!((client.account(), client.client_id()), ("ACCOUNT", "client"));
        assert!(!format!("{client:?}").contains("hunter2"));
    }

    #[test]
    fn the_routes_are_optional() {
        assert_eq!(read(&[("ROLLCALL_ROUTES", Some("v1"))]).unwrap().family, Family::V1);
        assert_eq!(read(&[("ROLLCALL_ROUTES", Some(""))]).unwrap().family, Family::V1beta1);
        let said = read(&[("ROLLCALL_ROUTES", Some("v2"))]).unwrap_err().to_string();
        assert_eq!(said, "ROLLCALL_ROUTES is neither v1beta1 nor v1");
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in
            ["ROLLCALL_URL", "ROLLCALL_ACCOUNT_ID", "ROLLCALL_CLIENT_ID", "ROLLCALL_CLIENT_SECRET"]
        {
            for value in [None, Some("")] {
                let said = read(&[(name, value)]).unwrap_err().to_string();
                assert_eq!(said, format!("{name} is not set"));
            }
        }
    }

    #[test]
    fn a_secret_that_is_no_text_is_not_repeated() {
        let product = Product::new("Test", "1").unwrap();
        let said = from_variables(product, |_| Some(None)).unwrap_err();
        assert_eq!(said.to_string(), "ROLLCALL_CLIENT_ID is not UTF-8");
    }
}
