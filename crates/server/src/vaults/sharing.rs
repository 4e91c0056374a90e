//! Who may do what in a vault: given by email, changed and taken away in the list.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::users::{Named, Person};
use rollcall_directory::vaults::{Level, ShareVault};
use rollcall_directory::world::UserId;

use super::console::{Seen, look};
use super::pages::AccessPage;
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Notice, Problems};

pub(crate) async fn form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    seen.demand_write()?;
    Ok(show(&page(call, &seen, Problems::default())))
}

fn page(call: &PageCall, seen: &Seen, problems: Problems) -> AccessPage {
    let mut frame = seen.frame(call, &format!("Access to {}", seen.one.vault.name));
    frame.has_problems = !problems.is_empty();
    if call.query.get("done") == "changed" {
        frame.notice = Some(Notice::said("Access is changed. It holds from now on."));
    }
    AccessPage {
        frame,
        problems,
        vault: seen.shown(),
        people: seen.people(),
        email: call.form.get("email").to_owned(),
        access: call.form.get("access").to_owned(),
    }
}

pub(crate) async fn send(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let vault = seen.one.vault.id;
    let level = match call.form.get("access") {
        "read" => Some(Level::Read),
        "write" => Some(Level::Write),
        "none" => None,
        _ => return Err(No::Unreadable("The form does not say which access is meant.")),
    };
    let user = match call.form.get("user") {
        "" => match by_email(rollcall, call, &seen).await? {
            Ok(user) => user,
            Err(problems) => return Ok(again(&page(call, &seen, problems))),
        },
        id => id.parse().map_err(|_| No::Refused(Refusal::NoSuchUser))?,
    };
    let leaves = level.is_none() && user == seen.visitor.user.id;
    match call.act(rollcall, ShareVault { vault, user, level }).await {
        Ok(()) if leaves => Ok(call.see_other("/vaults?done=left")),
        Ok(()) => Ok(call.see_other(&format!("/vaults/{vault}/access?done=changed"))),
        Err(No::Refused(why @ (Refusal::NoSuchVault | Refusal::VaultReadOnly))) => {
            Err(No::Refused(why))
        }
        Err(No::Refused(why)) => {
            let field = if call.form.has("user") { "" } else { "email" };
            Ok(again(&page(call, &seen, Problems::one(field, refused::text(&why)))))
        }
        Err(no) => Err(no),
    }
}

/// Whoever may write to the vault may learn that an address is somebody's of their own account.
async fn by_email(
    rollcall: &Rollcall,
    call: &PageCall,
    seen: &Seen,
) -> Result<Result<UserId, Problems>, No> {
    seen.demand_write()?;
    let email = call.form.get("email");
    if email.is_empty() {
        return Ok(Err(Problems::one("email", "Give the person's email.")));
    }
    let nobody = Problems::one("email", "Nobody in this account has this email.");
    let Ok(who @ Named::Email(_)) = email.parse() else { return Ok(Err(nobody)) };
    let found = call.look(rollcall, &Person { account: seen.visitor.account, who }).await?;
    Ok(found.map(|user| user.id).ok_or(nobody))
}
