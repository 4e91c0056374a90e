//! What a responder waits for, in a directory of a million: the whole list as CSV beside `curl` on
//! the same pages, a plan for a thousand addresses, and a run of a thousand beside the same engine
//! with its journal off.

mod apply;
mod commands;

use anyhow::{Context as _, Result, ensure};

use super::{Options, row};
use crate::machine::Watch;
use crate::report::{Disturbance, Goal, Section, number};
use crate::server::{Server, Start, pin};
use crate::shot::Spread;
use commands::{Commands, Ran};

const MANY: usize = 1_000_000;
/// With `--quick`.
const FEWER: usize = 100_000;
const PAGE: usize = 1000;
const ADDRESSES: usize = 1000;
const AT_ONCE: usize = 16;
/// Of the command's list and of its plan.
const MEMORY_MAX_MIB: f64 = 64.0;

pub(super) fn measure(options: &Options) -> Result<Section> {
    let users = if options.quick { FEWER } else { MANY };
    let folder = tempfile::tempdir()?;
    let start = Start { users, folder: Some(folder.path()), both_cores: true };
    let mut server = Server::start(&start)?;
    pin(server.running.id(), "0")?;
    let commands = Commands::of(&server, folder.path())?;
    let pages = commands.write_curls_list(&server)?;
    let mut noise = Disturbance::default();
    let mut watched = |server: &Server, run: &dyn Fn() -> Result<Ran>| -> Result<Ran> {
        let processes = [server.running.id()];
        let watch = Watch::start(&processes)?;
        let children = crate::machine::childrens_seconds();
        let ran = run()?;
        let mut found = watch.end(&processes, ran.seconds)?;
        let own = crate::machine::childrens_seconds() - children;
        found.foreign = (found.foreign - own / ran.seconds).max(0.0);
        noise.see(found);
        Ok(ran)
    };
    let (mut curls, mut lists, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    let mut listings = Vec::new();
    for _ in 0..options.rounds() {
        server.take_token()?;
        commands.write_curls_token(&server)?;
        curls.push(watched(&server, &|| commands.curl())?);
        lists.push(watched(&server, &|| commands.list(users))?);
        let before = commands.newest_exchange(&server)?;
        plans.push(watched(&server, &|| commands.plan())?);
        listings.push(commands.lists_since(&server, before)?);
    }
    ensure!(lists.len() == curls.len() && !lists.is_empty(), "nothing was measured");
    let (recorded, unrecorded) = apply::measure(&server, folder.path(), options.rounds())?;
    let ratio =
        |over: &[f64], of: &[f64]| Spread::of(over.iter().zip(of).map(|(over, of)| over / of));
    let seconds = |of: &[Ran]| of.iter().map(|ran| ran.seconds).collect::<Vec<_>>();
    let memory = |of: &[Ran]| Spread::of(of.iter().map(|ran| ran.memory_mib));
    let (curl, list, plan) = (seconds(&curls), seconds(&lists), seconds(&plans));
    let words = |of: &[f64]| format!("{} s", Spread::of(of.iter().copied()).words(number));
    let mebibytes = |of: Spread| format!("{} MiB", of.words(number));
    let most = listings.iter().copied().max().context("no plan was made")?;
    let rows = vec![
        row([&format!("`curl`, {pages} pages of {PAGE}"), &words(&curl), &""]),
        row([&"`users list --output csv`", &words(&list), &mebibytes(memory(&lists))]),
        row([
            &format!("`contain plan` for {ADDRESSES} addresses"),
            &words(&plan),
            &mebibytes(memory(&plans)),
        ]),
        row([&format!("calls of the list by that plan, of {pages} pages"), &most, &""]),
        row([&format!("apply to {ADDRESSES}, {AT_ONCE} at once"), &words(&recorded), &""]),
        row([&"the same with its journal off", &words(&unrecorded), &""]),
    ];
    let calls = f64::from(u32::try_from(most)?) / f64::from(u32::try_from(pages)?);
    Ok(Section {
        title: "For people who must act now".to_owned(),
        how: format!(
            "A directory of {users} people, the server on a core of its own. `curl` is one process that reads one page after the other on one connection, and is told all page tokens beforehand, which no client is; the list writes to a file, `curl` to nothing. Memory is the peak of resident pages (VmHWM), looked at every 5 ms. The run is the engine in this process, with the SDK's client; before each, everybody is as they were."
        ),
        columns: ["what", "took", "memory"].map(str::to_owned).to_vec(),
        rows,
        goals: vec![
            Goal::at_least("speed of `users list` over `curl`", 0.8, ratio(&curl, &list)),
            Goal::at_most("`users list`, peak MiB", MEMORY_MAX_MIB, memory(&lists)),
            Goal::at_most("`contain plan`, peak MiB", MEMORY_MAX_MIB, memory(&plans)),
            Goal::at_most("listings that a plan reads", 1.0, Spread::of([calls])),
            Goal::at_least("speed of a plan over the list", 0.8, ratio(&list, &plan)),
            Goal::at_least(
                "speed of a run over the same without its journal",
                0.8,
                ratio(&unrecorded, &recorded),
            ),
        ],
        noise: noise.words(),
    })
}
