//! `rollcall admin secret list`.

use clap::Args;
use rollcall_directory::world::{ApplicationId, World};

use crate::commands::admin::Done;
use crate::commands::admin::application::At;
use crate::commands::admin::application::one;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
The secrets themselves are not kept and cannot be shown. With --json there is one line for each.

Exit status: 0 listed, also when there is none; 1 not there or not possible; 2 wrong use.

Examples:
  rollcall admin secret list --data ./data CLIENT_ID
  rollcall admin secret list --data ./data CLIENT_ID --json | jq -r '.last_use.time'")]
pub struct List {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
}

pub async fn run(list: List, printer: &Printer) -> Done {
    let (_, shown) = list.at.find(list.client_id).await?;
    let now = World::system().now();
    let secrets = shown.application.secrets.iter().map(|secret| {
        let last = shown.last_use(secret.id);
        match list.at.json {
            true => one::secret_json(secret, last).to_string(),
            false => one::secret_words(secret, last, now),
        }
    });
    let between = if list.at.json { "\n" } else { "\n\n" };
    let all = secrets.collect::<Vec<_>>().join(between);
    if !all.is_empty() {
        printer.data(&all);
    }
    Ok(ExitStatus::Done)
}
