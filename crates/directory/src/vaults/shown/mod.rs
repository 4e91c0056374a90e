//! What the console shows of vaults: those that let the visitor in, one with whom else it lets in,
//! and its items. A vault that was not shared with the visitor is one that is not there, but for an
//! owner who may take it over.

mod postgres;
mod sqlite;

use super::{Access, Item, Level, Vault};
use crate::Fault;
use crate::acting::Refusal;
use crate::groups::Right;
use crate::paging::{At, Paged};
use crate::sessions::{PersonAsks, Visit, VisitFacts, Visitor};
use crate::store;
use crate::users::User;
use crate::world::{ItemId, VaultId};

/// A vault, and everybody whom it was shared with: whether they are let in is said by
/// [`Access::works_for`].
#[derive(Clone, Debug)]
pub struct VaultFound {
    vault: Vault,
    people: Vec<(User, Access)>,
}

impl VaultFound {
    fn let_in(&self) -> impl Iterator<Item = (&User, Level)> {
        let let_in = |(user, access): &&(User, Access)| access.works_for(user);
        self.people.iter().filter(let_in).map(|(user, access)| (user, access.level))
    }

    fn level(&self, visitor: &Visitor) -> Option<Level> {
        self.let_in().find(|(user, _)| user.id == visitor.user.id).map(|(_, level)| level)
    }

    fn has_a_writer(&self) -> bool {
        self.let_in().any(|(_, level)| level == Level::Write)
    }
}

/// Those that let the visitor in, by name. At most [`OwnVaults::VAULTS_MAX`].
#[derive(Clone, Copy, Debug)]
pub struct OwnVaults;

impl OwnVaults {
    pub const VAULTS_MAX: u16 = 500;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnVault {
    pub vault: Vault,
    pub level: Level,
    /// How many it was shared with.
    pub people: u64,
}

impl PersonAsks for OwnVaults {
    type Found = Vec<(OwnVault, Access)>;
    type Answer = Vec<OwnVault>;

    fn right(&self) -> Right {
        Right::Member
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::own(db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::own(db, visit).await
    }

    fn decide(&self, visitor: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        let let_in = found.into_iter().filter(|(_, access)| access.works_for(&visitor.user));
        Ok(let_in.map(|(vault, _)| vault).collect())
    }
}

#[derive(Clone, Copy, Debug)]
pub struct OneVault {
    pub vault: VaultId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneVaultShown {
    pub vault: Vault,
    /// The visitor's. `None`: an owner, who is told of it because nobody is left who may write to
    /// it, and who may take it over.
    pub level: Option<Level>,
    /// Whom it lets in now, by name.
    pub people: Vec<(User, Level)>,
}

impl PersonAsks for OneVault {
    type Found = Option<VaultFound>;
    type Answer = OneVaultShown;

    fn right(&self) -> Right {
        Right::Member
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::one(self.vault, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::one(self.vault, db, visit).await
    }

    fn decide(&self, visitor: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        let found = found.ok_or(Refusal::NoSuchVault)?;
        let level = found.level(visitor);
        let may_take_over = visitor.user.groups.owner && !found.has_a_writer();
        if level.is_none() && !may_take_over {
            return Err(Refusal::NoSuchVault);
        }
        let mut people: Vec<_> =
            found.let_in().map(|(user, level)| (user.clone(), level)).collect();
        people.sort_by(|(a, _), (b, _)| (&a.display_name, a.id).cmp(&(&b.display_name, b.id)));
        Ok(OneVaultShown { vault: found.vault, level, people })
    }
}

/// A page of a vault's items, in the order in which their ids fell.
#[derive(Clone, Copy, Debug)]
pub struct ItemsOf {
    pub vault: VaultId,
    pub at: At<ItemId>,
    pub size: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemsShown {
    pub vault: Vault,
    pub level: Level,
    pub items: Paged<Item, ItemId>,
}

/// The vault with the visitor's own access to it, and items of it.
pub type ItemsFound = Option<(Vault, Option<Access>, Vec<Item>)>;

fn admitted(visitor: &Visitor, found: ItemsFound) -> Result<(Vault, Level, Vec<Item>), Refusal> {
    let (vault, access, items) = found.ok_or(Refusal::NoSuchVault)?;
    let access = access.filter(|access| access.works_for(&visitor.user));
    Ok((vault, access.ok_or(Refusal::NoSuchVault)?.level, items))
}

impl PersonAsks for ItemsOf {
    type Found = ItemsFound;
    type Answer = ItemsShown;

    fn right(&self) -> Right {
        Right::Member
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::items(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::items(self, db, visit).await
    }

    fn decide(&self, visitor: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        let (vault, level, items) = admitted(visitor, found)?;
        let items = self.at.page(items, self.size, |item| item.id);
        Ok(ItemsShown { vault, level, items })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct OneItem {
    pub vault: VaultId,
    pub item: ItemId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneItemShown {
    pub vault: Vault,
    pub level: Level,
    pub item: Item,
}

impl PersonAsks for OneItem {
    type Found = ItemsFound;
    type Answer = OneItemShown;

    fn right(&self) -> Right {
        Right::Member
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::item(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::item(self, db, visit).await
    }

    fn decide(&self, visitor: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        let (vault, level, items) = admitted(visitor, found)?;
        let item = items.into_iter().next().ok_or(Refusal::NoSuchItem)?;
        Ok(OneItemShown { vault, level, item })
    }
}
