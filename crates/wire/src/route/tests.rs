//! The list holds together: addresses are unique, answers too, and each route asks for what it does.
//!
//! A new route is held to these without a line being added here.

use std::collections::HashSet;

use super::*;

fn every_address() -> Vec<(Route, Option<Family>, &'static str)> {
    let of = |route: Route| {
        route.addresses(RoutesServed::Both).map(move |(family, path)| (route, family, path))
    };
    Route::ALL.iter().copied().flat_map(of).collect()
}

#[test]
fn no_two_routes_share_an_address() {
    let addresses = every_address();
    let different: HashSet<_> = addresses.iter().map(|(_, _, path)| path).collect();
    assert_eq!(addresses.len(), 6 * 2 + 2);
    assert_eq!(different.len(), addresses.len());
}

#[test]
fn an_address_begins_with_its_family() {
    for (route, family, path) in every_address() {
        match family {
            Some(family) => assert!(path.starts_with(&format!("/{family}/")), "{path}"),
            None => assert!(route.is_shared(), "{path}"),
        }
    }
}

#[test]
fn a_route_answers_each_status_once_and_says_when() {
    for route in Route::ALL {
        let statuses: Vec<u16> = route.answers().iter().map(|answer| answer.status).collect();
        assert!(statuses.is_sorted_by(|a, b| a < b), "{route:?}: {statuses:?}");
        assert_eq!(statuses.first(), Some(&200), "{route:?}");
        assert!(route.answers().iter().all(|answer| answer.when.ends_with('.')), "{route:?}");
    }
}

#[test]
fn what_needs_a_token_needs_a_permission_and_can_be_refused() {
    for route in Route::ALL {
        let statuses: Vec<u16> = route.answers().iter().map(|answer| answer.status).collect();
        let bearer = route.credential() == Credential::Bearer;
        assert_eq!(route.permission().is_some(), bearer, "{route:?}");
        assert_eq!(statuses.contains(&403), bearer, "{route:?}");
        assert_eq!(statuses.contains(&401), route.credential() != Credential::None, "{route:?}");
    }
}

#[test]
fn a_get_only_reads_and_a_post_acts() {
    for route in Route::ALL {
        assert_eq!(route.method() == Method::Get, route.effect() == Effect::Read, "{route:?}");
    }
}

#[test]
fn the_setting_reads_what_it_prints() {
    for served in [RoutesServed::Both, RoutesServed::V1beta1, RoutesServed::V1] {
        assert_eq!(served.to_string().parse(), Ok(served));
    }
    assert_eq!(RoutesServed::default(), RoutesServed::Both);
    let refused = "v2".parse::<RoutesServed>().unwrap_err();
    assert_eq!(refused.to_string(), r#""v2" names no route family: write both, v1beta1 or v1"#);
}

#[test]
fn a_family_turned_off_has_no_addresses() {
    let of = |served| Route::Token.addresses(served).map(|(_, path)| path).collect::<Vec<_>>();
    assert_eq!(of(RoutesServed::V1), ["/v1/oauth/token"]);
    assert_eq!(of(RoutesServed::V1beta1), ["/v1beta1/users/oauth2/token"]);
    assert_eq!(Route::OpenApi.addresses(RoutesServed::V1).count(), 1);
}
