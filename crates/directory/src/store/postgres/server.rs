//! Which server a connection reached, and what this process knows of the servers it met. Names and
//! ports do not tell: a proxy stands in front, or a machine comes back as another than it was.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// One start of one server, as a cluster's primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// The cluster: a primary and its standbys share it.
    pub system: u64,
    /// Each promotion begins a new one, so the higher is the later primary. `None`: an engine that
    /// does not speak of timelines.
    pub timeline: Option<u32>,
    /// When it was started, in microseconds: two standbys promoted at once have one timeline.
    pub started: i64,
}

/// What a server said when it was reached.
pub(super) struct Said {
    pub server: Server,
    pub is_standby: bool,
    /// Not a standby, and yet it takes no writes.
    pub is_read_only: bool,
}

/// In one line with the connection's limits: one flight. A standby has no timeline of its own yet.
const WHO: &str = "select pg_is_in_recovery()::text,
     case when pg_is_in_recovery() then null else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end,
     (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint::text,
     (select system_identifier::text from pg_control_system()),
     current_setting('transaction_read_only')";

impl Said {
    /// Sets the limits, and asks.
    pub(super) async fn ask(client: &Client, limits: &str) -> Result<Self, tokio_postgres::Error> {
        let said = match client.simple_query(&format!("{limits}; {WHO}")).await {
            Ok(said) => said,
            // Other engines have no such functions. What they say to a write is believed.
            Err(error) if error.code().is_some_and(|code| code.code().starts_with("42")) => {
                client.simple_query(&format!("{limits}; show transaction_read_only")).await?
            }
            Err(error) => return Err(error),
        };
        let row = said.into_iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(row.as_ref().map_or_else(Self::nothing, Self::of))
    }

    fn nothing() -> Self {
        let server = Server { system: 0, timeline: None, started: 0 };
        Self { server, is_standby: false, is_read_only: false }
    }

    fn of(row: &SimpleQueryRow) -> Self {
        if row.len() == 1 {
            return Self { is_read_only: row.get(0) == Some("on"), ..Self::nothing() };
        }
        let number = |at: usize| row.get(at).and_then(|text| text.parse().ok());
        let is_standby = matches!(row.get(0), Some("t" | "true"));
        let server = Server {
            system: row.get(3).and_then(|text| text.parse().ok()).unwrap_or_default(),
            timeline: row.get(1).and_then(|hex| u32::from_str_radix(hex, 16).ok()),
            started: number(2).unwrap_or_default(),
        };
        Self { server, is_standby, is_read_only: !is_standby && row.get(4) == Some("on") }
    }
}

/// What one store of this process knows. Its connections are good for one turn: when commits stop
/// returning, or a later primary is seen, all of them are thrown away and made anew.
#[derive(Debug, Default)]
pub(super) struct Known {
    newest: Mutex<HashMap<u64, u32>>,
    turn: AtomicU64,
}

impl Known {
    pub(super) fn turn(&self) -> u64 {
        self.turn.load(Ordering::Acquire)
    }

    pub(super) fn next_turn(&self) {
        self.turn.fetch_add(1, Ordering::AcqRel);
    }

    /// The timeline of a later primary of the same cluster, if one was seen.
    pub(super) fn later_than(&self, server: &Server) -> Option<u32> {
        let mine = server.timeline?;
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(&server.system).copied().filter(|newest| *newest > mine)
    }

    /// From here on, who is behind this one is a stale primary.
    pub(super) fn saw(&self, server: &Server) {
        let Some(mine) = server.timeline else { return };
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let before = newest.insert(server.system, mine);
        match before {
            Some(before) if before < mine => self.next_turn(),
            Some(before) if before > mine => {
                newest.insert(server.system, before);
            }
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(system: u64, timeline: u32) -> Server {
        Server { system, timeline: Some(timeline), started: 1 }
    }

    #[test]
    fn a_later_primary_makes_the_earlier_one_stale_and_its_connections_too() {
        let known = Known::default();
        known.saw(&server(7, 1));
        assert_eq!((known.turn(), known.later_than(&server(7, 1))), (0, None));
        known.saw(&server(7, 3));
        assert_eq!((known.turn(), known.later_than(&server(7, 1))), (1, Some(3)));
        // It is seen again, and that changes nothing.
        known.saw(&server(7, 2));
        assert_eq!((known.turn(), known.later_than(&server(7, 2))), (1, Some(3)));
        // Another cluster has timelines of its own, and another engine has none.
        assert_eq!(known.later_than(&server(8, 1)), None);
        assert_eq!(known.later_than(&Server { timeline: None, ..server(7, 1) }), None);
    }
}
