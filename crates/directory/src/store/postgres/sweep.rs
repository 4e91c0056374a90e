//! What has ended in accounts, taken out of PostgreSQL by statements of their own: no batch
//! waits for them, and what one of them took is gone whether or not the next one comes.

use super::Postgres;
use crate::store::sweep::Swept;
use crate::world::{AccountId, Moment};
use crate::{Fault, sessions, tokens};

impl Postgres {
    pub(in crate::store) async fn sweep_of_no_account(&self) -> Result<usize, Fault> {
        tokens::postgres::sweep_of_no_account(&self.writing().await?).await
    }

    pub(in crate::store) async fn sweep(
        &self,
        accounts: &[AccountId],
        now: Moment,
    ) -> Result<Swept, Fault> {
        let db = self.writing().await?;
        let mut swept = Swept::default();
        for &account in accounts {
            loop {
                let (revocations, tallies) = tokens::postgres::sweep(&db, account, now).await?;
                let sessions = sessions::postgres::sweep(&db, account, now).await?;
                let some = Swept { revocations, sessions, tallies };
                swept = swept.and(some);
                if some.may_be_all() {
                    break;
                }
            }
        }
        Ok(swept)
    }
}
