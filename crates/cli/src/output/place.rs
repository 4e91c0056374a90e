//! Where rows go: a terminal with a width and perhaps colours, or a file or pipe with neither.

use std::io::{IsTerminal, stderr, stdout};
use std::os::fd::AsFd;

use anstream::{AutoStream, ColorChoice};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub is_terminal: bool,
    /// Of a terminal that says it. Nothing is cut elsewhere.
    pub width: Option<usize>,
    pub is_coloured: bool,
}

impl Place {
    pub fn of_stdout() -> Self {
        let out = stdout();
        // What --color and NO_COLOR say, and whether this terminal can.
        let is_coloured = AutoStream::choice(&out) != ColorChoice::Never;
        Self { is_terminal: out.is_terminal(), width: width(&out), is_coloured }
    }

    pub fn of_stderr() -> Self {
        let out = stderr();
        let is_coloured = AutoStream::choice(&out) != ColorChoice::Never;
        Self { is_terminal: out.is_terminal(), width: width(&out), is_coloured }
    }
}

fn width(out: &(impl IsTerminal + AsFd)) -> Option<usize> {
    if !out.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(out).ok()?;
    // Some terminals say 0 and mean that they do not know.
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}
