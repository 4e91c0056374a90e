//! A million people: how long it takes until they are there, whether the last page costs more than
//! the first one of a thousand, and what memory a walk through all of them leaves.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Options, row};
use crate::load::{Aim, Waits, shoot};
use crate::machine::{Memory, memory};
use crate::organisation::Organisation;
use crate::report::{Disturbance, Goal, Section, number};
use crate::server::{Server, Start, pin};
use crate::shot::{Shot, Spread};

const MANY: usize = 1_000_000;
const FEW: usize = 1_000;

pub(super) fn measure(options: &Options) -> Result<Section> {
    let folder = tempfile::tempdir()?;
    let began = Instant::now();
    drop(Server::start(&Start::in_folder(MANY, folder.path()))?);
    let loaded = began.elapsed();
    let began = Instant::now();
    drop(Server::start(&Start::in_folder(MANY, folder.path()))?);
    let started = began.elapsed();
    drop(folder);
    let mut many = Organisation::set_up(None, MANY)?;
    let imported = many.imported;
    let few = Organisation::embedded(FEW)?;
    let (many, few) = (&mut many.server, &few.server);
    // One answered, so that what is made once is made.
    std::thread::sleep(Duration::from_secs(1));
    let idle = memory(many.running.id())?;
    let (walks, last) = walk(many)?;
    let walked = memory(many.running.id())?;
    let mut noise = Disturbance::default();
    let mut pages = Vec::new();
    for _ in 0..options.rounds() {
        let first = noise.shoot(|| page(few, "", options))?;
        let last = noise.shoot(|| page(many, &last, options))?;
        pages.push((first, last));
    }
    let ratio = |value: fn(&Shot) -> f64| {
        Spread::of(pages.iter().map(|(first, last)| value(last) / value(first)))
    };
    let millis = |of: fn(&(Shot, Shot)) -> &Shot, percent: usize| {
        Spread::of(pages.iter().map(|pair| of(pair).percentile_ms(0, percent))).words(number)
    };
    let seconds = |took: Duration| format!("{:.1} s", took.as_secs_f64());
    let of_memory = |memory: Memory| {
        format!("{} MiB, and {} MiB of files", number(memory.anonymous), number(memory.of_files))
    };
    let both = |of: fn(&(Shot, Shot)) -> &Shot| format!("{}; {}", millis(of, 50), millis(of, 99));
    let rows = vec![
        row([&"`dev --users 1000000`, until the first token", &seconds(loaded)]),
        row([&"the same folder again, until the first token", &seconds(started)]),
        row([
            &"`admin people import` of a million, in ten files, beside the server",
            &seconds(imported),
        ]),
        row([&"memory, idle", &of_memory(idle)]),
        row([&"a walk in pages of 1000, then one in pages of 25", &walks]),
        row([&"memory, after the walks", &of_memory(walked)]),
        row([&"first page of a thousand, p50; p99 ms", &both(|pair| &pair.0)]),
        row([&"last page of a million, p50; p99 ms", &both(|pair| &pair.1)]),
    ];
    let once = |value: f64| Spread::of([value]);
    Ok(Section {
        title: "A million people".to_owned(),
        how: "Pages of 25 at 16 connections, in turn. After the first two rows by `rollcall serve`. Memory is what the kernel calls anonymous, and beside it the pages of files, which it takes back when it needs them.".to_owned(),
        columns: vec!["what".to_owned(), "found".to_owned()],
        rows,
        goals: vec![
            Goal::at_most("last page of a million over the first of a thousand, p50", 1.2, ratio(|shot| shot.percentile_ms(0, 50))),
            Goal::at_most("a million people loaded, seconds", 15.0, once(loaded.as_secs_f64())),
            Goal::at_most("idle, MiB", 30.0, once(idle.anonymous)),
            Goal::at_most("after walking a million, MiB", 64.0, once(walked.anonymous)),
        ],
        noise: noise.words(),
    })
}

/// Both walks in words, and the token of the last page of 25.
fn walk(server: &mut Server) -> Result<(String, String)> {
    let began = Instant::now();
    let mut people = 0;
    server.walk(1000, |page| people += page.ids.len())?;
    let in_thousands = began.elapsed();
    let began = Instant::now();
    let (mut again, mut last) = (0, String::new());
    server.walk(25, |page| {
        again += page.ids.len();
        last.clone_from(&page.asked_with);
    })?;
    ensure!(people == server.users && again == people, "a walk saw {people}, then {again} people");
    let words =
        format!("{:.1} s, {:.1} s", in_thousands.as_secs_f64(), began.elapsed().as_secs_f64());
    server.take_token()?;
    Ok((words, last))
}

fn page(server: &Server, page_token: &str, options: &Options) -> Result<Shot> {
    pin(server.running.id(), "0")?;
    let processes = [server.running.id()];
    let aim = Aim {
        addresses: &[server.running.address],
        processes: &processes,
        connections: 16,
        waits: Waits::Awake,
        warm_up: Options::WARM_UP,
        measured: options.measured(),
    };
    shoot(&aim, &mut |into: &mut Vec<u8>| {
        server.write_list(into, 25, page_token);
        0
    })
}

impl<'a> Start<'a> {
    fn in_folder(users: usize, folder: &'a Path) -> Self {
        Start { users, folder: Some(folder), both_cores: true }
    }
}
