//! What a running server says of itself: the OpenAPI document of its own list of routes, and where
//! its OAuth endpoints are.

use rollcall_system_tests::{RunningServer, Store};
use rollcall_wire::openapi;
use rollcall_wire::route::{Family, Route, RoutesServed};
use serde_json::json;

#[tokio::test]
async fn the_openapi_document_is_that_of_the_routes() {
    for served in [RoutesServed::Both, RoutesServed::V1beta1, RoutesServed::V1] {
        let routes = served.to_string();
        let server = RunningServer::start_with(Store::Sqlite, &["--routes", &routes]).await;
        let api = server.api(Family::V1);
        let answer = api.get_path("/openapi.json").await;
        assert_eq!(answer.json_of(200), openapi::document(&api.credentials.base_url, served));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        let paths = answer.json()["paths"].as_object().unwrap().len();
        let in_families = Route::ALL.iter().filter(|route| !route.is_shared()).count();
        let families = Family::ALL.iter().filter(|family| served.serves(**family)).count();
        assert_eq!(paths, in_families * families + 2, "an address for every route");
    }
}

#[tokio::test]
async fn the_metadata_tells_where_the_oauth_endpoints_are() {
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1beta1);
    let answer = api.get_path("/.well-known/oauth-authorization-server").await;
    let issuer = &api.credentials.base_url;
    let expected = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/v1beta1/users/oauth2/token"),
        "revocation_endpoint": format!("{issuer}/v1beta1/users/oauth2/revoke"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic"],
        "scopes_supported": ["openid"],
        "response_types_supported": [],
    });
    assert_eq!(answer.json_of(200), expected);
}
