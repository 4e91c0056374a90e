//! `rollcall admin people import`: the people of a CSV file, all in one act or nobody. Without
//! `--apply` it only says what would come of it. Who is there already is never changed, and never
//! reactivated.

mod file;
mod outcome;
mod telling;

use std::fs::File;
use std::io::{Read, stdin};
use std::path::PathBuf;

use clap::Args;
use rollcall_directory::acting::Refusal;
use rollcall_directory::users::{ImportPeople, NewPerson};
use rollcall_directory::world::World;

use super::{Where, a_new_person};
use crate::commands::admin::error::allowed;
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use outcome::{Checked, Outcome};

#[derive(Args)]
#[command(after_help = "\
The file is CSV in UTF-8, its cells divided by commas. Its first row names the columns, in any order:
  email               the address; upper and lower case are the same
  display_name
  groups              may be missing: owners, administrators, security, divided by `;`
  externally_managed  may be missing: true or false

At most 100,000 people and 64 MiB at a time. Up to 100 bad lines are told at once. While many people
are added, for some seconds, other changes to the account wait or are told to come back.

Exit status: 0 added, or nothing is in the way of it; 1 refused (with --strict also when somebody is
there already) or not possible; 2 a bad file or other wrong use.

Examples:
  rollcall admin people import people.csv --data ./data
  rollcall admin people import people.csv --data ./data --apply
  sed 1d export.csv | rollcall admin people import - --data ./data --json")]
pub struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    at: Where,
    /// Add them; without this nothing is changed
    #[arg(long)]
    apply: bool,
    /// Refuse the file if anybody in it is there already
    #[arg(long)]
    strict: bool,
}

pub async fn run(import: Import, printer: &Printer) -> Done {
    let rows = match file::read(import.open()?) {
        Ok(rows) => rows,
        Err(flaws) => return telling::flaws(&import, &flaws, printer),
    };
    let (store, account) = import.at.look().await?;
    let checked = outcome::check(&store, account.id, rows, printer).await?;
    if import.strict && checked.iter().any(|row| row.outcome != Outcome::Add) {
        telling::outcomes(&import, &checked, false, printer);
        return Err(AdminError::missing(
            "people of the file are there already, and --strict refuses that; nothing was changed",
            "take them out of the file, or leave --strict away: then they stay as they are",
        ));
    }
    if import.apply {
        let people = new_people(&checked);
        if !people.is_empty() {
            let _spinning = telling::spinner(printer, people.len());
            let store = import.at.store.administer().await?;
            let answer = store.act(account.id, ImportPeople { people }).await;
            store.close().await;
            match answer? {
                Err(Refusal::Exists(_)) => {
                    return Err(AdminError::missing(
                        "somebody of the file was added by another hand meanwhile; nobody was added",
                        "run it again",
                    ));
                }
                other => allowed(other)?,
            };
        }
    }
    telling::outcomes(&import, &checked, import.apply, printer);
    Ok(ExitStatus::Done)
}

impl Import {
    fn open(&self) -> Result<Box<dyn Read>, AdminError> {
        if self.file.as_os_str() == "-" {
            return Ok(Box::new(stdin().lock()));
        }
        let opened = File::open(&self.file);
        Ok(Box::new(opened.map_err(AdminError::io(self.name()))?))
    }

    fn name(&self) -> String {
        match self.file.as_os_str() == "-" {
            true => "standard input".to_owned(),
            false => self.file.display().to_string(),
        }
    }
}

fn new_people(checked: &[Checked]) -> Vec<NewPerson> {
    let world = World::system();
    checked
        .iter()
        .filter(|row| row.outcome == Outcome::Add)
        .map(|Checked { row, .. }| NewPerson {
            groups: row.groups,
            externally_managed: row.externally_managed,
            ..a_new_person(&world, row.email.clone(), row.display_name.clone())
        })
        .collect()
}
