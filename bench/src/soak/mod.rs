//! `cargo xtask soak`: a server as an organisation runs it, over TLS, under the mixed load for a
//! long time; in its middle its keys are rotated, its certificate is replaced and a backup is
//! made. No call may fail, and memory and file descriptors must stay where they are.

mod caller;
mod certificates;
mod place;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::machine::memory;
use caller::{Callers, Seen};
use place::Place;

#[derive(clap::Parser)]
pub(crate) struct Options {
    #[arg(long, default_value_t = 30.0)]
    minutes: f64,
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Calls a second in all; so many that the machine is busy and not drowned
    #[arg(long, default_value_t = 2_000)]
    rate: u32,
    /// Where findings are kept
    #[arg(long, hide = true)]
    kept: PathBuf,
}

/// What a minute left.
#[derive(Clone, Copy)]
struct Sample {
    anonymous: f64,
    descriptors: usize,
}

/// Memory may breathe; it may not climb: from the first third to the last by at most so much.
const GROWTH_MAX: f64 = 1.10;
const GROWTH_MAX_MIB: f64 = 8.0;

pub(crate) fn run(options: &Options) -> Result<bool> {
    std::fs::create_dir_all(&options.kept)?;
    let mut place = Place::set_up(options.users, &options.kept.join("soak.log"))?;
    let callers = Callers::start(&place, options.connections, options.rate)?;
    let outcome = watch(options, &mut place, &callers);
    let seen = callers.stop()?;
    let samples = outcome?;
    println!("{}", seen.words());
    let last = place.certificate_seen_last(&seen);
    println!("the certificate that was replaced is {}", if last { "seen" } else { "NOT seen" });
    let flat = is_flat(&samples);
    println!("memory and file descriptors {}", if flat { "stay where they are" } else { "GREW" });
    Ok(seen.failed.is_empty() && last && flat)
}

/// A sample each minute, or ten times in a short run; the three events in the middle.
fn watch(options: &Options, place: &mut Place, callers: &Callers) -> Result<Vec<Sample>> {
    let whole = Duration::from_secs_f64(options.minutes * 60.0);
    let step = (whole / 10).min(Duration::from_secs(60));
    let began = Instant::now();
    let mut samples = Vec::new();
    let mut events: Vec<Event> = Event::ALL.to_vec();
    println!("minute | calls | failed | anonymous MiB | file pages MiB | descriptors | event");
    while began.elapsed() < whole {
        std::thread::sleep(step);
        let used = memory(place.server())?;
        let descriptors = descriptors(place.server())?;
        samples.push(Sample { anonymous: used.anonymous, descriptors });
        let part = began.elapsed().as_secs_f64() / whole.as_secs_f64();
        let due = events.first().filter(|event| part >= event.at()).copied();
        let what = match due {
            Some(event) => {
                events.remove(0);
                event.happen(place)?
            }
            None => String::new(),
        };
        let Seen { calls, failed, .. } = callers.seen();
        println!(
            "{:.1} | {calls} | {} | {:.1} | {:.1} | {descriptors} | {what}",
            began.elapsed().as_secs_f64() / 60.0,
            failed.len(),
            used.anonymous,
            used.of_files,
        );
        ensure!(place.is_alive(), "the server has ended");
    }
    ensure!(events.is_empty(), "the run was too short for all that must happen in it");
    Ok(samples)
}

#[derive(Clone, Copy)]
enum Event {
    Rotate,
    Certificate,
    Backup,
}

impl Event {
    const ALL: [Self; 3] = [Self::Rotate, Self::Certificate, Self::Backup];

    /// At which part of the run.
    const fn at(self) -> f64 {
        match self {
            Self::Rotate => 0.35,
            Self::Certificate => 0.45,
            Self::Backup => 0.55,
        }
    }

    fn happen(self, place: &mut Place) -> Result<String> {
        match self {
            Self::Rotate => place.rotate_keys().context("rotating the keys"),
            Self::Certificate => place.replace_certificate().context("replacing the certificate"),
            Self::Backup => place.back_up().context("the backup"),
        }
    }
}

fn descriptors(process: u32) -> Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{process}/fd"))?.count())
}

/// The first samples are of a server that is still warming up: the middle is held against the end.
fn is_flat(samples: &[Sample]) -> bool {
    let third = samples.len() / 3;
    let (before, after) =
        (&samples[third..samples.len() - third], &samples[samples.len() - third..]);
    let most = |samples: &[Sample]| samples.iter().map(|s| s.anonymous).fold(0.0, f64::max);
    let open = |samples: &[Sample]| samples.iter().map(|s| s.descriptors).max().unwrap_or(0);
    let allowed = (most(before) * GROWTH_MAX).max(most(before) + GROWTH_MAX_MIB);
    // Connections are made anew now and then, so one or the other may be there twice.
    most(after) <= allowed && open(after) <= open(before) + open(before) / 10 + 8
}

/// What callers share.
pub(crate) type Shared<T> = Arc<std::sync::Mutex<T>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(of: impl Fn(usize) -> (f64, usize)) -> Vec<Sample> {
        (0..30).map(of).map(|(anonymous, descriptors)| Sample { anonymous, descriptors }).collect()
    }

    #[test]
    fn what_climbs_is_found_and_what_breathes_is_not() {
        assert!(is_flat(&samples(|n| (40.0 + (n % 3) as f64, 90 + n % 2))));
        assert!(!is_flat(&samples(|n| (40.0 + 2.0 * n as f64, 90))));
        assert!(!is_flat(&samples(|n| (40.0, 90 + 4 * n))));
    }
}
