//! What is done to the cluster and to the nodes. Each fault is healed again, as an operator or a
//! switch would, once its worst has been seen.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng as _;

use super::cluster::{Cluster, MEMBERS, PATIENCE, query};
use super::load::Scene;
use super::nodes::{NAMES, NODES, Nodes};
use super::proxy::Line;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    KillPrimary,
    KillPostgres,
    KillEtcd,
    KillNode,
    PausePrimary,
    CutNodes,
    CutEtcd,
    CutReplication,
    IsolatePrimary,
    FullDisk,
}

pub(super) struct Ground {
    pub(super) nodes: Nodes,
    pub(super) cluster: Cluster,
    pub(super) scene: Arc<Scene>,
}

/// How long a machine from the past is left to itself, while its Patroni is still asleep.
const STALE: Duration = Duration::from_secs(6);
const ETCD_AWAY: Duration = Duration::from_secs(6);
const LINE_AWAY: Duration = Duration::from_secs(9);
const DISK_FULL_AT_MOST: Duration = Duration::from_secs(45);

impl Fault {
    pub(super) const ALL: [Self; 10] = [
        Self::KillPrimary,
        Self::KillPostgres,
        Self::KillEtcd,
        Self::KillNode,
        Self::PausePrimary,
        Self::CutNodes,
        Self::CutEtcd,
        Self::CutReplication,
        Self::IsolatePrimary,
        Self::FullDisk,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::KillPrimary => "kill-primary",
            Self::KillPostgres => "kill-postgres",
            Self::KillEtcd => "kill-etcd",
            Self::KillNode => "kill-node",
            Self::PausePrimary => "pause-primary",
            Self::CutNodes => "cut-nodes",
            Self::CutEtcd => "cut-etcd",
            Self::CutReplication => "cut-replication",
            Self::IsolatePrimary => "isolate-primary",
            Self::FullDisk => "full-disk",
        }
    }
}

/// All of them, in an order of the seed's, again and again.
pub(super) fn shuffled(among: &[Fault], chance: &mut ChaCha20Rng) -> Vec<Fault> {
    let mut all = among.to_vec();
    for last in (1..all.len()).rev() {
        all.swap(last, chance.next_u32() as usize % (last + 1));
    }
    all
}

impl Ground {
    /// Does it and heals it; says what was done to whom.
    pub(super) async fn strike(
        &mut self,
        fault: Fault,
        chance: &mut ChaCha20Rng,
    ) -> Result<String, String> {
        let mut below = |n: usize| chance.next_u32() as usize % n;
        let line = if below(2) == 0 { Line::Cut } else { Line::Silent };
        let how = if line == Line::Cut { "cut" } else { "silent" };
        let primary = self.cluster.primary_in_time().await?;
        match fault {
            Fault::KillPrimary => {
                self.cluster.kill_patroni(primary);
                self.cluster.kill_postgres(primary);
                let successor = self.successor_of(primary).await?;
                self.cluster.start_patroni(primary);
                Ok(format!(
                    "kill -9 of Patroni and PostgreSQL on pg{primary}, pg{successor} after it"
                ))
            }
            Fault::KillPostgres => {
                self.cluster.kill_postgres(primary);
                Ok(format!("kill -9 of PostgreSQL on pg{primary}"))
            }
            Fault::KillEtcd => {
                let n = below(MEMBERS);
                self.cluster.kill_etcd(n);
                tokio::time::sleep(ETCD_AWAY).await;
                self.cluster.start_etcd(n);
                Ok(format!("kill -9 of etcd {n}, back after {} s", ETCD_AWAY.as_secs()))
            }
            Fault::KillNode => {
                let n = below(NODES);
                self.nodes.kill(n);
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.nodes.start_node(n).await?;
                Ok(format!("kill -9 of node {}, started again after 1 s", NAMES[n]))
            }
            Fault::PausePrimary => self.pause(primary).await,
            Fault::CutNodes => {
                let which: &[usize] = [&[0][..], &[1], &[0, 1]][below(3)];
                for node in which {
                    self.cluster.line_from_node(primary, *node, line);
                }
                tokio::time::sleep(LINE_AWAY).await;
                for node in which {
                    self.cluster.line_from_node(primary, *node, Line::Open);
                }
                let names: Vec<&str> = which.iter().map(|node| NAMES[*node]).collect();
                Ok(format!(
                    "pg{primary} from node {}: {how} for {} s",
                    names.join(" and "),
                    LINE_AWAY.as_secs()
                ))
            }
            Fault::CutEtcd => {
                self.cluster.line_to_etcd(primary, line);
                let successor = self.successor_of(primary).await?;
                self.cluster.line_to_etcd(primary, Line::Open);
                Ok(format!("pg{primary} from all etcd: {how}, pg{successor} after it"))
            }
            Fault::CutReplication => {
                self.cluster.line_from_members(primary, line);
                tokio::time::sleep(LINE_AWAY).await;
                self.cluster.line_from_members(primary, Line::Open);
                Ok(format!("pg{primary} from its standbys: {how} for {} s", LINE_AWAY.as_secs()))
            }
            Fault::IsolatePrimary => {
                self.isolate(primary, line);
                let successor = self.successor_of(primary).await?;
                self.isolate(primary, Line::Open);
                Ok(format!("pg{primary} from everything: {how}, pg{successor} after it"))
            }
            Fault::FullDisk => self.fill_the_disk(primary).await,
        }
    }

    /// The whole machine stands still until its successor has acknowledged an act; then its
    /// PostgreSQL goes on, sure that it is the primary, before its Patroni does.
    async fn pause(&mut self, primary: usize) -> Result<String, String> {
        self.cluster.signal_patroni(primary, "STOP");
        self.cluster.stop_postgres(primary);
        let successor = self.successor_of(primary).await;
        self.cluster.continue_postgres(primary);
        tokio::time::sleep(STALE).await;
        self.cluster.signal_patroni(primary, "CONT");
        let stale = STALE.as_secs();
        Ok(format!(
            "SIGSTOP of pg{primary}, pg{} after it; back, {stale} s in the past",
            successor?
        ))
    }

    fn isolate(&self, primary: usize, line: Line) {
        self.cluster.line_to_etcd(primary, line);
        self.cluster.line_from_members(primary, line);
        (0..NODES).for_each(|node| self.cluster.line_from_node(primary, node, line));
    }

    /// Not a byte is left; new segments of its log are asked for until it notices.
    async fn fill_the_disk(&mut self, primary: usize) -> Result<String, String> {
        let ballast = self.cluster.disk(primary).join("ballast");
        let file = File::create(&ballast).map_err(|error| error.to_string())?;
        fill(file);
        let (began, mut switches) = (Instant::now(), 0);
        let mut is_down = false;
        while began.elapsed() < DISK_FULL_AT_MOST && !is_down {
            let address = self.cluster.address_of_member(primary);
            match query(&address, "select pg_switch_wal()").await {
                Some(_) => switches += 1,
                None => is_down = query(&address, "select 1").await.is_none(),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        // As long as it takes somebody to see it.
        tokio::time::sleep(ETCD_AWAY).await;
        std::fs::remove_file(&ballast).map_err(|error| error.to_string())?;
        let end = if is_down { "PostgreSQL went down" } else { "PostgreSQL stayed up" };
        Ok(format!(
            "the disk of pg{primary} full: {end} after {switches} new segments; then room again"
        ))
    }

    /// Waits until another member is the primary and a node has acknowledged an act asked after that.
    async fn successor_of(&self, old: usize) -> Result<usize, String> {
        let began = Instant::now();
        let mut led: Option<(usize, u64)> = None;
        while began.elapsed() < PATIENCE {
            if led.is_none() {
                let new = self.cluster.primary().await.filter(|new| *new != old);
                led = new.map(|new| (new, self.scene.witness.now()));
            }
            if let Some((new, since)) = led {
                let served = self.scene.witness.with(|record| {
                    record.acknowledged.iter().flatten().any(|(asked, _)| *asked > since)
                });
                if served {
                    return Ok(new);
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err(format!(
            "{} s without a successor of pg{old} that acknowledges anything",
            PATIENCE.as_secs()
        ))
    }
}

/// To the last byte, by ever smaller pieces.
fn fill(mut file: File) {
    let mut piece = vec![0; 1024 * 1024];
    while !piece.is_empty() {
        if file.write_all(&piece).is_err() {
            let half = piece.len() / 2;
            piece.truncate(half);
        }
    }
}
