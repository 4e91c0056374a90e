//! Where a double's people come from, in the words that its store keeps: so that a folder seeded
//! before gives the same credentials again, without its seed file and without a secret stored.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::seed::{Seed, SeedError, SeedFileError};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "people", rename_all = "snake_case")]
pub enum Source {
    Default {
        number: u64,
        users: usize,
        /// Whether the scenario account is there too: places that are older have none.
        #[serde(default)]
        scenarios: bool,
    },
    File {
        number: u64,
        name: String,
        text: String,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Default(#[from] SeedError),
    #[error(transparent)]
    File(#[from] SeedFileError),
}

impl Source {
    /// The people that nobody wrote a file for, and the scenario account.
    #[must_use]
    pub const fn default_people(number: u64, users: usize) -> Self {
        Self::Default { number, users, scenarios: true }
    }

    /// Reads the file once; what it says is kept from then on.
    pub fn file(path: &Path, number: u64) -> Result<Self, SourceError> {
        let (name, text) = (path.display().to_string(), Seed::read_file(path)?);
        // Its errors are told before a store is made of it.
        Seed::from_toml(&text, &name, number)?;
        Ok(Self::File { number, name, text })
    }

    #[must_use]
    pub const fn number(&self) -> u64 {
        match self {
            Self::Default { number, .. } | Self::File { number, .. } => *number,
        }
    }

    pub fn seed(&self) -> Result<Seed, SourceError> {
        match self {
            Self::Default { number, users, scenarios } => {
                let mut seed = Seed::default_with(*number, *users)?;
                seed.accounts.retain(|account| *scenarios || !account.scenarios);
                Ok(seed)
            }
            Self::File { number, name, text } => Ok(Seed::from_toml(text, name, *number)?),
        }
    }

    /// As the store keeps it.
    #[must_use]
    pub fn to_words(&self) -> String {
        serde_json::to_string(self).expect("plain data becomes JSON")
    }

    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        serde_json::from_str(words).ok()
    }
}
