//! The commands of responders, told once and true on every server. What they look like, and each
//! way in which they refuse, is told beside, against ours.

mod runs;
mod users;

use super::servers::{Ground, Shown, Which};
use super::stand_in::{Kind, Standing};

/// On a good day nothing is asked twice: one listing, whatever was to be found.
fn one_listing(ground: &Ground) {
    let Some(stood_in) = ground.stood_in().filter(|_| ground.is_a_good_day()) else { return };
    let inside = stood_in.inside();
    let lists = inside.arrivals.iter().filter(|arrival| arrival.meant.kind == Kind::List);
    let targets: Vec<&str> = lists.map(|arrival| arrival.asked.target.as_str()).collect();
    let firsts = targets.iter().filter(|target| !target.contains("page_token")).count();
    assert_eq!(firsts, 1, "{targets:?}");
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "ACTIVE",
        Standing::Suspended => "SUSPENDED",
    }
}
