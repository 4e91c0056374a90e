//! Who is in the double: accounts, people, applications, as plain data made from a number.
//!
//! [`Seed::default_with`] makes the people that `rollcall dev` starts with; [`Seed::from_file`] reads
//! a seed file. The same number gives the same ids, secrets and password, in every run and on every
//! machine. This knows no store, no clock and no HTTP: it says who there is, not how they are kept.

mod default_people;
mod draws;
mod exam_account;
mod file;
mod isolated;
mod names;
mod people;
mod scenario_account;
mod stream;

use std::fmt;

pub use default_people::{SeedError, USERS_DEFAULT, USERS_MAX, USERS_MIN};
pub(crate) use exam_account::ExamPerson;
pub use file::{FILE_BYTES_MAX, SeedFileError};
pub use people::People;
pub use rollcall_directory::accounts::Plan;
pub use rollcall_directory::applications::Scope;
pub use stream::SeedStream;

use crate::faults::Fault;

#[derive(Clone, Debug, PartialEq)]
pub struct Seed {
    pub number: u64,
    /// At least one. The first is the one whose credentials are printed.
    pub accounts: Vec<SeedAccount>,
    /// Those of a seed file; the scenario people's are not among them.
    pub faults: Vec<Fault>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedAccount {
    pub id: [u8; 16],
    pub name: String,
    pub plan: Plan,
    pub provisioning_automated: bool,
    /// At least one of them is an active owner.
    pub people: People,
    pub applications: Vec<SeedApplication>,
    /// The scenario people and applications are in it.
    pub scenarios: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SeedPerson {
    pub id: [u8; 16],
    pub email: String,
    pub display_name: String,
    pub suspended: bool,
    pub owner: bool,
    pub administrator: bool,
    pub security: bool,
    pub externally_managed: bool,
    pub create_time_seconds: i64,
    /// Only the first active owner of the first account can sign in with a password.
    pub password: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SeedApplication {
    /// With the version and variant bits of a random UUID: real clients check them.
    pub client_id: [u8; 16],
    pub name: String,
    pub description: String,
    pub redirect_url: String,
    pub scopes: Vec<Scope>,
    /// One or two live secrets; `secret_ids` has the id of each, in the same order.
    pub secret_bytes: Vec<[u8; 32]>,
    pub secret_ids: Vec<[u8; 8]>,
}

impl fmt::Debug for SeedPerson {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SeedPerson")
            .field("id", &data_encoding::BASE32_NOPAD.encode(&self.id))
            .field("email", &self.email)
            .field("display_name", &self.display_name)
            .field("suspended", &self.suspended)
            .field("owner", &self.owner)
            .field("administrator", &self.administrator)
            .field("security", &self.security)
            .field("externally_managed", &self.externally_managed)
            .field("create_time_seconds", &self.create_time_seconds)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .finish()
    }
}

impl fmt::Debug for SeedApplication {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SeedApplication")
            .field("client_id", &uuid::Uuid::from_bytes(self.client_id))
            .field("name", &self.name)
            .field("description", &self.description)
            .field("redirect_url", &self.redirect_url)
            .field("scopes", &self.scopes)
            .field("secrets", &format_args!("{} of ***", self.secret_bytes.len()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_in_what_a_seed_prints_for_debugging() {
        let seed = Seed::default_with(1, USERS_DEFAULT).unwrap();
        let printed = format!("{seed:?}");
        let account = &seed.accounts[0];
        let owner = account.people.iter().next().unwrap();
        let password = owner.password.clone().expect("the first owner has a password");
        assert!(!printed.contains(&password));
        assert!(!format!("{owner:?}").contains(&password));
        let secret = &account.applications[0].secret_bytes[0];
        assert!(!printed.contains(&format!("{:?}", &secret[..4]).replace(['[', ']'], "")));
        assert!(printed.contains("1 of ***"));
    }
}
