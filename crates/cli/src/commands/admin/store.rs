//! Which store a command looks after, and opening it: to look, or to change something beside the
//! server that may have it open.

use std::path::PathBuf;

use clap::Args;
use rollcall_directory::Fault;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::{Administration, Inspector};
use rollcall_directory::world::World;

/// Which store.
#[derive(Args, Clone)]
#[group(required = true, multiple = false)]
pub struct StoreArguments {
    /// The folder of an embedded store
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A PostgreSQL database, such as postgres://user@127.0.0.1/name
    #[arg(long, value_name = "URL")]
    database: Option<Address>,
}

impl StoreArguments {
    /// To look, without keys and without a way to write.
    pub async fn inspect(&self) -> Result<Inspector, Fault> {
        match (&self.data, &self.database) {
            (Some(folder), _) => Inspector::sqlite(&Place::new(folder)),
            (None, Some(address)) => Inspector::postgres(address).await,
            (None, None) => Err(Fault::Unusable("no store was named".to_owned())),
        }
    }

    /// To change something: the operator's acts, durable when they answer.
    pub async fn administer(&self) -> Result<Administration, Fault> {
        match (&self.data, &self.database) {
            (Some(folder), _) => Administration::sqlite(&Place::new(folder), World::system()),
            (None, Some(address)) => Administration::postgres(address, World::system()).await,
            (None, None) => Err(Fault::Unusable("no store was named".to_owned())),
        }
    }
}
