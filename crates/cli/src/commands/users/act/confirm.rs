//! The question before an act: who, in which account, at which server.

use std::io::{IsTerminal as _, stderr, stdin};

use rollcall_sdk::Act;

use super::{Found, Given, LeftOut, Looked};
use crate::connect::Connected;
use crate::failure::Failure;
use crate::output::{Cell, Column, Format, Place, Rows};
use crate::printer::Printer;
use crate::shown::shown;

use super::super::columns::state;

pub struct Confirming<'a> {
    pub act: Act,
    pub targets: &'a [Looked],
    pub others: &'a [LeftOut],
    pub connected: &'a Connected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Yes,
    No,
}

/// Somebody must see the question, and be able to answer it.
pub fn can_ask(given: &Given) -> bool {
    stderr().is_terminal() && stdin().is_terminal() && !given.reads_stdin()
}

impl Confirming<'_> {
    pub fn ask(&self, printer: &Printer) -> Result<Asked, Failure> {
        printer.ask(&self.question(Place { width: Place::of_stderr().width, ..Place::default() })?);
        let mut answer = String::new();
        stdin().read_line(&mut answer).map_err(|error| {
            Failure::failed(format!("the terminal: {error}"), "say so with --yes")
        })?;
        Ok(if answer.trim() == "yes" { Asked::Yes } else { Asked::No })
    }

    /// Everybody is in it, however many they are: this is what the answer is given to.
    fn question(&self, place: Place) -> Result<String, Failure> {
        let broken = |error: std::io::Error| Failure::failed(error.to_string(), "try again");
        let client = &self.connected.client;
        let count = self.targets.len();
        let people = if count == 1 { "person" } else { "people" };
        let mut said = format!(
            "{} {count} {people} of account {} at {}{}:\n\n",
            match self.act {
                Act::Suspend => "Suspend",
                Act::Reactivate => "Reactivate",
            },
            shown(client.account()),
            shown(client.base_url()),
            match &self.connected.profile {
                Some(profile) => format!(" (profile {})", shown(profile)),
                None => String::new(),
            },
        );
        said.push_str(&self.table(place).map_err(broken)?);
        if !self.others.is_empty() {
            said.push_str("\nLeft out:\n\n");
            for (looked, outcome, why) in self.others {
                let words = outcome.as_str().replace('_', " ");
                said.push_str(&format!("{}: {words}: {}\n", looked.named, shown(why)));
            }
        }
        said.push_str("\nType yes to go on; anything else does nothing:");
        Ok(said)
    }

    fn table(&self, place: Place) -> std::io::Result<String> {
        let column = |name, gives_way| Column { name, gives_way };
        let columns = vec![
            column("email", true),
            column("display_name", true),
            column("state", false),
            column("id", false),
        ];
        let mut table = Vec::new();
        let mut rows = Rows::new(Format::Table, columns, &mut table, place);
        for target in self.targets {
            match &target.found {
                Found::One(user) => rows.row([
                    Cell::Text(&user.email),
                    Cell::Text(&user.display_name),
                    state(&user.state),
                    Cell::Text(&user.id),
                ])?,
                Found::IdAlone(id) => {
                    rows.row([Cell::Nothing, Cell::Nothing, Cell::Nothing, Cell::Text(id)])?;
                }
                Found::Nobody | Found::Several(_) | Found::Wrong(_) => {}
            }
        }
        rows.finish()?;
        Ok(String::from_utf8_lossy(&table).into_owned())
    }
}
