//! All that a profile is made of: from the options, the variables, the profile as it was, and from
//! whoever sits at the terminal.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Gathered, Keep, Options, ask};
use crate::connect::{Environment, Identity, SecretSource, base, secret_of_environment};
use crate::failure::Failure;
use crate::profile::kept::Owner;
use crate::profile::{FIRST_NAME, Keeping, Name, Place, Profile, Profiles};

pub fn gather(options: &Options, place: &Place) -> Result<Gathered, Failure> {
    let profiles = place.read()?;
    let name = name(options, &profiles)?;
    let before = profiles.profiles.get(&name);
    let environment = Environment::read();
    let identity = identity(options, &environment, before)?;
    let is_as_before = before.is_some_and(|before| {
        base(&before.url) == identity.url && before.client_id == identity.client_id
    });
    let (secret, may_fall_back) = keeping(options, before)?;
    let mut profile = Profile {
        url: identity.url.clone(),
        account: identity.account.clone(),
        client_id: identity.client_id.clone(),
        routes: options.whom.routes.or(before.map(|kept| kept.routes)).unwrap_or_default(),
        rate: options.whom.rate.or(before.and_then(|kept| kept.rate)),
        timeout: options.whom.timeout.or(before.and_then(|kept| kept.timeout)),
        ca_file: absolute(options.whom.ca_file.as_deref())?
            .or(before.and_then(|kept| kept.ca_file.clone()))
            .or(environment.ca_file.clone().filter(|_| environment.is_of(&identity))),
        proxy: options.whom.proxy.clone().or(before.and_then(|kept| kept.proxy.clone())),
        protected: before.map(|kept| kept.protected.clone()).unwrap_or_default(),
        secret,
    };
    let kept = before.filter(|_| is_as_before);
    let secret = if profile.secret == Keeping::None && options.no_check {
        None
    } else {
        let kept = kept.map(|profile| Owner { place, name: &name, profile });
        let is_of = environment.is_of(&identity);
        Some(self::secret(options, &profile, kept, is_of)?)
    };
    profile.protected = protected(options, profile.protected)?;
    Ok(Gathered { name, profile, may_fall_back, secret })
}

fn name(options: &Options, profiles: &Profiles) -> Result<Name, Failure> {
    if let Some(name) = &options.whom.profile {
        return Ok(name.clone());
    }
    if profiles.profiles.is_empty() {
        return FIRST_NAME.parse().map_err(|why: String| Failure::failed(why, "--profile NAME"));
    }
    profiles.clone().pick(None).map(|(name, _)| name)
}

/// What the profile was fills in only where no variable says something else.
fn identity(
    options: &Options,
    environment: &Environment,
    before: Option<&Profile>,
) -> Result<Identity, Failure> {
    let before = before.filter(|_| environment.set().is_empty());
    let asks = ask::is_possible();
    let one = |said: &Option<String>,
               variable: &Option<String>,
               before: Option<&String>,
               (flag, words): (&str, &str)| {
        let known = variable.as_deref().or(before.map(String::as_str));
        match (said, known) {
            (Some(said), _) => Ok(said.clone()),
            (None, known) if asks => ask::text(words, known),
            (None, Some(known)) => Ok(known.to_owned()),
            (None, None) => Err(Failure::wrong_use(
                format!("{words} is not said, and nobody is here to be asked"),
                format!("say {flag}"),
            )),
        }
    };
    let known = environment.url.as_deref().or(before.map(|kept| kept.url.as_str()));
    let url = match &options.whom.url {
        Some(said) => said.clone(),
        None if asks => ask::url(known)?,
        None => known.unwrap_or(ask::HOSTED[0]).to_owned(),
    };
    let said = &options.whom;
    let account = one(
        &said.account,
        &environment.account,
        before.map(|kept| &kept.account),
        ("--account ID", "The account's ID"),
    )?;
    let client_id = one(
        &said.client_id,
        &environment.client_id,
        before.map(|kept| &kept.client_id),
        ("--client-id ID", "The application's client ID"),
    )?;
    Ok(Identity { url: base(&url), account, client_id })
}

/// Where the secret is to be kept, and whether that is but a first choice.
fn keeping(options: &Options, before: Option<&Profile>) -> Result<(Keeping, bool), Failure> {
    let said = match options.whom.secret.source() {
        Some(SecretSource::Command(command)) => Some(Keeping::Command { command }),
        _ => None,
    };
    let before = before.map(|kept| kept.secret.clone()).filter(|kept| *kept != Keeping::None);
    let is_command = |kept: &Keeping| matches!(kept, Keeping::Command { .. });
    Ok(match options.keep {
        Some(Keep::Keyring) => (Keeping::Keyring, false),
        Some(Keep::File) => (Keeping::File, false),
        Some(Keep::None) => (Keeping::None, false),
        Some(Keep::Command) => {
            let command = said.or(before.filter(is_command)).ok_or_else(|| {
                Failure::wrong_use("which command prints the secret?", "say --secret-command")
            })?;
            (command, false)
        }
        None => {
            // A secret that was given otherwise takes the place of a command.
            let was_given = options.secret_stdin || options.whom.secret.source().is_some();
            let before = before.filter(|kept| !(was_given && is_command(kept)));
            match said.or(before) {
                Some(kept) => (kept, false),
                None => (Keeping::Keyring, true),
            }
        }
    })
}

fn secret(
    options: &Options,
    profile: &Profile,
    kept: Option<Owner<'_>>,
    environment_is_of_it: bool,
) -> Result<rollcall_sdk::SecretText, Failure> {
    if options.secret_stdin {
        return SecretSource::StandardInput.read();
    }
    if let Some(source) = options.whom.secret.source() {
        return source.read();
    }
    if let Keeping::Command { command } = &profile.secret {
        return SecretSource::Command(command.clone()).read();
    }
    if let Some(secret) = secret_of_environment().filter(|_| environment_is_of_it) {
        return Ok(secret);
    }
    let kept = kept.filter(|owner| owner.profile.secret != Keeping::None);
    if ask::is_possible()
        && let Some(typed) = ask::secret(kept.is_some())?
    {
        return Ok(typed);
    }
    kept.map(|owner| owner.read()).unwrap_or_else(|| {
        Err(Failure::wrong_use(
            "there is no client secret, and nobody is here to be asked",
            "say --secret-stdin, --secret-file FILE, --secret-fd N or --secret-command COMMAND, or set ROLLCALL_CLIENT_SECRET",
        ))
    })
}

/// What was protected stays so.
fn protected(options: &Options, before: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut said = options.protect.clone();
    if let Some(file) = &options.protect_file {
        let text = std::fs::read_to_string(file).map_err(|error| {
            Failure::wrong_use(
                format!("{}: {error}", file.display()),
                "--protect-file names a text file with an address on each line",
            )
        })?;
        let lines = text.lines().map(str::trim);
        said.extend(
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned),
        );
    }
    let all = match said.is_empty() && ask::is_possible() {
        true => ask::protected(&before)?,
        false => before.into_iter().chain(said).collect(),
    };
    addresses(all)
}

/// Each once, upper and lower case alike.
pub fn addresses(all: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut seen = BTreeSet::new();
    for address in &all {
        let (before, after) = address.rsplit_once('@').unwrap_or_default();
        if before.is_empty() || after.is_empty() || address.chars().any(char::is_whitespace) {
            return Err(Failure::wrong_use(
                format!("{address:?} is no address"),
                "people are protected by their e-mail addresses",
            ));
        }
    }
    Ok(all.into_iter().filter(|address| seen.insert(address.to_lowercase())).collect())
}

/// A profile is used from any folder.
fn absolute(file: Option<&Path>) -> Result<Option<std::path::PathBuf>, Failure> {
    file.map(std::path::absolute).transpose().map_err(|error| {
        Failure::wrong_use(format!("--ca-file: {error}"), "name a file of certificates in PEM")
    })
}
