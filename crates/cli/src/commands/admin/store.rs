//! Which store a command looks after, and opening it: to look, or to change something beside the
//! server that may have it open.

use std::path::PathBuf;

use clap::Args;
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::{Administration, Inspector};
use rollcall_directory::world::World;
use rollcall_settings::{Loaded, RootKeyTold, Source, StoreTold, Told};

use super::AdminError;
use crate::database;
use crate::{root_key, settings};

/// Which store: that of the server's settings, or one named here.
#[derive(Args, Clone)]
pub struct StoreArguments {
    /// The server's file of settings, which names its store
    #[arg(long, value_name = "FILE", env = "ROLLCALL_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    told: StoreTold,
}

/// A store that was named.
pub enum Named {
    Sqlite(Place),
    Postgres(Box<Address>),
}

impl StoreArguments {
    /// The settings, with what was said beside them here.
    pub fn load(&self, more: Told) -> Result<Loaded, AdminError> {
        let mut told = Told::from(self.told.clone());
        told.0.extend(more.0);
        Ok(settings::load(self.config.as_deref(), &told)?)
    }

    /// The root keys, from where the settings say or from where one is named here.
    pub async fn root_keys(&self, named: &RootKeyTold) -> Result<Vec<RootKey>, AdminError> {
        let loaded = self.load(Told(named.0.clone()))?;
        Ok(root_key::read(&loaded.settings.root_key).await?)
    }

    pub fn named(&self) -> Result<Named, AdminError> {
        let loaded = self.load(Told::default())?;
        let is_named = ["store.data", "store.database"]
            .iter()
            .any(|key| loaded.source(key) != Source::Default);
        // The default folder is the server's: only its settings mean it.
        if self.config.is_none() && !is_named {
            return Err(AdminError::wrong_use(
                "no store was named",
                "name the server's settings with --config FILE, or its store with --data DIR or --database URL",
            ));
        }
        let store = &loaded.settings.store;
        Ok(match database::address(store)? {
            Some(address) => Named::Postgres(Box::new(address)),
            None => Named::Sqlite(Place::new(&store.data)),
        })
    }

    /// To look, without keys and without a way to write.
    pub async fn inspect(&self) -> Result<Inspector, AdminError> {
        Ok(match self.named()? {
            Named::Sqlite(place) => Inspector::sqlite(&place)?,
            Named::Postgres(address) => Inspector::postgres(&address).await?,
        })
    }

    /// To look at people, in a store of this version.
    pub async fn inspect_people(&self) -> Result<Inspector, AdminError> {
        match self.named()? {
            Named::Sqlite(place) => Ok(Inspector::sqlite_of_today(&place)?),
            Named::Postgres(_) => self.inspect().await,
        }
    }

    /// To change something: the operator's acts, durable when they answer.
    pub async fn administer(&self) -> Result<Administration, AdminError> {
        Ok(match self.named()? {
            Named::Sqlite(place) => Administration::sqlite(&place, World::system())?,
            Named::Postgres(address) => Administration::postgres(&address, World::system()).await?,
        })
    }
}
