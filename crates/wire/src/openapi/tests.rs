//! The document says all that the list of routes says, and nothing it cannot keep.
//!
//! It walks the same list the document is printed from, so a new route is checked without a new test.

use std::collections::{BTreeSet, HashSet};

use super::*;
use crate::route::Body;

fn of(served: RoutesServed) -> Value {
    document("https://rollcall.example/", served)
}

fn operation_of<'d>(document: &'d Value, route: Route, path: &str) -> &'d Value {
    let operation = &document["paths"][path][route.method().as_str().to_ascii_lowercase()];
    assert!(operation.is_object(), "{path} is missing");
    operation
}

#[test]
fn every_route_is_there_in_every_family_with_every_answer() {
    let document = of(RoutesServed::Both);
    for &route in Route::ALL {
        let in_families = route.families().iter().map(|&family| route.path(family));
        let shared = route.is_shared().then(|| route.path(Family::V1));
        for path in in_families.chain(shared) {
            let responses = operation_of(&document, route, path)["responses"].as_object().unwrap();
            let printed: BTreeSet<String> = responses.keys().cloned().collect();
            let listed: BTreeSet<String> =
                route.answers().iter().map(|answer| answer.status.to_string()).collect();
            assert_eq!(printed, listed, "{path}");
            for answer in route.answers() {
                let response = &responses[&answer.status.to_string()];
                assert_eq!(
                    response.get("content").is_none(),
                    answer.body == Body::Empty,
                    "{path} {answer:?}"
                );
            }
        }
    }
    assert_eq!(document["paths"].as_object().unwrap().len(), 6 * 2 + 2);
}

#[test]
fn a_family_turned_off_is_left_out() {
    let document = of(RoutesServed::V1);
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 6 + 2);
    assert!(paths.keys().all(|path| !path.contains("v1beta1")));
    assert_eq!(document["servers"][0]["url"], "https://rollcall.example");
}

#[test]
fn operation_ids_are_unique() {
    let document = of(RoutesServed::Both);
    let items = document["paths"].as_object().unwrap().values();
    let ids: Vec<&Value> = items
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| &operation["operationId"])
        .collect();
    assert!(ids.contains(&&json!("SuspendUser_v1beta1")) && ids.contains(&&json!("GetOpenApi")));
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

#[test]
fn every_id_in_a_path_is_a_parameter() {
    let document = of(RoutesServed::Both);
    for &route in Route::ALL {
        for (_, path) in route.addresses(RoutesServed::Both) {
            let named: Vec<&str> =
                path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let parameters = operation_of(&document, route, path)["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let given: Vec<&Value> = parameters
                .iter()
                .filter(|one| one["in"] == "path")
                .map(|one| &one["name"])
                .collect();
            assert_eq!(given, named, "{path}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = of(RoutesServed::Both);
    let mut found = vec![];
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{reference}");
    }
}

#[test]
fn the_user_is_closed_and_named_as_on_the_hosted_service() {
    let schemas = &of(RoutesServed::Both)["components"]["schemas"];
    let user = &schemas["user.v1beta1.User"];
    assert_eq!(user["additionalProperties"], false);
    assert_eq!(user["title"], "user.v1beta1.User");
    assert_eq!(user["properties"].as_object().unwrap().len(), 6);
    assert_eq!(user["required"].as_array().unwrap().len(), 6);
    assert_eq!(user["properties"]["create_time"]["format"], "date-time");

    let states = json!(["STATE_UNSPECIFIED", "ACTIVE", "SUSPENDED"]);
    assert_eq!(schemas["user.v1beta1.User.State"]["enum"], states);

    let page = &schemas["user.v1beta1.ListUsersResponse"];
    assert_eq!(page["additionalProperties"], false);
    assert_eq!(page["required"], json!(["results"]));
    assert_eq!(page["properties"]["next_page_token"]["type"], "string");
}

#[test]
fn a_refusal_says_how_to_come_back() {
    let document = of(RoutesServed::Both);
    for &route in Route::ALL {
        for (_, path) in route.addresses(RoutesServed::Both) {
            for (status, response) in
                operation_of(&document, route, path)["responses"].as_object().unwrap()
            {
                let header = match status.as_str() {
                    "401" => "WWW-Authenticate",
                    "429" | "503" => "Retry-After",
                    _ => continue,
                };
                assert_eq!(response["headers"][header]["required"], true, "{path} {status}");
            }
        }
    }
}

#[test]
fn the_token_form_takes_one_grant() {
    let document = of(RoutesServed::Both);
    let form = &document["paths"]["/v1/oauth/token"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        ["schema"];
    assert_eq!(form["properties"]["grant_type"]["const"], "client_credentials");
    assert_eq!(form["required"], json!(["grant_type"]));
}
