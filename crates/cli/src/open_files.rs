//! How many files this process may open: as many as the machine allows, for each connection is
//! one. A service manager's usual soft limit of 1,024 is meant for programs that use `select`.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For the store, the listeners and the logs; the rest is for connections.
const OTHERS: usize = 128;

/// Raises the limit as far as it goes. What this process starts has it too.
pub fn raise() {
    let limit = getrlimit(Resource::Nofile);
    // Refused, it stays as it was, which is then seen below.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// How many connections fit.
pub fn room_for_connections() -> usize {
    let files = getrlimit(Resource::Nofile).current;
    let files = files.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
    files.saturating_sub(OTHERS).max(1)
}
