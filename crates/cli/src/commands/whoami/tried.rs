//! What credentials may do, found out by calls that change nothing. An act is never posted.

use rollcall_sdk::{Client, Error, Filter};

use crate::exit_status::ExitStatus;
use crate::failure::Failure;

/// It has the form of an ID, and nobody has it.
const NOBODY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What a token was good for.
#[derive(Debug, PartialEq, Eq)]
pub struct Tried {
    pub list: Came,
    pub get: Came,
}

/// What came of one call.
#[derive(Debug, PartialEq, Eq)]
pub enum Came {
    Allowed,
    /// In the server's words.
    Refused(String),
    /// An answer that says neither.
    Unclear(String),
}

/// An error is of the credentials or of the server as a whole.
pub async fn try_out(client: &Client) -> Result<Tried, Error> {
    client.check_credentials().await?;
    let page = client.list(Filter::All).page_size(1).page(None).await;
    let somebody = page.as_ref().ok().and_then(|page| page.results.first());
    let somebody = somebody.map_or_else(|| NOBODY.to_owned(), |user| user.id.clone());
    let list = came(page)?;
    let get = came(client.get(&somebody).await)?;
    Ok(Tried { list, get })
}

fn came<T>(answer: Result<T, Error>) -> Result<Came, Error> {
    match answer {
        Ok(_) => Ok(Came::Allowed),
        Err(Error::Refused(no)) if no.status == 403 => Ok(Came::Refused(no.to_string())),
        // Whoever may not ask is not told that nobody is there.
        Err(Error::Refused(no)) if no.status == 404 => Ok(Came::Allowed),
        Err(Error::Refused(no)) if no.status == 400 => Ok(Came::Unclear(no.to_string())),
        Err(error) => Err(error),
    }
}

impl Tried {
    /// Something of what was tried is allowed.
    pub fn is_of_use(&self) -> bool {
        self.list == Came::Allowed || self.get == Came::Allowed
    }
}

pub fn allowed_nothing() -> Failure {
    Failure {
        what: "the credentials work, and are allowed nothing that was tried".to_owned(),
        hint: Some("is the account's ID right? Which permissions has the application?".to_owned()),
        status: ExitStatus::NotLetIn,
    }
}

/// From credentials that were tried and did not do.
pub fn way_out(status: ExitStatus) -> Option<String> {
    let way_out = match status {
        ExitStatus::NotLetIn => {
            "are client ID and secret those of a live application of this account? `rollcall login` keeps others"
        }
        ExitStatus::Unreached => {
            "is the base URL right, and can this machine reach it? --proxy and --ca-file may be needed"
        }
        _ => return None,
    };
    Some(way_out.to_owned())
}
