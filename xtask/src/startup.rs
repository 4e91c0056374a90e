//! `cargo xtask startup`: how long the first README command takes to be ready, and a directory of a
//! million people to be there. Beside each figure a raw fdatasync of the same disk in the same run, for
//! these machines are noisy: read the ratio, not the milliseconds.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::command::{cargo, command, run};
use crate::workspace::Workspace;

/// How long `rollcall dev` takes to be ready
#[derive(Parser)]
pub(crate) struct Options {
    /// Starts with the default people
    #[arg(long, default_value_t = 10)]
    starts: usize,
    /// People of the large directory, loaded once
    #[arg(long, default_value_t = 1_000_000)]
    users: usize,
}

pub(crate) fn measure(workspace: &Workspace, options: &Options) -> Result<bool> {
    run(cargo(&workspace.root).args(["build", "--release", "--package", "rollcall"]))?;
    let dev = || {
        let mut dev = command(workspace.target.join("release/rollcall"));
        dev.args(["dev", "--listen", "127.0.0.1:0", "--json"]);
        dev
    };
    println!("fdatasync of 4 KiB, overwritten: {}", spread(&mut syncs(200)?));
    let mut ready = Vec::new();
    for _ in 0..options.starts {
        ready.push(until_first_answer(&mut dev())?);
    }
    println!("50 people, process start to first answer: {}", spread(&mut ready));
    let users = options.users.to_string();
    let large = until_first_answer(dev().args(["--users", &users]))?;
    println!("{users} people, process start to first answer: {:.1} s", large.as_secs_f64());
    println!("fdatasync of 4 KiB, overwritten, afterwards: {}", spread(&mut syncs(200)?));
    Ok(true)
}

/// Ended whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM, so that it removes its folder; `Child::kill` would leave that behind.
        let ended = Command::new("kill").arg(self.0.id().to_string()).status();
        if ended.is_ok_and(|status| status.success()) {
            let _ = self.0.wait();
        }
    }
}

fn until_first_answer(dev: &mut Command) -> Result<Duration> {
    let began = Instant::now();
    let mut child =
        Running(dev.stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null()).spawn()?);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().context("a pipe")?).read_line(&mut line)?;
    let (_, address) =
        line.split_once("\"base_url\":\"http://").context("no base_url was printed")?;
    let (address, _) = address.split_once('"').context("no end of base_url")?;
    let mut stream = TcpStream::connect(address)?;
    let request =
        "GET /v1/accounts/A/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    anyhow::ensure!(answer.starts_with("HTTP/1.1 401"), "an unexpected first answer: {answer}");
    Ok(began.elapsed())
}

fn syncs(times: usize) -> Result<Vec<Duration>> {
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("sync"))?;
    file.write_all(&[0; 4096])?;
    file.sync_data()?;
    let mut took = Vec::with_capacity(times);
    for n in 0..times {
        std::os::unix::fs::FileExt::write_all_at(&file, &[u8::try_from(n % 256)?; 4096], 0)?;
        let began = Instant::now();
        file.sync_data()?;
        took.push(began.elapsed());
    }
    Ok(took)
}

fn spread(took: &mut [Duration]) -> String {
    took.sort();
    let at = |part: usize| {
        let index = (took.len().saturating_sub(1)) * part / 100;
        took.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    format!("median {:.2} ms ({:.2} to {:.2}, {} times)", at(50), at(0), at(100), took.len())
}
