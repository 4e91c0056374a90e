//! What every page of the console has around it: the frame with its menu, one style sheet, one
//! small script, and the parts that pages are made of.

pub(crate) mod assets;
mod frame;
#[cfg(test)]
mod gallery;
pub(crate) mod pages;
mod problems;
mod when;

pub(crate) use frame::{Crumb, Frame, Notice, Section, Undo, Who};
pub(crate) use problems::Problems;
pub(crate) use when::{When, counted, span};

/// Where the pages before and after this one are: the query of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// A query of these pairs, without those that are empty.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}
