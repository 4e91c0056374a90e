//! From a method and a raw path to a route: pure, and run on the templates of `Route::ALL`.
//!
//! A verb such as `:suspend` stands at the end of the last segment, which common routers cannot
//! match. So the path is cut at its slashes, each segment is decoded exactly once, and the last
//! one is cut at its last colon. Some clients write that colon as `%3A`; both ways arrive here alike.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::route::{Family, Method, Route, RoutesServed};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    Found { route: Route, family: Option<Family>, account: Option<String>, user: Option<String> },
    Options { allow: String },
    MethodNotAllowed { allow: String },
    NotFound,
}

/// HEAD finds what GET finds. Methods are compared as they are: they are case-sensitive.
pub fn resolve(served: RoutesServed, method: &str, raw_path: &str) -> Resolved {
    let Some(segments) = Segments::decode(raw_path) else {
        return Resolved::NotFound;
    };
    for &route in Route::ALL {
        for (family, template) in route.addresses(served) {
            if let Some(ids) = segments.fit(template) {
                return answer(route, family, &ids, method);
            }
        }
    }
    Resolved::NotFound
}

/// The address is known; the method decides.
fn answer(route: Route, family: Option<Family>, ids: &Ids<'_>, method: &str) -> Resolved {
    let (found, allow) = match route.method() {
        Method::Get => (matches!(method, "GET" | "HEAD"), "GET, HEAD, OPTIONS"),
        Method::Post => (method == "POST", "POST, OPTIONS"),
    };
    if found {
        Resolved::Found {
            route,
            family,
            account: ids.account.map(str::to_owned),
            user: ids.user.map(str::to_owned),
        }
    } else if method == "OPTIONS" {
        Resolved::Options { allow: allow.to_owned() }
    } else {
        Resolved::MethodNotAllowed { allow: allow.to_owned() }
    }
}

/// As many segments as the longest template has; a longer path fits nothing.
const SEGMENTS_MAX: usize = 5;

/// The decoded segments. Borrowed from the path unless something was escaped.
struct Segments<'p> {
    texts: [Cow<'p, str>; SEGMENTS_MAX],
    count: usize,
}

/// What the path named.
#[derive(Default)]
struct Ids<'s> {
    account: Option<&'s str>,
    user: Option<&'s str>,
}

impl<'p> Segments<'p> {
    fn decode(raw_path: &'p str) -> Option<Segments<'p>> {
        let mut segments =
            Segments { texts: [const { Cow::Borrowed("") }; SEGMENTS_MAX], count: 0 };
        for raw in raw_path.strip_prefix('/')?.split('/') {
            *segments.texts.get_mut(segments.count)? =
                percent_decode_str(raw).decode_utf8().ok()?;
            segments.count += 1;
        }
        Some(segments)
    }

    fn fit(&self, template: &str) -> Option<Ids<'_>> {
        // Most templates have more segments, or fewer: so much is seen at once.
        if template.bytes().filter(|&byte| byte == b'/').count() != self.count {
            return None;
        }
        let mut ids = Ids::default();
        for (part, text) in template.strip_prefix('/')?.split('/').zip(&self.texts) {
            if part == "{account}" {
                ids.account = Some(not_empty(text)?);
            } else if let Some(colon_and_verb) = part.strip_prefix("{user}") {
                let (id, found) = text.split_at(text.rfind(':').unwrap_or(text.len()));
                if found != colon_and_verb {
                    return None;
                }
                ids.user = Some(not_empty(id)?);
            } else if part != text {
                return None;
            }
        }
        Some(ids)
    }
}

fn not_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
