//! `rollcall admin doctor`: looks at a set-up that is in use and says, check by check, whether it is
//! good, and where it is not, the way out. It changes nothing; only the time that a sync takes is
//! measured on a file of its own, which is removed.

mod database;
mod finding;
mod network;
mod place;
mod store;

use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_directory::store::Inspector;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::world::World;
use rollcall_settings::{Loaded, RootKey, Settings, Told};
use serde_json::json;

use self::finding::{Finding, Level};
use super::{AdminError, Done};
use crate::commands::contain::kept_runs::quoted;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    which: Which,
    /// The file of the root key: does it open what is sealed? (With --config: what that names)
    #[arg(long, value_name = "FILE")]
    root_key_file: Option<PathBuf>,
    /// Ask nothing over the network
    #[arg(long)]
    offline: bool,
    /// Print JSON: a list of check, level, what and way_out
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Which {
    /// The server's file of settings: then all of it is looked at, and not the store alone
    #[arg(
        long,
        value_name = "FILE",
        env = "ROLLCALL_CONFIG",
        hide_env_values = true,
        required_unless_present_any = ["data", "database"]
    )]
    config: Option<PathBuf>,
    /// The folder of an embedded store, and nothing else
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    data: Option<PathBuf>,
    /// A PostgreSQL database and nothing else, such as postgres://user@127.0.0.1/name
    #[arg(long, value_name = "URL")]
    database: Option<Address>,
}

/// Where the store is.
enum Where {
    Folder(Place),
    Database(Box<Address>),
}

pub async fn run(options: &Options, printer: &Printer) -> Done {
    let which = &options.which;
    let is_named = which.data.is_some() || which.database.is_some();
    let settings = match &which.config {
        Some(file) if !is_named => {
            let loaded = Loaded::read(Some(file), &Told::default());
            Some(loaded.map_err(AdminError::Settings)?.settings)
        }
        Some(_) | None => None,
    };
    let findings = look(options, settings.as_ref()).await?;
    let is_bad = findings.iter().any(|finding| finding.level == Level::Bad);
    printer.data(&match options.json {
        true => json!(findings).to_string(),
        false => findings.iter().map(Finding::line).collect::<Vec<_>>().join("\n"),
    });
    Ok(if is_bad { ExitStatus::Failed } else { ExitStatus::Done })
}

async fn look(options: &Options, settings: Option<&Settings>) -> Result<Vec<Finding>, AdminError> {
    let place = options.which.place(settings)?;
    let world = World::system();
    let mut findings = Vec::new();
    if let Where::Folder(place) = &place {
        findings.extend(place::look(place, &world));
    }
    let opened = match &place {
        Where::Folder(place) => Inspector::sqlite(place),
        Where::Database(address) => Inspector::postgres(address).await,
    };
    match opened {
        Err(fault) => findings.push(
            Finding::bad("store", fault.to_string())
                .do_this("is this the place that the server uses? Then see its log"),
        ),
        Ok(opened) => {
            let (root_key, named) = (root_key(options, settings), options.which.named());
            findings
                .extend(store::look(&opened, root_key.as_ref(), settings, &named, &world).await);
            findings.extend(database::look(&opened).await);
        }
    }
    findings.push(place::descriptors());
    if let Some(settings) = settings {
        findings.extend(network::look(settings, options.offline, &world).await);
    }
    Ok(findings)
}

fn root_key(options: &Options, settings: Option<&Settings>) -> Option<RootKey> {
    let named = options.root_key_file.clone();
    let file = named.map(|file| RootKey { file: Some(file), ..RootKey::default() });
    file.or_else(|| settings.map(|settings| settings.root_key.clone()))
}

impl Which {
    /// As a way out names it. The address of a database may hold a password, so it is not repeated.
    fn named(&self) -> String {
        let of =
            |option: &str, path: &Path| format!("{option} {}", quoted(&path.display().to_string()));
        match (&self.data, &self.database, &self.config) {
            (Some(folder), _, _) => of("--data", folder),
            (None, Some(_), _) => "--database URL".to_owned(),
            (None, None, Some(file)) => of("--config", file),
            (None, None, None) => String::new(),
        }
    }

    fn place(&self, settings: Option<&Settings>) -> Result<Where, AdminError> {
        if let Some(folder) = &self.data {
            return Ok(Where::Folder(Place::new(folder)));
        }
        if let Some(address) = &self.database {
            return Ok(Where::Database(Box::new(address.clone())));
        }
        let Some(settings) = settings else {
            return Err(AdminError::wrong_use("no store was named", "see --help"));
        };
        Ok(match crate::database::address(&settings.store)? {
            None => Where::Folder(Place::new(&settings.store.data)),
            Some(address) => Where::Database(Box::new(address)),
        })
    }
}
