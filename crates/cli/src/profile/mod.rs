//! Profiles: for each, a server, an account, an application, and where its secret is kept. The
//! secret itself is never in here.

mod file;
pub mod kept;

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use rollcall_sdk::Family;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

pub use file::Place;

/// The name of the profile that is made where none is named.
pub const FIRST_NAME: &str = "default";

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// The one that is meant where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Name>,
    #[serde(default)]
    pub profiles: BTreeMap<Name, Profile>,
}

impl Profiles {
    /// The one that is named, or the default one, or the only one.
    pub fn pick(self, name: Option<&Name>) -> Result<(Name, Profile), Failure> {
        let name = match (name.or(self.default.as_ref()), self.profiles.first_key_value()) {
            (Some(name), _) => name.clone(),
            (None, Some((only, _))) if self.profiles.len() == 1 => only.clone(),
            (None, Some(_)) => {
                return Err(Failure::wrong_use(
                    format!("which profile? There are {}", self.names()),
                    "say --profile NAME; `rollcall profiles use NAME` makes one the default",
                ));
            }
            (None, None) => {
                return Err(Failure::wrong_use(
                    "which server, account and application? There is no profile, and no variable says",
                    "`rollcall login` makes a profile; or set ROLLCALL_URL, ROLLCALL_ACCOUNT_ID, ROLLCALL_CLIENT_ID and ROLLCALL_CLIENT_SECRET, as `rollcall dev -- COMMAND` does",
                ));
            }
        };
        let names = self.names();
        let mut profiles = self.profiles;
        profiles.remove_entry(&name).ok_or_else(|| {
            let hint = match names.as_str() {
                "" => format!("`rollcall login --profile {name}` makes it"),
                names => format!("there are: {names}; `rollcall login --profile {name}` makes it"),
            };
            Failure::wrong_use(format!("there is no profile {name}"), hint)
        })
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.profiles.keys().map(Name::as_str).collect();
        names.join(", ")
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub url: String,
    pub account: String,
    pub client_id: String,
    #[serde(default)]
    pub routes: Routes,
    /// At most so many requests a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<NonZeroU32>,
    /// For one request, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Addresses that are never to be suspended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protected: Vec<String>,
    pub secret: Keeping,
}

#[cfg(test)]
impl Profile {
    fn of_tests(secret: Keeping) -> Self {
        Self {
            url: "https://api.1password.com".to_owned(),
            account: "A".to_owned(),
            client_id: "c".to_owned(),
            routes: Routes::default(),
            rate: None,
            timeout: None,
            ca_file: None,
            proxy: None,
            protected: Vec::new(),
            secret,
        }
    }
}

/// Where the secret of a profile is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "lowercase", deny_unknown_fields)]
pub enum Keeping {
    /// The system's keyring.
    Keyring,
    /// A file beside the profiles.
    File,
    /// What a command prints, each time.
    Command { command: String },
    /// Nowhere: the environment or an option has it.
    None,
}

impl fmt::Display for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("in the system's keyring"),
            Self::File => f.write_str("in a file beside the profiles"),
            Self::Command { command } => write!(f, "printed by `{command}`"),
            Self::None => f.write_str("not kept"),
        }
    }
}

/// Of a profile: it is also the name of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    const LENGTH_MAX: usize = 64;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+');
        let is_name = !text.is_empty()
            && text.len() <= Self::LENGTH_MAX
            && !text.starts_with(['.', '-'])
            && text.chars().all(is_plain);
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err("a profile's name has letters, digits and - _ . @ + alone, at most 64 of them, and begins with no dot or dash".to_owned())
        }
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The family of addresses, as a profile writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Routes(pub Family);

impl Default for Routes {
    fn default() -> Self {
        Self(Family::V1beta1)
    }
}

impl FromStr for Routes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Family::ALL.iter().find(|family| family.as_str() == text);
        found.copied().map(Self).ok_or_else(|| "write v1beta1 or v1".to_owned())
    }
}

impl TryFrom<String> for Routes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Routes> for String {
    fn from(routes: Routes) -> Self {
        routes.0.as_str().to_owned()
    }
}

impl fmt::Display for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_also_the_name_of_a_file() {
        for right in ["prod", "eu-1", "a.b", "me@work"] {
            assert_eq!(right.parse::<Name>().unwrap().as_str(), right);
        }
        let long = "x".repeat(65);
        for wrong in ["", ".", "..", "a/b", "../x", "-p", "a b", "a\nb", "ä", &long] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn profiles_are_written_as_they_are_read() {
        let text = r#"default = "prod"

[profiles.prod]
url = "https://api.1password.eu"
account = "A"
client_id = "c"
routes = "v1"
rate = 5
protected = ["break-glass@example.com"]

[profiles.prod.secret]
kept = "command"
command = "op read op://Vault/Item/secret"
"#;
        let read: Profiles = toml::from_str(text).unwrap();
        assert_eq!(toml::to_string(&read).unwrap(), text);
        for wrong in ["x = 1", "default = '../x'", "[profiles.'a/b']\nurl = ''"] {
            assert!(toml::from_str::<Profiles>(wrong).is_err(), "{wrong}");
        }
    }
}
