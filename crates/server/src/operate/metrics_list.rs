//! Every metric there is: its name, its kind and what it says. The exporter describes them from
//! this list, and a test holds the operating manual and a running server to it.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Counter,
    Gauge,
    /// With these bounds of its buckets.
    Histogram(&'static [f64]),
}

#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    10.0, 30.0,
];
const ACTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(
    name: &'static str,
    bounds: &'static [f64],
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Histogram(bounds), labels, help }
}

pub const METRICS: &[Metric] = &[
    counter("rollcall_requests_total", &["route", "status"], "Requests answered."),
    histogram(
        "rollcall_request_seconds",
        SECONDS,
        &["route"],
        "From the end of a request's head to its answer.",
    ),
    counter(
        "rollcall_refusals_total",
        &["reason"],
        "Calls refused, by the rule that refused them.",
    ),
    counter(
        "rollcall_wrong_credentials_total",
        &["answer"],
        "Wrong client credentials and passwords: told so (refused), or too many (limited).",
    ),
    counter("rollcall_calls_limited_total", &[], "Calls above their application's limit."),
    counter("rollcall_faults_total", &["kind"], "Calls that met a fault of ours."),
    counter("rollcall_shed_total", &[], "Calls sent away because too many were at work."),
    gauge("rollcall_calls_at_work", &[], "Calls that the store is answering."),
    gauge("rollcall_connections", &[], "Connections open on the API's listener."),
    counter(
        "rollcall_connections_turned_away_total",
        &["limit"],
        "Connections closed at once, by the limit that was reached (in_all, for_address).",
    ),
    counter(
        "rollcall_connections_ended_total",
        &["why"],
        "Connections that ended: by_itself, slow_head, idle, stopped.",
    ),
    counter(
        "rollcall_handshakes_failed_total",
        &[],
        "TLS handshakes that failed or took too long.",
    ),
    gauge(
        "rollcall_acts_waiting",
        &[],
        "Acts that are not answered yet, in the queue or in a batch.",
    ),
    histogram("rollcall_batch_acts", ACTS, &[], "Acts in a batch."),
    histogram("rollcall_batch_seconds", SECONDS, &[], "From taking a batch to its answers."),
    histogram(
        "rollcall_commit_seconds",
        SECONDS,
        &[],
        "The commit of a batch, which on SQLite is the sync of the log.",
    ),
    counter("rollcall_batches_failed_total", &[], "Attempts at a batch that failed."),
    gauge("rollcall_wal_pages", &[], "Pages in SQLite's write-ahead log (4 KiB each)."),
    gauge(
        "rollcall_store_fence_age_seconds",
        &[],
        "PostgreSQL: age of the newest proof that the server asked is the primary; 2 are too old.",
    ),
    counter(
        "rollcall_store_fenced_total",
        &[],
        "PostgreSQL: answers withheld because there was no such proof.",
    ),
    gauge("rollcall_store_nodes", &[], "PostgreSQL: nodes that serve this database."),
    gauge(
        "rollcall_store_synchronous",
        &[],
        "PostgreSQL: 1 while its commits wait for a standby, otherwise 0.",
    ),
    gauge("rollcall_store_timeline", &[], "PostgreSQL: the primary's timeline; a promotion adds 1."),
    counter("rollcall_store_connects_total", &[], "PostgreSQL: connections made or tried."),
    gauge("rollcall_mac_key_age_seconds", &["key"], "Age of each MAC key."),
    gauge(
        "rollcall_certificate_end_timestamp_seconds",
        &[],
        "When the TLS certificate that is served ends.",
    ),
    gauge("rollcall_build_info", &["version"], "1, with the version that runs."),
    gauge("process_resident_memory_bytes", &[], "Memory in use, with pages of files."),
    gauge("process_resident_anonymous_bytes", &[], "Memory in use, without pages of files."),
    gauge("process_open_fds", &[], "File descriptors open."),
    gauge("process_max_fds", &[], "File descriptors that may be open."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_names_every_metric_and_no_other() {
        let manual = include_str!("../../../../docs/reference/operating.md");
        for metric in METRICS {
            let row = format!("| `{}` |", metric.name);
            let row = manual.lines().find(|line| line.starts_with(&row));
            let row = row.unwrap_or_else(|| panic!("{} is not in the manual", metric.name));
            for label in metric.labels {
                assert!(row.contains(&format!("`{label}`")), "{row} does not name {label}");
            }
        }
        let named = manual.lines().filter_map(|line| line.strip_prefix("| `"));
        let named = named.filter_map(|line| line.split('`').next());
        let metrics = named.filter(|n| n.starts_with("rollcall_") || n.starts_with("process_"));
        assert_eq!(metrics.count(), METRICS.len(), "a row is of no metric, or there twice");
    }

    /// What the files of `deploy/` say of a metric of ours: its name, as Prometheus has it.
    fn named_in(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
            .filter(|word| !word.contains(':'))
            .filter(|word| word.starts_with("rollcall_") || word.starts_with("process_"))
    }

    /// A histogram is three series; a label or an alert is no metric.
    fn is_a_metric(word: &str) -> bool {
        METRICS.iter().any(|metric| match metric.kind {
            Kind::Histogram(_) => ["_bucket", "_sum", "_count"]
                .iter()
                .any(|ending| word.strip_suffix(ending) == Some(metric.name)),
            Kind::Counter | Kind::Gauge => word == metric.name,
        })
    }

    #[test]
    fn what_is_watched_in_a_cluster_is_measured() {
        for (file, text) in [
            ("dashboard.json", include_str!("../../../../deploy/grafana/dashboard.json")),
            ("alerts.yml", include_str!("../../../../deploy/prometheus/alerts.yml")),
            ("alerts.test.yml", include_str!("../../../../deploy/prometheus/alerts.test.yml")),
            ("recording.yml", include_str!("../../../../deploy/prometheus/recording.yml")),
        ] {
            let wrong: Vec<&str> = named_in(text).filter(|word| !is_a_metric(word)).collect();
            assert!(wrong.is_empty(), "{file} asks for {wrong:?}, which no server has");
        }
        let asked = named_in(include_str!("../../../../deploy/grafana/dashboard.json")).count();
        assert!(asked > 20, "only {asked} names were found");
    }
}
