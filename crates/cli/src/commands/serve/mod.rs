//! `rollcall serve`: an organisation's own server, from one file of settings. It starts with
//! everything it needs or not at all, and says what it serves.

mod certificates;
mod checks;
mod error;
mod listening;
mod mapped;
mod options;
mod store;
mod systemd;

use std::net::TcpListener;

use rollcall_server::Serving;
use rollcall_server::operate::{AdminListener, Metrics};
use rollcall_settings::Loaded;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub use checks::refusals;
pub use options::Options;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::root_key;
use crate::runtime;
use crate::telemetry::Telemetry;
use error::ServeError;
use listening::Certificate;

pub fn run(options: Options, printer: &Printer) -> ExitStatus {
    let loaded = match options.settings.load() {
        Ok(loaded) => loaded,
        Err(error) => {
            printer.error(&error, error.hint().as_deref());
            return ExitStatus::WrongUse;
        }
    };
    if let Err(error) = crate::logging::start_as(&loaded.settings.log) {
        printer.error(&error, None);
        return ExitStatus::WrongUse;
    }
    let Some(runtime) = runtime::of_many_threads(printer) else {
        return ExitStatus::Failed;
    };
    let done = runtime.block_on(serve(&loaded, &options, printer));
    done.unwrap_or_else(|error| {
        printer.error(&error, error.hint().as_deref());
        error.status()
    })
}

async fn serve(
    loaded: &Loaded,
    options: &Options,
    printer: &Printer,
) -> Result<ExitStatus, ServeError> {
    // Heard from the first moment, so that nothing is left behind whenever it ends.
    let mut signals = Signals::listen().map_err(ServeError::io("signals"))?;
    let settings = &loaded.settings;
    let public_url = checks::check(settings)?;
    let roots = tokio::select! {
        read = root_key::read_unheeding(&settings.root_key) => read?,
        // The program that was to print it is ended with it.
        () = signals.end() => {
            tracing::info!("told to end before the root key was read");
            return Ok(ExitStatus::Done);
        }
    };
    // Before the store, which a port that is taken should not touch.
    let listener = TcpListener::bind(settings.listen)
        .map_err(ServeError::io(format!("cannot listen on {}", settings.listen)))?;
    let admin = settings.admin.listen.map(|address| {
        TcpListener::bind(address)
            .map_err(ServeError::io(format!("cannot listen on {address} ([admin] listen)")))
    });
    let admin = admin.transpose()?;
    // Before the store too, so that all it does is counted.
    let metrics = admin.as_ref().map(|_| Metrics::install()).transpose()?;
    let telemetry = settings.telemetry.otlp_endpoint.as_ref();
    let telemetry = telemetry
        .map(|endpoint| Telemetry::start(endpoint, &settings.telemetry.service_name))
        .transpose()?;
    let opened = store::open(&settings.store, roots).await?;
    let watched = store::watch_keys(&opened.store, settings);
    let swept = opened.store.watch_sweeps();
    let observer = telemetry.as_ref().map(Telemetry::observer);
    let listening::Listening { serving, certificate } =
        listening::start(listener, &opened.store, settings, public_url, observer).await?;
    let admin = listening::admin(&serving, admin, metrics)?;
    say(&serving, admin.as_ref(), &opened, settings, public_url, options, printer);
    systemd::ready();
    let watchdog = systemd::watch();

    until_told_to_end(&mut signals, certificate.as_ref()).await;
    systemd::stopping();
    tokio::select! {
        stopped = serving.stop(settings.limits.stop_within.0) => {
            stopped.map_err(ServeError::io("the listener"))?;
        }
        // Told twice: at once.
        () = signals.end() => tracing::warn!("told twice to end: calls under way are cut off"),
    }
    watched.abort();
    swept.abort();
    if let Some(certificate) = certificate {
        certificate.looked_after.abort();
    }
    watchdog.abort();
    opened.store.close().await;
    if let Some(telemetry) = telemetry {
        telemetry.stop().await;
    }
    drop(admin);
    tracing::info!("ended");
    Ok(ExitStatus::Done)
}

async fn until_told_to_end(signals: &mut Signals, certificate: Option<&Certificate>) {
    loop {
        match signals.any().await {
            Told::End => return,
            Told::Reload => {
                systemd::reloading();
                listening::reload(certificate);
                systemd::ready();
            }
        }
    }
}

/// What is served, for the log, and as one line of JSON for whoever started it.
fn say(
    serving: &Serving,
    admin: Option<&AdminListener>,
    opened: &store::Opened,
    settings: &rollcall_settings::Settings,
    public_url: &rollcall_settings::PublicUrl,
    options: &Options,
    printer: &Printer,
) {
    let root_key = opened.store.root_key_id().0;
    let tls = listening::tls_words(settings);
    let admin = admin.map(|admin| admin.address.to_string());
    tracing::info!(
        address = %serving.address,
        admin,
        public_url = %public_url,
        store = opened.words,
        root_key,
        tls,
        "rollcall {} is listening", env!("CARGO_PKG_VERSION")
    );
    if options.json {
        let line = json!({
            "address": serving.address.to_string(),
            "admin": admin,
            "public_url": public_url.as_str(),
            "store": opened.words,
            "root_key": root_key,
            "tls": tls,
        });
        printer.data(&line.to_string());
    }
}

/// What a signal means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    End,
    Reload,
}

/// Those that end a server, and the one that has it read its certificates again.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn any(&mut self) -> Told {
        tokio::select! {
            _ = self.interrupt.recv() => Told::End,
            _ = self.terminate.recv() => Told::End,
            _ = self.hang_up.recv() => Told::Reload,
        }
    }

    async fn end(&mut self) {
        while self.any().await != Told::End {}
    }
}
