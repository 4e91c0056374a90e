//! `rollcall admin audit export`: the log of one account or of all, in order, in a form that others
//! read. Stretch by stretch: its memory does not grow with the log. What is recorded while it runs
//! is not missed, only not in it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rollcall_directory::Fault;
use rollcall_directory::accounts::Account;
use rollcall_directory::accounts::OneAccount;
use rollcall_directory::audit::{Body, Broken, Head, ReadAudit, Record, Stretch};
use rollcall_directory::store::Inspector;
use rollcall_directory::world::{AccountId, Moment};
use tempfile::NamedTempFile;

use super::super::which_account::some_accounts;
use super::super::{AdminError, Done, StoreArguments};
use super::{csv, jsonl, ocsf};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    whose: Whose,
    /// Records from this time on, such as 2026-11-01T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Moment>,
    /// Records before this time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Moment>,
    /// Records behind this number: where an export before this one ended
    #[arg(long, value_name = "NUMBER", conflicts_with = "all", default_value_t = 0)]
    after: u64,
    /// In which form
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Into this new file, which nobody else can read, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The log of this account
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// The logs of all accounts, one after the other
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One JSON object a line, with the text and the hash by which it is checked
    Jsonl,
    /// For a spreadsheet
    Csv,
    /// OCSF 1.3 events, one a line, for a SIEM
    Ocsf,
}

/// Records that are read, and held, at a time.
const STRETCH: u16 = 1_000;

fn moment(text: &str) -> Result<Moment, String> {
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| "a time is written as in RFC 3339, such as 2026-11-01T00:00:00Z".to_owned())?;
    Ok(Moment::from_millis(time.as_millisecond()))
}

pub async fn run(options: Options, printer: &Printer) -> Done {
    let store = options.store.inspect().await?;
    let Some(path) = &options.out else {
        return match options.write(&store, &mut printer.out()).await {
            // Whoever read along has seen enough.
            Err(AdminError::Io { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => {
                Ok(ExitStatus::Done)
            }
            Err(error) => Err(error),
            Ok(_) => Ok(ExitStatus::Done),
        };
    };
    let file = new_file(path)?;
    let mut out = io::BufWriter::with_capacity(64 * 1024, &file);
    let count = options.write(&store, &mut out).await?;
    drop(out);
    keep(file, path)?;
    printer.say(&format!("{count} records in {}", path.display()));
    Ok(ExitStatus::Done)
}

impl Options {
    async fn write(&self, store: &Inspector, out: &mut dyn Write) -> Result<u64, AdminError> {
        if matches!(self.format, Format::Csv) {
            csv::heading(out).map_err(AdminError::io(NOT_WRITTEN))?;
        }
        let mut count = 0;
        if let Some(id) = self.whose.account {
            let account = store.ask(&OneAccount { account: id }).await?;
            let account = account.ok_or_else(|| {
                AdminError::missing(
                    format!("there is no account {id}"),
                    "`rollcall admin account list` shows those that are there",
                )
            })?;
            count = self.write_account(store, &account, out).await?;
        } else {
            let mut after = None;
            loop {
                let (page, next) = some_accounts(store, after).await?;
                for account in &page {
                    count += self.write_account(store, account, out).await?;
                }
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        out.flush().map_err(AdminError::io(NOT_WRITTEN))?;
        Ok(count)
    }

    /// Up to its head as it is now.
    async fn write_account(
        &self,
        store: &Inspector,
        account: &Account,
        out: &mut dyn Write,
    ) -> Result<u64, AdminError> {
        let mut count = 0;
        let mut question = ReadAudit {
            account: account.id,
            after: self.after,
            up_to: account.head.seq,
            since: self.since,
            until: self.until,
            limit: STRETCH,
        };
        let mut chain = if self.is_by_time() {
            Stretch::by_time(account.id)
        } else {
            Stretch::new(account.id, self.behind(store, account.id).await?)
        };
        let broken = |why: Broken| {
            let id = account.id;
            Fault::Unusable(format!("account {id}: {why}. `rollcall admin audit verify` says more"))
        };
        loop {
            let records = store.ask(&question).await?;
            let Some(last) = records.last() else { break };
            question.after = last.seq;
            for record in &records {
                let told = chain.take(record).map_err(broken)?;
                self.line(record, &told, out)?;
                count += 1;
            }
        }
        // An export behind a record that is still to come has nothing in it.
        if !self.is_by_time() && self.after <= account.head.seq {
            chain.finish(account.head).map_err(broken)?;
        }
        Ok(count)
    }

    const fn is_by_time(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// The record that the export follows.
    async fn behind(
        &self,
        store: &Inspector,
        account: AccountId,
    ) -> Result<Option<Head>, AdminError> {
        let Some(before) = self.after.checked_sub(1) else { return Ok(Some(Head::start())) };
        let one = ReadAudit {
            account,
            after: before,
            up_to: self.after,
            since: None,
            until: None,
            limit: 1,
        };
        let found = store.ask(&one).await?;
        Ok(found.first().map(|record| Head { seq: record.seq, hash: record.hash }))
    }

    fn line(&self, record: &Record, told: &Body, out: &mut dyn Write) -> Result<(), AdminError> {
        let written = match self.format {
            Format::Jsonl => jsonl::line(record, told, out),
            Format::Csv => csv::line(record, told, out),
            Format::Ocsf => ocsf::line(record, told, out),
        };
        written.map_err(AdminError::io(NOT_WRITTEN))
    }
}

const NOT_WRITTEN: &str = "the export could not be written";

/// Beside where it will be, with mode 0600.
fn new_file(path: &Path) -> Result<NamedTempFile, AdminError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.exists() {
        return Err(AdminError::wrong_use(
            format!("{} is there already", path.display()),
            "an export never overwrites: name another file",
        ));
    }
    NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .map_err(AdminError::io(path.display().to_string()))
}

/// Whole and synced under its name, or not there at all.
fn keep(file: NamedTempFile, path: &Path) -> Result<(), AdminError> {
    file.as_file().sync_all().map_err(AdminError::io(NOT_WRITTEN))?;
    file.persist_noclobber(path)
        .map(|_| ())
        .map_err(|error| AdminError::Io { what: path.display().to_string(), source: error.error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rfc_3339_with_its_offset() {
        assert_eq!(moment("1970-01-01T00:00:01Z"), Ok(Moment::from_seconds(1)));
        assert_eq!(moment("1970-01-01T01:00:01.5+01:00"), Ok(Moment::from_millis(1_500)));
        for wrong in ["", "yesterday", "2026-11-01", "2026-11-01T00:00:00"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
