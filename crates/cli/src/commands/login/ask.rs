//! Questions on a terminal. Where there is none, nobody is asked.

use std::io::{self, IsTerminal as _};

use dialoguer::{Input, Password, Select};
use rollcall_sdk::SecretText;

use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::profile::kept::checked;

/// Where the hosted service answers.
pub const HOSTED: [&str; 3] =
    ["https://api.1password.com", "https://api.1password.ca", "https://api.1password.eu"];

pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

pub fn url(before: Option<&str>) -> Result<String, Failure> {
    let mut offered: Vec<&str> = before.into_iter().collect();
    offered.extend(HOSTED.iter().filter(|url| Some(**url) != before));
    let others = offered.len();
    offered.push("another server");
    let chosen = Select::new().with_prompt("Base URL").items(&offered).default(0).interact();
    match chosen.map_err(failed)? {
        another if another == others => text("Its base URL, such as https://HOST", None),
        chosen => Ok(offered[chosen].to_owned()),
    }
}

pub fn text(prompt: &str, before: Option<&str>) -> Result<String, Failure> {
    let mut input = Input::<String>::new().with_prompt(prompt);
    if let Some(before) = before {
        input = input.default(before.to_owned());
    }
    let typed = input.interact_text().map_err(failed)?;
    Ok(typed.trim().to_owned())
}

/// Unseen. Nothing typed is an answer only where there is one already.
pub fn secret(has_one: bool) -> Result<Option<SecretText>, Failure> {
    let prompt = match has_one {
        true => "Client secret (unseen; nothing: as it is)",
        false => "Client secret (unseen)",
    };
    let typed = Password::new().with_prompt(prompt).allow_empty_password(has_one).interact();
    let typed = SecretText::from(typed.map_err(failed)?);
    match typed.expose().trim() {
        "" => Ok(None),
        text => checked(text).map(Some).map_err(|why| Failure::wrong_use(why, "type it anew")),
    }
}

/// One line of addresses.
pub fn protected(before: &[String]) -> Result<Vec<String>, Failure> {
    let typed = Input::<String>::new()
        .with_prompt(
            "Addresses never to suspend, such as break-glass accounts (commas between; - for none)",
        )
        .default(if before.is_empty() { "-".to_owned() } else { before.join(", ") })
        .interact_text()
        .map_err(failed)?;
    let addresses = typed.split(',').map(str::trim);
    Ok(addresses.filter(|text| !text.is_empty() && *text != "-").map(str::to_owned).collect())
}

fn failed(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    // A choice hides it while it is open, and leaves it so when it is broken off.
    let _ = dialoguer::console::Term::stderr().show_cursor();
    let status = match error.kind() {
        io::ErrorKind::Interrupted => ExitStatus::Interrupted,
        _ => ExitStatus::Failed,
    };
    let what = format!("nothing was kept: the terminal: {error}");
    Failure { what, hint: None, status }
}
