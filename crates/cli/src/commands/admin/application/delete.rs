//! `rollcall admin application delete`: asks first, for it cannot be taken back.

use std::io::IsTerminal;

use clap::Args;
use rollcall_directory::applications::DeleteApplication;
use rollcall_directory::world::ApplicationId;
use serde_json::json;

use super::At;
use crate::commands::admin::error::allowed;
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::shown;

#[derive(Args)]
#[command(after_help = "\
Its secrets and every token made with them are refused on the next call. On a terminal this asks for
the application's name; elsewhere say --yes. To stop an application and keep it, retire its secrets.

Exit status: 0 deleted, 1 refused, not confirmed or not there, 2 wrong use.

Example:
  rollcall admin application delete --data ./data CLIENT_ID --yes")]
pub struct Delete {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub async fn run(delete: Delete, printer: &Printer) -> Done {
    let (account, found) = delete.at.find(delete.client_id).await?;
    let name = &found.application.name;
    if !delete.yes && !confirmed(name)? {
        printer.say("Nothing was deleted.");
        return Ok(ExitStatus::Failed);
    }
    let store = delete.at.store.administer().await?;
    allowed(store.act(account.id, DeleteApplication { id: delete.client_id }).await?)?;
    store.close().await;
    if delete.at.json {
        printer.data(&json!({ "client_id": delete.client_id, "deleted": true }).to_string());
    } else {
        printer.say(&format!("{} is deleted. In force from the next call on.", shown(name)));
    }
    Ok(ExitStatus::Done)
}

fn confirmed(name: &str) -> Result<bool, AdminError> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(AdminError::wrong_use(
            "deleting an application cannot be taken back, and nobody is here to be asked",
            "say --yes",
        ));
    }
    let prompt = format!("Type the application's name to delete it ({})", shown(name));
    let typed = dialoguer::Input::<String>::new().with_prompt(prompt).interact_text();
    let typed =
        typed.map_err(|dialoguer::Error::IO(error)| AdminError::io("the terminal")(error))?;
    Ok(typed.trim() == name.trim())
}
