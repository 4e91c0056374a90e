//! `rollcall admin application`: the OAuth applications of an account, through which integrations
//! call the Users API.

mod change;
mod create;
mod delete;
mod look;
pub mod one;

use clap::{Args, Subcommand};
use rollcall_directory::accounts::Account;
use rollcall_directory::applications::{ApplicationShown, FindApplication};
use rollcall_directory::store::Inspector;
use rollcall_directory::world::{AccountId, ApplicationId};

use super::which_account::the_account;
use super::{AdminError, Done, StoreArguments};
use crate::printer::Printer;

#[derive(Subcommand)]
pub enum Command {
    /// Make an application with its first secret
    Create(create::Create),
    /// List an account's applications, in the order of their ids
    List(look::List),
    /// Show one application, its secrets and their last use
    Show(look::Show),
    /// Change an application's name, description, redirect URL or scopes
    Edit(change::Edit),
    /// Delete an application with its secrets; its id is never given out again
    Delete(delete::Delete),
}

/// Where a command looks, and how it answers.
#[derive(Args)]
pub struct At {
    #[command(flatten)]
    pub store: StoreArguments,
    /// Which account [default: the only one]
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl At {
    pub async fn look(&self) -> Result<(Inspector, Account), AdminError> {
        let store = self.store.inspect().await?;
        let account = the_account(&store, self.account).await?;
        Ok((store, account))
    }

    pub async fn find(&self, id: ApplicationId) -> Result<(Account, ApplicationShown), AdminError> {
        let (store, account) = self.look().await?;
        let found = store.ask(&FindApplication { account: account.id, id }).await?;
        Ok((account, found.ok_or_else(|| missing(id))?))
    }
}

pub fn missing(id: ApplicationId) -> AdminError {
    AdminError::missing(
        format!("there is no application {id} in this account"),
        "`rollcall admin application list` shows those that are there",
    )
}

pub async fn run(command: Command, printer: &Printer) -> Done {
    match command {
        Command::Create(create) => create::run(create, printer).await,
        Command::List(list) => look::list(list, printer).await,
        Command::Show(show) => look::show(show, printer).await,
        Command::Edit(edit) => change::run(edit, printer).await,
        Command::Delete(delete) => delete::run(delete, printer).await,
    }
}
