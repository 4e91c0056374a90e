//! Saves, reveals and deletes an item. Acts see it sealed: it is sealed before and opened after, by
//! whoever holds the root key.

use super::change::admitted;
use super::{Item, Level, SealedItem, Vault};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::applications::{SecretDigest, SecretSeen};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{ApplicationId, ItemId, SecretId, VaultId};

/// The client secret that an item holds. It must be the application's, live, and this one.
#[derive(Clone, Copy, Debug)]
pub struct HeldSecret {
    pub application: ApplicationId,
    pub secret: SecretId,
    pub digest: SecretDigest,
}

#[derive(Clone, Debug)]
pub struct SaveItem {
    pub vault: VaultId,
    pub item: ItemId,
    /// The version that it replaces; 0 for a new one.
    pub over: u32,
    /// For the version after that.
    pub sealed: SealedItem,
    /// `None`: none that it did not hold before.
    pub secret: Option<HeldSecret>,
}

impl Act for SaveItem {
    const NAME: &'static str = "save_item";
    type Done = Item;

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.item(self.vault, self.item);
        if let Some(held) = &self.secret {
            needs.application(held.application);
        }
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Item> {
        let (vault, person) = match admitted(by, facts, self.vault, Level::Write) {
            Ok(admitted) => admitted,
            Err(why) => return by.refused(why),
        };
        let before = facts.item(self.vault, self.item);
        if before.map_or(0, |item| item.version) != self.over {
            return by.refused(Refusal::ChangedMeanwhile);
        }
        if before.is_none() && vault.items >= Vault::ITEMS_MAX {
            return by.refused(Refusal::Invalid("a vault has at most 1,000 items"));
        }
        if let Some(held) = &self.secret {
            let live = facts.application(held.application).and_then(|app| app.secret(held.secret));
            if !live.is_some_and(|secret| secret.digest.matches(&held.digest)) {
                return by.refused(Refusal::NoSuchSecret);
            }
        }
        let given_secret = self.secret.map(|held| (held.application, held.secret));
        let item = Item {
            id: self.item,
            version: self.over.saturating_add(1),
            sealed: self.sealed.clone(),
            secret: given_secret.or_else(|| before.and_then(|item| item.secret)),
            created: before.map_or(given.now, |item| item.created),
            changed: given.now,
            changed_by: person,
        };
        let entry = Entry::ItemSaved {
            vault: self.vault,
            item: item.id,
            version: item.version,
            application: item.secret.map(|(application, _)| application),
            secret: item.secret.map(|(_, secret)| secret),
        };
        let key = (self.vault, self.item);
        let writes = Writes { items: vec![(key, Some(item.clone()))], ..Writes::default() };
        by.changed(writes, entry, item)
    }
}

/// Its record is kept before anybody sees what it says.
#[derive(Clone, Copy, Debug)]
pub struct RevealItem {
    pub vault: VaultId,
    pub item: ItemId,
}

/// To be opened by [`crate::store::Store::open_item`].
#[derive(Clone, Debug)]
pub struct Revealed {
    pub vault: Vault,
    pub item: Item,
}

impl Act for RevealItem {
    const NAME: &'static str = "reveal_item";
    type Done = Revealed;

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.item(self.vault, self.item);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Revealed> {
        let (vault, person) = match admitted(by, facts, self.vault, Level::Read) {
            Ok(admitted) => admitted,
            Err(why) => return by.refused(why),
        };
        let Some(item) = facts.item(self.vault, self.item) else {
            return by.refused(Refusal::NoSuchItem);
        };
        let seen = item.secret.map(|(application, secret)| SecretSeen {
            application,
            secret,
            user: person,
            at: given.now,
        });
        let entry = Entry::ItemRevealed {
            vault: self.vault,
            item: item.id,
            version: item.version,
            application: item.secret.map(|(application, _)| application),
            secret: item.secret.map(|(_, secret)| secret),
        };
        let writes = Writes { secrets_seen: seen.into_iter().collect(), ..Writes::default() };
        by.changed(writes, entry, Revealed { vault: vault.clone(), item: item.clone() })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteItem {
    pub vault: VaultId,
    pub item: ItemId,
}

impl Act for DeleteItem {
    const NAME: &'static str = "delete_item";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.item(self.vault, self.item);
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        if let Err(why) = admitted(by, facts, self.vault, Level::Write) {
            return by.refused(why);
        }
        if facts.item(self.vault, self.item).is_none() {
            return by.refused(Refusal::NoSuchItem);
        }
        let key = (self.vault, self.item);
        let writes = Writes { items: vec![(key, None)], ..Writes::default() };
        by.changed(writes, Entry::ItemDeleted { vault: self.vault, item: self.item }, ())
    }
}
