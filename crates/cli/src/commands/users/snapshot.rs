//! A whole listing, held small, and what is different between two. Pure. Two million people are held
//! in some 350 MB.

use rollcall_sdk::{State, User};
use serde::{Deserialize, Serialize};

/// A person as far as a listing tells: a saved one may have been written with fewer columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

const FIELDS: usize = 6;
/// Beside the bits of the fields: the path is what it always is.
const PATH_IMPLIED: u8 = 1 << 6;

/// Of one person all texts in one piece, and where each ends.
struct Packed {
    text: Box<str>,
    ends: [u32; FIELDS],
    /// Which of them are there at all, a bit for each.
    has: u8,
}

#[derive(Default)]
pub struct Snapshot {
    /// Sorted by ID, each once.
    people: Vec<Packed>,
    /// Paths of people of this account are not kept: they follow from the ID.
    account: Option<String>,
}

impl Snapshot {
    #[cfg(test)]
    fn of(people: impl IntoIterator<Item = Person>) -> Self {
        let mut gathering = Gathering::default();
        people.into_iter().for_each(|person| gathering.see(&person));
        gathering.whole()
    }

    /// Whose people they are, where the paths say it.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub fn len(&self) -> usize {
        self.people.len()
    }

    pub fn people(&self) -> impl Iterator<Item = Person> + '_ {
        self.people.iter().map(|packed| packed.person(self.account.as_deref()))
    }

    fn person(&self, at: usize) -> Person {
        self.people[at].person(self.account.as_deref())
    }
}

/// A listing that is being read. It is compared with nothing before it is whole.
#[derive(Default)]
pub struct Gathering(Snapshot);

impl Gathering {
    pub fn see(&mut self, person: &Person) {
        if self.0.account.is_none() {
            self.0.account = person.path.as_deref().and_then(account).map(str::to_owned);
        }
        self.0.people.push(Packed::of(person, self.0.account.as_deref()));
    }

    /// Whoever came twice, because they were changed while pages were read, is as they came last.
    pub fn whole(mut self) -> Snapshot {
        let people = &mut self.0.people;
        people.sort_by(|a, b| a.id().cmp(b.id()));
        people.dedup_by(|later, earlier| {
            let is_same = later.id() == earlier.id();
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        people.shrink_to_fit();
        self.0
    }
}

fn account(path: &str) -> Option<&str> {
    path.strip_prefix("accounts/")?.split('/').next()
}

fn follows(path: &str, account: Option<&str>, id: &str) -> bool {
    let rest = account.and_then(|account| path.strip_prefix("accounts/")?.strip_prefix(account));
    rest.and_then(|rest| rest.strip_prefix("/users/")) == Some(id)
}

impl Packed {
    fn of(person: &Person, account: Option<&str>) -> Self {
        let path = person.path.as_deref();
        let is_implied = path.is_some_and(|path| follows(path, account, &person.id));
        let path = path.filter(|_| !is_implied);
        let fields = [
            Some(person.id.as_str()),
            person.email.as_deref(),
            person.display_name.as_deref(),
            person.state.as_deref(),
            person.create_time.as_deref(),
            path,
        ];
        let length = fields.iter().flatten().map(|field| field.len()).sum();
        let mut text = String::with_capacity(length);
        let (mut ends, mut has) = ([0; FIELDS], if is_implied { PATH_IMPLIED } else { 0 });
        for (at, field) in fields.into_iter().enumerate() {
            if let Some(field) = field {
                text.push_str(field);
                has |= 1 << at;
            }
            ends[at] = u32::try_from(text.len()).unwrap_or(u32::MAX);
        }
        Self { text: text.into_boxed_str(), ends, has }
    }

    fn field(&self, at: usize) -> Option<&str> {
        let begin = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        (self.has & 1 << at != 0).then(|| self.text.get(begin..self.ends[at] as usize))?
    }

    fn id(&self) -> &str {
        self.field(0).unwrap_or_default()
    }

    fn person(&self, account: Option<&str>) -> Person {
        let own = |at: usize| self.field(at).map(str::to_owned);
        let path = match account.filter(|_| self.has & PATH_IMPLIED != 0) {
            Some(account) => Some(format!("accounts/{account}/users/{}", self.id())),
            None => own(5),
        };
        Person {
            id: self.id().to_owned(),
            email: own(1),
            display_name: own(2),
            state: own(3),
            create_time: own(4),
            path,
        }
    }
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: Some(user.email),
            display_name: Some(user.display_name),
            state: Some(user.state.as_str().to_owned()),
            create_time: Some(user.create_time),
            path: Some(user.path),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// There when the watch began.
    Present,
    Added,
    Removed,
    Suspended,
    Reactivated,
    /// To or from a state other than active and suspended.
    StateChanged,
    Renamed,
    EmailChanged,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Suspended => "suspended",
            Self::Reactivated => "reactivated",
            Self::StateChanged => "state_changed",
            Self::Renamed => "renamed",
            Self::EmailChanged => "email_changed",
        }
    }
}

/// Somebody who changed in two ways is two changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub change: Kind,
    pub id: String,
    pub before: Option<Person>,
    pub after: Option<Person>,
}

/// What is different, in the order of the IDs.
pub fn changes<'a>(old: &'a Snapshot, new: &'a Snapshot) -> impl Iterator<Item = Change> + 'a {
    let (mut at_old, mut at_new) = (0, 0);
    let next = std::iter::from_fn(move || {
        let before = old.people.get(at_old);
        let after = new.people.get(at_new);
        let order = match (before, after) {
            (None, None) => return None,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(before), Some(after)) => before.id().cmp(after.id()),
        };
        let (mut of_old, mut of_new) = (None, None);
        if order.is_le() {
            of_old = Some(at_old);
            at_old += 1;
        }
        if order.is_ge() {
            of_new = Some(at_new);
            at_new += 1;
        }
        Some((of_old, of_new))
    });
    next.flat_map(move |(before, after)| {
        let kinds = match (before, after) {
            (Some(before), Some(after)) => kinds(&old.people[before], &new.people[after]),
            (None, _) => vec![Kind::Added],
            (_, None) => vec![Kind::Removed],
        };
        kinds.into_iter().map(move |change| {
            let before = before.map(|at| old.person(at));
            let after = after.map(|at| new.person(at));
            let id = before.as_ref().or(after.as_ref()).map(|person| person.id.clone());
            Change { change, id: id.unwrap_or_default(), before, after }
        })
    })
}

/// Only what both listings tell is compared.
fn kinds(before: &Packed, after: &Packed) -> Vec<Kind> {
    let differs = |at: usize| match (before.field(at), after.field(at)) {
        (Some(before), Some(after)) => (before != after).then_some((before, after)),
        (None, _) | (_, None) => None,
    };
    let mut kinds = Vec::new();
    if let Some((before, after)) = differs(3) {
        let active = State::Active;
        kinds.push(match (before, after) {
            (_, after) if after == State::Suspended.as_str() => Kind::Suspended,
            (before, after) if before == State::Suspended.as_str() && after == active.as_str() => {
                Kind::Reactivated
            }
            _ => Kind::StateChanged,
        });
    }
    if differs(2).is_some() {
        kinds.push(Kind::Renamed);
    }
    if differs(1).is_some() {
        kinds.push(Kind::EmailChanged);
    }
    kinds
}

#[cfg(test)]
mod tests;
