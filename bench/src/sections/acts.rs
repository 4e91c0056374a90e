//! Suspend and reactivate, durable before they answer, against the floor: one-row updates by group
//! commit on the same disk, in process, with automatic checkpoints, in turn with ours.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use super::reads::Known;
use super::{Options, row};
use crate::chance::Chance;
use crate::load::{Aim, Waits, shoot};
use crate::machine::Watch;
use crate::organisation::Organisation;
use crate::report::{Disturbance, Goal, Section, number, per_second};
use crate::server::{Server, beside_this, on_the_servers_core};
use crate::shot::{Shot, Spread};
use crate::sqlite_floor::Reached;

const USERS: usize = 100_000;
/// People who are suspended and reactivated in turn.
const TURNED: usize = 4_000;

/// Whom an act may be asked for, each in turn: a whole round suspends, the next one reactivates.
pub(crate) struct Turns {
    people: Vec<String>,
    at: usize,
    active: bool,
}

impl Turns {
    /// Looks for people who may be suspended (those managed elsewhere and the last owner may not),
    /// and leaves them suspended.
    pub(crate) fn find(server: &Server, known: &Known) -> Result<Self> {
        let mut ids: Vec<&String> = known.ids.iter().collect();
        Chance::new(2).shuffle(&mut ids);
        ids.truncate(TURNED);
        // Many at a time, so that they share syncs.
        let people: Vec<String> = std::thread::scope(|scope| {
            let suspend = |ids| scope.spawn(move || suspended(server, ids));
            let parts: Vec<_> = ids.chunks(TURNED / CALLERS).map(suspend).collect();
            let parts = parts.into_iter();
            parts
                .map(|part| part.join().ok().context("a caller panicked")?)
                .collect::<Result<Vec<_>>>()
        })?
        .concat();
        ensure!(people.len() > TURNED / 2, "too few people may be suspended");
        Ok(Self { people, at: 0, active: false })
    }

    /// Everybody but the owner, who was made before all others and may not be suspended.
    pub(crate) fn everybody(known: &Known) -> Self {
        let mut people: Vec<String> = known.ids.iter().skip(1).cloned().collect();
        Chance::new(2).shuffle(&mut people);
        Self { people, at: 0, active: true }
    }

    pub(crate) fn write_next(&mut self, server: &Server, into: &mut Vec<u8>) {
        if self.at == self.people.len() {
            self.at = 0;
            self.active = !self.active;
        }
        let verb = if self.active { "suspend" } else { "reactivate" };
        server.write_act(into, &self.people[self.at], verb);
        self.at += 1;
    }
}

const CALLERS: usize = 20;

/// Those of them who could be suspended.
fn suspended(server: &Server, ids: &[&String]) -> Result<Vec<String>> {
    let mut caller = server.caller()?;
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        let mut request = Vec::new();
        server.write_act(&mut request, id, "suspend");
        if caller.call(&request)?.0 == 200 {
            people.push((*id).clone());
        }
    }
    Ok(people)
}

struct Round {
    connections: usize,
    ours: Shot,
    floor: Reached,
}

pub(super) fn measure(options: &Options) -> Result<Section> {
    let mut organisation = Organisation::embedded(USERS)?;
    let server = &mut organisation.server;
    let known = Known::of(server)?;
    let mut turns = Turns::find(server, &known)?;
    let folder = tempfile::tempdir()?;
    // Made before anything is measured.
    floor(folder.path(), 1, 50)?;
    let mut noise = Disturbance::default();
    let mut rounds = Vec::new();
    for _ in 0..options.rounds() {
        for connections in options.connections() {
            server.take_token()?;
            let floor = quiet_floor(folder.path(), *connections, options, &mut noise)?;
            let processes = [server.running.id()];
            let aim = Aim {
                addresses: &[server.running.address],
                processes: &processes,
                connections: *connections,
                waits: Waits::Awake,
                warm_up: Options::WARM_UP,
                measured: options.measured(),
            };
            let ours = noise.shoot(|| {
                shoot(&aim, &mut |into: &mut Vec<u8>| {
                    turns.write_next(server, into);
                    0
                })
            })?;
            rounds.push(Round { connections: *connections, ours, floor });
        }
    }
    Ok(section(options, &rounds, &noise))
}

fn quiet_floor(
    folder: &Path,
    clients: usize,
    options: &Options,
    noise: &mut Disturbance,
) -> Result<Reached> {
    let mut reached = None;
    noise.shoot(|| {
        let millis = u64::try_from(options.measured().as_millis())?;
        let (watch, began) = (Watch::start(&[])?, std::time::Instant::now());
        let (found, seconds_used) = floor(folder, clients, millis)?;
        let seconds = began.elapsed().as_secs_f64();
        let mut noise = watch.end(&[], seconds)?;
        // It is not one of the watched processes, for it is gone by now.
        noise.foreign = (noise.foreign - seconds_used / seconds).max(0.0);
        reached = Some(found);
        Ok(Shot::noise_alone(noise))
    })?;
    reached.context("the floor was not measured")
}

/// What it reached, and the time that it used.
fn floor(folder: &Path, clients: usize, millis: u64) -> Result<(Reached, f64)> {
    let before = crate::machine::childrens_seconds();
    let mut command = on_the_servers_core(&beside_this("rollcall-bench")?);
    command.arg("floor").arg("--folder").arg(folder);
    command.args(["--clients", &clients.to_string(), "--millis", &millis.to_string()]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the floor ended with {}", output.status);
    let used = crate::machine::childrens_seconds() - before;
    Ok((serde_json::from_slice(&output.stdout)?, used))
}

fn section(options: &Options, rounds: &[Round], noise: &Disturbance) -> Section {
    let of = |connections: usize, value: &dyn Fn(&Round) -> f64| {
        let here = rounds.iter().filter(|round| round.connections == connections);
        Spread::of(here.map(value))
    };
    let ratio =
        |connections| of(connections, &|round| round.ours.per_second() / round.floor.per_second);
    let mut rows = Vec::new();
    for connections in options.connections() {
        let spread = |value: &dyn Fn(&Round) -> f64, print: fn(f64) -> String| {
            of(*connections, value).words(print)
        };
        rows.push(row([
            connections,
            &"floor",
            &spread(&|round| round.floor.per_second, per_second),
            &spread(&|round| round.floor.p50_ms, number),
            &spread(&|round| round.floor.p99_ms, number),
            &"",
            &"1",
        ]));
        rows.push(row([
            connections,
            &"rollcall",
            &spread(&|round| round.ours.per_second(), per_second),
            &spread(&|round| round.ours.percentile_ms(0, 50), number),
            &spread(&|round| round.ours.percentile_ms(0, 99), number),
            &spread(&|round| round.ours.server_cpu_micros_per_call(), number),
            &ratio(*connections).words(number),
        ]));
        rows.push(row([
            connections,
            &"one fdatasync of 4 KiB",
            &"",
            &spread(&|round| round.floor.sync_p50_ms, number),
            &spread(&|round| round.floor.sync_p99_ms, number),
            &"",
            &"",
        ]));
    }
    let mut goals = Vec::new();
    if !options.quick {
        let p50 = of(1, &|round| round.ours.percentile_ms(0, 50) / round.floor.p50_ms);
        goals.push(Goal::at_most("suspend alone, p50 over the floor's", 2.0, p50));
    }
    let p99 = of(16, &|round| round.ours.percentile_ms(0, 99) / round.floor.p99_ms);
    goals.push(Goal::at_least("suspend, acts/s over the floor, 16 connections", 0.6, ratio(16)));
    goals.push(Goal::at_most("suspend, p99 over the floor's, 16 connections", 0.6, p99));
    if !options.quick {
        goals.push(Goal::at_least("suspend, over the floor, 64 connections", 0.7, ratio(64)));
    }
    let columns = [
        "connections",
        "what",
        "acts/s",
        "p50 ms",
        "p99 ms",
        "server CPU us an act",
        "over the floor",
    ];
    Section {
        title: "Acts, durable".to_owned(),
        how: format!(
            "Suspend and reactivate of random people of {USERS}: proved, decided, recorded in the chain and synced before the answer. The floor: one-row updates of a table as long, by group commit with automatic checkpoints, called by as many threads in the same process on the server's core, nothing proved and nothing recorded."
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        goals,
        noise: noise.words(),
    }
}
