//! What a database is given when it is first set up, and says of itself ever after: its first MAC
//! key, sealed, and who made it. What `dev` made, `serve` refuses, and the other way round.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::Found;
use crate::Fault;
use crate::keys::{KeyId, KeyRing, RootKey, RootKeyError, SealedKey};
use crate::world::{Moment, World};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeBy {
    /// An organisation's own.
    Serve,
    /// A double that was filled from a seed. `seed` says from which, in the seed's own words.
    Dev { seed: String },
}

pub struct Founding {
    /// What a new database is sealed under.
    pub root: RootKey,
    /// What one that is there may be sealed under instead, while one root key replaces the other.
    pub others: Vec<RootKey>,
    pub made_by: MadeBy,
    /// Chance for the first key. A double gives its seed's, so that page tokens repeat.
    pub first_key: [u8; 32],
    pub nonce: [u8; 12],
}

impl Founding {
    #[must_use]
    pub fn fresh(root: RootKey, made_by: MadeBy, world: &World) -> Self {
        Self { root, others: Vec::new(), made_by, first_key: world.bytes(), nonce: world.bytes() }
    }

    pub(super) fn first_sealed_key(&self, now: Moment) -> SealedKey {
        SealedKey::seal(&self.root, KeyId(1), &self.first_key, self.nonce, now)
    }

    pub(super) fn made_by_row(&self) -> Result<String, Fault> {
        serde_json::to_string(&self.made_by).map_err(|error| Fault::Unusable(error.to_string()))
    }

    /// What the database says of itself, held against what was expected of it.
    pub(super) fn recognise(
        &self,
        made_by: &str,
        sealed: &[SealedKey],
        now: Moment,
    ) -> Result<Found, Fault> {
        let made_by = MadeBy::read(made_by)?;
        match (&made_by, &self.made_by) {
            (MadeBy::Dev { .. }, MadeBy::Dev { .. }) | (MadeBy::Serve, MadeBy::Serve) => {}
            (MadeBy::Dev { .. }, MadeBy::Serve) => {
                return Err(Fault::Unusable("this database was made by dev: its secrets follow from a seed. Choose another place".to_owned()));
            }
            (MadeBy::Serve, MadeBy::Dev { .. }) => {
                return Err(Fault::Unusable("this database is an organisation's own, not a double of dev. Choose another place".to_owned()));
            }
        }
        let mut refused = RootKeyError;
        for root in std::iter::once(&self.root).chain(&self.others) {
            match KeyRing::open(root, sealed, now) {
                Ok(keys) => return Ok(Found { root: root.clone(), keys, made_by }),
                Err(error) => refused = error,
            }
        }
        Err(Fault::Unusable(refused.to_string()))
    }
}

impl Drop for Founding {
    fn drop(&mut self) {
        self.first_key.zeroize();
    }
}
