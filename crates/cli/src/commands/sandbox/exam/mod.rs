//! `rollcall sandbox exam`: a connector's own command through all bad days, and the report.

mod command;
mod drop_in;
mod options;

use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use rollcall_sandbox::exam::{Played, Scenario, Stage, judge};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use options::Options;

use super::{Done, ReachError};
use crate::commands::dev::base_url;
use crate::commands::dev::watched::{Signals, ended_by};
use crate::printer::Printer;
use drop_in::DropIn;

/// Runs all that is asked for, side by side.
pub async fn run(options: Options, json: bool, printer: &Printer) -> Done {
    // What a command provokes is in the report.
    crate::logging::start("error");
    let folder = tempfile::Builder::new()
        .prefix("rollcall-exam-")
        .tempdir()
        .map_err(io("a temporary folder"))?;
    // Heard from the first moment, so that nothing is left behind whenever it ends.
    let mut signals = Signals::listen().map_err(io("signals"))?;
    let options = Arc::new(options);
    let drop_in = options.tls.then(|| DropIn::make(folder.path())).transpose()?.map(Arc::new);
    let places = Arc::new(Semaphore::new(options.jobs()));
    let progress = progress(&options, printer);
    let mut under_way = JoinSet::new();
    for scenario in options.scenarios() {
        let (options, drop_in, places) = (options.clone(), drop_in.clone(), places.clone());
        let own = folder.path().join(scenario.key());
        under_way.spawn(async move {
            // Never closed, so a place comes.
            let _place = places.acquire().await;
            one(scenario, &own, &options, drop_in.as_deref()).await
        });
    }
    let all = tokio::select! {
        all = all(&mut under_way, &progress) => Ok(all?),
        signal = signals.any() => Err(signal),
    };
    progress.finish_and_clear();
    let played = match all {
        Ok(played) => played,
        Err(signal) => {
            // Each ends its command with it.
            under_way.shutdown().await;
            remove(folder, printer);
            return Ok(ended_by(signal));
        }
    };
    let report = judge(&played);
    remove(folder, printer);
    options.written.write(&report, json, printer)
}

/// In the order of the list, whatever ended first.
async fn all(
    under_way: &mut JoinSet<Result<Played, ReachError>>,
    progress: &ProgressBar,
) -> Result<Vec<Played>, ReachError> {
    let mut played = Vec::new();
    while let Some(done) = under_way.join_next().await {
        let one = done.map_err(|error| io("a scenario")(std::io::Error::other(error)))??;
        progress.inc(1);
        progress.set_message(one.scenario.key());
        played.push(one);
    }
    played.sort_by_key(|one| one.scenario);
    Ok(played)
}

async fn one(
    scenario: Scenario,
    folder: &std::path::Path,
    options: &Options,
    drop_in: Option<&DropIn>,
) -> Result<Played, ReachError> {
    let stage = Stage::open(scenario, folder, drop_in.map(DropIn::tls));
    let stage = stage.await.map_err(|error| io(scenario.key())(std::io::Error::other(error)))?;
    let mut environment = stage.environment();
    let proxy = drop_in.map(|drop_in| drop_in.before(stage.address)).transpose()?;
    environment.push(("ROLLCALL_URL", base_url(stage.address, proxy.is_some())));
    environment.extend(proxy.iter().flat_map(drop_in::Before::environment));
    let ran = command::run(&options.command, &environment, options.time_limit, options.output_of())
        .await
        .map_err(|source| {
            let program = options.command.first().cloned().unwrap_or_default();
            ReachError::WrongUse {
                what: format!("{program}: {source}"),
                hint: "give a command that can be run, behind `--`".to_owned(),
            }
        })?;
    let closed = stage.close().await;
    let (exchanges, facts) =
        closed.map_err(|error| io(scenario.key())(std::io::Error::other(error)))?;
    Ok(Played { scenario, ended: ran.ended, took: ran.took, exchanges, facts })
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> ReachError {
    |source| ReachError::Io { what: what.into(), source }
}

fn progress(options: &Options, printer: &Printer) -> ProgressBar {
    if !printer.is_watched {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(options.scenarios().len() as u64);
    if let Ok(style) = ProgressStyle::with_template("exam {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn remove(folder: TempDir, printer: &Printer) {
    if let Err(error) = folder.close() {
        printer.say(&format!("the temporary folder could not be removed: {error}"));
    }
}
