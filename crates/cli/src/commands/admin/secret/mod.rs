//! `rollcall admin secret`: the one or two secrets by which an application proves itself.

mod add;
mod edit;
mod list;
mod retire;

use clap::Subcommand;
use rollcall_directory::applications::{ApplicationShown, LiveSecret};
use rollcall_directory::world::SecretId;

use super::{AdminError, Done};
use crate::printer::Printer;

#[derive(Subcommand)]
pub enum Command {
    /// Give an application a second secret, to change over without an outage
    Add(add::Add),
    /// List an application's secrets: label, made, end, addresses, last use
    List(list::List),
    /// Change a secret's label, its end, or from where it works
    Edit(edit::Edit),
    /// Take a secret out of use, with every token made by it
    Retire(retire::Retire),
}

pub async fn run(command: Command, printer: &Printer) -> Done {
    match command {
        Command::Add(add) => add::run(add, printer).await,
        Command::List(list) => list::run(list, printer).await,
        Command::Edit(edit) => edit::run(edit, printer).await,
        Command::Retire(retire) => retire::run(retire, printer).await,
    }
}

fn find(shown: &ApplicationShown, id: SecretId) -> Result<&LiveSecret, AdminError> {
    shown.application.secret(id).ok_or_else(|| {
        AdminError::missing(
            format!("the application has no secret {id}"),
            "`rollcall admin secret list` shows those that it has",
        )
    })
}
