//! `rollcall admin application edit`.

use clap::Args;
use rollcall_directory::applications::{EditApplication, Scope, Scopes};
use rollcall_directory::world::{ApplicationId, World};

use super::{At, one};
use crate::commands::admin::Done;
use crate::commands::admin::error::allowed;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
What is not named stays. A scope that is taken away is refused on the next call, for tokens that are
out already too.

Exit status: 0 it is so now, 1 refused, not there or not possible, 2 wrong use.

Examples:
  rollcall admin application edit --data ./data CLIENT_ID --name 'New name'
  rollcall admin application edit --data ./data CLIENT_ID --scope get_user --scope list_users")]
pub struct Edit {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
    #[command(flatten)]
    to: EditTo,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct EditTo {
    /// Its new name, 1 to 100 characters
    #[arg(long)]
    name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// An https:// address; it is never fetched
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
    /// All that it may do from now on: get_user, list_users, suspend_users, reactivate_users
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
}

pub async fn run(edit: Edit, printer: &Printer) -> Done {
    let (account, before) = edit.at.find(edit.client_id).await?;
    let to = edit.to;
    let act = EditApplication {
        id: edit.client_id,
        name: to.name,
        description: to.description,
        redirect_url: to.redirect_url,
        scopes: (!to.scopes.is_empty()).then(|| Scopes::of(&to.scopes)),
    };
    let store = edit.at.store.administer().await?;
    let after = allowed(store.act(account.id, act).await?)?;
    store.close().await;
    let last_use = |id| before.last_use(id);
    if edit.at.json {
        printer.data(&one::as_json(account.id, &after, last_use).to_string());
        return Ok(ExitStatus::Done);
    }
    printer.data(&one::words(&after, last_use, World::system().now()));
    printer.say(if after == before.application {
        "\nIt was so already."
    } else {
        "\nIn force from the next call on."
    });
    Ok(ExitStatus::Done)
}
