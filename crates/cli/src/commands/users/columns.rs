//! What is shown of a person.

use clap::ValueEnum;
use rollcall_sdk::{State, User};

use crate::output::{Cell, Column, Format, Mark};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Field {
    Id,
    Email,
    DisplayName,
    State,
    CreateTime,
    Path,
}

impl Field {
    pub const ALL: [Self; 6] =
        [Self::Id, Self::Email, Self::DisplayName, Self::State, Self::CreateTime, Self::Path];

    /// All there is for a program; for a person what fits on a screen, the address first.
    pub fn by_default(format: Format) -> Vec<Self> {
        match format {
            Format::Table => vec![Self::Email, Self::DisplayName, Self::State, Self::Id],
            Format::Json | Format::Jsonl | Format::Csv => Self::ALL.to_vec(),
        }
    }

    pub fn column(self) -> Column {
        let (name, gives_way) = match self {
            Self::Id => ("id", false),
            Self::Email => ("email", true),
            Self::DisplayName => ("display_name", true),
            Self::State => ("state", false),
            Self::CreateTime => ("create_time", false),
            Self::Path => ("path", true),
        };
        Column { name, gives_way }
    }

    pub fn of(self, user: &User) -> Cell<'_> {
        match self {
            Self::Id => Cell::Text(&user.id),
            Self::Email => Cell::Text(&user.email),
            Self::DisplayName => Cell::Text(&user.display_name),
            Self::State => state(&user.state),
            Self::CreateTime => Cell::Text(&user.create_time),
            Self::Path => Cell::Text(&user.path),
        }
    }
}

pub fn state(state: &State) -> Cell<'_> {
    match state {
        State::Active => Cell::Text(state.as_str()),
        State::Suspended | State::Unspecified | State::Other(_) => {
            Cell::Marked(state.as_str(), Mark::Notable)
        }
    }
}
