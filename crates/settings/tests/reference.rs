//! The reference of the settings is made from the settings: the schema, and the tables of the page.
//! `ROLLCALL_UPDATE_REFERENCE=1 cargo test -p rollcall-settings` writes both anew.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use rollcall_settings::{Effective, Key, Loaded, Told, keys, schema};
use serde_json::Value;

const BEGIN: &str = "<!-- settings: made by a test -->\n";
const END: &str = "<!-- end of settings -->";

fn is_this(name: &str, wanted: &str) {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference")).join(name);
    if std::env::var_os("ROLLCALL_UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == wanted,
        "docs/reference/{name} is not what the settings are: write it anew by\n  ROLLCALL_UPDATE_REFERENCE=1 cargo test -p rollcall-settings"
    );
}

#[test]
fn the_schema_in_the_documents_is_that_of_the_settings() {
    is_this("settings.schema.json", &format!("{:#}\n", schema()));
}

#[test]
fn the_page_has_every_setting() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/settings.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the tables' place");
    let (_, after) = rest.split_once(END).expect("and its end");
    is_this("settings.md", &format!("{before}{BEGIN}{}{END}{after}", tables()));
}

fn tables() -> String {
    let loaded = Loaded::read(None, &Told::default()).unwrap();
    let defaults = Effective::of(&loaded);
    let mut text = String::new();
    let mut section = None;
    for (key, default) in keys().iter().zip(&defaults.0) {
        if section != Some(key.section()) {
            section = Some(key.section());
            text.push_str(&heading(key));
        }
        let default = match &default.value {
            Value::Null => String::new(),
            value => format!("`{value}`"),
        };
        let words: Vec<String> = key.words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let words =
            if words.is_empty() { String::new() } else { format!(" One of {}.", words.join(", ")) };
        text.push_str(&format!("| `{}` | {default} | {}{words} |\n", key.name(), key.about));
    }
    text.push('\n');
    text
}

fn heading(key: &Key) -> String {
    let name = match key.section() {
        "" => "Above all sections".to_owned(),
        section => format!("`[{section}]`"),
    };
    format!("\n### {name}\n\n| Key | Default | What it is |\n|---|---|---|\n")
}
