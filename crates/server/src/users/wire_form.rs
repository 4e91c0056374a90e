//! A person as the wire has one: exactly six fields.

use rollcall_directory::users::{State, StateFilter, User};
use rollcall_directory::world::AccountId;
use rollcall_wire::paging::Filter;
use rollcall_wire::users as wire;

pub(super) fn user(account: AccountId, user: User) -> wire::User {
    let id = user.id.to_string();
    wire::User {
        path: wire::user_path(&account.to_string(), &id),
        id,
        email: user.email,
        display_name: user.display_name,
        state: match user.state {
            State::Active => wire::State::Active,
            State::Suspended => wire::State::Suspended,
        },
        create_time: user.created.rfc3339_seconds(),
    }
}

pub(super) const fn filter(filter: Filter) -> StateFilter {
    match filter {
        Filter::All => StateFilter::All,
        Filter::Active => StateFilter::Active,
        Filter::Suspended => StateFilter::Suspended,
    }
}
