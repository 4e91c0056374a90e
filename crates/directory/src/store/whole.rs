//! Everything that can be checked of a store without a key: the database's own structure, and the
//! audit chain of every account. For a backup, before anybody relies on it.

use super::{Accounts, Inspector, Integrity};
use crate::Fault;
use crate::audit::{Broken, Head, VerifyAudit};
use crate::health::{Contents, ContentsOf};
use crate::world::AccountId;

/// What was checked, and is as it should be.
#[derive(Clone, Debug)]
pub struct Whole {
    pub contents: Contents,
    pub heads: Vec<(AccountId, Head)>,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum NotWhole {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("the database is damaged: {0}")]
    Damaged(String),
    #[error("the audit log of {0} is broken: {1}")]
    AuditBroken(AccountId, Broken),
}

const PAGE: u16 = 1_000;

impl Inspector {
    /// Long: it reads all of it.
    pub async fn check_whole(&self) -> Result<Whole, NotWhole> {
        if let Some(damage) = self.ask(&Integrity).await?.first() {
            return Err(NotWhole::Damaged(damage.clone()));
        }
        let mut heads = Vec::new();
        let mut after = None;
        loop {
            let page = self.ask(&Accounts { after, limit: PAGE }).await?;
            for account in &page {
                heads.push((account.id, self.check_chain(account.id).await?));
            }
            after = page.last().map(|account| account.id);
            if after.is_none() {
                break;
            }
        }
        Ok(Whole { contents: self.ask(&ContentsOf).await?, heads })
    }

    async fn check_chain(&self, account: AccountId) -> Result<Head, NotWhole> {
        match self.ask(&VerifyAudit { account, extends: None }).await? {
            Some(Ok(verified)) => Ok(verified.head),
            Some(Err(broken)) => Err(NotWhole::AuditBroken(account, broken)),
            None => Err(Fault::inconsistent("accounts", "account_id", account).into()),
        }
    }
}
