//! Three PostgreSQL under Patroni with three etcd, as an organisation runs them, on loopback:
//! synchronous, strict, `ttl` 20. HAProxy stands before them for one of the nodes; the other has
//! all three addresses. Between all of them are lines that can be cut.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::machines::{self, Disks, Ports, belongs_to_nobody, make_disk};
use super::process::{self, Janitor, User, children, signal};
use super::proxy::{Line, Proxy};

pub(super) const MEMBERS: usize = 3;
/// How long anything may take that must come back by itself. Generous: machines are busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);

/// One of three machines.
struct Member {
    etcd: Option<Child>,
    patroni: Option<Child>,
    /// From its Patroni to each etcd.
    to_etcd: Vec<Proxy>,
    /// From the others' standbys, and their Patroni, to its PostgreSQL.
    from_members: Proxy,
    /// From each node to its PostgreSQL; the second by way of HAProxy.
    from_nodes: [Proxy; 2],
}

pub(super) struct Cluster {
    folder: PathBuf,
    logs: PathBuf,
    ports: Ports,
    members: Vec<Member>,
    haproxy: Child,
    http: reqwest::Client,
    // Last: it sweeps what the others left.
    _janitor: Janitor,
}

impl Cluster {
    pub(super) async fn start(disks: Disks, logs: Option<PathBuf>) -> Self {
        let folder = TempDir::with_prefix_in("rcha", "/tmp").expect("a temporary folder").keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let janitor = Janitor::of(&folder);
        let logs = logs.unwrap_or_else(|| folder.join("logs"));
        std::fs::create_dir_all(&logs).unwrap();
        belongs_to_nobody(&folder);
        let ports = Ports::free();
        let mut members = Vec::new();
        for n in 0..MEMBERS {
            make_disk(&folder.join(format!("disk{n}")), disks);
            let mut to_etcd = Vec::new();
            for port in ports.etcd {
                to_etcd.push(Proxy::to(port).await);
            }
            let to_it = || Proxy::to(ports.postgres[n]);
            members.push(Member {
                etcd: None,
                patroni: None,
                to_etcd,
                from_members: to_it().await,
                from_nodes: [to_it().await, to_it().await],
            });
        }
        let file = folder.join("haproxy.cfg");
        let lines = [0, 1, 2].map(|n: usize| members[n].from_nodes[1].port);
        std::fs::write(&file, machines::haproxy(&ports, lines)).unwrap();
        let words = ["haproxy", "-db", "-f", file.to_str().unwrap()];
        let log = logs.join("chaos-haproxy.log");
        let haproxy = process::start(&User::Nobody, &folder, &log, &words);
        let http = rollcall_system_tests::http_client().no_proxy().timeout(Duration::from_secs(2));
        let http = http.build().unwrap();
        let mut cluster = Self { folder, logs, ports, members, haproxy, http, _janitor: janitor };
        for n in 0..MEMBERS {
            cluster.start_etcd(n);
        }
        cluster.etcd_agrees().await;
        for n in 0..MEMBERS {
            cluster.start_patroni(n);
        }
        cluster.is_whole().await.unwrap_or_else(|why| panic!("the cluster did not start: {why}"));
        cluster
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn logs(&self) -> &Path {
        &self.logs
    }

    /// As the first node has it: every machine, whichever takes writes.
    pub(super) fn address_of_all(&self) -> String {
        let hosts: Vec<String> = self
            .members
            .iter()
            .map(|member| format!("127.0.0.1:{}", member.from_nodes[0].port))
            .collect();
        format!("postgres://rollcall@{}/rollcall?target_session_attrs=read-write", hosts.join(","))
    }

    /// As the second node has it.
    pub(super) fn address_by_haproxy(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/rollcall", self.ports.haproxy)
    }

    pub(super) fn address_of_the_machine(&self, database: &str) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/{database}", self.ports.haproxy)
    }

    /// Past everything, to one member's own PostgreSQL.
    pub(super) fn address_of_member(&self, n: usize) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/postgres", self.ports.postgres[n])
    }

    pub(super) fn start_etcd(&mut self, n: usize) {
        let (ports, name) = (&self.ports, format!("e{n}"));
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let each = ports.etcd_peer.iter().enumerate();
        let all: Vec<String> = each.map(|(n, port)| format!("e{n}={}", url(*port))).collect();
        let (data, peer, client) =
            (self.folder.join(&name), url(ports.etcd_peer[n]), url(ports.etcd[n]));
        let words = [
            &["etcd", "--name", &name, "--data-dir", data.to_str().unwrap()][..],
            &["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer],
            &["--listen-client-urls", &client, "--advertise-client-urls", &client],
            &["--initial-cluster", &all.join(","), "--initial-cluster-state", "new", "--enable-v2"],
        ];
        let log = self.logs.join(format!("chaos-etcd-{n}.log"));
        self.members[n].etcd =
            Some(process::start(&User::Nobody, &self.folder, &log, &words.concat()));
    }

    pub(super) fn start_patroni(&mut self, n: usize) {
        let file = self.folder.join(format!("patroni{n}.yml"));
        let member = &self.members[n];
        let etcd: Vec<u16> = member.to_etcd.iter().map(|proxy| proxy.port).collect();
        let line = member.from_members.port;
        let settings = machines::patroni(&self.folder, &self.ports, n, &etcd, line);
        std::fs::write(&file, settings).unwrap();
        let log = self.logs.join(format!("chaos-patroni-{n}.log"));
        let words = ["patroni", file.to_str().unwrap()];
        self.members[n].patroni = Some(process::start(&User::Nobody, &self.folder, &log, &words));
    }

    /// The member that Patroni's own interface calls the primary.
    pub(super) async fn primary(&self) -> Option<usize> {
        for n in 0..MEMBERS {
            let url = format!("http://127.0.0.1:{}/primary", self.ports.patroni[n]);
            if self.http.get(url).send().await.is_ok_and(|answer| answer.status() == 200) {
                return Some(n);
            }
        }
        None
    }

    /// Waits for a primary, within the limit of patience.
    pub(super) async fn primary_in_time(&self) -> Result<usize, String> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(n) = self.primary().await {
                return Ok(n);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err("no primary".to_owned())
    }

    /// Patroni ends where it finds etcd without a version that all members agreed on.
    async fn etcd_agrees(&self) {
        let url = format!("http://127.0.0.1:{}/version", self.ports.etcd[0]);
        let began = Instant::now();
        loop {
            if let Ok(answer) = self.http.get(&url).send().await
                && let Ok(version) = answer.json::<Value>().await
                && version["etcdcluster"].as_str().is_some_and(|text| text.starts_with('3'))
            {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "etcd did not start: see its log");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// As a supervisor does with a Patroni that ended by itself.
    fn revive(&mut self) {
        for n in 0..MEMBERS {
            let has_ended = |patroni: &mut Child| patroni.try_wait().is_ok_and(|end| end.is_some());
            if self.members[n].patroni.as_mut().is_none_or(has_ended) {
                self.start_patroni(n);
            }
        }
    }

    /// Waits for a primary, a standby whose word each commit waits for, and a third that follows.
    pub(super) async fn is_whole(&mut self) -> Result<(), String> {
        let began = Instant::now();
        let mut seen = String::new();
        while began.elapsed() < PATIENCE {
            self.revive();
            if let Some(n) = self.primary().await
                && let Some(members) = self.members_as_seen_by(n).await
            {
                let has = |role: &str| members.iter().any(|member| member["role"] == role);
                let runs = |member: &Value| {
                    matches!(member["state"].as_str(), Some("running" | "streaming"))
                        && (member["role"] == "leader" || member["lag"].is_number())
                };
                let all_run = members.len() == MEMBERS && members.iter().all(runs);
                if all_run && has("leader") && has("sync_standby") && self.streams(n).await {
                    return Ok(());
                }
                seen = Value::Array(members).to_string();
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Err(format!("not whole after {} s: {seen}", PATIENCE.as_secs()))
    }

    async fn members_as_seen_by(&self, n: usize) -> Option<Vec<Value>> {
        let url = format!("http://127.0.0.1:{}/cluster", self.ports.patroni[n]);
        let answer: Value = self.http.get(url).send().await.ok()?.json().await.ok()?;
        Some(answer["members"].as_array()?.clone())
    }

    /// By PostgreSQL's own word, for Patroni's is some seconds old.
    async fn streams(&self, n: usize) -> bool {
        let sql = "select count(*) filter (where state = 'streaming'), count(*) filter (where sync_state = 'sync') from pg_stat_replication";
        match query(&self.address_of_member(n), sql).await {
            Some(row) => (row.get::<_, i64>(0), row.get::<_, i64>(1)) == (MEMBERS as i64 - 1, 1),
            None => false,
        }
    }

    /// `kill -9` of a member's Patroni.
    pub(super) fn kill_patroni(&mut self, n: usize) {
        if let Some(mut patroni) = self.members[n].patroni.take() {
            process::kill(&mut patroni);
        }
    }

    pub(super) fn kill_etcd(&mut self, n: usize) {
        if let Some(mut etcd) = self.members[n].etcd.take() {
            process::kill(&mut etcd);
        }
    }

    /// `kill -9` of a member's PostgreSQL.
    pub(super) fn kill_postgres(&self, n: usize) {
        signal("KILL", &[self.postmaster(n)]);
    }

    pub(super) fn stop_postgres(&self, n: usize) {
        let postmaster = self.postmaster(n);
        // The parent first: it starts no more children.
        signal("STOP", &[postmaster]);
        signal("STOP", &children(postmaster));
    }

    pub(super) fn continue_postgres(&self, n: usize) {
        let postmaster = self.postmaster(n);
        signal("CONT", &[children(postmaster), vec![postmaster]].concat());
    }

    pub(super) fn signal_patroni(&self, n: usize, name: &str) {
        if let Some(patroni) = &self.members[n].patroni {
            signal(name, &[patroni.id()]);
        }
    }

    fn postmaster(&self, n: usize) -> u32 {
        let file = self.disk(n).join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).expect("PostgreSQL runs");
        text.lines().next().and_then(|line| line.parse().ok()).expect("its first line is a pid")
    }

    pub(super) fn disk(&self, n: usize) -> PathBuf {
        self.folder.join(format!("disk{n}"))
    }

    pub(super) fn line_to_etcd(&self, n: usize, line: Line) {
        self.members[n].to_etcd.iter().for_each(|proxy| proxy.set(line));
    }

    pub(super) fn line_from_members(&self, n: usize, line: Line) {
        self.members[n].from_members.set(line);
    }

    pub(super) fn line_from_node(&self, n: usize, node: usize, line: Line) {
        self.members[n].from_nodes[node].set(line);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let of_members =
            self.members.iter_mut().flat_map(|member| [&mut member.patroni, &mut member.etcd]);
        for process in of_members.flatten().chain([&mut self.haproxy]) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// One row, or nothing where nobody answers in time.
pub(super) async fn query(address: &str, sql: &str) -> Option<tokio_postgres::Row> {
    let asked = async {
        let (client, connection) =
            tokio_postgres::connect(address, tokio_postgres::NoTls).await.ok()?;
        let driving = tokio::spawn(connection);
        let row = client.query_one(sql, &[]).await.ok();
        driving.abort();
        row
    };
    tokio::time::timeout(Duration::from_secs(2), asked).await.ok()?
}
