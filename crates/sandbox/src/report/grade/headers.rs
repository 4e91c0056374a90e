//! `user-agent-sent`: the product and its version on every call about people.

use crate::report::calls::Calls;
use crate::report::verdict::{Gathered, Verdict};

/// What HTTP libraries call themselves: it names them, not the product.
const LIBRARIES: [&str; 22] = [
    "python-requests",
    "python-urllib",
    "python-httpx",
    "aiohttp",
    "python",
    "axios",
    "node",
    "node-fetch",
    "undici",
    "got",
    "go-http-client",
    "curl",
    "wget",
    "okhttp",
    "java",
    "apache-httpclient",
    "reqwest",
    "ruby",
    "faraday",
    "rest-client",
    "guzzlehttp",
    "libwww-perl",
];

pub(super) fn user_agent(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let (mut without, mut shapeless, mut library) = (Vec::new(), Vec::new(), Vec::new());
    for call in calls.of_people() {
        match kind(call.header("user-agent").unwrap_or_default()) {
            Kind::Product => gathered.right(call.number()),
            Kind::None => without.push(call.number()),
            Kind::Shapeless => shapeless.push(call.number()),
            Kind::Library => library.push(call.number()),
        }
    }
    for (exchanges, what) in [
        (without, "without a User-Agent"),
        (shapeless, "with a User-Agent that is not Company/version"),
        (library, "with the User-Agent of an HTTP library: send the product's own"),
    ] {
        gathered.wrong_together(exchanges, |count| {
            format!("{} came {what}", super::counted(count, "call", "calls"))
        });
    }
    gathered.verdict("no call about people was made")
}

enum Kind {
    Product,
    None,
    Shapeless,
    Library,
}

fn kind(agent: &str) -> Kind {
    let Some(first) = agent.split_whitespace().next() else { return Kind::None };
    let Some((name, version)) = first.split_once('/') else { return Kind::Shapeless };
    if name.is_empty() || version.is_empty() {
        Kind::Shapeless
    } else if LIBRARIES.iter().any(|library| library.eq_ignore_ascii_case(name)) {
        Kind::Library
    } else {
        Kind::Product
    }
}

#[cfg(test)]
mod tests {
    use crate::journal::Exchange;
    use crate::report::Check::UserAgentSent as CHECK;
    use crate::report::testing::*;

    fn agent(agent: &str) -> Exchange {
        list().header("user-agent", agent)
    }

    #[test]
    fn a_product_with_a_version_passes() {
        let products = [agent("Example/1.0"), agent("Example-Sync/2026.3 (linux) curl/8")];
        assert_eq!(passes(CHECK, products), [1, 2]);
    }

    #[test]
    fn none_a_bare_name_and_a_library_fail() {
        let none = list().said(|it| it.sent.headers.clear());
        assert_eq!(fails(CHECK, [none]), "one call came without a User-Agent");
        for shapeless in ["Example", "/1.0", "Example/"] {
            assert!(fails(CHECK, [agent(shapeless)]).contains("not Company/version"));
        }
        for library in ["python-requests/2.32", "axios/1.7", "Go-http-client/1.1", "curl/8.5.0"] {
            assert!(fails(CHECK, [agent(library)]).contains("library"), "{library}");
        }
    }

    #[test]
    fn that_of_a_token_request_does_not_count() {
        is_unknown(CHECK, [token(1).header("user-agent", "axios/1.7")]);
    }
}
