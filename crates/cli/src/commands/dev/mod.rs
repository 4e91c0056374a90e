//! `rollcall dev`: a double of the hosted API on this machine, for one person, one test suite.
//! The only command that knows of seeds; a server in production cannot mount them.

mod drop_in;
mod options;
mod place;
mod says;
mod serving;
mod trust;
pub mod watched;

use std::time::Duration;

use rollcall_sandbox::accounts;
use rollcall_sandbox::double::Double;
use rollcall_sandbox::plant::{self, PlantError, Planted};
use rollcall_sandbox::source::SourceError;
use rollcall_sandbox::tls::KeepError;

use drop_in::DropIn;
pub use drop_in::environment;
pub use options::Options;
use options::Other;
pub use serving::base_url;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::running_double::{self, RunningDouble, Written};
use crate::runtime;

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
    #[error(transparent)]
    Certificate(#[from] KeepError),
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
            Self::Plant(_) | Self::Fault(_) | Self::Certificate(_) | Self::Io { .. } => {
                ExitStatus::Failed
            }
        }
    }
}

pub fn run(options: Options, printer: &Printer) -> ExitStatus {
    match &options.other {
        Some(Other::Trust(options)) => trust::run(options, printer),
        None => run_double(options, printer),
    }
}

fn run_double(options: Options, printer: &Printer) -> ExitStatus {
    crate::logging::start(if options.command.is_empty() {
        "warn,rollcall::calls=info"
    } else {
        "warn"
    });
    let Some(runtime) = runtime::of_many_threads(printer) else {
        return ExitStatus::Failed;
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
    let listener = serving::listen(options.listen, serving::PORT)?;
    if options.tls {
        serving::check_for_tls(&listener)?;
    }
    let place = place::open(&options).await?;
    let drop_in = drop_in::prepare(&options)?;
    let seed = place.source.seed()?;
    let progress = says::Progress::new(printer, &seed);
    let mut at = |step| progress.at(step);
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
    match planted {
        Planted::Now => double.keep_seed().await?,
        Planted::Before => accounts::remember(&double).await?,
    }
    if let Some(file) = &options.journal {
        double.journal.write_to(file).map_err(DevError::io(file.display().to_string()))?;
    }
    let token = double.control_token.expose().to_owned();
    let tls = drop_in.as_ref().map(DropIn::tls);
    let serving = serving::start(listener, double, &options, tls)?;
    let drop_in = drop_in.map(|drop_in| drop_in.open(serving.address)).transpose()?;
    let drop_in_said = drop_in.as_ref().map(drop_in::Open::said);
    let url = serving::base_url(serving.address, options.tls);
    let console = serving::console_url(&serving, options.tls, &credentials);
    let running = RunningDouble {
        url: format!("{url}{}", rollcall_sandbox::control_api::ROOT),
        token,
        authority: drop_in.as_ref().map(drop_in::Open::authority),
        pid: std::process::id(),
    };
    let _found_by = written(&running, printer);
    let about = says::About {
        url: &url,
        console: &console,
        inspector: &serving::inspector_url(&serving, options.tls, &running.token),
        running: &running,
        place: &place.words,
        seed: &seed,
        credentials: &credentials,
        drop_in: drop_in_said.as_ref(),
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
        let mut environment = about.environment().to_vec();
        environment.extend(drop_in.iter().flat_map(drop_in::Open::environment));
        watched::run(&options.command, &environment, &mut signals, printer).await
    };
    tokio::select! {
        stopped = serving.stop(GRACE) => stopped.map_err(DevError::io("the listener"))?,
        // Told twice: at once.
        _ = signals.any() => {}
    }
    // After the answers under way: they go through its proxy.
    drop(drop_in);
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
