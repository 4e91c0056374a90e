//! `[store]`: where facts are kept.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where facts are kept: SQLite in a folder, or PostgreSQL.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// The folder of the embedded store. Not used where `database` is set.
    pub data: PathBuf,
    /// A PostgreSQL database, such as postgres://rollcall@db.example.com/rollcall. Without a password.
    pub database: Option<String>,
    /// A file with the password of the database's user, readable by the server alone.
    pub database_password_file: Option<PathBuf>,
    /// Certificates (PEM) that may sign the database's own, instead of those of the system.
    pub database_ca_file: Option<PathBuf>,
    /// Serve only while PostgreSQL's commits wait for a standby, so that no answered act is on one machine only.
    pub require_synchronous: bool,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            data: PathBuf::from("/var/lib/rollcall"),
            database: None,
            database_password_file: None,
            database_ca_file: None,
            require_synchronous: false,
        }
    }
}
