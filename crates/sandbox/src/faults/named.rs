//! Whom a fault names: people may be written by address, accounts and applications by name. Looked
//! up in the store, so that somebody who was added since is found too; kept by id.

use rollcall_directory::applications::ListApplications;
use rollcall_directory::users::{Named, Person};
use rollcall_directory::world::{AccountId, ApplicationId};
use uuid::Uuid;

use super::When;
use crate::accounts;
use crate::control_api::No;
use crate::double::Double;

const PAGE: u16 = 100;

/// Writes the ids in place of the names, and the account where the others say which one it is.
pub(super) async fn by_ids(double: &Double, when: &mut When) -> Result<(), No> {
    if when.account.is_none() && when.user.is_none() && when.client_id.is_none() {
        return Ok(());
    }
    let mut accounts = accounts_named(double, when.account.as_deref()).await?;
    if let Some(user) = &when.user {
        let named: Named =
            user.parse().map_err(|problem: String| No::invalid("`when.user`", problem))?;
        let mut found = Vec::new();
        for account in accounts {
            let question = Person { account, who: named.clone() };
            if let Some(person) = double.store.read(&question).await? {
                found.push((account, person.id.to_string()));
            }
        }
        let (account, id) = the_only(found, "when.user", user)?;
        (accounts, when.user) = (vec![account], Some(id));
        when.account = Some(account.to_string());
    }
    if let Some(client) = &when.client_id {
        let mut found = Vec::new();
        for account in accounts {
            let ids = applications(double, account, client).await?;
            found.extend(ids.into_iter().map(|id| (account, id.to_string())));
        }
        let (account, id) = the_only(found, "when.client_id", client)?;
        when.client_id = Some(id);
        when.account = Some(account.to_string());
    } else if let [account] = &accounts[..]
        && when.account.is_some()
    {
        when.account = Some(account.to_string());
    }
    Ok(())
}

/// By id or name; all of them where nobody says which.
async fn accounts_named(double: &Double, wanted: Option<&str>) -> Result<Vec<AccountId>, No> {
    let listed = accounts::all(double).await?;
    let is_wanted = |one: &&accounts::Listed| {
        wanted.is_none_or(|wanted| one.account_id == wanted || one.name == wanted)
    };
    let of = |one: &accounts::Listed| Some((one.account_id.parse().ok()?, String::new()));
    let found: Vec<(AccountId, String)> = listed.iter().filter(is_wanted).filter_map(of).collect();
    match wanted {
        None => Ok(found.into_iter().map(|(id, _)| id).collect()),
        Some(wanted) => Ok(vec![the_only(found, "when.account", wanted)?.0]),
    }
}

async fn applications(
    double: &Double,
    account: AccountId,
    wanted: &str,
) -> Result<Vec<ApplicationId>, No> {
    let id = Uuid::try_parse(wanted).ok().map(|id| ApplicationId::from_bytes(id.into_bytes()));
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let question = ListApplications { account, after, limit: PAGE };
        let page = double.store.read(&question).await?.unwrap_or_default();
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.application.id);
        let is_wanted = |one: &ApplicationId, name: &str| Some(*one) == id || name == wanted;
        let ids = page.iter().filter(|one| is_wanted(&one.application.id, &one.application.name));
        found.extend(ids.map(|one| one.application.id));
    }
}

fn the_only<T>(mut found: Vec<T>, field: &str, wanted: &str) -> Result<T, No> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(No::invalid(
            format!("`{field}` is in several places: {wanted:?}"),
            "say which account in `when.account`, by its id",
        )),
        (None, _) => Err(No::invalid(
            format!("`{field}` is nowhere here: {wanted:?}"),
            "people go by address or id, accounts and applications by name or id",
        )),
    }
}
