//! `rollcall admin audit`: verifies the chain of each account, prints its head to keep, and exports
//! its records.

mod csv;
mod export;
mod jsonl;
mod ocsf;

use clap::{Args, Subcommand};
use rollcall_directory::Fault;
use rollcall_directory::accounts::{Account, OneAccount};
use rollcall_directory::audit::{Broken, Hash, Head, Verified, VerifyAudit};
use rollcall_directory::store::Inspector;
use rollcall_directory::world::AccountId;
use serde_json::json;

use super::which_account::every_account;
use super::{AdminError, Done, StoreArguments};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Subcommand)]
pub enum Command {
    /// Walk the chain, and say where it is broken
    #[command(after_help = "\
Without a head kept elsewhere this finds damage and clumsy edits; somebody who can rewrite the
whole log is only found by a head from before: keep one with `rollcall admin audit head`.

Exit status: 0 whole, 1 broken or not there, 2 wrong use.

Examples:
  rollcall admin audit verify --data ./rollcall-data
  rollcall admin audit verify --data ./rollcall-data --account ACCOUNT --extends 42:9f2c…")]
    Verify {
        #[command(flatten)]
        which: Which,
        /// A head that was kept: it must be on the chain (needs --account where there are several)
        #[arg(long, value_name = "HEAD", value_parser = head)]
        extends: Option<Head>,
    },
    /// Print where the chain ends, to keep somewhere else
    #[command(
        after_help = "Example:\n  rollcall admin audit head --data ./rollcall-data >> heads.txt"
    )]
    Head {
        #[command(flatten)]
        which: Which,
    },
    /// Write the records in a form that others read
    #[command(after_help = "\
Every form has the record's text and hash, from which the chain can be checked without rollcall:
docs/reference/audit.md says how. What is recorded while it runs is in the next one.

Exit status: 0 written, 1 it could not be, 2 wrong use.

Examples:
  rollcall admin audit export --data ./rollcall-data --all > audit.jsonl
  rollcall admin audit export --data ./rollcall-data --account ID --after 1200 --format ocsf
  rollcall admin audit export --data ./rollcall-data --all --format csv --since 2026-11-01T00:00:00Z --out november.csv")]
    Export(export::Options),
}

#[derive(Args)]
pub struct Which {
    #[command(flatten)]
    store: StoreArguments,
    /// Only this account
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Print JSON, one line for each account
    #[arg(long)]
    json: bool,
}

impl Which {
    async fn accounts(&self, store: &Inspector) -> Result<Vec<Account>, Fault> {
        let found = match self.account {
            Some(account) => store.ask(&OneAccount { account }).await?.into_iter().collect(),
            None => every_account(store).await?,
        };
        if found.is_empty() {
            return Err(Fault::Unusable("there is no such account".to_owned()));
        }
        Ok(found)
    }
}

/// `RECORDS:HASH`, as `head` prints it.
fn head(text: &str) -> Result<Head, String> {
    let shape = "a head is what `rollcall admin audit head` prints: NUMBER:HASH";
    let (seq, hash) = text.split_once(':').ok_or(shape)?;
    Ok(Head { seq: seq.parse().map_err(|_| shape)?, hash: hash.parse::<Hash>()? })
}

pub async fn run(command: Command, printer: &Printer) -> Done {
    match command {
        Command::Head { which } => print_heads(&which, printer).await,
        Command::Verify { which, extends } => verify(&which, extends, printer).await,
        Command::Export(options) => export::run(options, printer).await,
    }
}

async fn print_heads(which: &Which, printer: &Printer) -> Done {
    let store = which.store.inspect().await?;
    for account in which.accounts(&store).await? {
        let Head { seq, hash } = account.head;
        printer.data(&if which.json {
            json!({ "account": account.id, "records": seq, "hash": hash.to_string() }).to_string()
        } else {
            format!("{} {seq}:{hash}", account.id)
        });
    }
    Ok(ExitStatus::Done)
}

async fn verify(which: &Which, extends: Option<Head>, printer: &Printer) -> Done {
    let store = which.store.inspect().await?;
    let accounts = which.accounts(&store).await?;
    if extends.is_some() && accounts.len() > 1 {
        return Err(AdminError::wrong_use(
            "a head is one account's, and there are several",
            "name the account with --account ID",
        ));
    }
    let mut status = ExitStatus::Done;
    for account in accounts {
        let question = VerifyAudit { account: account.id, extends };
        let verified = store.ask(&question).await?;
        if !matches!(verified, Some(Ok(_))) {
            status = ExitStatus::Failed;
        }
        printer.data(&line(account.id, verified, which.json));
    }
    Ok(status)
}

fn line(account: AccountId, verified: Option<Result<Verified, Broken>>, json: bool) -> String {
    match (verified, json) {
        (Some(Ok(Verified { head })), false) => {
            format!("{account} whole: {} records, head {}:{}", head.seq, head.seq, head.hash)
        }
        (Some(Ok(Verified { head })), true) => {
            json!({ "account": account, "whole": true, "records": head.seq, "hash": head.hash.to_string() })
                .to_string()
        }
        (Some(Err(broken)), false) => format!("{account} BROKEN: {broken}"),
        (Some(Err(broken)), true) => {
            json!({ "account": account, "whole": false, "broken": broken.to_string() }).to_string()
        }
        (None, false) => format!("{account} is gone"),
        (None, true) => {
            json!({ "account": account, "whole": false, "broken": "the account is gone" }).to_string()
        }
    }
}
