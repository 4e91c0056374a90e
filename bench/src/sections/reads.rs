//! Tokens, one person and a page of 25 of 100,000, each against the bare server's fixed answer of
//! the same size and against what others would use: oidc-provider for tokens, Prism for lists.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};

use super::{Options, row};
use crate::calls::write_token_request;
use crate::chance::Chance;
use crate::load::{Aim, Waits, shoot};
use crate::organisation::Organisation;
use crate::peers::{Npm, Sizes, bare};
use crate::report::{Disturbance, Goal, Section, number, per_second};
use crate::server::{Running, Server};
use crate::shot::{Shot, Spread};

const USERS: usize = 100_000;
const PAGE: usize = 25;

/// What there is to ask for, as a walk of the list found it.
pub(crate) struct Known {
    pub(crate) ids: Vec<String>,
    pub(crate) page_tokens: Vec<String>,
}

impl Known {
    pub(crate) fn of(server: &Server) -> Result<Self> {
        let mut known = Self { ids: Vec::new(), page_tokens: Vec::new() };
        server.walk(PAGE, |page| {
            known.ids.extend_from_slice(&page.ids);
            if page.ids.len() == PAGE {
                known.page_tokens.push(page.asked_with.clone());
            }
        })?;
        Ok(known)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Token,
    Get,
    List,
}

impl Asked {
    const fn words(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Get => "get",
            Self::List => "list of 25",
        }
    }
}

struct Side<'a> {
    name: &'static str,
    address: SocketAddr,
    processes: [u32; 1],
    /// Whose credentials and ids the calls carry.
    as_of: &'a Server,
    known: &'a Known,
    basic: Option<String>,
}

impl<'a> Side<'a> {
    fn of(name: &'static str, running: &Running, as_of: &'a Server, known: &'a Known) -> Self {
        let processes = [running.id()];
        Self { name, address: running.address, processes, as_of, known, basic: None }
    }

    fn shoot(&self, asked: Asked, connections: usize, options: &Options) -> Result<Shot> {
        let aim = Aim {
            addresses: &[self.address],
            processes: &self.processes,
            connections,
            waits: Waits::Awake,
            warm_up: Options::WARM_UP,
            measured: options.measured(),
        };
        let mut chance = Chance::new(1);
        let (server, known) = (self.as_of, self.known);
        let shot = shoot(&aim, &mut |into: &mut Vec<u8>| {
            match (asked, &self.basic) {
                (Asked::Token, Some(basic)) => write_token_request(into, OIDC_TOKEN_PATH, basic),
                (Asked::Token, None) => server.write_token_request(into),
                (Asked::Get, _) => server.write_get(into, chance.pick::<String>(&known.ids)),
                (Asked::List, _) => {
                    server.write_list(into, PAGE, chance.pick::<String>(&known.page_tokens))
                }
            }
            0
        });
        shot.with_context(|| format!("{} of {}", asked.words(), self.name))
    }
}

const OIDC_TOKEN_PATH: &str = "/token";
const BARE: &str = "bare";
const OURS: &str = "rollcall";
const OURS_LOGGING: &str = "rollcall, each call logged";
const OIDC: &str = "oidc-provider";
const PRISM: &str = "Prism";

pub(super) fn measure(options: &Options) -> Result<Section> {
    let mut organisation = Organisation::embedded(USERS)?;
    let logged = Organisation::embedded_logging(USERS)?;
    organisation.server.take_token()?;
    let (server, logging) = (&organisation.server, &logged.server);
    let (known, known_there) = (Known::of(server)?, Known::of(logging)?);
    let user = known.ids.first().context("nobody is in the list")?;
    let middle = known.page_tokens.get(known.page_tokens.len() / 2).context("no page")?;
    let bare = bare(&Sizes::of(server, user, middle)?)?;
    let npm = Npm::at(&options.npm)?;
    let oidc = npm.oidc_provider()?;
    let mut request = Vec::new();
    server.write_list(&mut request, PAGE, middle);
    let prism = npm.prism(server.caller()?.body(&request)?)?;
    let sides = [
        Side::of(BARE, &bare, server, &known),
        Side::of(OURS, &server.running, server, &known),
        Side::of(OURS_LOGGING, &logging.running, logging, &known_there),
        Side { basic: Some(Npm::oidc_basic()), ..Side::of(OIDC, &oidc, server, &known) },
        Side::of(PRISM, &prism, server, &known),
    ];
    let mut found = Found::default();
    for round in 0..options.rounds() {
        for connections in options.connections() {
            for asked in [Asked::Token, Asked::Get, Asked::List] {
                for side in sides.iter().filter(|side| takes_part(side.name, asked, *connections)) {
                    let shot = found.noise.shoot(|| side.shoot(asked, *connections, options))?;
                    found.shots.push((side.name, asked, *connections, round, shot));
                }
            }
        }
    }
    Ok(found.section(options))
}

fn takes_part(side: &str, asked: Asked, connections: usize) -> bool {
    match side {
        OIDC => asked == Asked::Token,
        PRISM => asked == Asked::List,
        OURS_LOGGING => connections == 16,
        _ => true,
    }
}

#[derive(Default)]
struct Found {
    shots: Vec<(&'static str, Asked, usize, usize, Shot)>,
    noise: Disturbance,
}

impl Found {
    fn of(&self, side: &str, asked: Asked, connections: usize) -> Vec<&Shot> {
        let wanted = |shot: &&(&str, Asked, usize, usize, Shot)| {
            shot.0 == side && shot.1 == asked && shot.2 == connections
        };
        self.shots.iter().filter(wanted).map(|shot| &shot.4).collect()
    }

    /// Round by round, then the middle of that.
    fn ratio(&self, side: &str, to: &str, asked: Asked, connections: usize) -> Spread {
        let (above, below) = (self.of(side, asked, connections), self.of(to, asked, connections));
        Spread::of(above.iter().zip(&below).map(|(a, b)| a.per_second() / b.per_second()))
    }

    fn section(&self, options: &Options) -> Section {
        let mut rows = Vec::new();
        for asked in [Asked::Token, Asked::Get, Asked::List] {
            for connections in options.connections() {
                for side in [BARE, OURS, OURS_LOGGING, OIDC, PRISM] {
                    let shots = self.of(side, asked, *connections);
                    if shots.is_empty() {
                        continue;
                    }
                    let spread = |value: fn(&Shot) -> f64, print: fn(f64) -> String| {
                        Spread::of(shots.iter().map(|shot| value(shot))).words(print)
                    };
                    rows.push(row([
                        &asked.words(),
                        connections,
                        &side,
                        &spread(Shot::per_second, per_second),
                        &spread(|shot| shot.percentile_ms(0, 50), number),
                        &spread(|shot| shot.percentile_ms(0, 99), number),
                        &spread(Shot::server_cpu_micros_per_call, number),
                        &self.ratio(side, BARE, asked, *connections).words(number),
                    ]));
                }
            }
        }
        let columns = [
            "asked",
            "connections",
            "server",
            "calls/s",
            "p50 ms",
            "p99 ms",
            "server CPU us a call",
            "calls/s over bare",
        ];
        Section {
            title: "Tokens and reads".to_owned(),
            how: format!(
                "{USERS} people in SQLite, by `rollcall serve`; random people and pages. Bare: the same framework, runtime and allocator, and a fixed answer of the same size. The server's process on core 0, the calls from core 1, by a thread that never sleeps, so that no server has to wake it; {} s a shot.",
                options.measured().as_secs_f64()
            ),
            columns: columns.map(str::to_owned).to_vec(),
            rows,
            goals: self.goals(),
            noise: self.noise.words(),
        }
    }

    fn goals(&self) -> Vec<Goal> {
        let ours = |to, asked| self.ratio(OURS, to, asked, 16);
        vec![
            Goal::at_least(
                "token, calls/s over bare, 16 connections",
                0.6,
                ours(BARE, Asked::Token),
            ),
            Goal::at_least("token, over oidc-provider", 12.0, ours(OIDC, Asked::Token)),
            Goal::at_least("get, over bare", 0.5, ours(BARE, Asked::Get)),
            Goal::at_least("list of 25, over bare", 0.3, ours(BARE, Asked::List)),
            Goal::at_least("list of 25, over Prism", 8.0, ours(PRISM, Asked::List)),
        ]
    }
}
