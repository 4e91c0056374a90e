//! Going back: to the seed by a reset, to a snapshot by its name. Both are copies of the whole store,
//! and with each goes what the double itself was then: its clock and its faults.

pub(crate) mod calls;

use std::str::FromStr;

use rollcall_directory::Fault as StoreFault;
use rollcall_directory::store::{CopyName, KeptCopy};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::clock::Pace;
use crate::double::Double;
use crate::faults::Listed;

pub const SNAPSHOTS_MAX: usize = 20;
/// The store's copy of the seed; no snapshot's name begins like that.
const SEED: &str = "seed";
const SNAPSHOT: &str = "named-";

#[derive(Default)]
pub struct Copies {
    /// Two that go to different places at once would leave a mixture.
    turn: Mutex<()>,
}

/// What lies beside a copy of the store.
#[derive(Serialize, Deserialize)]
struct Beside {
    pace: Pace,
    faults: Vec<Listed>,
}

#[derive(Debug, thiserror::Error)]
pub enum GoBackError {
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("there is no copy of what this double began with")]
    NoSeed,
    #[error("there is no snapshot of this name")]
    NoSnapshot,
    #[error("what lies beside this snapshot does not read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("{SNAPSHOTS_MAX} snapshots are kept already")]
    TooMany,
    #[error(transparent)]
    Unwritable(#[from] serde_json::Error),
}

/// The name of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotName(CopyName);

impl SnapshotName {
    pub const LENGTH_MAX: usize = CopyName::LENGTH_MAX - SNAPSHOT.len();

    fn of(copy: &CopyName) -> Option<&str> {
        copy.as_str().strip_prefix(SNAPSHOT)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a snapshot's name has 1 to {} characters, each of a-z, 0-9 and -",
    SnapshotName::LENGTH_MAX
)]
pub struct SnapshotNameError;

impl FromStr for SnapshotName {
    type Err = SnapshotNameError;

    fn from_str(text: &str) -> Result<Self, SnapshotNameError> {
        if text.is_empty() {
            return Err(SnapshotNameError);
        }
        format!("{SNAPSHOT}{text}").parse().map(Self).map_err(|_| SnapshotNameError)
    }
}

fn seed() -> CopyName {
    SEED.parse().expect("four letters are a name")
}

impl Double {
    /// Remembers what is in the store now as that which a reset goes back to. For a double that was
    /// seeded just now, before anybody can call it.
    pub async fn keep_seed(&self) -> Result<(), StoreFault> {
        self.store.keep_copy(&seed(), "").await
    }

    /// Everything as it was when this double was seeded: store, clock, faults; the journal empty, and
    /// no accounts but those of the seed. Snapshots stay.
    pub async fn reset(&self) -> Result<(), GoBackError> {
        let _turn = self.copies.turn.lock().await;
        let pace = Pace::Runs { ahead: 0 };
        if !self.go_back(&seed(), pace, self.faults_of_the_seed()).await? {
            return Err(GoBackError::NoSeed);
        }
        self.journal.clear();
        self.known.forget_tokens();
        Ok(())
    }

    pub async fn keep_snapshot(&self, name: &SnapshotName) -> Result<KeptCopy, KeepError> {
        let _turn = self.copies.turn.lock().await;
        let others = self.snapshots().await?.into_iter().filter(|copy| copy.name != name.0);
        if others.count() >= SNAPSHOTS_MAX {
            return Err(KeepError::TooMany);
        }
        let beside = Beside { pace: self.clock.pace(), faults: self.faults.all() };
        self.store.keep_copy(&name.0, &serde_json::to_string(&beside)?).await?;
        let kept = self.snapshots().await?.into_iter().find(|copy| copy.name == name.0);
        let lost = || StoreFault::Unavailable("the copy is not there any more".to_owned());
        Ok(kept.ok_or_else(lost)?)
    }

    /// In the order of their names.
    pub async fn snapshots(&self) -> Result<Vec<KeptCopy>, StoreFault> {
        let mut copies = self.store.copies().await?;
        copies.retain(|copy| SnapshotName::of(&copy.name).is_some());
        Ok(copies)
    }

    /// Store, clock and faults as they were then. The journal goes on.
    pub async fn restore_snapshot(&self, name: &SnapshotName) -> Result<(), GoBackError> {
        let _turn = self.copies.turn.lock().await;
        let kept = self.snapshots().await?.into_iter().find(|copy| copy.name == name.0);
        let kept = kept.ok_or(GoBackError::NoSnapshot)?;
        let Beside { pace, faults } = serde_json::from_str(&kept.about)?;
        let there = self.go_back(&name.0, pace, faults).await?;
        there.then_some(()).ok_or(GoBackError::NoSnapshot)
    }

    /// `false`: there was none of this name.
    pub async fn delete_snapshot(&self, name: &SnapshotName) -> Result<bool, StoreFault> {
        let _turn = self.copies.turn.lock().await;
        self.store.drop_copy(&name.0).await
    }

    /// The clock first: what is done between the two is undone, and nothing stays that was made in
    /// what is then the future.
    async fn go_back(
        &self,
        to: &CopyName,
        pace: Pace,
        faults: Vec<Listed>,
    ) -> Result<bool, StoreFault> {
        let before = self.clock.pace();
        self.clock.set(pace);
        match self.store.put_back(to).await {
            Ok(true) => {}
            not_done => {
                self.clock.set(before);
                return not_done;
            }
        }
        self.faults.begin_again(faults);
        self.accounts.begin_again();
        Ok(true)
    }
}
