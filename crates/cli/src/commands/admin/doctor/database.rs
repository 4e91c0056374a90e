//! How PostgreSQL is set, where that decides whether what was answered is kept.

use rollcall_directory::health::DatabaseSettings;
use rollcall_directory::store::Inspector;

use super::finding::Finding;

const OLDEST_TRIED: u32 = 15;

pub(super) async fn look(store: &Inspector) -> Vec<Finding> {
    match store.ask(&DatabaseSettings).await {
        Ok(settings) => settings.iter().map(|(name, value)| of(name, value)).collect(),
        Err(fault) => vec![
            Finding::warning("postgresql", fault.to_string())
                .do_this("may this user read pg_settings?"),
        ],
    }
}

fn of(name: &str, value: &str) -> Finding {
    let said = format!("{name} is {value}");
    let bad = |way_out: &str| Finding::bad("postgresql", said.clone()).do_this(way_out);
    let warning = |way_out: &str| Finding::warning("postgresql", said.clone()).do_this(way_out);
    match (name, value) {
        ("synchronous_commit", "off") => {
            bad("set it to on: an act that was answered can be lost when the machine stops")
        }
        ("synchronous_commit", "local") => warning(
            "an answered act is on one machine only: on or remote_apply, where there is a standby",
        ),
        ("synchronous_standby_names", "") => Finding::good(
            "postgresql",
            "commits do not wait for a standby: right for one server, and with several an answered act can be lost with the primary (require_synchronous in [store] refuses that)",
        ),
        ("synchronous_standby_names", names) => {
            Finding::good("postgresql", format!("commits wait for a standby of: {names}"))
        }
        ("fsync", "off") => bad("set it to on: a crash can destroy the whole database"),
        ("full_page_writes", "off") => {
            warning("right only on a file system that never tears a page")
        }
        ("standby", "true") => {
            bad("this is a standby, which cannot be written to: name the primary")
        }
        ("tls", "false") => Finding::good("postgresql", "this connection does not use TLS"),
        ("network", "true") => Finding::good("postgresql", "reached over TCP"),
        ("server_version", version) if is_old(version) => {
            warning("older than what the tests run on")
        }
        _ => Finding::good("postgresql", said),
    }
}

fn is_old(version: &str) -> bool {
    let major = version.split(['.', ' ']).next().and_then(|major| major.parse::<u32>().ok());
    major.is_none_or(|major| major < OLDEST_TRIED)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn what_loses_an_answered_act_is_bad_and_what_keeps_it_is_good() {
        for (name, value) in [("synchronous_commit", "off"), ("fsync", "off"), ("standby", "true")]
        {
            let finding = of(name, value);
            assert_eq!(finding.level, Level::Bad, "{name}");
            assert!(finding.way_out.is_some());
        }
        for (name, value) in [
            ("synchronous_commit", "on"),
            ("synchronous_commit", "remote_apply"),
            ("fsync", "on"),
            ("standby", "false"),
            ("server_version", "17.2 (Debian 17.2-1)"),
        ] {
            assert_eq!(of(name, value).level, Level::Good, "{name}");
        }
        assert_eq!(of("server_version", "9.6").level, Level::Warning);
    }
}
