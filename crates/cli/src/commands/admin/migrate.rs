//! `rollcall admin migrate`: a store moves from one database to another, between SQLite and
//! PostgreSQL or among either.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rollcall_directory::store::moving::{Location, Move, Moved, Step};
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::world::World;
use rollcall_settings::Store;
use serde_json::json;

use super::{AdminError, Done};
use crate::database;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
pub struct Options {
    /// The store that moves: a folder, or postgres://…
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// A new place: a folder, or postgres://…
    #[arg(long, value_name = "PLACE")]
    to: String,
    /// The file with the password of the source's user
    #[arg(long, value_name = "FILE")]
    from_password_file: Option<PathBuf>,
    /// Certificates (PEM) that may sign the source's own, instead of those of the system
    #[arg(long, value_name = "FILE")]
    from_ca_file: Option<PathBuf>,
    /// The file with the password of the target's user
    #[arg(long, value_name = "FILE")]
    to_password_file: Option<PathBuf>,
    /// Certificates (PEM) that may sign the target's own, instead of those of the system
    #[arg(long, value_name = "FILE")]
    to_ca_file: Option<PathBuf>,
    /// Leave the source as it was, to be served again: for a rehearsal. Never serve both
    #[arg(long)]
    keep_source: bool,
    /// Give up a move that broke off: the source is as before, the target is never served
    #[arg(long, conflicts_with = "keep_source")]
    abandon: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(options: &Options, printer: &Printer) -> Done {
    let from = side(&options.from, &options.from_password_file, &options.from_ca_file)?;
    let to = side(&options.to, &options.to_password_file, &options.to_ca_file)?;
    let moving = Move {
        from_words: words(&options.from, &from),
        to_words: words(&options.to, &to),
        from,
        to,
        keep_source: options.keep_source,
    };
    if options.abandon {
        moving.abandon().await?;
        printer.data(&match options.json {
            true => json!({ "abandoned": true }).to_string(),
            false => format!(
                "{} may be served again\n  what is in {} is half of a store, which nothing serves: remove it",
                moving.from_words, moving.to_words
            ),
        });
        return Ok(ExitStatus::Done);
    }
    let bar = bar(printer, options.json);
    let moved = moving.run(&World::system(), &mut |step| show(&bar, step)).await;
    bar.finish_and_clear();
    printer.data(&told(options, &moving, &moved?));
    Ok(ExitStatus::Done)
}

/// What has a scheme, or the `key=value` pairs of PostgreSQL, is an address; else it is a folder.
fn side(
    text: &str,
    password: &Option<PathBuf>,
    authorities: &Option<PathBuf>,
) -> Result<Location, AdminError> {
    let is_address = text.contains("://") || (text.contains('=') && !text.contains('/'));
    if !is_address && (password.is_some() || authorities.is_some()) {
        return Err(AdminError::wrong_use(
            format!("{text} is a folder: it has no password and no certificates"),
            "name a database as postgres://…",
        ));
    }
    let store = Store {
        database: is_address.then(|| text.to_owned()),
        database_password_file: password.clone(),
        database_ca_file: authorities.clone(),
        ..Store::default()
    };
    Ok(match database::address(&store)? {
        Some(address) => Location::Postgres(Box::new(address)),
        None => Location::Sqlite(Place::new(text)),
    })
}

/// As the other side remembers it: a folder from the root on, an address without a password (it
/// can have none).
fn words(text: &str, location: &Location) -> String {
    match location {
        Location::Sqlite(place) => std::path::absolute(place.folder())
            .unwrap_or_else(|_| place.folder().to_owned())
            .display()
            .to_string(),
        Location::Postgres(_) => text.to_owned(),
    }
}

fn bar(printer: &Printer, quiet: bool) -> ProgressBar {
    if !printer.is_watched || quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

fn show(bar: &ProgressBar, step: Step) {
    bar.set_message(match step {
        Step::Copying { table, rows } => format!("copying {table}: {rows} rows"),
        Step::Comparing { table, rows } => format!("comparing {table}: {rows} rows"),
        Step::CheckingChains => "checking the audit logs".to_owned(),
    });
    bar.tick();
}

fn told(options: &Options, moving: &Move, moved: &Moved) -> String {
    if options.json {
        let tables = moved
            .tables
            .iter()
            .map(|table| json!({ "name": table.name, "rows": table.rows, "digest": table.digest }));
        let heads = moved.heads.iter().map(|(account, head)| {
            json!({ "account": account, "records": head.seq, "hash": head.hash.to_string() })
        });
        return json!({
            "from": moving.from_words,
            "to": moving.to_words,
            "resumed": moved.resumed,
            "was_whole": moved.was_whole,
            "source_kept": moving.keep_source,
            "tables": tables.collect::<Vec<_>>(),
            "heads": heads.collect::<Vec<_>>(),
        })
        .to_string();
    }
    let mut text = format!("moved to {}", moving.to_words);
    if moved.was_whole {
        text.push_str("\n  all of it was there from the run before: only the source was marked");
    } else {
        text.push_str("\n  the same on both sides, by count and digest:");
        for table in &moved.tables {
            text.push_str(&format!("\n    {:<16} {:>9}  {}", table.name, table.rows, table.digest));
        }
        text.push_str(&format!("\n  {} audit logs are whole", moved.heads.len()));
    }
    text.push_str(match moving.keep_source {
        true => "\n  the source is as it was: serve one of the two, never both",
        false => "\n  the source is marked as moved, and is not served any more",
    });
    text.push_str("\n  serve the new place with the same root key");
    text
}
