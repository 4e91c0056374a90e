//! `rollcall admin application create`: an application with its first secret.

use clap::Args;
use rollcall_directory::applications::{RegisterApplication, Scope, Scopes};
use rollcall_directory::world::{ApplicationId, World};
use serde_json::json;

use super::{At, one};
use crate::commands::admin::error::allowed;
use crate::commands::admin::new_secret::NewSecretArguments;
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
#[command(after_help = "\
Standard output has the client id and the secret, one a line, or with --json one object with
client_id and client_secret. The secret is shown this once; with --secret-file it goes there alone.

Exit status: 0 made, 1 refused or not possible, 2 wrong use.

Examples:
  rollcall admin application create --data ./data --name 'SOAR' \\
      --scope get_user --scope suspend_users
  rollcall admin application create --data ./data --name 'HR export' --scope list_users \\
      --expires 90d --allow-from 10.0.0.0/8 --secret-file ./hr-export.secret")]
pub struct Create {
    #[command(flatten)]
    at: At,
    /// What it is called, 1 to 100 characters
    #[arg(long)]
    name: String,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    /// An https:// address; it is never fetched
    #[arg(long, value_name = "URL", default_value = "https://localhost.example/callback")]
    redirect_url: String,
    /// What it may do: get_user, list_users, suspend_users, reactivate_users; once for each
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<Scope>,
    #[command(flatten)]
    secret: NewSecretArguments,
}

pub async fn run(create: Create, printer: &Printer) -> Done {
    let (_, account) = create.at.look().await?;
    let world = World::system();
    let secret = create.secret.make(&world)?;
    let act = RegisterApplication {
        id: ApplicationId::from_random(world.bytes()),
        name: create.name,
        description: create.description,
        redirect_url: create.redirect_url,
        scopes: Scopes::of(&create.scopes),
        secret_id: secret.id,
        secret: secret.secret.digest(),
        terms: secret.terms.clone(),
    };
    let made = async {
        let store = create.at.store.administer().await?;
        let made = allowed(store.act(account.id, act).await?)?;
        store.close().await;
        Ok::<_, AdminError>(made)
    };
    let made = made.await.inspect_err(|_| secret.give_up())?;
    let lost = secret.lost(made.id);
    if create.at.json {
        let mut all = one::as_json(account.id, &made, |_| None);
        if let (Some(all), Some(secret)) = (all.as_object_mut(), secret.to_print()) {
            all.insert("client_secret".to_owned(), json!(secret));
        }
        printer.once(&all.to_string(), &lost);
        return Ok(ExitStatus::Done);
    }
    printer.data(&format!("client_id {}", made.id));
    if let Some(secret) = secret.to_print() {
        printer.data(&format!("client_secret {secret}"));
    }
    printer.lost(&lost);
    printer.say(&secret.words());
    Ok(ExitStatus::Done)
}
