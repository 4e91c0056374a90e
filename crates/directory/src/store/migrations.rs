//! The migrations, forward only, the same numbers and names for both databases. A database with
//! one that is not here is newer than this program, and is refused.

use refinery_core::{Error, Migration, Runner, error::Kind};

use crate::Fault;

macro_rules! migrations {
    ($folder:literal: $($name:literal),+) => {
        [$(($name, include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")))),+]
    };
}

pub(super) fn sqlite() -> Result<Runner, Fault> {
    runner(
        &migrations!("sqlite": "V1__directory", "V2__operations", "V3__console", "V4__nodes", "V5__owners", "V6__audit_blocks", "V7__people_stretches", "V8__audit_by_place", "V9__stretch_counts", "V10__people_by_number"),
    )
}

pub(super) fn postgres() -> Result<Runner, Fault> {
    runner(
        &migrations!("postgres": "V1__directory", "V2__operations", "V3__console", "V4__nodes", "V5__owners", "V6__audit_blocks", "V7__people_stretches", "V8__audit_by_place", "V9__stretch_counts", "V10__people_by_number"),
    )
}

/// The newest migration there is.
pub const NEWEST: i64 = 10;

pub(super) fn known(last: i64) -> Result<(), Fault> {
    if last <= NEWEST {
        return Ok(());
    }
    Err(Fault::Unusable(format!(
        "the database is newer than this program (it has migration {last}): use a newer rollcall"
    )))
}

pub(super) fn newest(last: i64) -> Result<(), Fault> {
    if last == NEWEST {
        return Ok(());
    }
    Err(Fault::Unusable(format!(
        "the database is older than this program (it has migration {last}): its server brings it up to date"
    )))
}

fn runner(texts: &[(&str, &str)]) -> Result<Runner, Fault> {
    let migrations: Result<Vec<_>, _> =
        texts.iter().map(|(name, sql)| Migration::unapplied(name, sql)).collect();
    let mut runner = Runner::new(&migrations.map_err(|error| fault(&error))?);
    runner.set_migration_table_name("rollcall_migrations");
    Ok(runner.set_abort_missing(true).set_abort_divergent(true))
}

pub(super) fn fault(error: &Error) -> Fault {
    Fault::Unusable(match error.kind() {
        Kind::MissingVersion(found) => format!(
            "the database is newer than this program (it has migration {found}): use a newer rollcall"
        ),
        Kind::DivergentVersion(found, _) => {
            format!("migration {found} of the database is not the one of this program")
        }
        other => format!("the database could not be brought up to date: {other}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations_and_the_newest_is_named() {
        let names = |runner: Runner| -> Vec<String> {
            runner.get_migrations().iter().map(ToString::to_string).collect()
        };
        let (sqlite, postgres) = (sqlite().unwrap(), postgres().unwrap());
        let newest = sqlite.get_migrations().iter().map(|m| i64::from(m.version())).max();
        assert_eq!(newest, Some(NEWEST));
        assert_eq!(names(sqlite), names(postgres));
    }
}
