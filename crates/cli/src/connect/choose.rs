//! Whom a command asks: base URL, account and client ID from one place, and the secret that goes with
//! them. Pure. A secret is only ever sent where it belongs: where that is not clear, nothing is sent.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use rollcall_sdk::Family;
use url::Url;

use super::{Environment, SecretSource, Whom};
use crate::failure::Failure;
use crate::profile::{Keeping, Name, Profile, Profiles};

pub const TIMEOUT_SECONDS: u64 = 30;

/// Which application of which account of which server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub url: String,
    pub account: String,
    pub client_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretFrom {
    /// By an option.
    Said(SecretSource),
    Environment,
    Profile,
}

/// All that a client is made of, but the secret.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub identity: Identity,
    pub profile: Option<(Name, Profile)>,
    pub secret_from: SecretFrom,
    pub routes: Family,
    pub rate: Option<NonZeroU32>,
    pub timeout: Duration,
    pub ca_file: Option<PathBuf>,
    pub proxy: Option<String>,
    pub protected: Vec<String>,
}

pub fn choose(
    said: &Whom,
    environment: &Environment,
    profiles: impl FnOnce() -> Result<Profiles, Failure>,
) -> Result<Chosen, Failure> {
    let (identity, profile) = match whose(said, environment)? {
        Whose::Given(identity) => (identity, None),
        Whose::Kept(name) => {
            let (name, profile) = profiles()?.pick(name.as_ref())?;
            let or = |said: &Option<String>, kept: &String| said.as_ref().unwrap_or(kept).clone();
            let identity = Identity {
                url: base(&or(&said.url, &profile.url)),
                account: or(&said.account, &profile.account),
                client_id: or(&said.client_id, &profile.client_id),
            };
            (identity, Some((name, profile)))
        }
    };
    let secret_from = secret_from(said, environment, &identity, profile.as_ref())?;
    let kept = profile.as_ref().map(|(_, profile)| profile);
    let timeout = said.timeout.or(kept.and_then(|kept| kept.timeout)).unwrap_or(TIMEOUT_SECONDS);
    let from_environment = environment.ca_file.clone().filter(|_| environment.is_of(&identity));
    Ok(Chosen {
        secret_from,
        routes: said.routes.or(kept.map(|kept| kept.routes)).unwrap_or_default().0,
        rate: said.rate.or(kept.and_then(|kept| kept.rate)),
        timeout: Duration::from_secs(timeout),
        ca_file: said
            .ca_file
            .clone()
            .or(from_environment)
            .or(kept.and_then(|kept| kept.ca_file.clone())),
        proxy: said.proxy.clone().or(kept.and_then(|kept| kept.proxy.clone())),
        protected: kept.map(|kept| kept.protected.clone()).unwrap_or_default(),
        identity,
        profile,
    })
}

enum Whose {
    Given(Identity),
    /// By a profile: this one, or the default one.
    Kept(Option<Name>),
}

fn whose(said: &Whom, environment: &Environment) -> Result<Whose, Failure> {
    if said.profile.is_some() {
        // It was named here and now: variables that were set for something else say nothing.
        return Ok(Whose::Kept(said.profile.clone()));
    }
    let full = |url: Option<&String>, account: Option<&String>, client_id: Option<&String>| {
        Some(Identity { url: base(url?), account: account?.clone(), client_id: client_id?.clone() })
    };
    if let Some(all) = full(said.url.as_ref(), said.account.as_ref(), said.client_id.as_ref()) {
        return Ok(Whose::Given(all));
    }
    let set = environment.set();
    if let (Some(profile), false) = (&environment.profile, set.is_empty()) {
        return Err(Failure::wrong_use(
            format!("ROLLCALL_PROFILE says {profile}, and {} say something else", set.join(", ")),
            format!("name the one that is meant: --profile {profile}; or unset one or the others"),
        ));
    }
    let given = full(
        said.url.as_ref().or(environment.url.as_ref()),
        said.account.as_ref().or(environment.account.as_ref()),
        said.client_id.as_ref().or(environment.client_id.as_ref()),
    );
    match (given, set.is_empty(), &environment.profile) {
        (Some(given), ..) => Ok(Whose::Given(given)),
        (None, true, None) => Ok(Whose::Kept(None)),
        (None, true, Some(name)) => match name.parse() {
            Ok(name) => Ok(Whose::Kept(Some(name))),
            Err(why) => Err(Failure::wrong_use(format!("ROLLCALL_PROFILE: {why}"), "mend it")),
        },
        (None, false, _) => Err(Failure::wrong_use(
            format!(
                "{} alone: ROLLCALL_URL, ROLLCALL_ACCOUNT_ID and ROLLCALL_CLIENT_ID go together, and no profile fills in what is missing",
                set.join(" and ")
            ),
            "set all three, or unset what is set; or name a profile: --profile NAME",
        )),
    }
}

fn secret_from(
    said: &Whom,
    environment: &Environment,
    identity: &Identity,
    profile: Option<&(Name, Profile)>,
) -> Result<SecretFrom, Failure> {
    if let Some(source) = said.secret.source() {
        return Ok(SecretFrom::Said(source));
    }
    if environment.has_secret && environment.is_of(identity) {
        return Ok(SecretFrom::Environment);
    }
    let elsewhere = "say where the secret is: --secret-file FILE, --secret-command COMMAND";
    match profile {
        Some((_, kept)) if kept.secret == Keeping::None && environment.has_secret => {}
        Some((_, kept))
            if base(&kept.url) == identity.url && kept.client_id == identity.client_id =>
        {
            return Ok(SecretFrom::Profile);
        }
        Some((name, kept)) => {
            return Err(Failure::wrong_use(
                format!(
                    "the secret of the profile {name} is for {} and the client ID {} alone, and is not sent elsewhere",
                    kept.url, kept.client_id
                ),
                format!("{elsewhere}; or leave out --url and --client-id"),
            ));
        }
        None if !environment.has_secret => {
            return Err(Failure::wrong_use(
                "no client secret",
                "set ROLLCALL_CLIENT_SECRET, or say --secret-file FILE or --secret-command COMMAND",
            ));
        }
        None => {}
    }
    Err(Failure::wrong_use(
        format!(
            "ROLLCALL_CLIENT_SECRET belongs to what {} say, and is not sent elsewhere",
            environment.set().join(", ")
        ),
        elsewhere,
    ))
}

/// As the client writes it, so that two spellings are one.
pub fn base(url: &str) -> String {
    let written = Url::parse(url).map(String::from);
    written.as_deref().unwrap_or(url).trim_end_matches('/').to_owned()
}

impl fmt::Display for Chosen {
    /// Where the secret comes from, and never the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.secret_from, &self.profile) {
            (SecretFrom::Said(source), _) => source.fmt(f),
            (SecretFrom::Profile, Some((_, profile))) => profile.secret.fmt(f),
            (SecretFrom::Environment, _) | (SecretFrom::Profile, None) => {
                f.write_str("from ROLLCALL_CLIENT_SECRET")
            }
        }
    }
}

#[cfg(test)]
mod tests;
