//! `rollcall admin people list`: page by page, so that a million people need no more memory than
//! a thousand. Each page is one look at the database; people added meanwhile come at the end.

use clap::{Args, ValueEnum};
use rollcall_directory::users::{People, StateFilter, User};

use super::{Where, as_json, line, one};
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::cell;

#[derive(Args)]
#[command(after_help = "\
In CSV, a cell that a spreadsheet would run (it begins with =, +, - or @) has an apostrophe before it.

Exit status: 0 listed, also when nobody was found; 1 not possible; 2 wrong use.

Examples:
  rollcall admin people list --data ./data
  rollcall admin people list --data ./data --match arbor --state suspended
  rollcall admin people list --data ./data --json | jq -r .email
  rollcall admin people list --data ./data --csv > people.csv")]
pub struct List {
    #[command(flatten)]
    at: Where,
    /// Only people whose address or name holds this; upper and lower case are the same
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    /// Only people in this state
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "active|suspended|all",
        default_value = "all"
    )]
    state: WhichState,
    /// Print CSV, with a header
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum WhichState {
    Active,
    Suspended,
    All,
}

const PAGE_ROWS: u16 = 1_000;
const COLUMNS: [&str; 7] =
    ["id", "email", "display_name", "state", "groups", "externally_managed", "create_time"];

pub async fn run(list: List, printer: &Printer) -> Done {
    let (store, account) = list.at.look().await?;
    let state = match list.state {
        WhichState::Active => StateFilter::Active,
        WhichState::Suspended => StateFilter::Suspended,
        WhichState::All => StateFilter::All,
    };
    let mut question = People {
        account: account.id,
        state,
        matching: list.matching,
        after: None,
        rows: PAGE_ROWS,
    };
    if list.csv {
        printer.bytes(&written(&[COLUMNS.map(str::to_owned)])?);
    }
    loop {
        let page = store.ask(&question).await?;
        if list.csv {
            printer.bytes(&csv_of(&page.people)?);
        } else if !page.people.is_empty() {
            let one = |user: &User| match list.at.json {
                true => as_json(user).to_string(),
                false => line(user),
            };
            printer.data(&page.people.iter().map(one).collect::<Vec<_>>().join("\n"));
        }
        question.after = page.next;
        if question.after.is_none() {
            return Ok(ExitStatus::Done);
        }
    }
}

fn csv_of(people: &[User]) -> Result<Vec<u8>, AdminError> {
    let rows: Vec<[String; 7]> = people
        .iter()
        .map(|user| {
            [
                user.id.to_string(),
                cell(&user.email).into_owned(),
                cell(&user.display_name).into_owned(),
                one::state(user).to_owned(),
                one::groups(user).join(";"),
                user.externally_managed.to_string(),
                user.created.rfc3339_seconds(),
            ]
        })
        .collect();
    written(&rows)
}

fn written(rows: &[[String; 7]]) -> Result<Vec<u8>, AdminError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(std::io::Error::other).map_err(AdminError::io("CSV"))?;
    }
    writer.into_inner().map_err(|error| AdminError::io("CSV")(error.into_error()))
}

#[cfg(test)]
mod tests {
    use rollcall_directory::groups::Groups;
    use rollcall_directory::users::State;
    use rollcall_directory::world::{Moment, UserId};

    use super::*;

    fn a_person(email: &str, name: &str) -> User {
        User {
            id: UserId::from_bytes([1; 16]),
            email: email.to_owned(),
            display_name: name.to_owned(),
            state: State::Suspended,
            groups: Groups { owner: true, security: true, ..Groups::default() },
            externally_managed: true,
            created: Moment::from_seconds(0),
            epoch: 1,
            suspensions: 0,
        }
    }

    #[test]
    fn a_csv_cell_is_quoted_and_runs_nowhere() {
        let people = [a_person("+ann@example.com", "=HYPERLINK(\"x\"), Ann")];
        let text = String::from_utf8(csv_of(&people).unwrap()).unwrap();
        let expected = "AEAQCAIBAEAQCAIBAEAQCAIBAE,'+ann@example.com,\
                        \"'=HYPERLINK(\"\"x\"\"), Ann\",suspended,owners;security,true,\
                        1970-01-01T00:00:00Z\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_line_shows_what_a_name_would_do_to_the_terminal() {
        let text = line(&a_person("ann@example.com", "A\u{1b}[31mnn\nroot"));
        assert!(text.ends_with("A\\u{1b}[31mnn\\u{a}root"), "{text}");
        assert!(text.contains("owners,security (external)"), "{text}");
    }
}
