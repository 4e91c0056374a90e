//! Where the OAuth endpoints are, said the way RFC 8414 says it.
//!
//! It lets a client that can discover find the token endpoint by itself, whichever family is served.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::route::{Family, Route, RoutesServed};
use crate::tokens::SCOPE_OPENID;

/// Metadata of the authorization server (RFC 8414).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuthorizationServerMetadata)]
pub struct Metadata {
    pub issuer: String,
    pub token_endpoint: String,
    pub revocation_endpoint: String,
    pub grant_types_supported: Vec<String>,
    pub token_endpoint_auth_methods_supported: Vec<String>,
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    pub scopes_supported: Vec<String>,
    /// Empty: there is no authorization endpoint.
    pub response_types_supported: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub service_documentation: Option<String>,
}

impl Metadata {
    /// The addresses are those of `v1beta1` while it is served, for that is the documented family.
    pub fn new(public_url: &str, served: RoutesServed) -> Metadata {
        let issuer = public_url.trim_end_matches('/');
        let family = if served.serves(Family::V1beta1) { Family::V1beta1 } else { Family::V1 };
        let basic = || vec!["client_secret_basic".to_owned()];
        Metadata {
            issuer: issuer.to_owned(),
            token_endpoint: format!("{issuer}{}", Route::Token.path(family)),
            revocation_endpoint: format!("{issuer}{}", Route::Revoke.path(family)),
            grant_types_supported: vec!["client_credentials".to_owned()],
            token_endpoint_auth_methods_supported: basic(),
            revocation_endpoint_auth_methods_supported: basic(),
            scopes_supported: vec![SCOPE_OPENID.to_owned()],
            response_types_supported: vec![],
            service_documentation: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_family_that_is_served() {
        let of = |served| Metadata::new("https://rollcall.example/", served).token_endpoint;
        assert_eq!(of(RoutesServed::Both), "https://rollcall.example/v1beta1/users/oauth2/token");
        assert_eq!(
            of(RoutesServed::V1beta1),
            "https://rollcall.example/v1beta1/users/oauth2/token"
        );
        assert_eq!(of(RoutesServed::V1), "https://rollcall.example/v1/oauth/token");
    }

    #[test]
    fn it_prints_no_field_that_has_no_value() {
        let printed =
            serde_json::to_value(Metadata::new("https://rollcall.example", RoutesServed::V1))
                .unwrap();
        assert_eq!(printed["issuer"], "https://rollcall.example");
        assert_eq!(printed["revocation_endpoint"], "https://rollcall.example/v1/oauth/revoke");
        assert_eq!(printed["response_types_supported"], serde_json::json!([]));
        assert!(printed.get("service_documentation").is_none());
    }
}
