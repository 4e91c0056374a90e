//! `rollcall admin secret add`.

use clap::Args;
use rollcall_directory::Fault;
use rollcall_directory::applications::AddSecret;
use rollcall_directory::world::{ApplicationId, World};
use serde_json::json;

use crate::commands::admin::application::At;
use crate::commands::admin::application::one;
use crate::commands::admin::error::allowed;
use crate::commands::admin::new_secret::NewSecretArguments;
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
Standard output has the secret and nothing else, or with --json one object with client_secret. It is
shown this once; with --secret-file it goes there alone. An application has two secrets at most.

To change a secret without an outage: add one, give it to the integration, see by `secret list` that
the old one is not used any more, and retire that.

Exit status: 0 added, 1 refused, not there or not possible, 2 wrong use.

Examples:
  rollcall admin secret add --data ./data CLIENT_ID --label 'since March' --expires 90d
  rollcall admin secret add --data ./data CLIENT_ID --allow-from 10.0.0.0/8 \\
      --allow-from 192.0.2.7 --secret-file ./soar.secret")]
pub struct Add {
    #[command(flatten)]
    at: At,
    /// Which application
    client_id: ApplicationId,
    /// What it is called among its application's, up to 100 characters
    #[arg(long, value_name = "TEXT", default_value = "")]
    label: String,
    #[command(flatten)]
    secret: NewSecretArguments,
}

pub async fn run(add: Add, printer: &Printer) -> Done {
    let (account, _) = add.at.find(add.client_id).await?;
    let new = add.secret.make(&World::system())?;
    let act = AddSecret {
        application: add.client_id,
        secret_id: new.id,
        secret: new.secret.digest(),
        label: add.label,
        terms: new.terms.clone(),
    };
    let added = async {
        let store = add.at.store.administer().await?;
        let added = allowed(store.act(account.id, act).await?)?;
        store.close().await;
        Ok::<_, AdminError>(added)
    };
    let after = added.await.inspect_err(|_| new.give_up())?;
    let made = after
        .secret(new.id)
        .ok_or_else(|| Fault::Unusable("the secret that was added is not there".to_owned()))?;
    let lost = new.lost(add.client_id);
    if add.at.json {
        let mut all = one::secret_json(made, None);
        if let (Some(all), Some(secret)) = (all.as_object_mut(), new.to_print()) {
            all.insert("client_secret".to_owned(), json!(secret));
        }
        printer.once(&all.to_string(), &lost);
        return Ok(ExitStatus::Done);
    }
    if let Some(secret) = new.to_print() {
        printer.once(secret, &lost);
    }
    printer.say(&format!("secret {} of application {}\n{}", new.id, add.client_id, new.words()));
    Ok(ExitStatus::Done)
}
