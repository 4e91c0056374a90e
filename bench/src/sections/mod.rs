//! The measurements, each a section of its own: it starts what it needs, shoots in turn at each
//! side, and ends what it started.

mod acts;
mod console;
mod double;
mod large;
mod mixed;
mod postgres;
mod reads;
mod responder;
mod sizes;
mod starts;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::page;
use crate::report::Section;

pub(crate) use acts::Turns;
pub(crate) use reads::Known;

#[derive(clap::Parser)]
pub(crate) struct Options {
    /// How often each shot is repeated, in turn with those it is compared with
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// One round of short shots, at 16 connections where that is possible
    #[arg(long)]
    quick: bool,
    /// Only these sections; the page is then written with what the others found last
    #[arg(long, value_delimiter = ',')]
    only: Vec<Name>,
    /// Write docs/reference/performance.md
    #[arg(long)]
    write: bool,
    /// Where the servers from npm are
    #[arg(long, hide = true)]
    npm: PathBuf,
    /// Where findings are kept
    #[arg(long, hide = true)]
    kept: PathBuf,
    /// The page that --write writes
    #[arg(long, hide = true)]
    page: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// Tokens, one person, a page of people
    Reads,
    /// Suspend and reactivate, against the floor of this disk
    Acts,
    /// Lists and tokens while somebody is suspended
    Mixed,
    /// A million people: loading, the last page, memory
    Large,
    /// Pages of the console, against the API's list
    Console,
    /// From the start of the process to its first answer
    Starts,
    /// The integration builder's double: start, reset, lists, beside Prism
    Double,
    /// The commands of responders on a million people, beside curl and without a journal
    Responder,
    /// One node and two on PostgreSQL, beside pgbench and beside the embedded store
    Postgres,
    /// What people, records and suspensions weigh on PostgreSQL
    Sizes,
}

impl Name {
    const ALL: [Self; 10] = [
        Self::Reads,
        Self::Acts,
        Self::Mixed,
        Self::Large,
        Self::Console,
        Self::Starts,
        Self::Double,
        Self::Responder,
        Self::Postgres,
        Self::Sizes,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Acts => "acts",
            Self::Mixed => "mixed",
            Self::Large => "large",
            Self::Console => "console",
            Self::Starts => "starts",
            Self::Double => "double",
            Self::Responder => "responder",
            Self::Postgres => "postgres",
            Self::Sizes => "sizes",
        }
    }
}

impl Options {
    fn rounds(&self) -> usize {
        if self.quick { 1 } else { self.rounds.max(1) }
    }

    fn connections(&self) -> &'static [usize] {
        if self.quick { &[16] } else { &[1, 16, 64] }
    }

    fn measured(&self) -> Duration {
        Duration::from_millis(if self.quick { 800 } else { 1_200 })
    }

    const WARM_UP: Duration = Duration::from_millis(300);
}

/// Whether the goals of what was measured are reached.
pub(crate) fn run(options: &Options) -> Result<bool> {
    for name in Name::ALL {
        if !options.only.is_empty() && !options.only.contains(&name) {
            continue;
        }
        let mut section = match name {
            Name::Reads => reads::measure(options),
            Name::Acts => acts::measure(options),
            Name::Mixed => mixed::measure(options),
            Name::Large => large::measure(options),
            Name::Console => console::measure(options),
            Name::Starts => starts::measure(options),
            Name::Double => double::measure(options),
            Name::Responder => responder::measure(options),
            Name::Postgres => postgres::measure(options),
            Name::Sizes => sizes::measure(options),
        }?;
        section.how.push_str(&format!(" Rounds: {}.", options.rounds()));
        println!("{}\n{}", section.markdown(), page::goals(std::slice::from_ref(&section)));
        section.keep(&options.kept, name.as_str())?;
    }
    if options.write {
        let sections: Vec<Section> = Name::ALL
            .iter()
            .map(|name| Section::kept(&options.kept, name.as_str()))
            .collect::<Result<_>>()?;
        page::write(&options.page, &sections)?;
        println!("{} is written", options.page.display());
    }
    Ok(true)
}

/// `Vec<String>` from what can be printed.
fn row<const N: usize>(cells: [&dyn std::fmt::Display; N]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}
