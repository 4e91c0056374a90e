//! The keys as the database holds them: read by everybody who serves it, changed in one
//! transaction under one lock. And what else is kept sealed, and who may do what one process at a
//! time does.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Administration, Database, Store};
use crate::Fault;
use crate::keys::rotate::{self, KeyFacts, MayNotRotate, Rotation};
use crate::keys::{KeyId, KeyRing, RootKey, RootKeyError, RootKeyId, SealedKey};
use crate::vaults::{Key, SealedVaultKey};
use crate::world::{AccountId, VaultId, World};

/// The question: which MAC keys are there?
#[derive(Clone, Copy, Debug)]
pub struct MacKeys;

/// Something the server keeps for all its processes, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub sealed: Vec<u8>,
    pub root: RootKeyId,
}

/// The key of a vault, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultKeyRow {
    pub account: AccountId,
    pub vault: VaultId,
    pub key: SealedVaultKey,
}

/// All that is sealed under the root key, as it was read under the lock.
#[derive(Clone, Debug, Default)]
pub struct KeyRows {
    pub keys: Vec<SealedKey>,
    pub kept: Vec<Kept>,
    /// Read only under the lock: who looks every two seconds does not need them.
    pub vaults: Vec<VaultKeyRow>,
}

/// What is to be written over it.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    pub rotation: Rotation,
    pub kept: Vec<Kept>,
    pub vaults: Vec<VaultKeyRow>,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum KeysFault {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    #[error(transparent)]
    MayNotRotate(#[from] MayNotRotate),
}

/// Decides on what was read under the lock. Pure, and may be asked again.
pub(super) type Decide<'a> = &'a (dyn Fn(&KeyRows) -> Result<KeyChange, KeysFault> + Sync);

fn kept_label(name: &str) -> Vec<u8> {
    [b"rollcall/kept/".as_slice(), name.as_bytes()].concat()
}

/// Adds a MAC key; what was signed before stays good, unless `even_so` says otherwise.
fn rotation(
    rows: &KeyRows,
    root: &RootKey,
    world: &World,
    even_so: bool,
) -> Result<KeyChange, KeysFault> {
    // Every key must open: a wrong root key must not add one that nobody else can read.
    KeyRing::open(root, &rows.keys, world.now())?;
    let rotation = rotate::rotate(&rows.keys, root, world, even_so)?;
    Ok(KeyChange { rotation, ..KeyChange::default() })
}

/// Everything sealed, under another root key.
fn resealing(
    rows: &KeyRows,
    from: &RootKey,
    to: &RootKey,
    world: &World,
) -> Result<KeyChange, KeysFault> {
    let keys = rows.keys.iter().map(|key| key.resealed(from, to, world.bytes()));
    let kept = rows.kept.iter().map(|kept| {
        let label = kept_label(&kept.name);
        let secret = from.open(&label, &kept.sealed)?;
        let sealed = to.seal(&label, world.bytes(), &secret);
        Ok(Kept { name: kept.name.clone(), sealed, root: to.id() })
    });
    let vaults = rows.vaults.iter().map(|row| {
        let key = row.key.resealed((row.account, row.vault), from, to, world.bytes())?;
        Ok(VaultKeyRow { key, ..row.clone() })
    });
    Ok(KeyChange {
        rotation: Rotation { put: keys.collect::<Result<_, _>>()?, dropped: Vec::new() },
        kept: kept.collect::<Result<_, RootKeyError>>()?,
        vaults: vaults.collect::<Result<_, RootKeyError>>()?,
    })
}

impl Administration {
    /// Adds a MAC key. It signs when every process has had the time to learn of it.
    pub async fn rotate_keys(&self, root: &RootKey, even_so: bool) -> Result<(), KeysFault> {
        self.0.change_keys(&|rows| rotation(rows, root, self.world(), even_so)).await
    }

    /// One fresh key in the place of all: what was signed before is refused, by each process when
    /// it has looked again ([`LOOK_EVERY`]).
    pub async fn replace_keys(&self, root: &RootKey) -> Result<(), KeysFault> {
        self.0
            .change_keys(&|rows| {
                KeyRing::open(root, &rows.keys, self.world().now())?;
                let rotation = rotate::replace(&rows.keys, root, self.world());
                Ok(KeyChange { rotation, ..KeyChange::default() })
            })
            .await
    }

    /// Seals everything under another root key. What was signed before stays good; processes that
    /// serve go on with what they hold, and read their root key again when they see it.
    pub async fn rotate_root(&self, from: &RootKey, to: &RootKey) -> Result<(), KeysFault> {
        self.0.change_keys(&|rows| resealing(rows, from, to, self.world())).await
    }

    /// Does this root key open what is sealed here?
    pub async fn opens_with(&self, root: &RootKey) -> Result<(), KeysFault> {
        let rows = self.read(&SealedRows).await?;
        KeyRing::open(root, &rows.keys, self.world().now())?;
        open_all(root, &self.read(&VaultKeys).await?)?;
        Ok(())
    }
}

/// Does the root key open the key of each vault too?
pub(super) fn open_all(root: &RootKey, vaults: &[VaultKeyRow]) -> Result<(), RootKeyError> {
    vaults
        .iter()
        .try_for_each(|row| Key::of_vault(root, row.account, row.vault, &row.key).map(|_| ()))
}

/// The question: the keys of all vaults.
#[derive(Clone, Copy, Debug)]
pub(super) struct VaultKeys;

/// The question: everything sealed but the keys of vaults.
#[derive(Clone, Copy, Debug)]
pub(super) struct SealedRows;

impl super::core::Core {
    pub(super) async fn change_keys(&self, decide: Decide<'_>) -> Result<(), KeysFault> {
        self.is_open()?;
        match self.database() {
            Database::Sqlite(db) => db.change_keys(decide, self.world().now()),
            Database::Postgres(db) => db.change_keys(decide, self.world().now()).await,
        }
    }
}

impl Store {
    /// What is kept under this name, opened.
    pub async fn kept(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, Fault> {
        let rows = self.read(&SealedRows).await?;
        let Some(kept) = rows.kept.into_iter().find(|kept| kept.name == name) else {
            return Ok(None);
        };
        let root = self.held.root.load();
        let opened = root.open(&kept_label(name), &kept.sealed);
        opened.map(Some).map_err(|error| Fault::Unavailable(format!("{name}: {error}")))
    }

    /// Keeps it for all processes, sealed under the root key.
    pub async fn keep(&self, name: &str, secret: &[u8]) -> Result<(), Fault> {
        let root = self.held.root.load_full();
        let sealed = root.seal(&kept_label(name), self.world().bytes(), secret);
        let kept = Kept { name: name.to_owned(), sealed, root: root.id() };
        let decide = |rows: &KeyRows| {
            // Somebody may have sealed everything under another root key just now.
            KeyRing::open(&root, &rows.keys, self.world().now())?;
            Ok(KeyChange { kept: vec![kept.clone()], ..KeyChange::default() })
        };
        self.core.change_keys(&decide).await.map_err(|fault| match fault {
            KeysFault::Fault(fault) => fault,
            other => Fault::Unavailable(other.to_string()),
        })
    }

    /// May this holder do what one process at a time does? It may until `life` is over, and asks
    /// again before that. Another one may when it is.
    pub async fn lease(&self, name: &str, holder: &str, life: Duration) -> Result<bool, Fault> {
        self.core.is_open()?;
        let now = self.world().now();
        match self.core.database() {
            Database::Sqlite(db) => db.lease(name, holder, now, now.plus(life)),
            Database::Postgres(db) => db.lease(name, holder, now, now.plus(life)).await,
        }
    }

    /// Which MAC keys there are.
    pub async fn mac_keys(&self) -> Result<Vec<KeyFacts>, Fault> {
        self.read(&MacKeys).await
    }

    /// Reads the keys again, as they are in the database now. `roots`: what the root key may be.
    pub async fn reload_keys(&self, roots: impl FnOnce() -> Vec<RootKey>) -> Result<(), Fault> {
        let rows = self.read(&SealedRows).await?;
        let now = self.world().now();
        let held = self.held.root.load_full();
        let opened = match KeyRing::open(&held, &rows.keys, now) {
            Ok(ring) => Some((None, ring)),
            // Sealed under another one meanwhile: the source of the root key may have it by now.
            Err(RootKeyError) => roots().into_iter().find_map(|root| {
                let ring = KeyRing::open(&root, &rows.keys, now).ok()?;
                Some((Some(root), ring))
            }),
        };
        let Some((root, ring)) = opened else {
            return Err(Fault::Unusable(
                "the keys were sealed under another root key, which is not to be had where this process was told to look: those it holds go on working until it ends".to_owned(),
            ));
        };
        if let Some(root) = root {
            tracing::info!(root = root.id().0, "the root key was replaced");
            self.held.root.store(std::sync::Arc::new(root));
        }
        let before = self.held.keys.swap(std::sync::Arc::new(ring));
        let ring = self.held.keys.load();
        if before.signing().0 != ring.signing().0 || !before.ids().eq(ring.ids()) {
            let (keys, signs) =
                (ring.ids().map(|KeyId(id)| id).collect::<Vec<_>>(), ring.signing().0.0);
            tracing::info!(?keys, signs, "the MAC keys changed");
        }
        // A key that was made under a clock that was ahead gave way to one of now: as a restart would.
        if ring.newest_made() < before.newest_made() {
            self.held.issuer.begin_again(&ring);
        }
        Ok(())
    }

    /// Looks at the keys every two seconds for as long as the store is open, and adds one when the
    /// newest is older than `rotate_every`.
    pub fn watch_keys(
        &self,
        rotate_every: Option<Duration>,
        roots: impl Fn() -> Vec<RootKey> + Send + Sync + 'static,
    ) -> JoinHandle<()> {
        let store = self.clone();
        tokio::spawn(async move {
            let mut said = None;
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                if store.core.is_open().is_err() {
                    return;
                }
                let looked = store.look_after_keys(rotate_every, &roots).await;
                let fault = looked.err().map(|fault| fault.to_string());
                if fault != said
                    && let Some(fault) = &fault
                {
                    tracing::error!("the keys could not be read again: {fault}");
                }
                said = fault;
            }
        })
    }

    /// Once: what [`Self::watch_keys`] does every two seconds.
    pub async fn look_after_keys(
        &self,
        rotate_every: Option<Duration>,
        roots: impl Fn() -> Vec<RootKey>,
    ) -> Result<(), KeysFault> {
        self.reload_keys(roots).await?;
        let now = self.world().now();
        let Some(every) = rotate_every else { return Ok(()) };
        if !rotate::is_due(&self.mac_keys().await?, every, now) {
            return Ok(());
        }
        let root = self.held.root.load_full();
        let decide = |rows: &KeyRows| {
            let facts: Vec<KeyFacts> = rows.keys.iter().map(KeyFacts::of).collect();
            // Another process was first.
            if !rotate::is_due(&facts, every, now) {
                return Ok(KeyChange::default());
            }
            rotation(rows, &root, self.world(), false)
        };
        self.core.change_keys(&decide).await?;
        tracing::info!("a MAC key was added: the newest had reached its age");
        Ok(())
    }
}

/// How often a process that serves looks at the keys.
/// Shorter than [`KeyRing::SETTLES_IN`], so that a key is known everywhere before it signs.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
