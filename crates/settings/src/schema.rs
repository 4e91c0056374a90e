//! The JSON schema of the file, made from the structs that read it.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::Settings;

/// The schema of the file: what editors check it with, and what the list of keys is read from.
#[must_use]
pub fn schema() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let schema = settings.into_generator().into_root_schema_for::<Settings>();
    let mut schema = schema.to_value();
    without_null(&mut schema);
    schema
}

/// TOML has no null: what may be absent is simply not there.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if map.get("default").is_some_and(Value::is_null) {
                map.remove("default");
            }
            // Numbers are described by their bounds; how Rust holds them is of no interest.
            if map.get("type").is_some_and(|name| name == "integer") {
                map.remove("format");
            }
            if let Some(default) = map.get_mut("default") {
                absent_where_null(default);
            }
            map.values_mut().for_each(without_null);
        }
        Value::Array(values) => values.iter_mut().for_each(without_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn absent_where_null(value: &mut Value) {
    if let Value::Object(map) = value {
        map.retain(|_, value| !value.is_null());
        map.values_mut().for_each(absent_where_null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_null() {
        assert!(!schema().to_string().contains("null"), "{}", schema());
    }
}
