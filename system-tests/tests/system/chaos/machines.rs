//! What the machines of a cluster are made of: their ports, their disks, and the settings of Patroni
//! and HAProxy.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use super::cluster::MEMBERS;
use super::process::{self, NOBODY, is_root};

/// What a disk of the members holds where it can become full.
const DISK_MIB: u32 = 512;

/// What the members keep their data on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disks {
    /// A folder of this machine's.
    Folders,
    /// One of its own, in memory, for each: only root may make them.
    Own,
}

pub(super) struct Ports {
    pub(super) etcd: [u16; MEMBERS],
    pub(super) etcd_peer: [u16; MEMBERS],
    pub(super) patroni: [u16; MEMBERS],
    pub(super) postgres: [u16; MEMBERS],
    pub(super) haproxy: u16,
}

impl Ports {
    pub(super) fn free() -> Self {
        let mut free = FreePorts::default();
        let mut three = || [free.take(), free.take(), free.take()];
        let (etcd, etcd_peer, patroni, postgres) = (three(), three(), three(), three());
        Self { etcd, etcd_peer, patroni, postgres, haproxy: free.take() }
    }
}

/// Over version 2 of etcd's interface: over version 3, Patroni 3.0 takes the lock back from its
/// successor when it was paused for longer than `ttl`, and what was acknowledged meanwhile is
/// lost (found by this test; later versions compare before they write).
///
/// `etcd` are its lines to all etcd, `members` is the others' line to its PostgreSQL.
pub(super) fn patroni(
    folder: &Path,
    ports: &Ports,
    n: usize,
    etcd: &[u16],
    members: u16,
) -> String {
    let etcd: Vec<String> = etcd.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    let (folder, api, postgres) = (folder.display(), ports.patroni[n], ports.postgres[n]);
    format!(
        r#"scope: rollcall
name: pg{n}
restapi: {{listen: "127.0.0.1:{api}", connect_address: "127.0.0.1:{api}"}}
etcd: {{hosts: "{etcd}", use_proxies: true}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 4
    maximum_lag_on_failover: 1048576
    primary_start_timeout: 15
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {{synchronous_commit: "on", wal_keep_size: 64MB, min_wal_size: 32MB, max_wal_size: 96MB, max_connections: 100, wal_log_hints: "on", fsync: "on"}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, data-checksums]
postgresql:
  listen: "127.0.0.1:{postgres}"
  connect_address: "127.0.0.1:{members}"
  use_unix_socket: true
  data_dir: {folder}/disk{n}/data
  bin_dir: {bin}
  pgpass: {folder}/pgpass{n}
  authentication: {{superuser: {{username: rollcall}}, replication: {{username: standby}}}}
  parameters: {{unix_socket_directories: "{folder}"}}
  pg_hba: ["local all all trust", "host replication standby 127.0.0.1/32 trust", "host all all 127.0.0.1/32 trust"]
"#,
        etcd = etcd.join(","),
        bin = process::postgresql().display(),
    )
}

pub(super) fn belongs_to_nobody(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

pub(super) fn make_disk(path: &Path, disks: Disks) {
    std::fs::create_dir(path).unwrap();
    if disks == Disks::Own {
        assert!(
            is_root(),
            "a full disk needs a disk of its own, which only root may mount: run this as root, or leave it out by `--without full-disk`"
        );
        let size = format!("size={DISK_MIB}m,mode=700,uid={NOBODY},gid={NOBODY}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path);
        let status = mount.status().expect("there is mount");
        assert!(
            status.success(),
            "no disk could be mounted here (a container without the right to): leave it out by `--without full-disk`"
        );
    }
    belongs_to_nobody(path);
}

/// `lines` lead to each member's PostgreSQL; its health is asked of Patroni itself.
pub(super) fn haproxy(ports: &Ports, lines: [u16; MEMBERS]) -> String {
    let server = |n: usize| {
        let (line, check) = (lines[n], ports.patroni[n]);
        format!("  server pg{n} 127.0.0.1:{line} check port {check}\n")
    };
    format!(
        "defaults\n  mode tcp\n  timeout connect 1s\n  timeout client 60s\n  timeout server 60s\n\
         listen primary\n  bind 127.0.0.1:{}\n  option httpchk GET /primary\n  http-check expect status 200\n  \
         default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions\n{}",
        ports.haproxy,
        (0..MEMBERS).map(server).collect::<String>()
    )
}

/// Ports that nothing listens on, below those that the system gives to outgoing connections, so that
/// a program which is down for a while gets its own again.
pub(super) struct FreePorts(u16);

impl Default for FreePorts {
    fn default() -> Self {
        Self(20_000 + (std::process::id() % 1_000) as u16 * 10)
    }
}

impl FreePorts {
    pub(super) fn take(&mut self) -> u16 {
        loop {
            self.0 += 1;
            if TcpListener::bind((Ipv4Addr::LOCALHOST, self.0)).is_ok() {
                return self.0;
            }
        }
    }
}
