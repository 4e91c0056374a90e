//! Reading a seed file: accounts, people, groups, applications and faults, written in
//! TOML.
//!
//! The format is described in `docs/reference/seed-file.md`. Everything is checked here, once, so that
//! whoever gets a [`Seed`] need not ask again; each complaint names file, line and field and says what
//! would be right. Secrets and passwords are never in the file: they come from the seed number.

mod account;
mod application;
mod fault;
mod person;
mod scenarios;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use toml::de::DeTable;

use self::account::TakenIds;
use self::table::{Source, Table, line_and_column};
use super::draws::AccountDraws;
use super::{Seed, SeedAccount};
use crate::faults::Fault;

pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
const ACCOUNTS_MAX: usize = 100;
const FAULTS_MAX: usize = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum SeedFileError {
    #[error("{file}: the seed file cannot be read: {source}")]
    Unreadable { file: String, source: io::Error },
    #[error(
        "{file}: the seed file is larger than {FILE_BYTES_MAX} bytes; `generate` makes many people without listing them"
    )]
    TooLarge { file: String },
    #[error("{file}:{line}: {field}: {problem}")]
    Wrong { file: String, line: usize, field: String, problem: String },
}

impl Seed {
    pub fn from_file(path: &Path, number: u64) -> Result<Self, SeedFileError> {
        Self::from_toml(&Self::read_file(path)?, &path.display().to_string(), number)
    }

    /// What a seed file says, if it is text of a bearable size.
    pub fn read_file(path: &Path) -> Result<String, SeedFileError> {
        let file = path.display().to_string();
        let bytes = read_bounded(path)
            .map_err(|source| SeedFileError::Unreadable { file: file.clone(), source })?;
        if bytes.len() > FILE_BYTES_MAX {
            return Err(SeedFileError::TooLarge { file });
        }
        String::from_utf8(bytes).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let good = String::from_utf8_lossy(good);
            let (line, column) = line_and_column(&good, good.len());
            let problem =
                format!("column {column}: this is not UTF-8; save the file in that encoding");
            SeedFileError::Wrong { file, line, field: "syntax".to_owned(), problem }
        })
    }

    /// `file_name` is only what complaints call it.
    pub fn from_toml(text: &str, file_name: &str, number: u64) -> Result<Self, SeedFileError> {
        let source = Source { file_name, text };
        let document = DeTable::parse(text).map_err(|error| syntax_error(&source, &error))?;
        let root = Table::root(&source, document.get_ref());
        root.only(&["accounts", "faults"])?;
        let entries = root.tables("accounts", "accounts")?;
        if entries.is_empty() {
            let problem = "a seed needs at least one account; begin with [[accounts]]";
            return Err(root.place("accounts").wrong(problem));
        }
        if entries.len() > ACCOUNTS_MAX {
            let problem =
                format!("a seed has at most {ACCOUNTS_MAX} accounts, not {}", entries.len());
            return Err(root.place("accounts").wrong(problem));
        }
        let mut taken = TakenIds::none();
        let mut accounts = Vec::new();
        for (position, entry) in entries.iter().enumerate() {
            accounts.push(account::read(entry, AccountDraws::new(number, position), &mut taken)?);
        }
        account::check_generated_ids(&accounts, &taken)?;
        give_credentials(&entries[0], &mut accounts[0])?;
        let faults = faults(&root, &accounts)?;
        Ok(Self { number, accounts, faults })
    }
}

fn faults(root: &Table<'_>, accounts: &[SeedAccount]) -> Result<Vec<Fault>, SeedFileError> {
    let entries = root.tables("faults", "faults")?;
    if entries.len() > FAULTS_MAX {
        let problem = format!("a seed has at most {FAULTS_MAX} faults, not {}", entries.len());
        return Err(root.place("faults").wrong(problem));
    }
    entries.iter().map(|entry| fault::read(entry, accounts)).collect()
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(FILE_BYTES_MAX).expect("8 MiB fit") + 1;
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first account is the one that a run prints: it needs an application, and an owner's password.
fn give_credentials(entry: &Table<'_>, account: &mut SeedAccount) -> Result<(), SeedFileError> {
    if account.applications.is_empty() {
        let problem = "the first account needs at least one application, for its credentials are the ones that \
                       are printed; add [[accounts.applications]]";
        return Err(entry.own_place("applications").wrong(problem));
    }
    account.people.give_password_to_first_owner();
    Ok(())
}

/// A parser knows a byte, not a field; the key before the `=` on its line is the field nearly always.
fn syntax_error(source: &Source<'_>, error: &toml::de::Error) -> SeedFileError {
    let offset = error.span().map_or(0, |span| span.start);
    let (line, column) = line_and_column(source.text, offset);
    let line_text = source.text.lines().nth(line - 1).unwrap_or_default();
    let bare = |key: &&str| {
        !key.is_empty()
            && key.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter))
    };
    let key = line_text.split_once('=').map(|(key, _)| key.trim()).filter(bare);
    let field = key.unwrap_or("syntax").to_owned();
    source.wrong(offset, field, format!("column {column}: not TOML: {}", error.message()))
}
