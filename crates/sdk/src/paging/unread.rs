//! A page whose people are not read yet: the next page is on its way while this one is read.
//! Reading a thousand people takes as long as a fast server takes to send them.

use rollcall_wire::secret_text::SecretText;

use super::page::{Outline, Page};
use crate::error::Error;
use crate::exchange::Answer;

pub(super) struct Unread {
    answer: Answer,
    outline: Outline,
}

impl Unread {
    pub(super) fn of(answer: Answer, sent: &[&SecretText]) -> Result<Self, Error> {
        let outline = answer.read(sent)?;
        Ok(Self { answer, outline })
    }

    pub(super) fn next(&self) -> Option<&str> {
        self.outline.next_page_token.as_deref().filter(|token| !token.is_empty())
    }

    pub(super) fn read(self) -> Result<Page, Error> {
        // Only refusals have what was sent in them, and this is none.
        self.answer.read_checked(&[], without_id)
    }
}

pub(super) fn without_id(page: &Page) -> Option<&'static str> {
    page.results.iter().any(|user| user.id.is_empty()).then_some("with a person without an ID")
}
