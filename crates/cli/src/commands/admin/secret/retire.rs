//! `rollcall admin secret retire`.

use clap::Args;
use rollcall_directory::applications::RetireSecret;
use rollcall_directory::world::{ApplicationId, SecretId};
use serde_json::json;

use super::find;
use crate::commands::admin::Done;
use crate::commands::admin::application::At;
use crate::commands::admin::error::allowed;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
The secret and every token made with it are refused on the next call. The last one may go too: then
the application cannot call until it is given another.

Exit status: 0 retired, 1 refused, not there or not possible, 2 wrong use.

Example:
  rollcall admin secret retire --data ./data CLIENT_ID SECRET_ID")]
pub struct Retire {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
    /// Which of its secrets, as `secret list` shows it
    secret_id: SecretId,
}

pub async fn run(retire: Retire, printer: &Printer) -> Done {
    let (account, before) = retire.at.find(retire.client_id).await?;
    find(&before, retire.secret_id)?;
    let store = retire.at.store.administer().await?;
    let act = RetireSecret { application: retire.client_id, secret: retire.secret_id };
    let after = allowed(store.act(account.id, act).await?)?;
    store.close().await;
    let left = after.secrets.len();
    if retire.at.json {
        let answer =
            json!({ "secret_id": retire.secret_id, "retired": true, "secrets_left": left });
        printer.data(&answer.to_string());
        return Ok(ExitStatus::Done);
    }
    printer.say(&match left {
        0 => "Retired. The application has no secret left and cannot call.".to_owned(),
        left => format!("Retired, in force from the next call on; {left} left."),
    });
    Ok(ExitStatus::Done)
}
