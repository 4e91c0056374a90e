//! `rollcall admin application list` and `show`: one look at the database each page.

use clap::Args;
use rollcall_directory::applications::ListApplications;
use rollcall_directory::world::{ApplicationId, World};

use super::{At, one};
use crate::commands::admin::Done;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

const PAGE_ROWS: u16 = 500;

#[derive(Args)]
#[command(after_help = "\
With --json there is one line for each application, with its secrets and their last use.

Exit status: 0 listed, also when there is none; 1 not possible; 2 wrong use.

Examples:
  rollcall admin application list --data ./data
  rollcall admin application list --data ./data --json | jq -r .client_id")]
pub struct List {
    #[command(flatten)]
    at: At,
}

#[derive(Args)]
#[command(after_help = "\
A last use is the time of the last call that a secret, or a token made with it, was right for. The
server writes it about every second.

Exit status: 0 shown, 1 not there or not possible, 2 wrong use.

Example:
  rollcall admin application show --data ./data CLIENT_ID")]
pub struct Show {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
}

pub async fn list(list: List, printer: &Printer) -> Done {
    let (store, account) = list.at.look().await?;
    let mut question = ListApplications { account: account.id, after: None, limit: PAGE_ROWS };
    loop {
        let page = store.ask(&question).await?.unwrap_or_default();
        let lines: Vec<String> = page
            .iter()
            .map(|shown| match list.at.json {
                true => one::as_json(account.id, &shown.application, |id| shown.last_use(id))
                    .to_string(),
                false => one::line(&shown.application),
            })
            .collect();
        if !lines.is_empty() {
            printer.data(&lines.join("\n"));
        }
        let full = page.len() == usize::from(PAGE_ROWS);
        question.after = page.last().filter(|_| full).map(|last| last.application.id);
        if question.after.is_none() {
            return Ok(ExitStatus::Done);
        }
    }
}

pub async fn show(show: Show, printer: &Printer) -> Done {
    let (account, shown) = show.at.find(show.client_id).await?;
    let last_use = |id| shown.last_use(id);
    printer.data(&if show.at.json {
        one::as_json(account.id, &shown.application, last_use).to_string()
    } else {
        one::words(&shown.application, last_use, World::system().now())
    });
    Ok(ExitStatus::Done)
}
