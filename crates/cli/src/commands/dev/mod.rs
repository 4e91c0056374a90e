//! `rollcall dev`: a double of the hosted API on this machine, for one person, one test suite.
//! The only command that knows of seeds; a server in production cannot mount them.

mod options;
mod place;
mod says;
mod serving;
mod watched;

use std::time::Duration;

use rollcall_sandbox::double::Double;
use rollcall_sandbox::plant::{self, PlantError, Planted};
use rollcall_sandbox::source::SourceError;

pub use options::Options;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::running_double::{self, RunningDouble, Written};

/// How long calls under way may take when the double ends; a half-sent one is not waited for.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
enum DevError {
    #[error("{0}")]
    WrongUse(String),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Plant(#[from] PlantError),
    #[error(transparent)]
    Fault(#[from] rollcall_directory::Fault),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

impl DevError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Io { what: what.into(), source }
    }

    const fn status(&self) -> ExitStatus {
        match self {
            Self::WrongUse(_) | Self::Source(_) => ExitStatus::WrongUse,
            Self::Plant(_) | Self::Fault(_) | Self::Io { .. } => ExitStatus::Failed,
        }
    }
}

pub fn run(options: Options, printer: &Printer) -> ExitStatus {
    crate::logging::start(if options.command.is_empty() {
        "warn,rollcall::calls=info"
    } else {
        "warn"
    });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.error(&error, None);
            return ExitStatus::Failed;
        }
    };
    let done = runtime.block_on(double(options, printer));
    done.unwrap_or_else(|error| {
        printer.error(&error, None);
        error.status()
    })
}

async fn double(options: Options, printer: &Printer) -> Result<ExitStatus, DevError> {
    // Heard from the first moment, so that nothing is left behind whenever it ends.
    let mut signals = watched::Signals::listen().map_err(DevError::io("signals"))?;
    let listener = serving::listen(options.listen)?;
    let place = place::open(&options).await?;
    let seed = place.source.seed()?;
    let mut progress = says::Progress::new(printer, &seed);
    let mut at = |people| progress.at(people);
    let planted = tokio::select! {
        planted = plant::plant(&place.store, &seed, &mut at) => planted?,
        signal = signals.any() => {
            // A place that stays is taken up again by the next start.
            place.close().await;
            return Ok(watched::ended_by(signal));
        }
    };
    progress.done();
    let credentials = plant::credentials(&seed).ok_or_else(|| {
        DevError::WrongUse("the seed's first account needs an owner and an application".to_owned())
    })?;
    let double = Double::new(place.store.clone(), seed.clone(), place.clock.clone());
    if planted == Planted::Now {
        double.keep_seed().await?;
    }
    let token = double.control_token.expose().to_owned();
    let serving = serving::start(listener, double, &options)?;
    let url = format!("http://{}", serving.address);
    let console = serving::console_url(&serving, &credentials);
    let running = RunningDouble {
        url: format!("{url}{}", rollcall_sandbox::control_api::ROOT),
        token,
        authority: None,
        pid: std::process::id(),
    };
    let _found_by = written(&running, printer);
    let about = says::About {
        url: &url,
        console: &console,
        inspector: &serving::inspector_url(&serving, &running.token),
        running: &running,
        place: &place.words,
        seed: &seed,
        credentials: &credentials,
    };
    let status = if options.command.is_empty() {
        match options.json {
            true => printer.data(&about.json()),
            false => printer.data(&about.words()),
        }
        signals.any().await;
        ExitStatus::Done
    } else {
        // Standard output is the command's alone.
        match options.json {
            true => printer.say(&about.json()),
            false => printer.say(&about.words()),
        }
        watched::run(&options.command, &about.environment(), &mut signals, printer).await
    };
    tokio::select! {
        stopped = serving.stop(GRACE) => stopped.map_err(DevError::io("the listener"))?,
        // Told twice: at once.
        _ = signals.any() => {}
    }
    place.close().await;
    Ok(status)
}

/// Where `rollcall sandbox` looks. Without it the double is good all the same: it is named then.
fn written(running: &RunningDouble, printer: &Printer) -> Option<Written> {
    match running.write(&running_double::folder()) {
        Ok(written) => Some(written),
        Err(error) => {
            let hint = "name the double by --url and --token then";
            let what = format!("`rollcall sandbox` will not find this double by itself: {error}");
            printer.error(&what, Some(hint));
            None
        }
    }
}
