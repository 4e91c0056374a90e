//! `rollcall admin integrity`: asks the database to check itself.

use rollcall_directory::store::Integrity;
use serde_json::json;

use super::{Done, StoreArguments};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

pub async fn run(store: &StoreArguments, json: bool, printer: &Printer) -> Done {
    let found = store.inspect().await?.ask(&Integrity).await?;
    if json {
        printer.data(&json!({ "sound": found.is_empty(), "found": found }).to_string());
    } else if found.is_empty() {
        printer.data("sound: the database found nothing wrong with itself");
    } else {
        printer.data(&format!("damaged:\n  {}", found.join("\n  ")));
    }
    Ok(if found.is_empty() { ExitStatus::Done } else { ExitStatus::Failed })
}
