//! The list of settings: each with its key, its flag and its environment variable, read from the
//! schema of the file.

use std::sync::LazyLock;

use serde_json::Value;

/// One setting.
#[derive(Clone, Debug)]
pub struct Key {
    /// As in the file, with its sections: `limits.header_timeout`.
    pub path: String,
    /// `limits-header-timeout`; shorter for the few that are typed often.
    pub flag: String,
    /// The longer one, where `flag` is a short one.
    pub long_flag: Option<String>,
    /// `ROLLCALL_LIMITS_HEADER_TIMEOUT`
    pub environment: String,
    pub kind: Kind,
    /// What it is for, in one or two sentences.
    pub about: String,
    /// The words it may be, where these are few.
    pub words: Vec<String>,
}

/// How a value of it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Switch,
    List,
}

impl Key {
    /// `limits`, or nothing for what stands above all sections.
    #[must_use]
    pub fn section(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// `header_timeout`
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit_once('.').map_or(self.path.as_str(), |(_, name)| name)
    }
}

/// Every setting, in the order of their names, those above the sections first.
#[must_use]
pub fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        let mut keys = Vec::new();
        gather("", &crate::schema(), &mut keys);
        // What stands above the sections comes first, as it must in the file.
        keys.sort_by_key(|key: &Key| !key.section().is_empty());
        keys
    });
    &KEYS
}

fn gather(above: &str, schema: &Value, keys: &mut Vec<Key>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        if property.get("properties").is_some() {
            gather(&path, property, keys);
        } else {
            keys.push(key(path, property));
        }
    }
}

/// Names by which a few settings are known as flags, for they are typed often.
const SHORT_FLAGS: [(&str, &str); 6] = [
    ("store.data", "data"),
    ("store.database", "database"),
    ("store.database_password_file", "database-password-file"),
    ("store.database_ca_file", "database-ca-file"),
    ("store.require_synchronous", "require-synchronous"),
    ("proxy.trusted", "trusted-proxy"),
];

fn key(path: String, property: &Value) -> Key {
    let long = path.replace(['.', '_'], "-");
    let short = SHORT_FLAGS.iter().find(|(known, _)| *known == path).map(|(_, flag)| *flag);
    let text = |name| property.get(name).and_then(Value::as_str);
    let kind = match text("type") {
        Some("integer") => Kind::Number,
        Some("boolean") => Kind::Switch,
        Some("array") => Kind::List,
        Some(_) | None => Kind::Text,
    };
    let words = property.get("enum").and_then(Value::as_array);
    let words = words.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    Key {
        flag: short.map_or_else(|| long.clone(), str::to_owned),
        long_flag: short.map(|_| long),
        environment: format!("ROLLCALL_{}", path.replace('.', "_").to_uppercase()),
        about: text("description").unwrap_or_default().replace('\n', " "),
        path,
        kind,
        words,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_has_words_and_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for key in keys() {
            assert!(!key.about.is_empty(), "{} is not explained", key.path);
            assert!(names.insert(key.flag.clone()), "two settings share --{}", key.flag);
            assert!(names.insert(key.environment.clone()), "two share {}", key.environment);
        }
    }

    #[test]
    fn kinds_are_read_from_the_structs() {
        let kind = |path: &str| keys().iter().find(|key| key.path == path).unwrap().kind;
        assert_eq!(kind("public_url"), Kind::Text);
        assert_eq!(kind("limits.calls_per_minute"), Kind::Number);
        assert_eq!(kind("proxy.ends_tls"), Kind::Switch);
        assert_eq!(kind("tls.acme.domains"), Kind::List);
        let challenge = keys().iter().find(|key| key.path == "tls.acme.challenge").unwrap();
        assert_eq!(challenge.words, ["tls-alpn-01", "http-01"]);
    }
}
