//! Where the time of one kind of call goes: `perf` looks at our server while it is called, and
//! prints the functions that it was found in.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::chance::Chance;
use crate::load::{Aim, Waits, shoot};
use crate::organisation::Organisation;
use crate::postgres::Cluster;
use crate::sections::{Known, Turns};

#[derive(clap::Parser)]
pub(crate) struct Options {
    what: What,
    #[arg(long, default_value_t = 16)]
    connections: usize,
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// On PostgreSQL, with the node on both cores
    #[arg(long)]
    postgres: bool,
    /// Who called them, too
    #[arg(long)]
    callers: bool,
    /// Run on the embedded store first, such as `drop index …`: what an index costs is seen without it
    #[arg(long, conflicts_with = "postgres")]
    sql: Option<String>,
    /// Functions below this share are left out
    #[arg(long, default_value_t = 0.6)]
    percent: f64,
    /// Where findings are kept
    #[arg(long, hide = true)]
    kept: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    Token,
    Get,
    List,
    Suspend,
}

pub(crate) fn run(options: &Options) -> Result<bool> {
    let cluster = options.postgres.then(Cluster::start).transpose()?;
    let organisation = match &cluster {
        None => Organisation::embedded(options.users)?,
        Some(cluster) => Organisation::set_up(Some(&cluster.address()), options.users)?,
    };
    if let Some(sql) = &options.sql {
        organisation.change(sql)?;
    }
    let server = &organisation.server;
    let known = Known::of(server)?;
    let mut turns = match options.what {
        What::Suspend => Some(Turns::find(server, &known)?),
        What::Token | What::Get | What::List => None,
    };
    std::fs::create_dir_all(&options.kept)?;
    let samples = options.kept.join("perf.data");
    let process = server.running.id().to_string();
    let seconds = Duration::from_secs(options.seconds);
    let mut perf = Command::new("perf")
        .args(["record", "--quiet", "--freq", "1999"])
        .args(options.callers.then_some(["--call-graph", "dwarf,16384"]).into_iter().flatten())
        .args(["--pid", &process, "--output"])
        .arg(&samples)
        .args(["--", "sleep", &options.seconds.to_string()])
        .spawn()
        .context("perf is needed (Debian: linux-perf)")?;
    let processes = [server.running.id()];
    let aim = Aim {
        addresses: &[server.running.address],
        processes: &processes,
        connections: options.connections,
        waits: if options.postgres { Waits::Asleep } else { Waits::Awake },
        warm_up: Duration::from_millis(300),
        measured: seconds,
    };
    let mut chance = Chance::new(1);
    let shot = shoot(&aim, &mut |into: &mut Vec<u8>| {
        match options.what {
            What::Token => server.write_token_request(into),
            What::Get => server.write_get(into, chance.pick::<String>(&known.ids)),
            What::List => server.write_list(into, 25, chance.pick::<String>(&known.page_tokens)),
            What::Suspend => {
                if let Some(turns) = &mut turns {
                    turns.write_next(server, into);
                }
            }
        }
        0
    })?;
    ensure!(perf.wait()?.success(), "perf could not look");
    println!(
        "{:.0} calls/s, {:.1} us of CPU a call, p50 {:.2} ms, p99 {:.2} ms",
        shot.per_second(),
        shot.server_cpu_micros_per_call(),
        shot.percentile_ms(0, 50),
        shot.percentile_ms(0, 99)
    );
    let report = Command::new("perf")
        .args(["report", "--stdio", "--sort", "dso,symbol"])
        .arg(if options.callers { "--children" } else { "--no-children" })
        .args(options.callers.then_some(["--call-graph", "none"]).into_iter().flatten())
        .arg("--percent-limit")
        .args([&options.percent.to_string(), "--input"])
        .arg(&samples)
        .output()?;
    print!("{}", String::from_utf8_lossy(&report.stdout));
    Ok(report.status.success())
}
