//! The pages that say no, or that something went wrong: what happened, what it means, what to do.

use askama::Template;

use super::Frame;

pub(crate) struct Words {
    pub texts: Vec<String>,
    pub way: Option<Way>,
    /// The request's id, to quote; empty where there is nothing to look into.
    pub request: String,
}

/// Where to go from here: behind the frame's base.
pub(crate) struct Way {
    pub path: &'static str,
    pub label: &'static str,
}

#[derive(Template)]
#[template(path = "layout/pages/refused.html")]
pub(crate) struct RefusedPage {
    pub frame: Frame,
    pub words: Words,
}

/// The same to somebody who is not signed in.
#[derive(Template)]
#[template(path = "layout/pages/refused_alone.html")]
pub(crate) struct RefusedAlonePage {
    pub frame: Frame,
    pub words: Words,
}
