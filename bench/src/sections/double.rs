//! The integration builder's double: from the start to its first answer, a reset, and lists, beside
//! Prism with the same page as its one example. In one run, so that the machine falls out.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::{Known, Options, row};
use crate::chance::Chance;
use crate::load::{Aim, Waits, shoot};
use crate::peers::Npm;
use crate::report::{Disturbance, Goal, Section, number, per_second};
use crate::server::{Running, Server, Start};
use crate::shot::{Shot, Spread};

const USERS: usize = 10_000;
const USERS_AT_START: usize = 50;
const PAGE: usize = 25;
const STARTS: usize = 5;
const RESETS: usize = 10;
const CONNECTIONS: usize = 16;

pub(super) fn measure(options: &Options) -> Result<Section> {
    let npm = Npm::at(&options.npm)?;
    let mut server = Server::start(&Start { users: USERS, ..Start::default() })?;
    let known = Known::of(&server)?;
    let middle = known.page_tokens.get(known.page_tokens.len() / 2).context("no page")?;
    let mut request = Vec::new();
    server.write_list(&mut request, PAGE, middle);
    let page = server.caller()?.body(&request)?.to_vec();
    let starts = Starts::measure(&npm, &page)?;
    let prism = npm.prism(&page)?;
    let mut noise = Disturbance::default();
    let (mut ours, mut prisms) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds() {
        ours.push(noise.shoot(|| lists(&server, &server.running, &known, options))?);
        prisms.push(noise.shoot(|| lists(&server, &prism, &known, options))?);
    }
    let resets = resets(&mut server, &known)?;
    Ok(section(options, &starts, &resets, (&ours, &prisms), &noise))
}

struct Starts {
    ours: Vec<f64>,
    prisms: Vec<f64>,
}

impl Starts {
    /// In turn, each to an answer that somebody can use: ours to a list of people, for which it
    /// gave a token before, Prism to its example.
    fn measure(npm: &Npm, page: &[u8]) -> Result<Self> {
        let (mut ours, mut prisms) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let began = Instant::now();
            let start = Start { users: USERS_AT_START, both_cores: true, ..Start::default() };
            let server = Server::start(&start)?;
            let mut request = Vec::new();
            server.write_list(&mut request, PAGE, "");
            server.caller()?.body(&request)?;
            ours.push(millis(began.elapsed()));
            let began = Instant::now();
            let prism = npm.prism(page)?;
            crate::http::Caller::connect(prism.address)?.body(&request)?;
            prisms.push(millis(began.elapsed()));
        }
        Ok(Self { ours, prisms })
    }
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn lists(as_of: &Server, at: &Running, known: &Known, options: &Options) -> Result<Shot> {
    let aim = Aim {
        addresses: &[at.address],
        processes: &[at.id()],
        connections: CONNECTIONS,
        waits: Waits::Awake,
        warm_up: Options::WARM_UP,
        measured: options.measured(),
    };
    let mut chance = Chance::new(1);
    shoot(&aim, &mut |into: &mut Vec<u8>| {
        as_of.write_list(into, PAGE, chance.pick::<String>(&known.page_tokens));
        0
    })
}

/// Each after somebody was suspended, and looked at afterwards: whoever is not active again was not
/// brought back.
fn resets(server: &mut Server, known: &Known) -> Result<Vec<f64>> {
    let control = server.told("sandbox_token")?;
    let reset = format!(
        "POST /sandbox/v1/reset HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {control}\r\nContent-Length: 0\r\n\r\n",
        server.running.address
    );
    let mut took = Vec::new();
    while took.len() < RESETS {
        server.take_token()?;
        let user = somebody_active(server, known)?;
        let mut suspend = Vec::new();
        server.write_act(&mut suspend, &user, "suspend");
        let mut caller = server.caller()?;
        caller.body(&suspend)?;
        let began = Instant::now();
        caller.body(reset.as_bytes())?;
        took.push(millis(began.elapsed()));
        server.take_token()?;
        ensure!(is_active(server, &user)?, "a reset left {user} suspended");
    }
    Ok(took)
}

/// The last ones of the list are plain members.
fn somebody_active(server: &Server, known: &Known) -> Result<String> {
    for user in known.ids.iter().rev() {
        if is_active(server, user)? {
            return Ok(user.clone());
        }
    }
    anyhow::bail!("nobody is active")
}

fn is_active(server: &Server, user: &str) -> Result<bool> {
    let mut get = Vec::new();
    server.write_get(&mut get, user);
    let mut caller = server.caller()?;
    let user: serde_json::Value = serde_json::from_slice(caller.body(&get)?)?;
    Ok(user["state"] == "ACTIVE")
}

fn section(
    options: &Options,
    starts: &Starts,
    resets: &[f64],
    (ours, prisms): (&[Shot], &[Shot]),
    noise: &Disturbance,
) -> Section {
    let spread = |values: &[f64]| Spread::of(values.iter().copied());
    let calls = |shots: &[Shot]| Spread::of(shots.iter().map(Shot::per_second)).words(per_second);
    let p99 = |shots: &[Shot]| {
        Spread::of(shots.iter().map(|shot| shot.percentile_ms(0, 99))).words(number)
    };
    let faster =
        Spread::of(starts.prisms.iter().zip(&starts.ours).map(|(prism, ours)| prism / ours));
    let more = ours.iter().zip(prisms).map(|(ours, prism)| ours.per_second() / prism.per_second());
    let more = Spread::of(more);
    let rows = vec![
        row([
            &"start to first list, ms",
            &spread(&starts.ours).words(number),
            &spread(&starts.prisms).words(number),
            &faster.words(number),
        ]),
        row([
            &"list of 25, calls/s, 16 connections",
            &calls(ours),
            &calls(prisms),
            &more.words(number),
        ]),
        row([&"the same, p99 ms", &p99(ours), &p99(prisms), &""]),
        row([&format!("reset of {USERS} people, ms"), &spread(resets).words(number), &"", &""]),
    ];
    Section {
        title: "The double".to_owned(),
        how: format!(
            "`rollcall dev` beside Prism, which is given one page as its example. Starts on both cores, {USERS_AT_START} people, {STARTS} of each in turn. Lists of random pages of {USERS} people, every exchange kept in the journal, the server on core 0, the calls from core 1; {} s a shot. {RESETS} resets, each with somebody suspended before and looked at afterwards.",
            options.measured().as_secs_f64()
        ),
        columns: ["what", "rollcall dev", "Prism", "better by"].map(str::to_owned).to_vec(),
        rows,
        goals: vec![Goal::at_most("double: reset of 10,000 people, ms", 20.0, spread(resets))],
        noise: noise.words(),
    }
}
