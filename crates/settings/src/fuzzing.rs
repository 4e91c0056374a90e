//! What must hold of any settings file: it is read or complained of in letters that a terminal
//! does not obey; what is read prints to a file that reads the same, says the same in environment
//! and flags, and has no room for an unknown key. The fuzz target feeds this, and so do the tests
//! below; a failure is a panic. Never in the binary.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use crate::load::{get, remove};
use crate::{Loaded, SettingsError, Source, Told, keys};

pub fn settings_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let loaded = match read(text, &Told::default()) {
        Ok(loaded) => loaded,
        Err(error) => return is_a_complaint(&error),
    };
    let said = said(&loaded);
    let printed = said.to_string();
    match read(&printed, &Told::default()) {
        Ok(again) => assert_eq!(self::said(&again), said, "{text:?}"),
        Err(error) => panic!("what was printed is not read: {error}\n{printed}"),
    }
    for by in [Source::Environment, Source::Flag] {
        let beside = Told(beside(&said, by));
        match read("", &beside) {
            Ok(again) => assert_eq!(self::said(&again), said, "said by {by}: {beside:?}"),
            Err(error) => panic!("not read where {by} says it: {error}\n{beside:?}"),
        }
    }
    assert!(read(&format!("{text}\nno_such_setting = 1\n"), &Told::default()).is_err());
    assert!(read(&format!("no_such_setting = 1\n{text}"), &Told::default()).is_err());
}

fn read(text: &str, told: &Told) -> Result<Loaded, SettingsError> {
    Loaded::of_text(Path::new("rollcall.toml"), text, told)
}

/// Without what nobody said.
fn said(loaded: &Loaded) -> Table {
    let mut table = Table::try_from(&loaded.settings).expect("settings are written as TOML");
    for key in keys().iter().filter(|key| loaded.source(&key.path) == Source::Default) {
        remove(&mut table, &key.path);
    }
    table
}

/// As text, for an environment variable or a flag.
fn beside(said: &Table, by: Source) -> BTreeMap<String, (Source, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let of_key = |path: &str| Some((path.to_owned(), (by, text(get(said, path)?))));
    keys().iter().filter_map(|key| of_key(&key.path)).collect()
}

fn is_a_complaint(error: &SettingsError) {
    let words = format!("{error}{}", error.hint().unwrap_or_default());
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let obeyed = |letter: char| (letter.is_control() && letter != '\n') || turns(letter);
    assert!(!words.chars().any(obeyed), "a terminal would obey: {words:?}");
    match error {
        SettingsError::Wrong { what, .. } => {
            assert!(words.contains("rollcall.toml") && !what.is_empty(), "which file? {words}");
        }
        SettingsError::Exclusive { first, second, .. } => assert_ne!(first, second),
        SettingsError::Unreadable { .. }
        | SettingsError::WrongValue { .. }
        | SettingsError::UnknownVariable { .. } => {
            panic!("text is readable, and the file's own values stand in its own errors: {words}")
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = include_str!("../../../fuzz/corpus-seeds/settings_file/whole");

    #[test]
    fn a_file_with_every_section_reads_as_it_prints() {
        read(WHOLE, &Told::default()).unwrap();
        settings_file(WHOLE.as_bytes());
    }

    proptest! {
        #[test]
        fn a_line_changed_is_read_or_complained_of(
            line in 0usize..60,
            value in "(\"\\PC{0,9}\"|-?[0-9]{1,12}|true|\\[\"[a-z0-9:./]{0,9}\"\\]|\\PC{0,9}|\"[0-9]{1,5}[a-z]{1,2}\")",
        ) {
            let with = |(at, own): (usize, &str)| match own.split_once('=') {
                Some((key, _)) if at == line => format!("{key}= {value}"),
                _ => own.to_owned(),
            };
            let text: Vec<String> = WHOLE.lines().enumerate().map(with).collect();
            settings_file(text.join("\n").as_bytes());
        }
    }
}
