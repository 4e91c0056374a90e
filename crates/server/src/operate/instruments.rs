//! The counters that calls turn, looked up once: a call adds to a number, and looks nothing up.
//! Where nobody asked for metrics they count nothing.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rollcall_directory::Fault;
use rollcall_directory::acting::Refusal;
use rollcall_wire::route::Route;

use super::metrics_list::{Kind, METRICS};
use crate::edge::connection::Ended;
use crate::edge::connections::Full;
use crate::page::Page;

/// What the metrics are read from. There is one for a process.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be kept: {0}")]
pub struct MetricsError(String);

impl Metrics {
    /// From here on everything is counted; so this comes before a store is opened.
    pub fn install() -> Result<Self, MetricsError> {
        let failed = |error: &dyn std::fmt::Display| MetricsError(error.to_string());
        let mut builder = PrometheusBuilder::new();
        for metric in METRICS {
            if let Kind::Histogram(bounds) = metric.kind {
                let name = Matcher::Full(metric.name.to_owned());
                builder =
                    builder.set_buckets_for_metric(name, bounds).map_err(|error| failed(&error))?;
            }
        }
        let handle = builder.install_recorder().map_err(|error| failed(&error))?;
        for metric in METRICS {
            match metric.kind {
                Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
                Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
                Kind::Histogram(_) => metrics::describe_histogram!(metric.name, metric.help),
            }
        }
        metrics::gauge!("rollcall_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self(handle))
    }

    pub(super) fn render(&self) -> String {
        self.0.render()
    }

    /// Folds what was recorded into the histograms, which grow until somebody does.
    pub(super) fn fold(&self) {
        self.0.run_upkeep();
    }
}

const OTHERS: [&str; 5] = ["ConsoleAsset", "Options", "MethodNotAllowed", "NotFound", "Other"];
/// What we answer; anything else would be counted as 0.
const STATUSES: [u16; 15] =
    [200, 204, 303, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 0];

struct Operation {
    name: &'static str,
    seconds: OnceLock<Histogram>,
    by_status: [OnceLock<Counter>; STATUSES.len()],
}

impl Operation {
    fn named(name: &'static str) -> Self {
        Self { name, seconds: OnceLock::new(), by_status: Default::default() }
    }

    fn answered(&self, status: u16, took: Duration) {
        let last = STATUSES.len() - 1;
        let at = STATUSES.iter().position(|listed| *listed == status).unwrap_or(last);
        let counter = self.by_status[at].get_or_init(|| {
            let status = STATUSES[at].to_string();
            counter!("rollcall_requests_total", "route" => self.name, "status" => status)
        });
        counter.increment(1);
        let seconds = self
            .seconds
            .get_or_init(|| histogram!("rollcall_request_seconds", "route" => self.name));
        seconds.record(took);
    }
}

pub(crate) struct Instruments {
    /// Of the API's calls, then of the console's pages.
    operations: Vec<Operation>,
    others: [Operation; OTHERS.len()],
    pub shed: Counter,
    pub calls_limited: Counter,
    pub wrong_credentials: Counter,
    pub wrong_credentials_limited: Counter,
    pub handshakes_failed: Counter,
    turned_away_in_all: Counter,
    turned_away_for_address: Counter,
    ended: [Counter; 4],
}

impl Instruments {
    pub(crate) fn new() -> Self {
        let ended = ["by_itself", "slow_head", "idle", "stopped"]
            .map(|why| counter!("rollcall_connections_ended_total", "why" => why));
        let turned_away =
            |limit| counter!("rollcall_connections_turned_away_total", "limit" => limit);
        let wrong = |answer| counter!("rollcall_wrong_credentials_total", "answer" => answer);
        let names = Route::ALL.iter().map(|route| route.operation_id());
        let names = names.chain(Page::ALL.iter().map(|page| page.name()));
        Self {
            operations: names.map(Operation::named).collect(),
            others: OTHERS.map(Operation::named),
            shed: counter!("rollcall_shed_total"),
            calls_limited: counter!("rollcall_calls_limited_total"),
            wrong_credentials: wrong("refused"),
            wrong_credentials_limited: wrong("limited"),
            handshakes_failed: counter!("rollcall_handshakes_failed_total"),
            turned_away_in_all: turned_away("in_all"),
            turned_away_for_address: turned_away("for_address"),
            ended,
        }
    }

    /// `operation`: an operation id of the list, or one of the others.
    pub(crate) fn answered(&self, operation: &str, status: u16, took: Duration) {
        let mut all = self.operations.iter().chain(&self.others);
        let last = &self.others[OTHERS.len() - 1];
        all.find(|known| known.name == operation).unwrap_or(last).answered(status, took);
    }

    pub(crate) fn connection_ended(&self, ended: Ended) {
        let at = match ended {
            Ended::ByItself => 0,
            Ended::SlowHead => 1,
            Ended::Idle => 2,
            Ended::Stopped => 3,
        };
        self.ended[at].increment(1);
    }

    pub(crate) fn turned_away(&self, full: Full) {
        match full {
            Full::InAll => self.turned_away_in_all.increment(1),
            Full::ForAddress => self.turned_away_for_address.increment(1),
        }
    }

    pub(crate) fn refusal(&self, refusal: &Refusal) {
        counter!("rollcall_refusals_total", "reason" => refusal.as_str()).increment(1);
    }

    pub(crate) fn fault(&self, fault: &Fault) {
        let kind = match fault {
            Fault::Unavailable(_) => "unavailable",
            Fault::Busy(_) => "busy",
            Fault::Met(_) => "met",
            Fault::OutcomeUnknown(_) => "outcome_unknown",
            Fault::Inconsistent { .. } => "inconsistent",
            Fault::Unusable(_) => "unusable",
            Fault::ClockWentBack(_) => "clock_went_back",
            Fault::Statement(_) => "statement",
        };
        counter!("rollcall_faults_total", "kind" => kind).increment(1);
    }
}
