//! A list, page by page.

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use rollcall_wire::route::Route;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::users::User;

/// Which people are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    #[default]
    All,
    Active,
    Suspended,
}

/// A page of people, as it came.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    pub results: Vec<User>,
    /// Absent or empty on the last one.
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// A list that is to be read.
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
    pub async fn page(&self, page_token: Option<&str>) -> Result<Page, Error> {
        let size = self.page_size.to_string();
        let mut query = vec![("max_page_size", size.as_str())];
        match self.filter {
            Filter::All => {}
            Filter::Active => query.push(("filter", "user.isActive()")),
            Filter::Suspended => query.push(("filter", "user.isSuspended()")),
        }
        query.extend(page_token.map(|token| ("page_token", token)));
        self.client.call(Route::ListUsers, &[], &query).await
    }

    /// Page after page; ends after an error.
    pub fn pages(self) -> impl Stream<Item = Result<Page, Error>> + Send {
        stream::try_unfold((self, Some(None::<String>)), |(listing, next)| async move {
            let Some(token) = next else { return Ok(None) };
            let page = listing.page(token.as_deref()).await?;
            let next = page.next_page_token.clone().filter(|token| !token.is_empty());
            Ok(Some((page, (listing, next.map(Some)))))
        })
    }

    /// Person after person; ends after an error. No more than a page is held.
    pub fn people(self) -> impl Stream<Item = Result<User, Error>> + Send {
        self.pages()
            .map_ok(|page| stream::iter(page.results.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }
}
