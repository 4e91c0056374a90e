//! What the console shows of people: a list with search, and one person.
//!
//! A search looks for those whose address begins with the text, in the order of addresses, and then
//! for those whose name does, in the order of names: both are stretches of an index, at a million
//! people too. Letters A to Z are the same in either case.

mod postgres;
mod sqlite;

use super::{StateFilter, User, email_key};
use crate::Fault;
use crate::acting::Refusal;
use crate::groups::Right;
use crate::links::Link;
use crate::paging::{At, Paged};
use crate::sessions::{PersonAsks, Session, Visit, VisitFacts, Visitor};
use crate::store;
use crate::world::UserId;

#[derive(Clone, Debug)]
pub struct BrowsePeople {
    pub state: StateFilter,
    pub search: Option<String>,
    pub at: At<UserId>,
    pub size: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonShown {
    pub user: User,
    /// And has not come in yet.
    pub invited: bool,
}

impl PersonShown {
    const fn of(user: User) -> Self {
        let invited = user.is_invited();
        Self { user, invited }
    }
}

const SEARCH_LENGTH_MAX_CHARS: usize = 254;

/// Where a search looks: keys from `from` on and before `end`.
struct Range {
    from: String,
    end: String,
}

impl Range {
    /// Everything that begins with it. No text is behind the last character there is.
    fn of(prefix: String) -> Self {
        let end = format!("{prefix}{}", char::MAX);
        Self { from: prefix, end }
    }
}

struct Search {
    address: Range,
    name: Range,
}

/// What makes two names the same for a search: as the databases' index has it.
fn name_key(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Where a page of a search begins, in each of the two stretches that it is made of. Behind these
/// where it goes on, before them where it goes back.
struct Begin {
    address: String,
    name: String,
    id: String,
}

/// Between which names a page looks, both included: one deep in does not walk over what is before
/// it. No name ends in the last character there is.
fn name_range<'a>(search: &'a Search, begin: &'a Begin, back: bool) -> (&'a str, &'a str) {
    let (from, end) = (search.name.from.as_str(), search.name.end.as_str());
    if back { (from, end.min(&begin.name)) } else { (from.max(&begin.name), end) }
}

impl BrowsePeople {
    const fn state_row(&self) -> i16 {
        match self.state {
            StateFilter::All => 0,
            StateFilter::Active => super::State::Active.to_row(),
            StateFilter::Suspended => super::State::Suspended.to_row(),
        }
    }

    fn search(&self) -> Option<Search> {
        let text = self.search.as_ref()?.trim().replace('\0', "");
        let text: String = text.chars().take(SEARCH_LENGTH_MAX_CHARS).collect();
        (!text.is_empty()).then(|| Search {
            address: Range::of(email_key(&text)),
            name: Range::of(name_key(&text)),
        })
    }

    /// The page is beside this person; if they are not there any more it is the first one.
    fn at(&self, beside: Option<&User>) -> At<UserId> {
        if beside.is_some() { self.at } else { At::Start }
    }

    fn begin(search: &Search, beside: Option<&User>) -> Begin {
        let begin = |address: &str, name: &str, id: String| Begin {
            address: address.to_owned(),
            name: name.to_owned(),
            id,
        };
        let Some(user) = beside else { return begin("", "", String::new()) };
        let address = email_key(&user.email);
        if address.starts_with(&search.address.from) {
            return begin(&address, "", String::new());
        }
        // All that were found by their address are before them.
        begin(&search.address.end, &name_key(&user.display_name), user.id.to_string())
    }
}

impl PersonAsks for BrowsePeople {
    /// From where it goes in truth, and the rows.
    type Found = (At<UserId>, Vec<PersonShown>);
    type Answer = Paged<PersonShown, UserId>;

    fn right(&self) -> Right {
        Right::SeePeople
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::browse(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::browse(self, db, visit).await
    }

    fn decide(
        &self,
        _visitor: &Visitor,
        (at, found): Self::Found,
    ) -> Result<Self::Answer, Refusal> {
        Ok(at.page(found, self.size, |shown| shown.user.id))
    }
}

#[derive(Clone, Copy, Debug)]
pub struct OnePerson {
    pub user: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnePersonShown {
    pub user: User,
    pub has_password: bool,
    /// The one made last that was not used, whether it works still or not.
    pub link: Option<Link>,
    /// How many sessions of theirs are alive.
    pub sessions: u64,
}

impl OnePersonShown {
    /// Would the link let them in now?
    #[must_use]
    pub fn link_works(&self, now: crate::world::Moment) -> bool {
        let works = crate::acting::authenticate::link_works;
        works(self.link.as_ref(), Some(&self.user), now).is_ok()
    }
}

impl PersonAsks for OnePerson {
    type Found = Option<OnePersonShown>;
    type Answer = OnePersonShown;

    fn right(&self) -> Right {
        Right::SeePeople
    }

    fn sqlite(
        &self,
        db: &store::sqlite::Connection,
        visit: &Visit,
    ) -> Result<Option<OnePersonShown>, Fault> {
        sqlite::one(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Option<OnePersonShown>), Fault> {
        postgres::one(self, db, visit).await
    }

    fn decide(
        &self,
        _visitor: &Visitor,
        found: Option<OnePersonShown>,
    ) -> Result<OnePersonShown, Refusal> {
        found.ok_or(Refusal::NoSuchUser)
    }
}

/// Since when a session must have begun, and been used, to be alive now.
fn alive_since(visit: &Visit) -> (i64, i64) {
    let (life, idle) = (Session::LIFE, Session::IDLE_END);
    (visit.now.minus(life).millis(), visit.now.minus(idle).millis())
}
