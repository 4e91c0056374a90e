//! Why settings cannot be used: where it stands, what is wrong, and what was probably meant.

use std::path::PathBuf;

use crate::near::{near, near_variable};

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings file {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// `what` names line and column.
    #[error("the settings file {}: {what}", path.display())]
    Wrong { path: PathBuf, what: String, hint: Option<String> },
    #[error("{name}: {what}")]
    WrongValue { name: String, what: String },
    #[error("the environment variable {name} is no setting")]
    UnknownVariable { name: String, hint: String },
    #[error("two settings exclude each other: {first} and {second}")]
    Exclusive { first: String, second: String, hint: String },
}

impl SettingsError {
    pub(crate) fn of_file(path: &std::path::Path, error: &toml::de::Error) -> Self {
        let hint = unknown_name(error.message()).and_then(near);
        Self::Wrong { path: path.to_owned(), what: harmless(error.to_string().trim_end()), hint }
    }

    /// The way out, where one can be guessed.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Wrong { hint, .. } => hint.clone(),
            Self::UnknownVariable { hint, .. } | Self::Exclusive { hint, .. } => Some(hint.clone()),
            Self::Unreadable { .. } => Some(
                "name the file with --config FILE, readable by who starts the server".to_owned(),
            ),
            Self::WrongValue { .. } => None,
        }
    }
}

/// A misspelt setting would stay unsaid without a word. Variables that are nowhere near one have other
/// readers, such as those that an orchestrator sets for every container.
pub fn none_is_misspelt(variables: impl IntoIterator<Item = String>) -> Result<(), SettingsError> {
    for name in variables {
        if let Some(hint) = near_variable(&name) {
            return Err(SettingsError::UnknownVariable { name, hint });
        }
    }
    Ok(())
}

/// The error shows a line of the file: nothing in it may be obeyed by a terminal.
fn harmless(text: &str) -> String {
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let obeyed = |letter: char| (letter.is_control() && letter != '\n') || turns(letter);
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match obeyed(letter) {
            true => shown.extend(letter.escape_unicode()),
            false => shown.push(letter),
        }
    }
    shown
}

/// serde says: unknown field `x`, expected …
fn unknown_name(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}
