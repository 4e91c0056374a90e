//! `rollcall admin secret edit`.

use clap::Args;
use ipnet::IpNet;
use rollcall_directory::applications::{EditSecret, Networks};
use rollcall_directory::world::{ApplicationId, SecretId, World};

use super::find;
use crate::commands::admin::Done;
use crate::commands::admin::application::At;
use crate::commands::admin::application::{missing, one};
use crate::commands::admin::error::allowed;
use crate::commands::admin::new_secret::{end, network};
use crate::commands::admin::when::Ends;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
What is not named stays, and so does the secret itself. In force on the next call, for tokens that
are out already too.

Exit status: 0 it is so now, 1 refused, not there or not possible, 2 wrong use.

Examples:
  rollcall admin secret edit --data ./data CLIENT_ID SECRET_ID --expires 7d
  rollcall admin secret edit --data ./data CLIENT_ID SECRET_ID --expires never --allow-from-everywhere")]
pub struct Edit {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
    /// Which of its secrets
    secret_id: SecretId,
    #[command(flatten)]
    to: EditTo,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct EditTo {
    /// What it is called among its application's, up to 100 characters
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// When it stops to work: 90d, 12h, 2027-01-01T00:00:00Z, or never
    #[arg(long, value_name = "WHEN")]
    expires: Option<Ends>,
    /// From where alone it works from now on; may be said several times
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    allow_from: Vec<IpNet>,
    /// It works from everywhere again
    #[arg(long, conflicts_with = "allow_from")]
    allow_from_everywhere: bool,
}

pub async fn run(edit: Edit, printer: &Printer) -> Done {
    let (account, before) = edit.at.find(edit.client_id).await?;
    find(&before, edit.secret_id)?;
    let to = edit.to;
    let now = World::system().now();
    let act = EditSecret {
        application: edit.client_id,
        secret: edit.secret_id,
        label: to.label,
        ends: match &to.expires {
            Some(ends) => Some(end(ends, now)?),
            None => None,
        },
        networks: (to.allow_from_everywhere || !to.allow_from.is_empty())
            .then(|| Networks::of(to.allow_from)),
    };
    let store = edit.at.store.administer().await?;
    let after = allowed(store.act(account.id, act).await?)?;
    store.close().await;
    let secret = after.secret(edit.secret_id).ok_or_else(|| missing(edit.client_id))?;
    let last = before.last_use(edit.secret_id);
    if edit.at.json {
        printer.data(&one::secret_json(secret, last).to_string());
        return Ok(ExitStatus::Done);
    }
    printer.data(&one::secret_words(secret, last, now));
    printer.say(if after == before.application {
        "\nIt was so already."
    } else {
        "\nIn force from the next call on."
    });
    Ok(ExitStatus::Done)
}
