//! Finding people whom somebody wrote down: the API has no look-up by address, so a listing is
//! walked once and held against all that is wanted. Pure; a million people go by, and only those
//! who are wanted stay.

use std::collections::HashMap;

use crate::users::User;

/// What is wanted: addresses, IDs, paths.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    wanted: HashMap<String, Vec<User>>,
}

/// Who was found for one wanted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match<'a> {
    None,
    One(&'a User),
    /// More than one person: nobody can say who is meant.
    Many(&'a [User]),
}

impl Lookup {
    pub fn new<T: AsRef<str>>(wanted: impl IntoIterator<Item = T>) -> Self {
        let wanted = wanted.into_iter().map(|text| (key(text.as_ref()), Vec::new())).collect();
        Self { wanted }
    }

    /// One person of the listing goes by.
    pub fn see(&mut self, user: &User) {
        let keys = [key(&user.email), user.id.clone(), user.path.clone()];
        for key in keys.iter().filter(|key| !key.is_empty()) {
            if let Some(found) = self.wanted.get_mut(key) {
                // A person changed while pages were read may come twice.
                match found.iter_mut().find(|known| known.id == user.id) {
                    Some(known) => *known = user.clone(),
                    None => found.push(user.clone()),
                }
            }
        }
    }

    pub fn get(&self, wanted: &str) -> Match<'_> {
        match self.wanted.get(&key(wanted)).map(Vec::as_slice) {
            None | Some([]) => Match::None,
            Some([one]) => Match::One(one),
            Some(many) => Match::Many(many),
        }
    }
}

/// Addresses without regard to case and otherwise letter by letter: a `+tag` is part of an address.
/// IDs and paths as they are.
fn key(text: &str) -> String {
    let text = text.trim();
    if text.contains('@') { text.to_lowercase() } else { text.to_owned() }
}
