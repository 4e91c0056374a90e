//! Finding people whom somebody wrote down: the API has no look-up by address, so a listing is
//! walked once and held against all that is wanted. Pure; a million people go by, and only those
//! who are wanted stay.

use std::collections::HashMap;

use crate::users::User;

/// People who are wanted: by address, by ID, or by path (`accounts/ACCOUNT/users/USER`).
///
/// Addresses are compared without regard to case and otherwise letter by letter: a `+tag` is part of
/// an address, dots count, and nothing is normalised. "Case" is Unicode's: each letter is turned into
/// its lower-case form, whatever language it may be of, so `ÄRGER@` is `ärger@`, and `ß` is not `ss`.
/// IDs and paths are compared as they are. Space around a wanted text is passed over.
///
/// [`Client::find`](crate::Client::find) fills one from the server. Here, by hand:
///
/// ```
/// use rollcall_sdk::{Lookup, Match, State, User};
///
/// let user = |id: &str, email: &str| User {
///     id: id.into(),
///     email: email.into(),
///     display_name: String::new(),
///     state: State::Active,
///     create_time: String::new(),
///     path: format!("accounts/A/users/{id}"),
/// };
/// let mut lookup = Lookup::new(["Anna@Example.com", "U2"]);
/// lookup.see(&user("U1", "anna@example.com"));
/// lookup.see(&user("U2", "ben@example.com"));
/// lookup.see(&user("U3", "anna+alerts@example.com"));
///
/// assert!(matches!(lookup.get("anna@example.com"), Match::One(anna) if anna.id == "U1"));
/// assert!(matches!(lookup.get("U2"), Match::One(_)));
/// assert_eq!(lookup.get("anna+alerts@example.com"), Match::None, "it was not wanted");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    wanted: HashMap<String, Vec<User>>,
}

/// Who was found for one wanted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match<'a> {
    /// Nobody, or it was not wanted.
    None,
    /// Exactly one person.
    One(&'a User),
    /// More than one person: nobody can say who is meant.
    Many(&'a [User]),
}

impl Lookup {
    /// What is wanted. The order does not matter, and a text may come twice.
    pub fn new<T: AsRef<str>>(wanted: impl IntoIterator<Item = T>) -> Self {
        let wanted = wanted
            .into_iter()
            .map(|text| key(text.as_ref()))
            .filter(|key| !key.is_empty())
            .map(|key| (key, Vec::new()))
            .collect();
        Self { wanted }
    }

    /// One person of the listing goes by.
    pub fn see(&mut self, user: &User) {
        let address = lower(&user.email);
        for key in [address.as_str(), &user.id, &user.path] {
            let Some(found) = self.wanted.get_mut(key) else { continue };
            // A person changed while pages were read may come twice.
            match found.iter_mut().find(|known| known.id == user.id) {
                Some(known) => *known = user.clone(),
                None => found.push(user.clone()),
            }
        }
    }

    /// Who was seen that this text means.
    pub fn get(&self, wanted: &str) -> Match<'_> {
        match self.wanted.get(&key(wanted)).map(Vec::as_slice) {
            None | Some([]) => Match::None,
            Some([one]) => Match::One(one),
            Some(many) => Match::Many(many),
        }
    }
}

fn key(text: &str) -> String {
    let text = text.trim();
    if text.contains('@') { lower(text) } else { text.to_owned() }
}

/// Letter by letter: `str::to_lowercase` looks at the letters around a sigma.
fn lower(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().flat_map(char::to_lowercase).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::users::State;

    fn person(id: &str, email: &str) -> User {
        User {
            id: id.to_owned(),
            email: email.to_owned(),
            display_name: String::new(),
            state: State::Active,
            create_time: String::new(),
            path: format!("accounts/A/users/{id}"),
        }
    }

    fn found<'a>(lookup: &'a Lookup, wanted: &str) -> Vec<&'a str> {
        match lookup.get(wanted) {
            Match::None => vec![],
            Match::One(one) => vec![&one.id],
            Match::Many(many) => many.iter().map(|user| user.id.as_str()).collect(),
        }
    }

    #[test]
    fn an_address_an_id_and_a_path_each_mean_somebody() {
        let mut lookup = Lookup::new(["Anna@Example.COM ", "U2", "accounts/A/users/U3", "U9", ""]);
        for (id, email) in [("U1", "anna@example.com"), ("U2", "b@x"), ("U3", "c@x"), ("U4", "d@x")]
        {
            lookup.see(&person(id, email));
        }
        assert_eq!(found(&lookup, "ANNA@example.com"), ["U1"]);
        assert_eq!(found(&lookup, " U2"), ["U2"]);
        assert_eq!(found(&lookup, "accounts/A/users/U3"), ["U3"]);
        for nobody in ["U9", "u2", "U4", "d@x", "", "anna"] {
            assert_eq!(lookup.get(nobody), Match::None, "{nobody}");
        }
    }

    #[test]
    fn somebody_without_an_address_is_not_nobody_s_match() {
        let mut lookup = Lookup::new([" ", ""]);
        lookup.see(&person("U1", ""));
        assert_eq!(lookup.get(""), Match::None);
    }

    #[test]
    fn tags_and_dots_are_part_of_an_address() {
        let mut lookup = Lookup::new(["anna@x.org", "a.b@x.org"]);
        lookup.see(&person("U1", "anna+alerts@x.org"));
        lookup.see(&person("U2", "ab@x.org"));
        assert_eq!(lookup.get("anna@x.org"), Match::None);
        assert_eq!(lookup.get("a.b@x.org"), Match::None);
    }

    #[test]
    fn two_people_with_one_address_are_both_told() {
        let mut lookup = Lookup::new(["anna@x.org"]);
        lookup.see(&person("U1", "anna@x.org"));
        lookup.see(&person("U2", "Anna@x.org"));
        assert_eq!(found(&lookup, "anna@x.org"), ["U1", "U2"]);
    }

    #[test]
    fn whoever_comes_twice_is_one_person_as_last_seen() {
        let mut lookup = Lookup::new(["anna@x.org"]);
        lookup.see(&person("U1", "anna@x.org"));
        let now = User { state: State::Suspended, ..person("U1", "anna@x.org") };
        lookup.see(&now);
        assert_eq!(lookup.get("anna@x.org"), Match::One(&now));
    }

    #[test]
    fn case_is_unicode_s_letter_by_letter() {
        let mut lookup = Lookup::new(["ÄRGER@x.org", "ΣΑΣ@x.org", "strasse@x.org"]);
        lookup.see(&person("U1", "ärger@x.org"));
        lookup.see(&person("U2", "σασ@x.org"));
        lookup.see(&person("U3", "straße@x.org"));
        assert_eq!(found(&lookup, "ärger@X.ORG"), ["U1"]);
        assert_eq!(found(&lookup, "ΣΑΣ@x.org"), ["U2"]);
        assert_eq!(lookup.get("strasse@x.org"), Match::None);
    }

    proptest! {
        /// Against the slow way: every wanted text held against every person.
        #[test]
        fn it_finds_whom_a_plain_search_finds(
            people in proptest::collection::btree_map("[A-C]{1,2}", "[abAB+.]{1,3}@[xX]", 0..12),
            wanted in proptest::collection::vec("[abAB+.]{1,3}@[xX]|[A-C]{1,2}|accounts/A/users/[A-C]", 0..12),
        ) {
            let people: Vec<User> = people.iter().map(|(id, email)| person(id, email)).collect();
            let mut lookup = Lookup::new(&wanted);
            people.iter().for_each(|user| lookup.see(user));
            for text in &wanted {
                let expected: Vec<&str> = people
                    .iter()
                    .filter(|user| {
                        user.email.to_lowercase() == text.to_lowercase()
                            || user.id == *text
                            || user.path == *text
                    })
                    .map(|user| user.id.as_str())
                    .collect();
                prop_assert_eq!(found(&lookup, text), expected);
            }
        }

        /// Whoever was seen is found by their own address, whatever letters it has.
        #[test]
        fn everybody_is_found_by_their_own_address(local in "[^@\\s]{1,8}") {
            let email = format!("{local}@x.org");
            let mut lookup = Lookup::new([&email]);
            lookup.see(&person("U1", &email));
            prop_assert_eq!(found(&lookup, &email), ["U1"]);
        }
    }
}
