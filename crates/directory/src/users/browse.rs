//! The operator's list of people: a page of those whose address or name holds a text. A page looks
//! at so many rows and no more, however few of them match, and says where the next one goes on.

use super::{After, StateFilter, User};
use crate::world::AccountId;

#[derive(Clone, Debug)]
pub struct People {
    pub account: AccountId,
    pub state: StateFilter,
    /// Upper and lower case are the same.
    pub matching: Option<String>,
    pub after: Option<After>,
    /// How many rows are looked at.
    pub rows: u16,
}

#[derive(Clone, Debug)]
pub struct SomePeople {
    pub people: Vec<User>,
    /// Where to go on; none at the end.
    pub next: Option<After>,
}

impl People {
    /// Pure, so that both databases agree on what upper case is.
    pub(super) fn decide(&self, mut found: Vec<User>) -> SomePeople {
        let last = found.last().map(|last| After { created: last.created, id: last.id });
        let next = last.filter(|_| found.len() >= usize::from(self.rows));
        if let Some(text) = &self.matching {
            let text = text.to_lowercase();
            let holds = |field: &str| field.to_lowercase().contains(&text);
            found.retain(|user| holds(&user.email) || holds(&user.display_name));
        }
        SomePeople { people: found, next }
    }

    /// Where the page begins: a time and an id, both before everybody's where none was named.
    pub(super) fn begin(&self) -> (i64, String) {
        self.after.map_or((i64::MIN, String::new()), |after| {
            (after.created.millis(), after.id.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::a_person;

    fn people(matching: Option<&str>, rows: u16) -> People {
        People {
            account: AccountId::from_bytes([2; 16]),
            state: StateFilter::All,
            matching: matching.map(str::to_owned),
            after: None,
            rows,
        }
    }

    #[test]
    fn a_full_page_goes_on_even_if_nobody_on_it_matches() {
        let found = vec![a_person(1), a_person(2)];
        let page = people(Some("nobody"), 2).decide(found.clone());
        assert!(page.people.is_empty());
        assert_eq!(page.next.unwrap().id, found[1].id);
        assert!(people(None, 3).decide(found).next.is_none());
        assert!(people(None, 3).decide(Vec::new()).next.is_none());
    }

    #[test]
    fn address_or_name_match_in_any_case() {
        let ann = User { display_name: "Änn ŁUKASZ".into(), ..a_person(1) };
        for (text, found) in
            [("änn łuk", 1), ("PERSON1@", 1), ("example.com", 2), ("person 2", 1), ("nobody", 0)]
        {
            let page = people(Some(text), 9).decide(vec![ann.clone(), a_person(2)]);
            assert_eq!(page.people.len(), found, "{text}");
        }
    }
}
