//! Where the time of one kind of call goes: `perf` looks at our server while it is called, and
//! prints the functions that it was found in.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::chance::Chance;
use crate::load::{Aim, shoot};
use crate::sections::{Known, Turns};
use crate::server::{Server, Start};

#[derive(clap::Parser)]
pub(crate) struct Options {
    what: What,
    #[arg(long, default_value_t = 16)]
    connections: usize,
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    #[arg(long, default_value_t = 100_000)]
    users: usize,
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
    let server = Server::start(&Start { users: options.users, ..Start::default() })?;
    let known = Known::of(&server)?;
    let mut turns = match options.what {
        What::Suspend => Some(Turns::find(&server, &known)?),
        What::Token | What::Get | What::List => None,
    };
    std::fs::create_dir_all(&options.kept)?;
    let samples = options.kept.join("perf.data");
    let process = server.running.id().to_string();
    let seconds = Duration::from_secs(options.seconds);
    let mut perf = Command::new("perf")
        .args(["record", "--quiet", "--freq", "1999", "--pid", &process, "--output"])
        .arg(&samples)
        .args(["--", "sleep", &options.seconds.to_string()])
        .spawn()
        .context("perf is needed (Debian: linux-perf)")?;
    let processes = [server.running.id()];
    let aim = Aim {
        addresses: &[server.running.address],
        processes: &processes,
        connections: options.connections,
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
                    turns.write_next(&server, into);
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
        .args(["report", "--stdio", "--no-children", "--sort", "dso,symbol", "--percent-limit"])
        .args([&options.percent.to_string(), "--input"])
        .arg(&samples)
        .output()?;
    print!("{}", String::from_utf8_lossy(&report.stdout));
    Ok(report.status.success())
}
