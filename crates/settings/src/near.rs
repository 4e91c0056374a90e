//! What somebody may have meant who wrote a key that is none.

use crate::{Key, keys};

const SECTIONS: [&str; 11] = [
    "store",
    "root_key",
    "keys",
    "tls",
    "proxy",
    "limits",
    "admin",
    "console",
    "log",
    "telemetry",
    "wire",
];

/// How many letters may be wrong.
const WRONG_MAX: usize = 3;

/// `name` stands nowhere, at least not where it was written.
pub(crate) fn near(name: &str) -> Option<String> {
    if let Some(key) = keys().iter().find(|key| key.name() == name && !key.section().is_empty()) {
        return Some(format!("`{name}` belongs in the section [{}]", key.section()));
    }
    if keys().iter().any(|key| key.path == name) {
        return Some(format!("`{name}` belongs above the first section"));
    }
    let names = keys().iter().map(|key| (key.name(), key.section()));
    let sections = SECTIONS.iter().map(|section| (*section, ""));
    names
        .chain(sections)
        .map(|(known, section)| (distance(name, known), known, section))
        .filter(|(wrong, known, _)| *wrong <= WRONG_MAX && wrong * 2 < known.len())
        .min_by_key(|(wrong, ..)| *wrong)
        .map(|(_, known, section)| match section {
            "" => format!("did you mean `{known}`?"),
            section => format!("did you mean `{known}` in [{section}]?"),
        })
}

/// The variable of a setting that this one was probably meant to be: a few letters away from it, or
/// one of its section, or short as a flag may be. `None`: it has another purpose.
pub(crate) fn near_variable(name: &str) -> Option<String> {
    if let Some(key) = keys().iter().find(|key| key.long_flag.is_some() && short(key) == name) {
        return Some(format!("did you mean {}?", key.environment));
    }
    let variables = keys().iter().map(|key| key.environment.as_str());
    let (wrong, nearest) =
        variables.map(|known| (distance(name, known), known)).min_by_key(|(wrong, _)| *wrong)?;
    if wrong == 0 {
        return None;
    }
    let section = SECTIONS.iter().find(|section| {
        let start = format!("ROLLCALL_{}_", section.to_uppercase());
        name.strip_prefix(&start).is_some_and(|rest| !rest.is_empty())
    });
    // One that names a section is a setting's, however much of the rest is wrong.
    let wrong_max = if section.is_some() { WRONG_MAX * 2 } else { WRONG_MAX - 1 };
    if wrong <= wrong_max {
        return Some(format!("did you mean {nearest}?"));
    }
    let section = section?;
    Some(format!("it begins like a setting of [{section}], and there is none of that name"))
}

/// Made from the short flag as the others are from the long ones; no variable is named so.
fn short(key: &Key) -> String {
    format!("ROLLCALL_{}", key.flag.replace('-', "_").to_uppercase())
}

/// How many letters must be put in, taken away or replaced (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (place, to) in row.iter_mut().skip(1).zip(&b) {
            let here = (before + usize::from(from != *to)).min(*place + 1).min(left + 1);
            before = *place;
            *place = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (a, b, wrong) in
            [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("listn", "listen", 1)]
        {
            assert_eq!((distance(a, b), distance(b, a)), (wrong, wrong), "{a} {b}");
        }
    }

    #[test]
    fn what_was_meant_is_said() {
        assert_eq!(near("publik_url").unwrap(), "did you mean `public_url`?");
        assert_eq!(near("header_timeouts").unwrap(), "did you mean `header_timeout` in [limits]?");
        assert_eq!(near("rotate_every").unwrap(), "`rotate_every` belongs in the section [keys]");
        assert_eq!(near("limit").unwrap(), "did you mean `limits`?");
        assert_eq!(near("unlike_anything"), None);
    }

    #[test]
    fn a_variable_that_was_meant_to_be_a_setting_is_known() {
        let near = |name| near_variable(name).unwrap();
        assert_eq!(near("ROLLCALL_LISTNE"), "did you mean ROLLCALL_LISTEN?");
        assert_eq!(
            near("ROLLCALL_LIMITS_HEADERS_TIMEOUT"),
            "did you mean ROLLCALL_LIMITS_HEADER_TIMEOUT?"
        );
        for (short, whole) in [
            ("ROLLCALL_DATA", "ROLLCALL_STORE_DATA"),
            ("ROLLCALL_DATABASE", "ROLLCALL_STORE_DATABASE"),
            ("ROLLCALL_DATABASE_PASSWORD_FILE", "ROLLCALL_STORE_DATABASE_PASSWORD_FILE"),
            ("ROLLCALL_TRUSTED_PROXY", "ROLLCALL_PROXY_TRUSTED"),
        ] {
            assert_eq!(near(short), format!("did you mean {whole}?"));
        }
        assert_eq!(near("ROLLCALL_TLS_CERT"), "did you mean ROLLCALL_TLS_KEY?");
        let words = near("ROLLCALL_LIMITS_OF_EVERYTHING_THERE_IS");
        assert!(words.contains("[limits]"), "{words}");
        // Of settings; of other programs; what Kubernetes gives every container beside a service.
        for name in [
            "ROLLCALL_LISTEN",
            "ROLLCALL_URL",
            "ROLLCALL_RUNS",
            "ROLLCALL_SERVICE_HOST",
            "ROLLCALL_PORT",
            "ROLLCALL_PORT_8787_TCP_ADDR",
        ] {
            assert_eq!(near_variable(name), None, "{name}");
        }
    }

    #[test]
    fn the_sections_are_those_of_the_file() {
        for key in keys().iter().filter(|key| !key.section().is_empty()) {
            let first = key.section().split('.').next().unwrap();
            assert!(SECTIONS.contains(&first), "{first}");
        }
    }
}
