//! From the start of a process to its first answer: `rollcall dev` with its default people, the
//! bare server, and the peers. On both cores, as people start it.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Options, row};
use crate::machine::{Watch, childrens_seconds, memory};
use crate::peers::{Npm, Sizes, bare};
use crate::report::{Disturbance, Goal, Section, number};
use crate::server::{Server, Start};
use crate::shot::Spread;

const STARTS: usize = 10;
const STARTS_OF_PEERS: usize = 3;

pub(super) fn measure(options: &Options) -> Result<Section> {
    let npm = Npm::at(&options.npm)?;
    let sizes = Sizes { token: 250, user: 250, list: 6000 };
    let page = br#"{"results":[]}"#;
    let watch = Watch::start(&[])?;
    let (used_before, began_all) = (childrens_seconds(), Instant::now());
    let (mut ours, mut ours_memory) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let began = Instant::now();
        let server = Server::start(&Start { users: 50, both_cores: true, ..Start::default() })?;
        ours.push(began.elapsed());
        ours_memory.push(memory_of(server.running.id())?);
    }
    let mut rows = vec![line("rollcall dev, 50 people", &ours, &ours_memory)];
    let mut peer = |name: &str, start: &dyn Fn() -> Result<crate::server::Running>| -> Result<()> {
        let (mut took, mut used) = (Vec::new(), Vec::new());
        for _ in 0..STARTS_OF_PEERS {
            let began = Instant::now();
            let running = start()?;
            took.push(began.elapsed());
            used.push(memory_of(running.id())?);
        }
        rows.push(line(name, &took, &used));
        Ok(())
    };
    peer("bare", &|| bare(&sizes))?;
    peer("oidc-provider", &|| npm.oidc_provider())?;
    peer("Prism", &|| npm.prism(page))?;
    let seconds = began_all.elapsed().as_secs_f64();
    let mut seen = watch.end(&[], seconds)?;
    // All that was started has ended by now, and is counted with this process's children.
    seen.foreign = (seen.foreign - (childrens_seconds() - used_before) / seconds).max(0.0);
    let mut noise = Disturbance::default();
    noise.see(seen);
    let ready = Spread::of(ours.iter().map(|took| took.as_secs_f64() * 1000.0));
    let used = Spread::of(ours_memory);
    Ok(Section {
        title: "Starts".to_owned(),
        how: format!(
            "From the start of the process: ours to the first token that it gave, with made-up people planted; the others until they accept a connection. {STARTS} starts of ours, {STARTS_OF_PEERS} of each other. Memory is anonymous memory {} ms later.",
            SETTLED.as_millis()
        ),
        columns: ["server", "ms", "MiB"].map(str::to_owned).to_vec(),
        rows,
        goals: vec![
            Goal::at_most("dev ready, ms", 100.0, ready),
            Goal::at_most("dev idle, MiB", 30.0, used),
        ],
        noise: noise.words(),
    })
}

const SETTLED: Duration = Duration::from_millis(1_000);

fn memory_of(process: u32) -> Result<f64> {
    std::thread::sleep(SETTLED);
    Ok(memory(process)?.anonymous)
}

fn line(name: &str, took: &[Duration], used: &[f64]) -> Vec<String> {
    let millis = Spread::of(took.iter().map(|took| took.as_secs_f64() * 1000.0));
    row([&name, &millis.words(number), &Spread::of(used.iter().copied()).words(number)])
}
