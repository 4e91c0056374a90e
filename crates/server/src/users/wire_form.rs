//! A person as the wire has one: exactly six fields.

use rollcall_directory::users::{Page, State, StateFilter, User};
use rollcall_directory::world::AccountId;
use rollcall_wire::paging::Filter;
use rollcall_wire::users as wire;

/// A person as JSON.
pub(super) fn user(account: AccountId, user: &User) -> Vec<u8> {
    let person = wire::PersonText {
        id: &user.id.text(),
        email: &user.email,
        display_name: &user.display_name,
        state: state(user.state),
        create_time: &user.created.rfc3339_seconds(),
    };
    person.alone(&account.text())
}

const fn state(state: State) -> wire::State {
    match state {
        State::Active => wire::State::Active,
        State::Suspended => wire::State::Suspended,
        // Hidden: no question of an application answers with them.
        State::Invited => wire::State::Unspecified,
    }
}

/// A page as JSON.
pub(super) fn page(account: AccountId, page: &Page, next_page_token: Option<&str>) -> Vec<u8> {
    let account = account.text();
    let mut written = wire::PageWriter::new(&account, page.users.len());
    let mut created = String::with_capacity(20);
    for user in &page.users {
        created.clear();
        user.created.write_rfc3339_seconds(&mut created);
        written.person(wire::PersonText {
            id: user.id_text(),
            email: user.email(),
            display_name: user.display_name(),
            state: state(user.state),
            create_time: &created,
        });
    }
    written.end(next_page_token)
}

/// Whom a list is of, from the wire's word.
#[must_use]
pub const fn state_filter(filter: Filter) -> StateFilter {
    match filter {
        Filter::All => StateFilter::All,
        Filter::Active => StateFilter::Active,
        Filter::Suspended => StateFilter::Suspended,
    }
}
