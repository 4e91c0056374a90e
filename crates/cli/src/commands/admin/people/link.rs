//! A one-time link for one person, made by the operator.

use std::path::Path;

use super::{Who, as_json, find, line};
use crate::commands::admin::Done;
use crate::commands::admin::new_link::NewLink;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;

pub async fn run(who: &Who, out: Option<&Path>, printer: &Printer) -> Done {
    let (look, account) = who.at.look().await?;
    let user = find(&look, account.id, &who.person).await?;
    let new = NewLink::fresh(&who.at.store, account.id, out)?;
    let made = new.make_for(&who.at.store, account.id, user.id).await?;
    let lost = made.lost();
    if who.at.json {
        let mut all = as_json(&user);
        all["link"] = made.as_json();
        printer.once(&all.to_string(), &lost);
        return Ok(ExitStatus::Done);
    }
    printer.data(&format!("made for: {}", line(&user)));
    if let Some(link) = made.to_print() {
        printer.data(&link);
    }
    printer.lost(&lost);
    printer.say(&made.words());
    Ok(ExitStatus::Done)
}
