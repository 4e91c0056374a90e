//! Where the double is kept: a temporary folder, a folder that stays, or PostgreSQL. A place that
//! was seeded before says from what; its credentials are the same again, and nothing is added.

use std::sync::Arc;

use rollcall_directory::store::{MadeBy, Store, postgres, sqlite};
use rollcall_sandbox::clock::SandboxClock;
use rollcall_sandbox::plant::founding_of;
use rollcall_sandbox::seed::USERS_DEFAULT;
use rollcall_sandbox::source::Source;
use tempfile::TempDir;

use super::{DevError, Options};

const SEED_NUMBER: u64 = 1;

pub struct Place {
    pub store: Store,
    pub source: Source,
    /// The one that the store asks.
    pub clock: Arc<SandboxClock>,
    /// For people: where it is.
    pub words: String,
    /// Removed when it is dropped.
    temporary: Option<TempDir>,
}

impl Place {
    pub async fn close(self) {
        self.store.close().await;
        drop(self.store);
        if let Some(folder) = self.temporary
            && let Err(error) = folder.close()
        {
            tracing::warn!(%error, "the temporary folder could not be removed");
        }
    }
}

pub async fn open(options: &Options) -> Result<Place, DevError> {
    let clock = Arc::new(SandboxClock::default());
    let world = clock.world();
    if let Some(address) = &options.database {
        let source = source(options, postgres::made_by(address).await?)?;
        let store = postgres::open(address, &founding_of(&source), world).await?;
        let words = "PostgreSQL".to_owned();
        return Ok(Place { store, source, clock, words, temporary: None });
    }
    let (folder, temporary, words) = match &options.data {
        Some(folder) => (folder.clone(), None, format!("SQLite in {}", folder.display())),
        None => {
            let temporary = tempfile::Builder::new().prefix("rollcall-dev-").tempdir();
            let temporary = temporary.map_err(DevError::io("a temporary folder"))?;
            let words = "SQLite in a temporary folder".to_owned();
            (temporary.path().to_owned(), Some(temporary), words)
        }
    };
    let place = sqlite::Place::new(folder);
    let source = source(options, sqlite::made_by(&place)?)?;
    let store = sqlite::open(&place, &founding_of(&source), world)?;
    Ok(Place { store, source, clock, words, temporary })
}

/// What was seeded before wins; asking for something else is an error, not a mixture.
fn source(options: &Options, made_by: Option<String>) -> Result<Source, DevError> {
    let asked = |number| match &options.seed {
        Some(path) => Source::file(path, number),
        None => {
            let (users, scenarios) =
                (options.users.unwrap_or(USERS_DEFAULT), !options.no_scenarios);
            Ok(Source::Default { number, users, scenarios })
        }
    };
    let Some(made_by) = made_by else {
        return Ok(asked(options.seed_number.unwrap_or(SEED_NUMBER))?);
    };
    let seed = match MadeBy::read(&made_by)? {
        MadeBy::Dev { seed } => seed,
        MadeBy::Serve => {
            return Err(DevError::WrongUse(
                "that place is an organisation's own, not a double of dev: choose another"
                    .to_owned(),
            ));
        }
    };
    let before = Source::from_words(&seed).ok_or_else(|| {
        DevError::WrongUse(
            "that place was seeded by another version of rollcall: choose another".to_owned(),
        )
    })?;
    let number = options.seed_number.unwrap_or(before.number());
    let says_nothing = options.seed.is_none() && options.users.is_none() && !options.no_scenarios;
    if number == before.number() && (says_nothing || same_people(&asked(number)?, &before)) {
        return Ok(before);
    }
    let was = match &before {
        Source::Default { number, users, scenarios } => {
            let more = if *scenarios { ", the scenario account" } else { "" };
            format!("{users} made-up people{more} and seed number {number}")
        }
        Source::File { number, name, .. } => format!("the file {name} and seed number {number}"),
    };
    Err(DevError::WrongUse(format!(
        "that place was seeded with {was}: leave the seed options out to go on with it, or choose another place"
    )))
}

/// A seed file is the same when it says the same, wherever it lies. A place from before there was
/// a scenario account goes on without one.
fn same_people(asked: &Source, before: &Source) -> bool {
    match (asked, before) {
        (Source::File { text: asked, .. }, Source::File { text: before, .. }) => asked == before,
        (
            Source::Default { users: asked, scenarios: with, .. },
            Source::Default { users: before, scenarios: has, .. },
        ) => asked == before && (*with || !has),
        _ => asked == before,
    }
}
