//! `rollcall users get`: people by ID, address or path.

use clap::Args;

use super::Done;
use super::columns::Field;
use super::find::{Found, find};
use super::given::Given;
use super::rules::left_out;
use crate::connect::{Connected, Whom};
use crate::exit_status::ExitStatus;
use crate::output::{Output, Place, Rows, read};
use crate::printer::Printer;
use crate::shown::shown;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
An ID or a path is asked for at once. For addresses the list is read, once for all of them, and then
each person is asked for. Whoever is named twice is shown once. Who is not found is told on standard
error.

Exit status: 0 all found, 1 a file or standard output failed, 2 wrong use, 3 the server was not
reached, 4 the credentials do not work, 5 some not found, 6 nobody found.

Examples:
  rollcall users get ann@example.com
  rollcall users get CSUX5LZGACK24L5V5FGECGEFLE --output json
  rollcall users get --from people.txt --output csv
  rollcall users get --from alerts.csv --column 'User e-mail'
  cut -d, -f2 alerts.csv | rollcall users get -")]
pub struct Get {
    #[command(flatten)]
    given: Given,
    /// What is shown, in this order, of id, email, display_name, state, create_time, path [default: all; in a table what fits]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', hide_possible_values = true)]
    columns: Vec<Field>,
    /// So many requests at a time
    #[arg(long, value_name = "N", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=64))]
    concurrency: u8,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    pub whom: Whom,
    #[command(flatten)]
    pub telling: Telling,
}

pub async fn run(get: Get, connected: &Connected, printer: &Printer) -> Done {
    let named = get.given.read()?;
    let client = &connected.client;
    let looked = find(client, named, true, get.concurrency.into(), printer).await?;
    let fields = match get.columns.is_empty() {
        true => Field::by_default(get.output.output),
        false => get.columns,
    };
    let columns = fields.iter().map(|field| field.column()).collect();
    let mut rows = Rows::new(get.output.output, columns, printer.out(), Place::of_stdout());
    let (mut shown_people, mut unseen) = (0, 0);
    for one in &looked {
        if let Found::One(user) = &one.found {
            shown_people += 1;
            if !read(rows.row(fields.iter().map(|field| field.of(user))))? {
                return Ok(ExitStatus::Done);
            }
        }
    }
    read(rows.finish())?;
    for one in &looked {
        let why = match &one.found {
            Found::One(_) => continue,
            Found::IdAlone(_) => "the application may neither get nor list people".to_owned(),
            _ => left_out(one, rollcall_sdk::Act::Reactivate, &[])
                .map_or_else(String::new, |(_, why)| why),
        };
        unseen += 1;
        printer.error(&format!("{}: {}", one.named, shown(&why)), None);
    }
    Ok(match (shown_people, unseen) {
        (_, 0) => ExitStatus::Done,
        (0, _) if looked.iter().any(|one| matches!(one.found, Found::IdAlone(_))) => {
            ExitStatus::NotLetIn
        }
        (0, _) => ExitStatus::NothingMatched,
        (_, _) => ExitStatus::InPart,
    })
}
