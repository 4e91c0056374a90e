//! Which account a command is about: the one that is named, or the only one there is.

use rollcall_directory::Fault;
use rollcall_directory::accounts::{Account, OneAccount};
use rollcall_directory::store::{Accounts, Inspector};
use rollcall_directory::world::AccountId;

use super::AdminError;

const PAGE_MAX: u16 = 1_000;

/// A page of accounts behind `after`; a short one is the last.
pub async fn some_accounts(
    store: &Inspector,
    after: Option<AccountId>,
) -> Result<(Vec<Account>, Option<AccountId>), Fault> {
    let page = store.ask(&Accounts { after, limit: PAGE_MAX }).await?;
    let full = page.len() == usize::from(PAGE_MAX);
    let next = page.last().filter(|_| full).map(|account| account.id);
    Ok((page, next))
}

pub async fn every_account(store: &Inspector) -> Result<Vec<Account>, Fault> {
    let (mut all, mut next) = some_accounts(store, None).await?;
    while next.is_some() {
        let (page, after) = some_accounts(store, next).await?;
        all.extend(page);
        next = after;
    }
    Ok(all)
}

/// The account that is meant. Without a name it must be the only one, so that nobody changes
/// another one by leaving a word out.
pub async fn the_account(
    store: &Inspector,
    named: Option<AccountId>,
) -> Result<Account, AdminError> {
    let found = match named {
        Some(account) => store.ask(&OneAccount { account }).await?.into_iter().collect(),
        None => store.ask(&Accounts { after: None, limit: 2 }).await?,
    };
    match (<[Account; 1]>::try_from(found), named) {
        (Ok([account]), _) => Ok(account),
        (Err(several), None) if several.len() > 1 => Err(AdminError::wrong_use(
            "there are several accounts, and none is named",
            "name one with --account ID; `rollcall admin account list` shows them",
        )),
        (Err(_), None) => Err(AdminError::missing(
            "there is no account yet",
            "make one with `rollcall admin account create`",
        )),
        (Err(_), Some(id)) => Err(AdminError::missing(
            format!("there is no account {id}"),
            "`rollcall admin account list` shows those that are there",
        )),
    }
}
