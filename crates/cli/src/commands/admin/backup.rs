//! `rollcall admin backup`: a copy of an embedded store, made while it is served, and checked by
//! opening it before anybody is told that it is there.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rollcall_directory::Fault;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::sqlite::backup::{self, Copied};
use rollcall_directory::store::{Inspector, Whole};
use rollcall_directory::world::World;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::store::Named;
use super::{AdminError, Done, StoreArguments};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
pub struct Options {
    /// An embedded store; PostgreSQL has its own ways, which are named
    #[command(flatten)]
    store: StoreArguments,
    /// A new file; or a folder, in which it is named by the time
    #[arg(long, value_name = "FILE_OR_DIR")]
    to: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(options: &Options, printer: &Printer) -> Done {
    let Named::Sqlite(place) = options.store.named()? else {
        return Err(AdminError::wrong_use(
            "a PostgreSQL database is backed up by PostgreSQL's own tools",
            "pg_dump --format=custom for a copy, or a base backup with its write-ahead log (pg_basebackup, pgBackRest) to go back to any point; the root key is not in either",
        ));
    };
    let file = file_for(&options.to)?;
    let above = file.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(above)
        .map_err(AdminError::io(above.display().to_string()))?;
    let unfinished = tempfile::Builder::new()
        .prefix(".rollcall-backup-")
        .tempfile_in(above)
        .map_err(AdminError::io(above.display().to_string()))?;
    copy(&place, unfinished.path(), printer, options.json)?;
    let whole = checked(unfinished.path()).await?;
    let sha256 = backup::digest_of(unfinished.path())?;
    let bytes = unfinished.as_file().metadata().map_err(AdminError::io("the backup"))?.len();
    keep(unfinished, &file, above)?;
    let text = match options.json {
        true => summary(&file, bytes, &sha256, &whole).to_string(),
        false => words(&file, bytes, &sha256, &whole),
    };
    printer.data(&text);
    Ok(ExitStatus::Done)
}

fn file_for(to: &Path) -> Result<PathBuf, AdminError> {
    let is_folder = to.is_dir() || to.as_os_str().as_encoded_bytes().ends_with(b"/");
    let now = World::system().now().rfc3339_seconds().replace(['-', ':'], "");
    let file = if is_folder { to.join(format!("rollcall-{now}.sqlite")) } else { to.to_owned() };
    match file.exists() {
        false => Ok(file),
        true => Err(AdminError::wrong_use(
            format!("{} is there already", file.display()),
            "a backup never overwrites: name another file, or a folder",
        )),
    }
}

fn copy(place: &Place, to: &Path, printer: &Printer, quiet: bool) -> Result<(), Fault> {
    let bar = match printer.is_watched && !quiet {
        true => ProgressBar::new(1).with_style(
            ProgressStyle::with_template("copying {wide_bar} {percent}% {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        ),
        false => ProgressBar::hidden(),
    };
    let copied = backup::copy(place, to, &mut |Copied { pages, of_pages }| {
        bar.set_length(of_pages);
        bar.set_position(pages);
    });
    bar.finish_and_clear();
    copied
}

/// Opened as a restore would open it. A copy that is not whole is not kept.
async fn checked(file: &Path) -> Result<Whole, AdminError> {
    Inspector::backup(file)?.check_whole().await.map_err(|why| {
        Fault::Unusable(format!(
            "the copy is not whole, and was not kept: {why}. Is the store itself sound? `rollcall admin integrity` and `rollcall admin audit verify` say so"
        ))
        .into()
    })
}

/// Under its name in one step, never over another file, and synced.
fn keep(unfinished: NamedTempFile, file: &Path, above: &Path) -> Result<(), AdminError> {
    unfinished.as_file().sync_all().map_err(AdminError::io("the backup"))?;
    unfinished.persist_noclobber(file).map_err(|error| AdminError::Io {
        what: file.display().to_string(),
        source: error.error,
    })?;
    File::open(above)
        .and_then(|folder| folder.sync_all())
        .map_err(AdminError::io(above.display().to_string()))
}

fn summary(file: &Path, bytes: u64, sha256: &str, whole: &Whole) -> Value {
    let contents = &whole.contents;
    let head = |(account, head): &(_, rollcall_directory::audit::Head)| json!({ "account": account, "records": head.seq, "hash": head.hash.to_string() });
    json!({
        "file": file,
        "bytes": bytes,
        "sha256": sha256,
        "migration": contents.migration,
        "accounts": contents.accounts,
        "people": contents.people,
        "applications": contents.applications,
        "records": contents.records,
        "heads": whole.heads.iter().map(head).collect::<Vec<_>>(),
    })
}

fn words(file: &Path, bytes: u64, sha256: &str, whole: &Whole) -> String {
    let contents = &whole.contents;
    let mut text = format!(
        "{}\n  {bytes} bytes, sha256 {sha256}\n  checked: the database is sound, {} audit logs are whole\n  {} accounts, {} people, {} applications, {} audit records",
        file.display(),
        whole.heads.len(),
        contents.accounts,
        contents.people,
        contents.applications,
        contents.records,
    );
    for (account, head) in &whole.heads {
        text.push_str(&format!("\n  {account} {}:{}", head.seq, head.hash));
    }
    text
}
