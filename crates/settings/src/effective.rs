//! Every setting as it is in force, and where it came from: to be shown, so secrets are not in it.

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::told::Source;
use crate::{Loaded, keys};

const MASK: &str = "***";

/// All settings.
#[derive(Clone, Debug)]
pub struct Effective(pub Vec<EffectiveValue>);

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffectiveValue {
    pub key: &'static str,
    /// `null` where nothing is set.
    pub value: Value,
    pub from: &'static str,
}

impl Effective {
    #[must_use]
    pub fn of(loaded: &Loaded) -> Self {
        let all = serde_json::to_value(&loaded.settings).unwrap_or_default();
        let values = keys().iter().map(|key| {
            let value = key.path.split('.').try_fold(&all, |value, name| value.get(name));
            EffectiveValue {
                key: &key.path,
                value: value.cloned().map_or(Value::Null, masked),
                from: match loaded.source(&key.path) {
                    Source::Default => "default",
                    Source::File => "file",
                    Source::Environment => "environment",
                    Source::Flag => "flag",
                },
            }
        });
        Self(values.collect())
    }
}

/// An address may hold a password, which is nobody's to see.
fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(masked_address(&text)),
        Value::Array(values) => Value::Array(values.into_iter().map(masked).collect()),
        other => other,
    }
}

/// Of a database's address the query says how it is reached. Of any other it may be a token.
fn masked_address(text: &str) -> String {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let has_secret = |url: &Url| url.password().is_some() || (is_web(url) && url.query().is_some());
    let masked = Url::parse(text).ok().filter(has_secret).map(|mut url| {
        if url.password().is_some() {
            // Fails only for an address that cannot have a password.
            let _ = url.set_password(Some(MASK));
        }
        if is_web(&url) && url.query().is_some() {
            url.set_query(Some(MASK));
        }
        url.to_string()
    });
    let masked = masked.unwrap_or_else(|| text.to_owned());
    match masked.to_lowercase().find("password=") {
        Some(at) => format!("{}{MASK}", masked.get(..at + "password=".len()).unwrap_or_default()),
        None => masked,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Told;

    #[test]
    fn every_key_is_there_with_its_source_and_no_password() {
        let text = "[store]\ndatabase = \"postgres://me:hunter2@db.example/x?password=hunter3\"\n";
        let loaded = Loaded::of_text(Path::new("x"), text, &Told::default()).unwrap();
        let effective = Effective::of(&loaded);
        assert_eq!(effective.0.len(), keys().len());
        let of = |key| effective.0.iter().find(|value| value.key == key).unwrap();
        assert_eq!(of("store.database").from, "file");
        assert_eq!(of("store.database").value, "postgres://me:***@db.example/x?password=***");
        assert_eq!(of("limits.stop_within").value, "20s");
        assert_eq!(
            (of("public_url").value.clone(), of("public_url").from),
            (Value::Null, "default")
        );
        for (text, shown) in [
            ("http://me:hunter2@c.example/?key=hunter3", "http://me:***@c.example/?***"),
            ("https://c.example/otlp?hunter2", "https://c.example/otlp?***"),
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318"),
        ] {
            assert_eq!(masked_address(text), shown);
        }
        let pairs = masked_address("host=db user=me password=hunter2");
        assert_eq!(pairs, "host=db user=me password=***");
    }
}
