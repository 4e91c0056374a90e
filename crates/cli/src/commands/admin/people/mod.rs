//! `rollcall admin people`: who is in an account. People are named by id or by e-mail address.

mod change;
mod import;
mod link;
mod list;
mod one;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rollcall_directory::accounts::Account;
use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::store::Inspector;
use rollcall_directory::users::{Named, NewPerson, State};
use rollcall_directory::world::{AccountId, UserId, World};

use super::which_account::the_account;
use super::{AdminError, Done, StoreArguments};
use crate::printer::Printer;

pub use one::{as_json, find, line};

#[derive(Subcommand)]
pub enum Command {
    /// List people, in the order they were added
    List(list::List),
    /// Add one person
    #[command(after_help = "\
Exit status: 0 added, 1 refused (such as: the address is somebody's) or not possible, 2 wrong use.

Examples:
  rollcall admin people add --data ./data --email ann@example.com --name 'Ann Arbor'
  rollcall admin people add --data ./data --email bo@example.com --name Bo --group owners")]
    Add {
        #[command(flatten)]
        at: Where,
        /// The address, at most 254 bytes
        #[arg(long, value_parser = checked_address)]
        email: String,
        /// The display name, at most 200 characters
        #[arg(long, value_parser = checked_name)]
        name: String,
        /// A group to be in: owners, administrators or security; may be given several times
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<Group>,
        /// Somebody else's directory manages this person: nobody suspends them here
        #[arg(long)]
        externally_managed: bool,
    },
    /// Remove a person for good, with their password; their address is free again
    #[command(after_help = "\
Nothing brings a person back: to close the door for a while, suspend them. The audit log keeps the
id. The last active owner is not removed.

Exit status: 0 removed, 1 refused, not confirmed or not there, 2 wrong use.

Examples:
  rollcall admin people remove ann@example.com --data ./data
  rollcall admin people remove ann@example.com --data ./data --yes --why 'ticket 4711'")]
    Remove {
        #[command(flatten)]
        who: Who,
        /// Why, for the audit log; at most 1024 bytes of it are kept
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
        /// Do not ask; needed where nobody can be asked
        #[arg(long)]
        yes: bool,
    },
    /// Suspend a person: what they hold stops working at once
    #[command(after_help = "\
Exit status: 0 suspended now or before, 1 refused or not there, 2 wrong use.

Example:
  rollcall admin people suspend ann@example.com --data ./data --why 'stolen laptop'")]
    Suspend {
        #[command(flatten)]
        who: Who,
        /// Why, for the audit log; at most 1024 bytes of it are kept
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Let a suspended person in again
    #[command(after_help = "\
Nothing that they held before the suspension works again.

Exit status: 0 active now or before, 1 refused or not there, 2 wrong use.

Example:
  rollcall admin people reactivate ann@example.com --data ./data")]
    Reactivate {
        #[command(flatten)]
        who: Who,
        /// Why, for the audit log; at most 1024 bytes of it are kept
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Put a person into a group, or take them out
    Group {
        #[command(subcommand)]
        command: GroupCommand,
    },
    /// Make a one-time link, by which a person sets their password
    #[command(after_help = "\
It works once: for 24 hours, or until another one is made for the same person. Whoever has it becomes
that person; their password of now works until it is used. For people of the account, the console
makes the same links.

Exit status: 0 made, 1 refused (such as: they are suspended) or not there, 2 wrong use.

Examples:
  rollcall admin people link ann@example.com --config /etc/rollcall/rollcall.toml
  rollcall admin people link ann@example.com --data ./data --out link.txt --json")]
    Link {
        #[command(flatten)]
        who: Who,
        /// Write address and code to this new file, readable by its owner alone, and not to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Add the people of a CSV file: first a dry run, then all of them or nobody
    Import(import::Import),
}

#[derive(Subcommand)]
pub enum GroupCommand {
    /// Put a person into a group
    #[command(after_help = "\
Exit status: 0 in it now or before, 1 refused or not there, 2 wrong use.

Example:
  rollcall admin people group add ann@example.com owners --data ./data")]
    Add(InGroup),
    /// Take a person out of a group; an active owner always remains
    #[command(after_help = "\
Exit status: 0 out of it now or before, 1 refused or not there, 2 wrong use.

Example:
  rollcall admin people group remove ann@example.com owners --data ./data")]
    Remove(InGroup),
}

#[derive(Args)]
pub struct InGroup {
    #[command(flatten)]
    who: Who,
    /// owners, administrators or security
    group: Group,
}

/// One person of one account.
#[derive(Args)]
pub struct Who {
    /// Their id or e-mail address
    #[arg(value_parser = named)]
    person: Named,
    #[command(flatten)]
    at: Where,
}

#[derive(Args)]
pub struct Where {
    #[command(flatten)]
    store: StoreArguments,
    /// Which account [default: the only one]
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Where {
    async fn look(&self) -> Result<(Inspector, Account), AdminError> {
        let store = self.store.inspect_people().await?;
        let account = the_account(&store, self.account).await?;
        Ok((store, account))
    }
}

pub async fn run(command: Command, printer: &Printer) -> Done {
    match command {
        Command::List(list) => list::run(list, printer).await,
        Command::Add { at, email, name, groups, externally_managed } => {
            let groups = groups.into_iter().fold(Groups::default(), |all, g| all.with(g, true));
            let person = a_new_person(&World::system(), email, name);
            let person = NewPerson { groups, externally_managed, ..person };
            change::add(&at, person, printer).await
        }
        Command::Remove { who, why, yes } => change::remove(&who, why, yes, printer).await,
        Command::Suspend { who, why } => change::suspend(&who, why, printer).await,
        Command::Reactivate { who, why } => change::reactivate(&who, why, printer).await,
        Command::Group { command } => match command {
            GroupCommand::Add(to) => change::group(&to.who, to.group, true, printer).await,
            GroupCommand::Remove(to) => change::group(&to.who, to.group, false, printer).await,
        },
        Command::Link { who, out } => link::run(&who, out.as_deref(), printer).await,
        Command::Import(import) => import::run(import, printer).await,
    }
}

pub fn a_new_person(world: &World, email: String, display_name: String) -> NewPerson {
    NewPerson {
        id: UserId::from_bytes(world.bytes()),
        email,
        display_name,
        state: State::Active,
        groups: Groups::default(),
        externally_managed: false,
        created: world.now(),
    }
}

/// A person by id or address, without the spaces that came along with it: none is stored with any.
fn named(text: &str) -> Result<Named, String> {
    text.trim().parse()
}

/// An address that can be stored and that nobody takes for another one.
pub fn checked_address(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the address is empty".to_owned());
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("an address holds no spaces or control characters".to_owned());
    }
    let (before, after) = text.rsplit_once('@').unwrap_or_default();
    if before.is_empty() || after.is_empty() {
        return Err("an address has something before its @ and something behind it".to_owned());
    }
    if text.len() > NewPerson::EMAIL_LENGTH_MAX_BYTES {
        let max = NewPerson::EMAIL_LENGTH_MAX_BYTES;
        return Err(format!("the address has {} bytes; at most {max} are stored", text.len()));
    }
    Ok(text.to_owned())
}

pub fn checked_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the name is empty".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("a name holds no control characters or line breaks".to_owned());
    }
    let (length, max) = (text.chars().count(), NewPerson::DISPLAY_NAME_LENGTH_MAX_CHARS);
    if length > max {
        return Err(format!("the name has {length} characters; at most {max} are stored"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_it_is_or_refused() {
        assert_eq!(checked_address(" Ann+x@example.com ").unwrap(), "Ann+x@example.com");
        let long = format!("{}@example.com", "x".repeat(243));
        for wrong in ["", " ", "ann", "@example.com", "ann@", "a b@c", "a\u{1b}@c", &long] {
            assert!(checked_address(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn somebody_is_named_by_what_is_stored() {
        let ann = Named::Email("Ann@example.com".to_owned());
        assert_eq!(named(" Ann@example.com\t").unwrap(), ann);
        assert!(named(" AEAQCAIBAEAQCAIBAEAQCAIBAE ").is_ok());
        assert!(named(" ").is_err());
    }

    #[test]
    fn a_name_is_one_line_of_at_most_200_characters() {
        assert_eq!(checked_name(&"é".repeat(200)).unwrap().chars().count(), 200);
        for wrong in ["", "  ", "a\nb", "a\0b", &"é".repeat(201)] {
            assert!(checked_name(wrong).is_err(), "{wrong:?}");
        }
    }
}
