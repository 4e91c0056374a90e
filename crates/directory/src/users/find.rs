//! The operator's look-ups: one person, by id or by address; and who bears any of these addresses.

use std::str::FromStr;

use crate::world::{AccountId, UserId};

/// How a person is named on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Id(UserId),
    Email(String),
}

impl FromStr for Named {
    type Err = String;

    /// No id holds an `@`, and no address is without one.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') && !text.contains('\0') {
            return Ok(Self::Email(text.to_owned()));
        }
        text.parse().map(Self::Id).map_err(|_| {
            "name a person by id (26 characters of A-Z and 2-7) or by e-mail address".to_owned()
        })
    }
}

/// The question: who is this?
#[derive(Clone, Debug)]
pub struct Person {
    pub account: AccountId,
    pub who: Named,
}

/// The question: who has one of these addresses? In no promised order.
#[derive(Clone, Debug)]
pub struct PeopleWithEmails {
    pub account: AccountId,
    /// By their [`super::email_key`], at most [`PeopleWithEmails::KEYS_MAX`].
    pub keys: Vec<String>,
}

impl PeopleWithEmails {
    pub const KEYS_MAX: usize = 1_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_id_or_by_address() {
        let id = UserId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(Named::Id(id)));
        assert_eq!("Ann@example.com".parse(), Ok(Named::Email("Ann@example.com".into())));
        for neither in ["", "ann", "a@b\0c", &id.to_string().to_lowercase()] {
            assert!(neither.parse::<Named>().is_err(), "{neither:?}");
        }
    }
}
