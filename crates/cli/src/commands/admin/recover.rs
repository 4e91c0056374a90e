//! `rollcall admin recover`: makes somebody an active owner again when no owner can sign in.

use clap::Args;
use data_encoding::BASE32_NOPAD;
use rollcall_directory::Fault;
use rollcall_directory::sessions::Password;
use rollcall_directory::users::{Named, Person, RecoverOwner, Recovered, User};
use rollcall_directory::world::{AccountId, World};
use serde_json::json;
use zeroize::Zeroizing;

use super::error::allowed;
use super::people::{a_new_person, as_json, checked_address, checked_name, line};
use super::which_account::the_account;
use super::{AdminError, Done, StoreArguments};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::shown;

#[derive(Args)]
#[command(after_help = "\
Whoever has this address is reactivated and made an owner, whatever they were before, and nothing that
they held works any more. With --name, somebody new is added where nobody has the address. Needs no
other owner; leaves one record, `owner_recovered`. The password is random and printed once.

Exit status: 0 recovered, 1 refused or nobody has this address, 2 wrong use.

Examples:
  rollcall admin recover --data ./data --email ann@example.com
  rollcall admin recover --data ./data --account ACCOUNT --email new@example.com --name 'Ann Arbor'")]
pub struct Recover {
    #[command(flatten)]
    store: StoreArguments,
    /// Which account [default: the only one]
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Whose address it is
    #[arg(long, value_parser = checked_address)]
    email: String,
    /// Add them under this name if nobody has the address
    #[arg(long, value_parser = checked_name)]
    name: Option<String>,
    /// Leave their password as it is
    #[arg(long)]
    keep_password: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(recover: Recover, printer: &Printer) -> Done {
    let look = recover.store.inspect_people().await?;
    let account = the_account(&look, recover.account).await?.id;
    let who = Named::Email(recover.email.clone());
    let before = look.ask(&Person { account, who }).await?;
    let world = World::system();
    let who = match (&before, &recover.name) {
        (Some(user), _) => Recovered::There(user.id),
        (None, Some(name)) => {
            Recovered::New(a_new_person(&world, recover.email.clone(), name.clone()))
        }
        (None, None) => {
            return Err(AdminError::missing(
                format!("nobody in account {account} has the address {}", shown(&recover.email)),
                "to add somebody new as an owner, say their name with --name",
            ));
        }
    };
    let password = (!recover.keep_password).then(|| new_password(&world));
    let hash = match &password {
        Some(text) => {
            let hash = Password::new(text.to_string()).hash(&world.bytes());
            Some(hash.ok_or_else(|| Fault::Unusable("the password could not be made".to_owned()))?)
        }
        None => None,
    };
    let store = recover.store.administer().await?;
    let answer = store.act(account, RecoverOwner { who, password: hash }).await;
    store.close().await;
    let owner = allowed(answer?)?;
    tell(&recover, before.as_ref(), &owner, password.as_deref().map(String::as_str), printer);
    Ok(ExitStatus::Done)
}

fn tell(
    recover: &Recover,
    before: Option<&User>,
    owner: &User,
    password: Option<&str>,
    printer: &Printer,
) {
    let added = before.is_none();
    let reactivated = before.is_some_and(User::is_suspended);
    let promoted = before.is_some_and(|before| !before.groups.owner);
    let lost = match password {
        Some(_) => {
            "they were recovered all the same, and nobody has their new password: run the command \
             again for another one"
        }
        None => "they were recovered all the same; their password, if they had one, is as it was",
    };
    if recover.json {
        let mut all = as_json(owner);
        for (name, value) in
            [("added", added), ("reactivated", reactivated), ("promoted", promoted)]
        {
            all[name] = json!(value);
        }
        all["password"] = json!(password);
        return printer.once(&all.to_string(), lost);
    }
    printer.data(&format!("recovered: {}", line(owner)));
    if let Some(password) = password {
        printer.data(&format!("password:  {password}"));
    }
    printer.lost(lost);
    let steps = [(added, "added"), (reactivated, "reactivated"), (promoted, "made an owner")];
    let took: Vec<&str> = steps.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if !took.is_empty() {
        printer.say(&format!("They were {}.", took.join(" and ")));
    }
    printer.say(match password {
        Some(_) => "What they held before works no more. The password is not shown again.",
        None => {
            "What they held before works no more. Their password, if they had one, is as it was."
        }
    });
}

/// 120 random bits, in groups that can be read out.
fn new_password(world: &World) -> Zeroizing<String> {
    let bytes = Zeroizing::new(world.bytes::<15>());
    let text = Zeroizing::new(BASE32_NOPAD.encode(&*bytes).to_lowercase());
    let mut grouped = Zeroizing::new(String::with_capacity(text.len() + text.len() / 4));
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push('-');
        }
        grouped.push(c);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rollcall_directory::world::{ReplayedRandomness, SystemClock};

    use super::*;

    #[test]
    fn a_password_has_six_groups_of_four_and_differs_each_time() {
        let randomness = Arc::new(ReplayedRandomness::from_seed(1));
        let world = World { clock: Arc::new(SystemClock), randomness };
        let (one, other) = (new_password(&world), new_password(&world));
        assert_ne!(one, other);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [4; 6]);
        assert!(Password::new(one.to_string()).hash(&[1; 16]).is_some());
    }
}
