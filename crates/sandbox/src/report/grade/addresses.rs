//! `path-as-documented` and `request-well-formed`.

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn path(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for call in &calls.all {
        match call.operation() {
            "NotFound" if !is_a_look_around(*call) => {
                gathered.wrong([call.number()], not_found(*call))
            }
            "MethodNotAllowed" => gathered.wrong(
                [call.number()],
                format!("{} is not a method of {}", call.0.sent.method, path_of(*call)),
            ),
            "NotFound" | "Options" => {}
            _ => gathered.right(call.number()),
        }
    }
    gathered.verdict("no call came")
}

/// Libraries look whether there is a description; browsers look for a picture.
fn is_a_look_around(call: Call<'_>) -> bool {
    let path = path_of(call);
    path.starts_with("/.well-known/") || ["/", "/favicon.ico", "/robots.txt"].contains(&path)
}

fn path_of(call: Call<'_>) -> &str {
    call.0.sent.target.split('?').next().unwrap_or_default()
}

fn not_found(call: Call<'_>) -> String {
    let (method, path) = (&call.0.sent.method, path_of(call));
    let hint = if path.contains("//") {
        ": two slashes stand together"
    } else if path.ends_with('/') {
        ": a slash stands at its end"
    } else {
        ""
    };
    format!("{method} {path} is no address of the API{hint}")
}

pub(super) fn well_formed(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for call in calls.of_people() {
        match call.word() {
            // A token in an address is refused with the same word, and is a finding of its own.
            "request_invalid" if call.0.meant.has_secret_in_address() => {}
            "request_invalid" => gathered.wrong(
                [call.number()],
                format!("a {} was refused: a header or an argument is there twice", call.verb()),
            ),
            "body_too_large" => {
                gathered.wrong([call.number()], format!("a {} came with a large body", call.verb()))
            }
            _ if call.is_whole() => gathered.right(call.number()),
            _ => {}
        }
    }
    gathered.verdict("no call about people was made")
}

#[cfg(test)]
mod tests {
    use crate::journal::{Exchange, Place};
    use crate::report::Check::{PathAsDocumented as PATH, RequestWellFormed as FORM};
    use crate::report::testing::*;

    fn unknown(target: &str) -> Exchange {
        call("NotFound").refused(404, "not_found").said(|it| it.sent.target = target.to_owned())
    }

    #[test]
    fn known_addresses_pass() {
        assert_eq!(passes(PATH, [token(1), list(), unknown("/favicon.ico")]), [1, 2]);
        is_unknown(PATH, [unknown("/.well-known/openid-configuration")]);
        is_unknown(PATH, []);
    }

    #[test]
    fn unknown_ones_fail_with_the_address_and_without_its_query() {
        let words = fails(PATH, [list(), unknown("/v1beta1/users?account=A")]);
        assert_eq!(words, "GET /v1beta1/users is no address of the API");
        let words = fails(PATH, [unknown("/v1beta1//accounts/A/users")]);
        assert!(words.ends_with("two slashes stand together"), "{words}");
        let words = fails(PATH, [unknown("/v1/accounts/A/users/")]);
        assert!(words.ends_with("a slash stands at its end"), "{words}");
    }

    #[test]
    fn a_wrong_method_fails() {
        let call = call("MethodNotAllowed").refused(405, "method_not_allowed");
        let words = fails(PATH, [call]);
        assert_eq!(words, "GET is not a method of /v1beta1/accounts/A/users");
    }

    #[test]
    fn what_is_said_twice_fails() {
        assert_eq!(passes(FORM, [list(), suspend(ANN)]), [1, 2]);
        let words = fails(FORM, [list().refused(400, "request_invalid")]);
        assert!(words.contains("twice"), "{words}");
        fails(FORM, [suspend(ANN).refused(413, "body_too_large")]);
        let in_address = list().refused(400, "request_invalid");
        is_unknown(FORM, [in_address.misplaced(Place::Query, "access_token")]);
    }
}
