//! `rollcall admin restore`: a store made of a backup, in an empty place. Nothing that was issued
//! before the backup, or between it and now, works on it.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_directory::Fault;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::sqlite::restore::Restoring;
use rollcall_directory::store::{Inspector, NotWhole, Whole};
use rollcall_directory::world::World;
use rollcall_settings::{RootKeyTold, Told};
use serde_json::json;

use super::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::{root_key, settings};

#[derive(Args)]
pub struct Options {
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The folder of the new store: empty, or not there yet
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The server's file of settings, for the root key alone: under it the backup's keys are sealed
    #[arg(long, value_name = "FILE", env = "ROLLCALL_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    root_key: RootKeyTold,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(options: &Options, printer: &Printer) -> Done {
    if options.from.is_dir() {
        return Err(AdminError::wrong_use(
            format!("{} is a folder, and a backup is a file", options.from.display()),
            "`rollcall admin backup --data DIR --to FILE` makes a backup of the store in a folder",
        ));
    }
    let named_here = Told(options.root_key.0.clone());
    let loaded = settings::load(options.config.as_deref(), &named_here)?;
    let roots = root_key::read(&loaded.settings.root_key).await?;
    let backup = Inspector::backup(&options.from);
    let backup = backup.map_err(|fault| not_a_whole_backup(&options.from, fault))?;
    backup.check_whole().await.map_err(|why| match why {
        NotWhole::Fault(fault) => not_a_whole_backup(&options.from, fault),
        other => not_whole(&options.from, &other),
    })?;
    drop(backup);
    let place = Place::new(&options.data);
    let restoring = Restoring::begin(&options.from, &place, &roots, &World::system())?;
    let of_the_copy = |why| Fault::Unusable(format!("what was restored is not whole: {why}"));
    let whole = restoring.look()?.check_whole().await.map_err(of_the_copy)?;
    restoring.finish()?;
    printer.data(&told(options, &whole));
    Ok(ExitStatus::Done)
}

/// What the database says of a file that is cut off, or is none of its own: it is there, and it is
/// the file that is at fault.
fn not_a_whole_backup(from: &Path, fault: Fault) -> Fault {
    match fault {
        Fault::Unavailable(why) | Fault::Statement(why) => not_whole(from, &why),
        other => other,
    }
}

fn not_whole(from: &Path, why: &dyn Display) -> Fault {
    Fault::Unusable(format!("{} is not a whole backup: {why}", from.display()))
}

fn told(options: &Options, whole: &Whole) -> String {
    let contents = &whole.contents;
    if options.json {
        let heads = whole.heads.iter().map(|(account, head)| {
            json!({ "account": account, "records": head.seq, "hash": head.hash.to_string() })
        });
        return json!({
            "data": options.data,
            "accounts": contents.accounts,
            "people": contents.people,
            "heads": heads.collect::<Vec<_>>(),
        })
        .to_string();
    }
    format!(
        "{}: {} accounts with {} people, checked\n  every epoch is raised and the MAC keys are new: no token, page token or session from before works\n  client secrets and passwords are those of the backup: retire what was retired since",
        options.data.display(),
        contents.accounts,
        contents.people,
    )
}
