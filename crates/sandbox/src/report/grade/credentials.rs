//! What a client does with its secret: `basic-at-token-endpoint`, `token-request-as-documented`,
//! `no-secret-in-address`, `refused-credentials-stop` and `token-revoked`.

use std::collections::HashMap;

use crate::journal::{Credential, Place};
use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn basic(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let (mut in_body, mut without) = (Vec::new(), Vec::new());
    for call in calls.all.iter().filter(|call| call.is_token_request() || call.is_revocation()) {
        if secret_in_body(call) {
            in_body.push(call.number());
        } else if call.0.meant.has_secret_in_address() {
            // That is another finding, and says more.
        } else if matches!(call.0.meant.credential, Credential::Client { .. }) {
            gathered.right(call.number());
        } else if call.0.meant.credential == Credential::None {
            without.push(call.number());
        }
    }
    gathered.wrong_together(in_body, |count| {
        let requests = super::counted(count, "request", "requests");
        format!("{requests} had the client secret in the body; only HTTP Basic is taken")
    });
    gathered.wrong_together(without, |count| {
        let requests = super::counted(count, "request", "requests");
        format!("{requests} of the token endpoint came without HTTP Basic credentials")
    });
    gathered.verdict("no token was asked for")
}

fn secret_in_body(call: &Call<'_>) -> bool {
    let mut misplaced = call.0.meant.misplaced.iter();
    misplaced.any(|one| {
        one.place == Place::Body && one.name.as_deref().is_some_and(|name| name.contains("secret"))
    })
}

pub(super) fn token_request(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut refused: HashMap<&str, Vec<u64>> = HashMap::new();
    for call in calls.token_requests() {
        if call.is_answered(400) {
            refused.entry(call.word()).or_default().push(call.number());
        } else if call.is_well() {
            gathered.right(call.number());
        }
    }
    let mut refused: Vec<_> = refused.into_iter().collect();
    refused.sort();
    for (word, exchanges) in refused {
        let what = match word {
            "unsupported_grant_type" => "the grant is not client_credentials",
            "invalid_scope" => "the scope is not openid; it may be left out",
            _ => "it is no form with grant_type=client_credentials, or says something twice",
        };
        gathered.wrong(exchanges, format!("a token request was refused with {word}: {what}"));
    }
    gathered.verdict("no token was asked for")
}

pub(super) fn in_address(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut wrong = Vec::new();
    for call in &calls.all {
        if call.0.meant.has_secret_in_address() {
            wrong.push(call.number());
        } else if call.0.meant.credential != Credential::None {
            gathered.right(call.number());
        }
    }
    gathered.wrong_together(wrong, |count| {
        let addresses = super::counted(count, "address has", "addresses have");
        format!("{addresses} a secret or a token in it, and addresses are kept in logs")
    });
    gathered.verdict("no call came with credentials")
}

/// A secret that was refused is refused again; a third time may still be somebody at a keyboard.
const REFUSED_MAX: usize = 3;

pub(super) fn refused(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut in_a_row: HashMap<&str, Vec<u64>> = HashMap::new();
    let mut rows = Vec::new();
    for call in calls.token_requests().filter(|call| call.0.meant.credential != Credential::None) {
        let row = in_a_row.entry(call.client()).or_default();
        if call.is_answered(401) {
            row.push(call.number());
        } else if !row.is_empty() {
            rows.push(std::mem::take(row));
        }
    }
    rows.extend(in_a_row.into_values().filter(|row| !row.is_empty()));
    rows.sort();
    for row in rows {
        if row.len() > REFUSED_MAX {
            let count = row.len();
            gathered.wrong(row, format!("refused credentials were sent {count} times in a row"));
        } else if let Some(&first) = row.first() {
            gathered.right(first);
        }
    }
    gathered.verdict("no token request was answered 401")
}

pub(super) fn revoked(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for call in calls.all.iter().filter(|call| call.is_revocation() && call.is_well()) {
        gathered.right(call.number());
    }
    gathered.verdict("no token was revoked; a client may leave it to end by itself")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Exchange;
    use crate::report::Check::{
        BasicAtTokenEndpoint as BASIC, NoSecretInAddress as ADDRESS,
        RefusedCredentialsStop as REFUSED, TokenRequestAsDocumented as REQUEST,
        TokenRevoked as REVOKED,
    };
    use crate::report::testing::*;

    fn without_credentials() -> Exchange {
        token(1).refused(401, "invalid_client").said(|it| {
            it.meant.credential = Credential::None;
        })
    }

    #[test]
    fn credentials_belong_into_the_header() {
        assert_eq!(passes(BASIC, [token(1)]), [1]);
        let in_body = without_credentials().misplaced(Place::Body, "client_secret");
        assert!(fails(BASIC, [in_body]).contains("in the body"));
        assert!(fails(BASIC, [without_credentials()]).contains("without HTTP Basic"));
        is_unknown(BASIC, [list()]);
        is_unknown(BASIC, [without_credentials().misplaced(Place::Query, "client_secret")]);
    }

    #[test]
    fn a_token_to_be_revoked_belongs_into_the_body() {
        let revocation = token(1).said(|it| it.meant.operation = "RevokeToken".to_owned());
        assert_eq!(passes(BASIC, [revocation.misplaced(Place::Body, "token")]), [1]);
    }

    #[test]
    fn a_token_request_is_refused_for_its_form() {
        assert_eq!(passes(REQUEST, [token(1)]), [1]);
        let words = fails(REQUEST, [token(1).refused(400, "invalid_scope")]);
        assert!(words.contains("the scope is not openid"), "{words}");
        is_unknown(REQUEST, [list()]);
        is_unknown(REQUEST, [without_credentials()]);
    }

    #[test]
    fn an_address_is_no_place_for_a_secret() {
        assert_eq!(passes(ADDRESS, [token(1), list()]), [1, 2]);
        for place in [Place::Query, Place::Path] {
            let words = fails(ADDRESS, [list().misplaced(place, "access_token"), list()]);
            assert!(words.starts_with("one address has"), "{words}");
        }
        assert_eq!(passes(ADDRESS, [token(1).misplaced(Place::Body, "client_secret")]), [1]);
        is_unknown(ADDRESS, [without_credentials()]);
    }

    #[test]
    fn refused_credentials_again_and_again_fail() {
        let refused = || token(1).refused(401, "invalid_client");
        let words = fails(REFUSED, [refused(), refused(), refused(), refused()]);
        assert_eq!(words, "refused credentials were sent 4 times in a row");
        assert_eq!(passes(REFUSED, [refused(), refused(), refused()]), [1]);
        let mended = [refused(), refused(), token(1), refused(), refused()];
        assert_eq!(passes(REFUSED, mended), [1, 4]);
        is_unknown(REFUSED, [token(1)]);
    }

    #[test]
    fn a_revocation_is_seen_and_never_missed() {
        let revocation = token(1).said(|it| it.meant.operation = "RevokeToken".to_owned());
        assert_eq!(passes(REVOKED, [list(), revocation]), [2]);
        is_unknown(REVOKED, [list()]);
    }
}
