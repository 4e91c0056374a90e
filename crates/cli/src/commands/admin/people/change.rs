//! What is done to one person: added, removed, suspended, reactivated, put into a group or taken
//! out. Each is one act; what is so already is told, and is no error.

use std::io::{IsTerminal, stdin};

use rollcall_directory::acting::Act;
use rollcall_directory::groups::Group;
use rollcall_directory::users::{
    AddUser, ChangeGroup, NewPerson, Reactivate, ReasonText, RemoveUser, Suspend, User,
};
use rollcall_directory::world::AccountId;
use serde_json::json;

use super::{Where, Who, as_json, find, line};
use crate::commands::admin::error::allowed;
use crate::commands::admin::{AdminError, Done};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::shown;

pub async fn add(at: &Where, person: NewPerson, printer: &Printer) -> Done {
    let (_, account) = at.look().await?;
    let added = act(at, account.id, AddUser { person }).await?;
    tell(at, &added, &[("changed", true)], "added", printer)
}

pub async fn remove(who: &Who, why: Option<String>, yes: bool, printer: &Printer) -> Done {
    let (store, account) = who.at.look().await?;
    let user = find(&store, account.id, &who.person).await?;
    if !yes && !confirmed(&user, printer)? {
        printer.say("Nothing was changed.");
        return Ok(ExitStatus::Failed);
    }
    let why = why.as_deref().map(ReasonText::cut);
    let removed = act(&who.at, account.id, RemoveUser { user: user.id, why }).await?;
    tell(&who.at, &removed, &[("changed", true), ("removed", true)], "removed", printer)
}

fn confirmed(user: &User, printer: &Printer) -> Result<bool, AdminError> {
    if !printer.is_watched || !stdin().is_terminal() {
        return Err(AdminError::wrong_use(
            "removing somebody is for good, and nobody is here to be asked",
            "say so with --yes",
        ));
    }
    let prompt = format!("Remove {} ({}) for good?", shown(&user.email), shown(&user.display_name));
    let asked = dialoguer::Confirm::new().with_prompt(prompt).default(false).interact_opt();
    let answer = asked.map_err(std::io::Error::other).map_err(AdminError::io("the terminal"))?;
    Ok(answer == Some(true))
}

pub async fn suspend(who: &Who, why: Option<String>, printer: &Printer) -> Done {
    let why = why.as_deref().map(ReasonText::cut);
    let words = ["suspended", "was suspended already"];
    let act = |account, user: &User| Suspend { account: Some(account), user: Some(user.id), why };
    change(who, act, words, printer).await
}

pub async fn reactivate(who: &Who, why: Option<String>, printer: &Printer) -> Done {
    let why = why.as_deref().map(ReasonText::cut);
    let words = ["reactivated", "was active already"];
    let act = |account, user: &User| Reactivate {
        account: Some(account),
        user: Some(user.id),
        why,
        guarded: false,
    };
    change(who, act, words, printer).await
}

pub async fn group(who: &Who, group: Group, member: bool, printer: &Printer) -> Done {
    let words = match member {
        true => ["put into the group", "was in it already"],
        false => ["taken out of the group", "was not in it"],
    };
    let act = |_, user: &User| ChangeGroup { user: user.id, group, member };
    change(who, act, words, printer).await
}

/// `words`: for a change, and where there was nothing to change.
async fn change<A: Act<Done = User>>(
    who: &Who,
    of: impl FnOnce(AccountId, &User) -> A,
    words: [&str; 2],
    printer: &Printer,
) -> Done {
    let (store, account) = who.at.look().await?;
    let before = find(&store, account.id, &who.person).await?;
    let after = act(&who.at, account.id, of(account.id, &before)).await?;
    // Each change raises it.
    let changed = after.epoch != before.epoch;
    let [done, nothing] = words;
    tell(&who.at, &after, &[("changed", changed)], if changed { done } else { nothing }, printer)
}

async fn act<A: Act>(at: &Where, account: AccountId, act: A) -> Result<A::Done, AdminError> {
    let store = at.store.administer().await?;
    let answer = store.act(account, act).await;
    store.close().await;
    allowed(answer?)
}

fn tell(at: &Where, user: &User, more: &[(&str, bool)], words: &str, printer: &Printer) -> Done {
    if at.json {
        let mut all = as_json(user);
        for (name, value) in more {
            all[*name] = json!(value);
        }
        printer.data(&all.to_string());
    } else {
        printer.data(&format!("{words}: {}", line(user)));
    }
    Ok(ExitStatus::Done)
}
