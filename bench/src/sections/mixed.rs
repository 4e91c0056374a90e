//! What acts cost those who only read: lists and tokens with one act in a hundred, against the
//! same without acts.

use anyhow::Result;

use super::acts::Turns;
use super::reads::Known;
use super::{Options, row};
use crate::chance::Chance;
use crate::load::{Aim, Waits, shoot};
use crate::organisation::Organisation;
use crate::report::{Disturbance, Goal, Section, number, per_second};
use crate::server::Server;
use crate::shot::{Kind, Shot, Spread};

const USERS: usize = 100_000;
const LIST: Kind = 0;
const TOKEN: Kind = 1;
const ACT: Kind = 2;

pub(super) fn measure(options: &Options) -> Result<Section> {
    let mut organisation = Organisation::embedded(USERS)?;
    let server = &mut organisation.server;
    let known = Known::of(server)?;
    let mut turns = Turns::find(server, &known)?;
    let mut noise = Disturbance::default();
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds() {
        server.take_token()?;
        for (percent, into) in [(0, &mut without), (1, &mut with)] {
            into.push(noise.shoot(|| mix(server, &known, &mut turns, percent, options))?);
        }
    }
    Ok(section(&without, &with, &noise))
}

fn mix(
    server: &Server,
    known: &Known,
    turns: &mut Turns,
    percent: usize,
    options: &Options,
) -> Result<Shot> {
    let processes = [server.running.id()];
    let aim = Aim {
        addresses: &[server.running.address],
        processes: &processes,
        connections: 64,
        waits: Waits::Awake,
        warm_up: Options::WARM_UP,
        measured: options.measured() * 2,
    };
    let mut chance = Chance::new(3);
    shoot(&aim, &mut |into: &mut Vec<u8>| match chance.below(100) {
        drawn if drawn < percent => {
            turns.write_next(server, into);
            ACT
        }
        drawn if drawn < 10 => {
            server.write_token_request(into);
            TOKEN
        }
        _ => {
            server.write_list(into, 25, chance.pick::<String>(&known.page_tokens));
            LIST
        }
    })
}

fn section(without: &[Shot], with: &[Shot], noise: &Disturbance) -> Section {
    let mut rows = Vec::new();
    for (name, shots) in [("lists and tokens", without), ("with one act in a hundred", with)] {
        let spread = |value: &dyn Fn(&Shot) -> f64, print: fn(f64) -> String| {
            Spread::of(shots.iter().map(value)).words(print)
        };
        let times = |kind: Kind| {
            let at = |percent| spread(&|shot: &Shot| shot.percentile_ms(kind, percent), number);
            let any = shots.iter().any(|shot| shot.calls_of(kind) > 0);
            if any { format!("{}; {}", at(50), at(99)) } else { String::new() }
        };
        rows.push(row([
            &name,
            &spread(&Shot::per_second, per_second),
            &times(LIST),
            &times(TOKEN),
            &times(ACT),
        ]));
    }
    let p99 = with.iter().zip(without);
    let p99 = Spread::of(
        p99.map(|(with, without)| with.percentile_ms(LIST, 99) / without.percentile_ms(LIST, 99)),
    );
    let columns = ["load", "calls/s", "list p50; p99 ms", "token p50; p99 ms", "act p50; p99 ms"];
    Section {
        title: "Acts beside reads".to_owned(),
        how: "64 connections, each call drawn: 90 % lists of 25, 9 % tokens, 1 % acts, against 90 % lists and 10 % tokens.".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        goals: vec![Goal::at_most("list p99 beside acts over that without", 1.4, p99)],
        noise: noise.words(),
    }
}
