//! The ground a plan is played on: a fresh store of either kind, in a world of a stated clock and
//! of chance that replays.

use std::str::FromStr;
use std::sync::Arc;

use rollcall_directory::keys::RootKey;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::{Founding, MadeBy, Store, postgres, sqlite};
use rollcall_directory::world::{ManualClock, Moment, ReplayedRandomness, World};

use crate::database::{Database, Store as Kind};

pub(super) const START: Moment = Moment::from_seconds(1_800_000_000);

pub struct Ground {
    pub clock: Arc<ManualClock>,
    pub world: World,
    pub database: Database,
    pub store: Store,
}

impl Ground {
    pub async fn fresh(kind: Kind, seed: u64) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let randomness = Arc::new(ReplayedRandomness::from_seed(seed));
        let world = World { clock: clock.clone(), randomness };
        let database = Database::fresh(kind).await;
        let store = open(&database, &world).await;
        Self { clock, world, database, store }
    }

    /// Closes the store and opens it again, as a server does that is restarted.
    pub async fn restart(&mut self) {
        self.store.close().await;
        self.store = open(&self.database, &self.world).await;
    }
}

async fn open(database: &Database, world: &World) -> Store {
    let founding = Founding {
        root: RootKey::from_bytes([1; 32]),
        others: Vec::new(),
        made_by: MadeBy::Serve,
        first_key: [2; 32],
        nonce: [3; 12],
    };
    let opened = match database {
        Database::Sqlite(_) => {
            sqlite::open(&Place::new(database.folder()), &founding, world.clone())
        }
        Database::Postgres(postgres) => {
            let address = Address::from_str(&postgres.address()).expect("an address");
            postgres::open(&address, &founding, world.clone()).await
        }
    };
    opened.unwrap_or_else(|fault| panic!("the store does not open: {fault}"))
}
