//! Lists, as the model has them: in the order people were made, by id where that is equal, each
//! page from behind the last one shown. And the promise about a walk: everybody who was there and
//! matching throughout is shown, exactly once.

use std::collections::BTreeSet;

use rollcall_directory::world::{AccountId, UserId};

use super::{Model, PAGE_TOKEN_LIFE, Person, Right, listed_text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    All,
    Active,
    Suspended,
}

impl Filter {
    fn shows(self, suspended: bool) -> bool {
        match self {
            Self::All => true,
            Self::Active => !suspended,
            Self::Suspended => suspended,
        }
    }
}

/// A list that is being followed from page to page.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) account: AccountId,
    pub(crate) filter: Filter,
    pub(crate) page_token: String,
    /// When its page token was given out.
    since: i64,
    behind: (i64, String),
    seen: Vec<UserId>,
    throughout: BTreeSet<UserId>,
}

impl Model {
    /// The first page, and the walk that it begins where there is more.
    pub(crate) fn list(
        &self,
        token: usize,
        named: Option<AccountId>,
        filter: Filter,
        size: usize,
    ) -> (String, Option<Walk>) {
        if let Err(refused) = self.may_read(token, named, Right::List) {
            return (refused, None);
        }
        let account = self.tokens[token].account;
        let matching = self.accounts[&account].people.iter();
        let matching = matching.filter(|(_, person)| filter.shows(person.suspended));
        let walk = Walk {
            account,
            filter,
            page_token: String::new(),
            since: self.now,
            behind: (i64::MIN, String::new()),
            seen: Vec::new(),
            throughout: matching.map(|(id, _)| *id).collect(),
        };
        self.page(walk, size)
    }

    /// The next page of a walk, asked for with a token that may be another account's, or under
    /// another filter than the walk's own.
    pub(crate) fn next(
        &self,
        walk: &Walk,
        token: usize,
        filter: Filter,
        size: usize,
    ) -> (String, Option<Walk>) {
        let account = self.tokens[token].account;
        let old = self.now >= walk.since + PAGE_TOKEN_LIFE;
        if old || account != walk.account || filter != walk.filter {
            return ("not this list's page token".to_owned(), None);
        }
        match self.may_read(token, Some(account), Right::List) {
            Err(refused) => (refused, None),
            Ok(()) => self.page(walk.clone(), size),
        }
    }

    fn page(&self, mut walk: Walk, size: usize) -> (String, Option<Walk>) {
        let key = |id: UserId, person: &Person| (person.created, id.to_string());
        let mut rest: Vec<_> = self.accounts[&walk.account]
            .people
            .iter()
            .filter(|(_, person)| walk.filter.shows(person.suspended))
            .filter(|(id, person)| key(**id, person) > walk.behind)
            .collect();
        rest.sort_by_key(|(id, person)| key(**id, person));
        let more = rest.len() > size;
        rest.truncate(size);
        let line = |(id, person): &(&UserId, &Person)| {
            listed_text(**id, &person.email, person.suspended, person.created)
        };
        let mut lines: Vec<String> = rest.iter().map(line).collect();
        walk.seen.extend(rest.iter().map(|(id, _)| **id));
        lines.push(if more { "and more" } else { "and no more" }.to_owned());
        match rest.last().filter(|_| more) {
            Some((id, person)) => {
                (walk.behind, walk.since) = (key(**id, person), self.now);
                (lines.join("\n  "), Some(walk))
            }
            None => {
                lines.extend(walk.broken_promise().map(ToOwned::to_owned));
                (lines.join("\n  "), None)
            }
        }
    }

    /// Who no longer matches was not there throughout.
    pub(super) fn walks_notice(&mut self, account: AccountId, user: UserId, suspended: bool) {
        for walk in self.walks.iter_mut().filter(|walk| walk.account == account) {
            if !walk.filter.shows(suspended) {
                walk.throughout.remove(&user);
            }
        }
    }
}

impl Walk {
    pub(crate) fn with(self, page_token: String) -> Self {
        Self { page_token, ..self }
    }

    /// A line that no store answers, so that a broken promise is a difference like any other.
    fn broken_promise(&self) -> Option<&'static str> {
        let once: BTreeSet<UserId> = self.seen.iter().copied().collect();
        if once.len() != self.seen.len() {
            return Some("the walk showed somebody twice");
        }
        (!once.is_superset(&self.throughout)).then_some("the walk left somebody out")
    }
}
