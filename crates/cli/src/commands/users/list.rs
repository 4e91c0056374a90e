//! `rollcall users list`: page by page. A row goes out when its page has come, and no more than two
//! pages are held, however many people there are.

use clap::Args;
use futures_util::StreamExt as _;
use rollcall_sdk::{Filter, User};

use super::columns::Field;
use super::{Done, progress};
use crate::connect::{Connected, Whom};
use crate::exit_status::ExitStatus;
use crate::output::{Output, Place, Rows, read};
use crate::printer::Printer;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
Each person is printed as their page comes; nothing is held, so a million people take no more memory
than a thousand. --match is held against each person here: the API cannot search, so every page is
read all the same. In CSV, a cell that a spreadsheet would run (it begins with =, +, - or @) has an
apostrophe before it.

A listing that broke off ends with another status than 0, and as JSON it has no closing bracket.

Exit status: 0 listed (also when a reader such as `head` has seen enough), 1 it could not be
written, 2 wrong use, 3 the server was not reached, 4 the credentials do not work, 5 refused, 6
--match fits nobody.

Examples:
  rollcall users list
  rollcall users list --suspended --match arbor
  rollcall users list --output csv > people.csv
  rollcall users list --output jsonl --columns id,email | jq -r .email")]
pub struct List {
    /// Only people who are active
    #[arg(long, conflicts_with = "suspended")]
    active: bool,
    /// Only people who are suspended
    #[arg(long)]
    suspended: bool,
    /// Only people whose address or name holds this; upper and lower case are the same
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    /// What is shown, in this order, of id, email, display_name, state, create_time, path [default: all; in a table what fits]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', hide_possible_values = true)]
    columns: Vec<Field>,
    #[command(flatten)]
    output: Output,
    /// How many people are asked for at a time: 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    page_size: u16,
    /// End after so many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    #[command(flatten)]
    pub whom: Whom,
    #[command(flatten)]
    pub telling: Telling,
}

pub async fn run(list: List, connected: &Connected, printer: &Printer) -> Done {
    let client = &connected.client;
    let filter = match (list.active, list.suspended) {
        (true, _) => Filter::Active,
        (_, true) => Filter::Suspended,
        (false, false) => Filter::All,
    };
    let fields = match list.columns.is_empty() {
        true => Field::by_default(list.output.output),
        false => list.columns,
    };
    let place = Place::of_stdout();
    let columns = fields.iter().map(|field| field.column()).collect();
    let mut rows = Rows::new(list.output.output, columns, printer.out(), place);
    let progress = progress::people(printer, place);
    let matching = list.matching.as_deref().map(Matching::new);
    let mut left = list.limit.unwrap_or(u64::MAX);
    let mut printed = 0_u64;
    let mut pages = std::pin::pin!(client.list(filter).page_size(list.page_size).pages());
    while left > 0
        && let Some(page) = pages.next().await
    {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                // What came is shown, and not finished.
                read(rows.flush())?;
                return Err(error.into());
            }
        };
        for user in &page.results {
            if left == 0 || matching.as_ref().is_some_and(|matching| !matching.fits(user)) {
                continue;
            }
            if !read(rows.row(fields.iter().map(|field| field.of(user))))? {
                return Ok(ExitStatus::Done);
            }
            left -= 1;
            printed += 1;
        }
        progress.inc(page.results.len() as u64);
        if !read(rows.flush())? {
            return Ok(ExitStatus::Done);
        }
    }
    progress.finish_and_clear();
    read(rows.finish())?;
    match matching {
        Some(matching) if printed == 0 => {
            printer.say(&format!("Nobody's address or name holds {:?}.", matching.text));
            Ok(ExitStatus::NothingMatched)
        }
        _ => Ok(ExitStatus::Done),
    }
}

/// A text that is looked for in addresses and names.
struct Matching {
    text: String,
    lower: String,
}

impl Matching {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), lower: text.to_lowercase() }
    }

    fn fits(&self, user: &User) -> bool {
        self.is_in(&user.email) || self.is_in(&user.display_name)
    }

    fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.lower);
        }
        // Most are, and need no copy.
        let lower = self.lower.as_bytes();
        lower.is_empty()
            || text.as_bytes().windows(lower.len()).any(|part| part.eq_ignore_ascii_case(lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_whatever_its_case() {
        for (wanted, text) in [
            ("ANN", "joanna@example.com"),
            ("ann", "ANNA"),
            ("", "x"),
            ("łuk", "ŁUKASZ"),
            ("É", "josé"),
            ("xample.COM", "a@EXAMPLE.com"),
        ] {
            assert!(Matching::new(wanted).is_in(text), "{wanted} in {text}");
        }
        for (wanted, text) in [("ann", ""), ("ann", "an"), ("ł", "l"), ("annn", "ann")] {
            assert!(!Matching::new(wanted).is_in(text), "{wanted} in {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn without_a_copy_it_finds_the_same(wanted in "[a-cA-Cé]{0,3}", text in "[a-cA-Cé]{0,8}") {
            let expected = text.to_lowercase().contains(&wanted.to_lowercase());
            proptest::prop_assert_eq!(Matching::new(&wanted).is_in(&text), expected);
        }
    }
}
