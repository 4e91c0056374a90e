//! `rollcall admin restored`: what `restore` does for an embedded store, for a database that
//! PostgreSQL brought back itself. Nothing that was issued before works on it.

use clap::Args;
use rollcall_directory::Fault;
use rollcall_directory::store::postgres::recovered::{self, Recovered};
use rollcall_directory::store::{Inspector, NotWhole, Whole};
use rollcall_directory::world::World;
use rollcall_settings::RootKeyTold;
use serde_json::json;

use super::store::Named;
use super::{AdminError, Done, StoreArguments};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    root_key: RootKeyTold,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(options: &Options, printer: &Printer) -> Done {
    let Named::Postgres(address) = options.store.named()? else {
        return Err(AdminError::wrong_use(
            "an embedded store comes back from a file",
            "`rollcall admin restore --from FILE` makes it safe as it restores it",
        ));
    };
    let roots = options.store.root_keys(&options.root_key).await?;
    let not_whole = |why: NotWhole| Fault::Unusable(format!("the database is not whole: {why}"));
    // Before, so that nothing is raised over a chain that was broken already.
    Inspector::postgres(&address).await?.check_whole().await.map_err(not_whole)?;
    let made_safe = recovered::made_safe(&address, &roots, &World::system()).await?;
    let whole = Inspector::postgres(&address).await?.check_whole().await.map_err(not_whole)?;
    printer.data(&told(options, &made_safe, &whole));
    Ok(ExitStatus::Done)
}

fn told(options: &Options, made_safe: &Recovered, whole: &Whole) -> String {
    let Recovered { accounts, people, state } = made_safe;
    if options.json {
        let heads = whole.heads.iter().map(|(account, head)| {
            json!({ "account": account, "records": head.seq, "hash": head.hash.to_string() })
        });
        let heads: Vec<_> = heads.collect();
        return json!({ "accounts": accounts, "people": people, "state": state, "heads": heads })
            .to_string();
    }
    format!(
        "{accounts} accounts with {people} people, checked; {state}\n  every epoch is raised and the MAC keys are new: no token, page token or session from before works\n  client secrets and passwords are those of that moment: retire what was retired since"
    )
}
