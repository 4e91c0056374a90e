//! A list, page by page. The next page is on its way while one is used.

mod ahead;
mod page;
mod unread;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use rollcall_wire::route::Route;
use rollcall_wire::secret_text::SecretText;
use tracing::{Instrument, debug_span};

pub use page::Page;
use unread::{Unread, without_id};

use crate::asking::Ask;
use crate::client::Client;
use crate::error::Error;
use crate::exchange::Answer;
use crate::lookup::Lookup;
use crate::users::User;

/// So many pages in a row may have nobody on them: a server may filter after it has cut its pages.
const EMPTY_PAGES_MAX: u64 = 1000;

/// Which people are listed. The API knows these filters and no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Everybody.
    #[default]
    All,
    /// Those who may come in.
    Active,
    /// Those who are suspended.
    Suspended,
}

/// A list that is to be read: person after person, page after page, or one page at a time.
#[derive(Clone, Debug)]
pub struct Listing {
    client: Client,
    filter: Filter,
    page_size: u16,
}

impl Listing {
    pub(crate) fn new(client: Client, filter: Filter) -> Self {
        Self { client, filter, page_size: 1000 }
    }

    /// 1 to 1000; a server may give less.
    #[must_use]
    pub fn page_size(mut self, people: u16) -> Self {
        self.page_size = people.clamp(1, 1000);
        self
    }

    /// One page; the next is named by this one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use rollcall_sdk::Filter;
    ///
    /// let listing = client.list(Filter::All).page_size(20);
    /// let first = listing.page(None).await?;
    /// let second = listing.page(first.next()).await?;
    /// assert_ne!(first.results[0].id, second.results[0].id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn page(&self, page_token: Option<&str>) -> Result<Page, Error> {
        self.ask(page_token, |answer, sent| answer.read_checked(sent, without_id)).await
    }

    async fn ask<T>(
        &self,
        page_token: Option<&str>,
        open: impl Fn(Answer, &[&SecretText]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let size = self.page_size.to_string();
        let mut query = vec![("max_page_size", size.as_str())];
        match self.filter {
            Filter::All => {}
            Filter::Active => query.push(("filter", "user.isActive()")),
            Filter::Suspended => query.push(("filter", "user.isSuspended()")),
        }
        query.extend(page_token.map(|token| ("page_token", token)));
        let ask = Ask { route: Route::ListUsers, user: None, query: &query };
        self.client.read_as(ask, self.client.work(), open).instrument(debug_span!("page")).await
    }

    /// Page after page; ends after an error. While one page is used, the next ones are on
    /// their way: up to four pages are held, however many there are. Needs a Tokio runtime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use futures_util::TryStreamExt;
    /// use rollcall_sdk::Filter;
    ///
    /// let mut pages = std::pin::pin!(client.list(Filter::All).page_size(20).pages());
    /// let mut count = 0;
    /// while let Some(page) = pages.try_next().await? {
    ///     count += page.results.len();
    /// }
    /// assert!(count >= 50);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> impl Stream<Item = Result<Page, Error>> + Send {
        let begin = Reading::of(self);
        stream::try_unfold(Some(begin), |reading| async move {
            let Some(mut reading) = reading else { return Ok(None) };
            let page = reading.next().await?;
            Ok(page.map(|(page, goes_on)| (page, goes_on.then_some(reading))))
        })
    }

    /// Person after person; ends after an error. No more than four pages are held.
    pub fn people(self) -> impl Stream<Item = Result<User, Error>> + Send {
        self.pages()
            .map_ok(|page| stream::iter(page.results.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    /// Reads the whole list and keeps whom the look-up wants; [`Client::find`] does so for everybody.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use rollcall_sdk::{Filter, Lookup, Match};
    ///
    /// let wanted = Lookup::new(["minjun.kim@rollcall.example"]);
    /// let found = client.list(Filter::Suspended).look_up(wanted).await?;
    /// assert!(matches!(found.get("minjun.kim@rollcall.example"), Match::One(_)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn look_up(self, lookup: Lookup) -> Result<Lookup, Error> {
        self.look_up_with(lookup, |_| {}).await
    }

    /// The same, and tells each page that was read, for whoever shows how far it is.
    pub async fn look_up_with(
        self,
        mut lookup: Lookup,
        mut read: impl FnMut(&Page),
    ) -> Result<Lookup, Error> {
        let mut pages = std::pin::pin!(self.pages());
        while let Some(page) = pages.try_next().await? {
            page.results.iter().for_each(|user| lookup.see(user));
            read(&page);
        }
        Ok(lookup)
    }

    /// Pages from this one on, each when it is asked for, with what it was asked for by.
    fn unread(self, from: Option<String>) -> impl Stream<Item = Result<Asked, Error>> + Send {
        stream::try_unfold((self, Some(from)), |(listing, at)| async move {
            let Some(asked) = at else { return Ok(None) };
            let unread = listing.ask(asked.as_deref(), Unread::of).await?;
            let next = unread.next().map(|token| Some(token.to_owned()));
            Ok(Some(((asked, unread), (listing, next))))
        })
    }
}

type Asked = (Option<String>, Unread);

/// A list that is being read: the next page is on its way while this one is read and used.
struct Reading {
    listing: Listing,
    ahead: Pin<Box<dyn Stream<Item = Result<Asked, Error>> + Send>>,
    seen: Seen,
}

impl Reading {
    fn of(listing: Listing) -> Self {
        let ahead = Box::pin(ahead::ahead(listing.clone().unread(None)));
        Self { listing, ahead, seen: Seen::default() }
    }

    /// The next page, and whether another one comes after it.
    async fn next(&mut self) -> Result<Option<(Page, bool)>, Error> {
        let Some((asked, unread)) = self.ahead.try_next().await? else { return Ok(None) };
        let seemed = unread.next().map(str::to_owned);
        let page = match unread.read() {
            Ok(page) => page,
            // As any strange answer: it is asked for again, while there is patience.
            Err(_) => self.listing.page(asked.as_deref()).await?,
        };
        self.seen.see(&page)?;
        let next = page.next();
        if next.is_some() && next != seemed.as_deref() {
            let on = self.listing.clone().unread(next.map(str::to_owned));
            self.ahead = Box::pin(ahead::ahead(on));
        }
        let goes_on = next.is_some();
        Ok(Some((page, goes_on)))
    }
}

/// What went by, so that a list ends: eight bytes for each page.
#[derive(Default)]
struct Seen {
    by: RandomState,
    tokens: HashSet<u64>,
    pages: u64,
    empty_in_a_row: u64,
}

impl Seen {
    fn see(&mut self, page: &Page) -> Result<(), Error> {
        self.pages += 1;
        self.empty_in_a_row = if page.results.is_empty() { self.empty_in_a_row + 1 } else { 0 };
        let Some(token) = page.next() else { return Ok(()) };
        if !self.tokens.insert(self.by.hash_one(token)) {
            return Err(Error::PagesRepeat { page: self.pages });
        }
        if self.empty_in_a_row >= EMPTY_PAGES_MAX {
            return Err(Error::PagesEmpty { pages: self.empty_in_a_row });
        }
        Ok(())
    }
}
