//! Every route is found where it stands, and everything else is refused as it should be.
//!
//! The last part is random: any path at all, and ids of every kind, escaped and brought back.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

fn on_both(method: &str, path: &str) -> Resolved {
    resolve(RoutesServed::Both, method, path)
}

fn found(route: Route, family: Family, account: &str, user: Option<&str>) -> Resolved {
    let (account, user) = (Some(account.to_owned()), user.map(str::to_owned));
    Resolved::Found { route, family: Some(family), account, user }
}

#[test]
fn every_route_is_found_at_every_address_it_has() {
    for &route in Route::ALL {
        for (family, template) in route.addresses(RoutesServed::Both) {
            let path = template.replace("{account}", "ACC").replace("{user}", "USR");
            let Resolved::Found { route: got, family: in_family, account, user } =
                on_both(route.method().as_str(), &path)
            else {
                panic!("{path} was not found")
            };
            assert_eq!((got, in_family), (route, family), "{path}");
            assert_eq!(account.is_some(), template.contains("{account}"), "{path}");
            assert_eq!(user.is_some(), template.contains("{user}"), "{path}");
            assert!(template[1..].split('/').count() <= SEGMENTS_MAX, "{path}");
        }
    }
}

#[test]
fn the_colon_may_be_escaped() {
    let suspend = found(Route::SuspendUser, Family::V1, "A", Some("U"));
    for verb in [":suspend", "%3Asuspend", "%3asuspend"] {
        assert_eq!(on_both("POST", &format!("/v1/accounts/A/users/U{verb}")), suspend, "{verb}");
    }
}

#[test]
fn a_path_is_decoded_once() {
    let twice_escaped = on_both("GET", "/v1/accounts/A/users/U%253Asuspend");
    assert_eq!(twice_escaped, found(Route::GetUser, Family::V1, "A", Some("U%3Asuspend")));
    let slash = on_both("GET", "/v1/accounts/A/users/U%2FV");
    assert_eq!(slash, found(Route::GetUser, Family::V1, "A", Some("U/V")));
}

#[test]
fn the_last_colon_cuts() {
    let suspend = found(Route::SuspendUser, Family::V1beta1, "A", Some("a:b"));
    assert_eq!(on_both("POST", "/v1beta1/accounts/A/users/a:b:suspend"), suspend);
}

#[test]
fn what_fits_no_template_is_not_found() {
    let paths = [
        "",
        "/",
        "openapi.json",
        "/openapi.json/",
        "/v1",
        "/v2/accounts/A/users",
        "/v1/accounts/A/users/",
        "/v1/accounts//users",
        "/v1/accounts/A/users/U/",
        "/v1/accounts/A/users/U:unknown",
        "/v1/accounts/A/users/U:",
        "/v1/accounts/A/users/:suspend",
        "/v1/accounts/A/users/U:Suspend",
        "/v1/accounts/A/users/U:suspend/x",
        "/v1/accounts/A/users/%FF",
        "/v1/accounts/%C3/users",
        "//v1/accounts/A/users",
        "/v1/oauth2/token",
    ];
    for path in paths {
        for method in ["GET", "POST", "OPTIONS", "DELETE"] {
            assert_eq!(on_both(method, path), Resolved::NotFound, "{method} {path}");
        }
    }
}

#[test]
fn a_family_turned_off_is_not_found_and_the_shared_routes_stay() {
    let on_v1 = |path| resolve(RoutesServed::V1, "GET", path);
    assert_eq!(on_v1("/v1beta1/accounts/A/users"), Resolved::NotFound);
    assert_eq!(on_v1("/v1/accounts/A/users"), found(Route::ListUsers, Family::V1, "A", None));
    assert!(matches!(
        on_v1("/openapi.json"),
        Resolved::Found { route: Route::OpenApi, family: None, .. }
    ));
}

#[test]
fn another_method_learns_what_is_allowed() {
    let (reads, acts) = ("GET, HEAD, OPTIONS".to_owned(), "POST, OPTIONS".to_owned());
    let (user, suspend) = ("/v1/accounts/A/users/U", "/v1/accounts/A/users/U:suspend");
    assert_eq!(on_both("HEAD", user), on_both("GET", user));
    assert_eq!(on_both("OPTIONS", user), Resolved::Options { allow: reads.clone() });
    assert_eq!(on_both("DELETE", user), Resolved::MethodNotAllowed { allow: reads.clone() });
    assert_eq!(on_both("get", user), Resolved::MethodNotAllowed { allow: reads });
    assert_eq!(on_both("OPTIONS", suspend), Resolved::Options { allow: acts.clone() });
    assert_eq!(on_both("HEAD", suspend), Resolved::MethodNotAllowed { allow: acts });
}

fn escaped(id: &str) -> String {
    utf8_percent_encode(id, NON_ALPHANUMERIC).to_string()
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(method: String, path: String, tail in "[/:%a-z0-9{}]{0,40}") {
        on_both(&method, &path);
        on_both("GET", &format!("/{tail}"));
        on_both("POST", &format!("/v1/accounts/{tail}"));
    }

    #[test]
    fn an_escaped_id_arrives_as_it_was(account: String, user: String) {
        prop_assume!(!account.is_empty() && !user.is_empty() && !user.contains(':'));
        let path = format!("/v1/accounts/{}/users/{}", escaped(&account), escaped(&user));
        prop_assert_eq!(on_both("GET", &path), found(Route::GetUser, Family::V1, &account, Some(&user)));
    }

    #[test]
    fn a_verb_is_cut_off_whatever_the_id_is(user: String, escape_colon: bool) {
        prop_assume!(!user.is_empty());
        let colon = if escape_colon { "%3A" } else { ":" };
        let path = format!("/v1/accounts/A/users/{}{colon}reactivate", escaped(&user));
        prop_assert_eq!(on_both("POST", &path), found(Route::ReactivateUser, Family::V1, "A", Some(&user)));
    }
}
