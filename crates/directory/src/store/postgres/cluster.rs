//! What is known of the PostgreSQL that is served from, in words and figures for whoever runs it.

use std::fmt;
use std::time::Duration;

use super::boot_clock::Instant;
use super::fence::{Fence, NOT_SYNCHRONOUS, Shown};

#[derive(Clone, Debug)]
pub struct Cluster {
    /// `None`: an engine that does not speak of timelines, or nobody was reached yet.
    pub timeline: Option<u32>,
    /// Do commits wait for a standby?
    pub synchronous: bool,
    /// Standbys that stream and are waited for; `None` where this role may not see them.
    pub streaming: Option<u32>,
    /// Nodes that serve this database, with this one.
    pub nodes: u32,
    /// How old the newest proof is that this server is the primary.
    pub proof_age: Option<Duration>,
    /// Why no commit returned just now.
    pub away: Option<String>,
}

impl Cluster {
    pub(super) fn of(fence: &Fence) -> Self {
        let Shown { primary, proof, away, synchronous, streaming, nodes } =
            fence.shown.borrow().clone();
        let now = Instant::now();
        Self {
            timeline: primary.and_then(|primary| primary.server.timeline),
            synchronous,
            streaming,
            nodes,
            proof_age: proof.map(|sent| now.since(sent)),
            away,
        }
    }

    /// What is wrong where the setting `require_synchronous` is on.
    pub(super) fn is_not_synchronous(&self) -> Option<&'static str> {
        (self.proof_age.is_some() && !self.synchronous).then_some(NOT_SYNCHRONOUS)
    }
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgreSQL")?;
        if let Some(timeline) = self.timeline {
            write!(f, ", timeline {timeline}")?;
        }
        match (self.synchronous, self.streaming) {
            (false, _) => f.write_str(", commits do not wait for a standby")?,
            (true, None) => f.write_str(", commits wait for a standby")?,
            (true, Some(count)) => write!(f, ", commits wait for a standby ({count} streaming)")?,
        }
        match self.nodes {
            1 => f.write_str(", one node"),
            nodes => write!(f, ", {nodes} nodes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_it_stands() {
        let mut cluster = Cluster {
            timeline: Some(2),
            synchronous: true,
            streaming: Some(1),
            nodes: 2,
            proof_age: Some(Duration::ZERO),
            away: None,
        };
        let said = "PostgreSQL, timeline 2, commits wait for a standby (1 streaming), 2 nodes";
        assert_eq!(cluster.to_string(), said);
        assert_eq!(cluster.is_not_synchronous(), None);
        (cluster.timeline, cluster.synchronous, cluster.nodes) = (None, false, 1);
        assert_eq!(cluster.to_string(), "PostgreSQL, commits do not wait for a standby, one node");
        assert!(cluster.is_not_synchronous().is_some());
    }
}
