//! One node and two on PostgreSQL: acts and reads through HTTP, beside `pgbench` on the same cluster
//! with as many clients, and beside the embedded store; and how often a call waits for the database.

mod found;

use anyhow::Result;

use self::found::{Asked, Found, Side};
use super::Options;
use super::acts::Turns;
use super::reads::Known;
use crate::chance::Chance;
use crate::load::{Aim, Waits, shoot};
use crate::organisation::Organisation;
use crate::postgres::{self, Cluster, Counted, Floor, Proxy, Reached};
use crate::report::{Disturbance, Section};
use crate::server::{Server, pin};
use crate::shot::{Kind, Shot};

const USERS: usize = 100_000;
const PAGE: usize = 25;
/// Calls whose flights are counted, each by itself.
const COUNTED_CALLS: usize = 9;

pub(super) fn measure(options: &Options) -> Result<Section> {
    // Database, nodes, pgbench and the load share both cores: nobody has one of their own.
    pin(std::process::id(), "0-1")?;
    let section = on_both_cores(options);
    pin(std::process::id(), "1")?;
    section
}

/// A store, and what there is to ask for in it.
struct Place {
    organisation: Organisation,
    known: Known,
    turns: Turns,
}

impl Place {
    fn set_up(database: Option<&str>) -> Result<Self> {
        let organisation = Organisation::set_up(database, USERS)?;
        let known = Known::of(&organisation.server)?;
        let turns = Turns::find(&organisation.server, &known)?;
        Ok(Self { organisation, known, turns })
    }
}

fn on_both_cores(options: &Options) -> Result<Section> {
    let cluster = Cluster::start()?;
    let mut shared = Place::set_up(Some(&cluster.address()))?;
    shared.organisation.add_node()?;
    let mut embedded = Place::set_up(None)?;
    postgres::make_table(&cluster)?;
    let flights = flights(&cluster, &mut shared)?;
    let mut found = Found::default();
    for _ in 0..options.rounds() {
        shared.organisation.server.take_token()?;
        embedded.organisation.server.take_token()?;
        for connections in options.connections() {
            for asked in Asked::ALL.into_iter().filter(|asked| asked.takes_part(*connections)) {
                let key = |side| (asked, *connections, side);
                if let Some(floor) = asked.floor() {
                    let seconds = options.measured().as_secs().max(1) + 1;
                    let how = (*connections, seconds, USERS);
                    let reached = postgres::shoot(&cluster, floor, how, &mut found.noise)?;
                    found.put(key(Side::Pgbench), reached);
                }
                for (side, nodes) in [(Side::OneNode, 1), (Side::TwoNodes, 2)] {
                    if nodes <= *connections {
                        let processes = [&shared.organisation.ids(nodes)[..], &[cluster.id()]];
                        let how = (asked, *connections, nodes);
                        let shot =
                            one(&mut shared, how, &processes.concat(), options, &mut found.noise)?;
                        found.put(key(side), Reached::of(&shot));
                    }
                }
                let processes = embedded.organisation.ids(1);
                let how = (asked, *connections, 1);
                let shot = one(&mut embedded, how, &processes, options, &mut found.noise)?;
                found.put(key(Side::Embedded), Reached::of(&shot));
            }
        }
    }
    let hot = hot_updates(&cluster)?;
    Ok(found.section(options, &flights, &hot))
}

fn one(
    place: &mut Place,
    (asked, connections, nodes): (Asked, usize, usize),
    processes: &[u32],
    options: &Options,
    noise: &mut Disturbance,
) -> Result<Shot> {
    let aim = Aim {
        addresses: &place.organisation.addresses(nodes),
        processes,
        connections,
        waits: Waits::Asleep,
        warm_up: Options::WARM_UP,
        measured: options.measured(),
    };
    let Place { organisation, known, turns } = place;
    let (server, mut chance) = (&organisation.server, Chance::new(1));
    noise.shoot(|| {
        shoot(&aim, &mut |into: &mut Vec<u8>| next(asked, server, known, turns, &mut chance, into))
    })
}

/// Lists of the mixed load are of kind 0, and so what its percentiles are of.
fn next(
    asked: Asked,
    server: &Server,
    known: &Known,
    turns: &mut Turns,
    chance: &mut Chance,
    into: &mut Vec<u8>,
) -> Kind {
    let (asked, kind) = match asked {
        Asked::Mixed => match chance.below(100) {
            0 => (Asked::Suspend, 1),
            1..10 => (Asked::Token, 2),
            _ => (Asked::List, 0),
        },
        _ => (asked, 0),
    };
    match asked {
        Asked::Suspend => turns.write_next(server, into),
        Asked::Token => server.write_token_request(into),
        Asked::Get => server.write_get(into, chance.pick::<String>(&known.ids)),
        Asked::List | Asked::Mixed => {
            server.write_list(into, PAGE, chance.pick::<String>(&known.page_tokens));
        }
    }
    kind
}

/// Of one call at a time, with nobody else at the node; each kind in turn.
fn flights(cluster: &Cluster, place: &mut Place) -> Result<Vec<(Asked, Vec<Counted>)>> {
    let proxy = Proxy::start(cluster.port())?;
    let node = place.organisation.node_by(&cluster.address_by(proxy.port))?;
    let mut caller = crate::http::Caller::connect(node.address)?;
    let mut chance = Chance::new(4);
    let Place { organisation, known, turns } = place;
    let mut all = Vec::new();
    for asked in [Asked::Suspend, Asked::List, Asked::Get, Asked::Token] {
        let mut counted = Vec::new();
        // First each connection learns its statements, which are prepared once.
        for call in 0..COUNTED_CALLS * 3 {
            let before = proxy.counted();
            let mut request = Vec::new();
            next(asked, &organisation.server, known, turns, &mut chance, &mut request);
            caller.body(&request)?;
            let after = proxy.counted();
            if call >= COUNTED_CALLS * 2 {
                counted.push(Counted {
                    flights: after.flights - before.flights,
                    statements: after.statements - before.statements,
                });
            }
        }
        all.push((asked, counted));
    }
    Ok(all)
}

/// How many of the changes of each table left its indexes alone, in words.
fn hot_updates(cluster: &Cluster) -> Result<String> {
    cluster.sql("select pg_stat_force_next_flush()")?;
    cluster.sql(
        "select string_agg(relname || ' ' || round(100.0 * n_tup_hot_upd / n_tup_upd, 1) || ' % of ' || n_tup_upd, ', ' order by relname)
         from pg_stat_user_tables where schemaname = 'public' and n_tup_upd > 100",
    )
}

impl Asked {
    const fn floor(self) -> Option<Floor> {
        match self {
            Self::Suspend => Some(Floor::Update),
            Self::List => Some(Floor::Page),
            Self::Get => Some(Floor::Get),
            Self::Token | Self::Mixed => None,
        }
    }
}
