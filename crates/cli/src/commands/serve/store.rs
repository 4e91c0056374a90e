//! The organisation's store, opened to be served: found, or founded. What `dev` made is not touched.

use rollcall_directory::keys::RootKey;
use rollcall_directory::store::{Founding, MadeBy, Store, postgres, sqlite};
use rollcall_directory::world::World;
use rollcall_settings::{self as settings, Settings};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, block_in_place};

use super::Signals;
use super::error::ServeError;
use crate::{database, root_key};

pub struct Opened {
    pub store: Store,
    /// For people: where it is.
    pub words: String,
}

pub async fn open(from: &settings::Store, roots: Vec<RootKey>) -> Result<Opened, ServeError> {
    let world = World::system();
    let founding = founding(roots, &world)?;
    if let Some(address) = database::address(from)? {
        is_ours(postgres::made_by(&address).await?)?;
        let store = postgres::open(&address, &founding, world).await?;
        return Ok(Opened {
            store,
            words: match address.has_tls() {
                true => "PostgreSQL over TLS".to_owned(),
                false => "PostgreSQL".to_owned(),
            },
        });
    }
    let place = sqlite::Place::new(&from.data);
    is_ours(sqlite::made_by(&place)?)?;
    let store = sqlite::open(&place, &founding, world)?;
    Ok(Opened { store, words: format!("SQLite in {}", from.data.display()) })
}

fn founding(roots: Vec<RootKey>, world: &World) -> Result<Founding, ServeError> {
    let mut roots = roots.into_iter();
    let first = roots.next().ok_or(root_key::RootKeySourceError::NotNamed)?;
    let mut founding = Founding::fresh(first, MadeBy::Serve, world);
    founding.others = roots.collect();
    Ok(founding)
}

/// Before it is opened: a double is not even brought up to date.
fn is_ours(made_by: Option<String>) -> Result<(), ServeError> {
    match made_by.as_deref().map(MadeBy::read).transpose()? {
        None | Some(MadeBy::Serve) => Ok(()),
        Some(MadeBy::Dev { .. }) => Err(ServeError::settings(
            "this store is a double that `rollcall dev` made: everybody can work out its secrets",
            "choose another place: data or database in [store]",
        )),
    }
}

/// Adds keys by their age, and follows a root key that is replaced.
pub fn watch_keys(store: &Store, settings: &Settings) -> JoinHandle<()> {
    let rotate_every = settings.keys.rotate_every.0.map(|every| every.0);
    let source = settings.root_key.clone();
    store.watch_keys(rotate_every, move || {
        // Asked only when the store was sealed under another root key: rare, and bounded in time.
        let read = block_in_place(|| Handle::current().block_on(read_again(&source)));
        read.unwrap_or_else(|error| {
            tracing::error!(%error, "the root key could not be read again");
            Vec::new()
        })
    })
}

/// A server that is told to end does not wait for the program that prints the key.
async fn read_again(source: &settings::RootKey) -> Result<Vec<RootKey>, ServeError> {
    let mut signals = Signals::listen().map_err(ServeError::io("signals"))?;
    tokio::select! {
        read = root_key::read_unheeding(source) => Ok(read?),
        () = signals.end() => Err(root_key::RootKeySourceError::Interrupted.into()),
    }
}
