//! What a person, an audit record and a suspension weigh on PostgreSQL: on its disk, and in the log
//! that its standbys are sent. Bytes, not speed.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::acts::Turns;
use super::reads::Known;
use super::{Options, row};
use crate::load::{Aim, Waits, shoot};
use crate::organisation::Organisation;
use crate::postgres::Cluster;
use crate::report::{Disturbance, Section, number};
use crate::server::pin;

const USERS: usize = 100_000;

pub(super) fn measure(_: &Options) -> Result<Section> {
    pin(std::process::id(), "0-1")?;
    let section = on_both_cores();
    pin(std::process::id(), "1")?;
    section
}

fn on_both_cores() -> Result<Section> {
    let cluster = Cluster::start()?;
    let mut organisation = Organisation::set_up(Some(&cluster.address()), USERS)?;
    cluster.sql("vacuum analyze")?;
    let of = |table: &str, size: &str, count: &str| -> Result<String> {
        let sql = format!("select round({size}('{table}')::numeric / {count}) from {table}");
        cluster.sql(&sql)
    };
    let mut rows = vec![
        row([&"a person: row", &of("users", "pg_relation_size", "count(*)")?]),
        row([&"a person: indexes", &of("users", "pg_indexes_size", "count(*)")?]),
        row([&"a person, in all", &of("users", "pg_total_relation_size", "count(*)")?]),
        row([
            &"their address, on average",
            &cluster.sql("select round(avg(length(email))) from users")?,
        ]),
    ];
    let known = Known::of(&organisation.server)?;
    let mut turns = Turns::everybody(&known);
    let mut noise = Disturbance::default();
    for connections in [64, 1] {
        organisation.server.take_token()?;
        let (acts, bytes) =
            log_of_acts(&cluster, &organisation, &mut turns, connections, &mut noise)?;
        let what = format!("write-ahead log for each suspension, callers: {connections}");
        rows.push(row([&what, &format!("{} (of {acts} acts)", number(bytes / acts))]));
    }
    cluster.sql("vacuum analyze audit")?;
    rows.push(row([&"an audit record: row", &of("audit", "pg_relation_size", "count(*)")?]));
    rows.push(row([&"an audit record: indexes", &of("audit", "pg_indexes_size", "count(*)")?]));
    rows.push(row([
        &"an audit record, in all",
        &of("audit", "pg_total_relation_size", "count(*)")?,
    ]));
    Ok(Section {
        title: "What things weigh on PostgreSQL".to_owned(),
        how: format!(
            "{USERS} people in one account, by `rollcall admin people import`, after `vacuum analyze`. Then suspensions of people in random order, each once, through HTTP, each count from a checkpoint on: a page's first change writes an image of it to the log. Bytes."
        ),
        columns: vec!["what".to_owned(), "bytes".to_owned()],
        rows,
        goals: Vec::new(),
        noise: noise.words(),
    })
}

/// How many acts, and how much of the log.
fn log_of_acts(
    cluster: &Cluster,
    organisation: &Organisation,
    turns: &mut Turns,
    connections: usize,
    noise: &mut Disturbance,
) -> Result<(f64, f64)> {
    const AT: &str = "pg_current_wal_insert_lsn() - '0/0'";
    let at = || -> Result<f64> { Ok(cluster.sql(&format!("select {AT}"))?.parse()?) };
    // Of the account's record: whatever was answered is in it.
    let acts = || -> Result<f64> {
        cluster.sql("select max(audit_seq) from accounts")?.parse().context("audit_seq")
    };
    cluster.sql("checkpoint")?;
    let before = (at()?, acts()?);
    let server = &organisation.server;
    let processes = [&organisation.ids(1)[..], &[cluster.id()]].concat();
    let aim = Aim {
        addresses: &organisation.addresses(1),
        processes: &processes,
        connections,
        waits: Waits::Asleep,
        warm_up: Options::WARM_UP,
        measured: Duration::from_secs(3),
    };
    let shot = shoot(&aim, &mut |into: &mut Vec<u8>| {
        turns.write_next(server, into);
        0
    })?;
    let after = (at()?, acts()?);
    // Once, however noisy: nothing here is timed.
    noise.see(shot.noise);
    Ok((after.1 - before.1, after.0 - before.0))
}
