//! Copies of a store that lie beside it, and going back to one of them: for a store whose whole past
//! may be forgotten, such as one that tests run against. What was done since the copy is undone without
//! a record, so this is no backup: those are in [`super::sqlite::backup`].

use std::fmt;
use std::str::FromStr;

use super::{Database, Store};
use crate::Fault;
use crate::world::Moment;

/// Letters, digits and hyphens: it is a part of a file's name, or of a schema's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a copy's name has 1 to {LENGTH_MAX} characters, each of a-z, 0-9 and -", LENGTH_MAX = CopyName::LENGTH_MAX)]
pub struct CopyNameError;

impl CopyName {
    pub const LENGTH_MAX: usize = 48;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CopyName {
    type Err = CopyNameError;

    fn from_str(text: &str) -> Result<Self, CopyNameError> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=Self::LENGTH_MAX).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CopyNameError)
        }
    }
}

impl fmt::Display for CopyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCopy {
    pub name: CopyName,
    /// What whoever kept it wrote beside it.
    pub about: String,
    /// By the store's own clock.
    pub made: Moment,
    pub bytes: u64,
}

impl Store {
    /// Copies the store as it is now, beside what is being written. One of the same name is replaced.
    pub async fn keep_copy(&self, name: &CopyName, about: &str) -> Result<(), Fault> {
        self.core.is_open()?;
        let made = self.world().now();
        match self.core.database() {
            Database::Sqlite(sqlite) => {
                let (place, name) = (sqlite.place().clone(), name.clone());
                let about = about.to_owned();
                off_the_loop(move || super::sqlite::copies::keep(&place, &name, &about, made)).await
            }
            Database::Postgres(postgres) => postgres.keep_copy(name, about, made).await,
        }
    }

    /// Makes the store what it was when the copy was kept. Acts that were submitted before are
    /// committed first, and then undone with all the rest; those that come after it meet the copy's
    /// state. A reader sees the one or the other, never something between. `false`: no such copy.
    pub async fn put_back(&self, name: &CopyName) -> Result<bool, Fault> {
        self.core.is_open()?;
        let there = match self.core.database() {
            Database::Sqlite(sqlite) => sqlite.put_back(name).await?,
            Database::Postgres(postgres) => postgres.put_back(name).await?,
        };
        if there {
            // What is remembered of the time that is now forgotten.
            self.reload_keys(Vec::new).await?;
            self.held.issuer.begin_again(&self.keys());
        }
        Ok(there)
    }

    /// The copies that are kept, in the order of their names.
    pub async fn copies(&self) -> Result<Vec<KeptCopy>, Fault> {
        self.core.is_open()?;
        match self.core.database() {
            Database::Sqlite(sqlite) => {
                let place = sqlite.place().clone();
                off_the_loop(move || super::sqlite::copies::all(&place)).await
            }
            Database::Postgres(postgres) => postgres.copies().await,
        }
    }

    /// `false`: there was none of this name.
    pub async fn drop_copy(&self, name: &CopyName) -> Result<bool, Fault> {
        self.core.is_open()?;
        match self.core.database() {
            Database::Sqlite(sqlite) => {
                let (place, name) = (sqlite.place().clone(), name.clone());
                off_the_loop(move || super::sqlite::copies::remove(&place, &name)).await
            }
            Database::Postgres(postgres) => postgres.drop_copy(name).await,
        }
    }
}

async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|stopped| Fault::Unavailable(stopped.to_string()))?
}
