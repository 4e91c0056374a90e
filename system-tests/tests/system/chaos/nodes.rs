//! Two `rollcall serve` on the cluster, as an organisation founds and runs them.

use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use rollcall_system_tests::{Rollcall, http_client, note_secret, rollcall_binary};
use serde_json::Value;

use super::cluster::{Cluster, PATIENCE};
use super::machines::FreePorts;
use super::process::{self, User};

pub(super) const NODES: usize = 2;
/// As they are called in what is printed.
pub(super) const NAMES: [&str; NODES] = ["A", "B"];

pub(super) struct Nodes {
    folder: PathBuf,
    logs: PathBuf,
    ports: [u16; NODES],
    processes: Vec<Option<Child>>,
    http: reqwest::Client,
}

/// An account with two owners and some members, and an application for each client of the test, so
/// that each record of the log says whose it is.
pub(super) struct Account {
    pub(super) id: String,
    pub(super) owners: Vec<String>,
    pub(super) members: Vec<String>,
    pub(super) applications: Vec<Application>,
}

pub(super) struct Application {
    pub(super) id: String,
    pub(super) secret: String,
}

impl Nodes {
    pub(super) async fn start(cluster: &Cluster) -> Self {
        let (folder, logs) = (cluster.folder().to_owned(), cluster.logs().to_owned());
        let mut free = FreePorts::default();
        let ports = [free.take(), free.take()];
        let key = folder.join("root.key");
        let made = ["admin", "keys", "new-root-key", "--out", key.to_str().unwrap()];
        Rollcall::new(made).run().await.well();
        note_secret(std::fs::read_to_string(&key).unwrap().trim());
        let addresses = [cluster.address_of_all(), cluster.address_by_haproxy()];
        for (n, database) in addresses.iter().enumerate() {
            let text = format!(
                "public_url = \"http://localhost:{port}\"\nlisten = \"127.0.0.1:{port}\"\n\n\
                 [store]\ndatabase = {database:?}\n\n[root_key]\nfile = {key:?}\n",
                port = ports[n]
            );
            std::fs::write(folder.join(format!("node{n}.toml")), text).unwrap();
        }
        let http = http_client().no_proxy().timeout(Duration::from_secs(2)).build().unwrap();
        let mut nodes = Self { folder, logs, ports, processes: vec![None, None], http };
        for n in 0..NODES {
            nodes.start_node(n).await.unwrap_or_else(|why| panic!("{why}"));
        }
        nodes
    }

    pub(super) fn url(&self, n: usize) -> String {
        format!("http://127.0.0.1:{}", self.ports[n])
    }

    fn settings(&self, n: usize) -> String {
        self.folder.join(format!("node{n}.toml")).to_str().unwrap().to_owned()
    }

    /// Starts it until it listens: one that finds no database ends, as whoever started it must know.
    pub(super) async fn start_node(&mut self, n: usize) -> Result<(), String> {
        let (settings, binary) = (self.settings(n), rollcall_binary());
        let words = [binary.to_str().unwrap(), "serve", "--config", &settings];
        let log = self.logs.join(format!("chaos-node-{}.log", NAMES[n]));
        let url = format!("{}/openapi.json", self.url(n));
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let mut process = process::start(&User::Ourselves, &self.folder, &log, &words);
            while process.try_wait().expect("its state is known").is_none() {
                // It listens before it has its store, and answers after that.
                if self.http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
                    self.processes[n] = Some(process);
                    return Ok(());
                }
                if began.elapsed() >= PATIENCE {
                    process::kill(&mut process);
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Err(format!("node {} does not listen after {} s", NAMES[n], PATIENCE.as_secs()))
    }

    pub(super) fn kill(&mut self, n: usize) {
        if let Some(mut process) = self.processes[n].take() {
            process::kill(&mut process);
        }
    }

    /// `rollcall admin …` at the store, by way of the second node's settings.
    pub(super) fn admin(&self, words: &[&str]) -> Rollcall {
        Rollcall::new([&["admin"], words, &["--config", &self.settings(1)]].concat())
    }

    async fn json(&self, words: &[&str]) -> Value {
        let printed = self.admin(&[words, &["--json"]].concat()).run().await.well().stdout;
        serde_json::from_str(&printed).unwrap()
    }

    pub(super) async fn account(&self, name: &str, members: usize, clients: usize) -> Account {
        let account = self.json(&["account", "create", "--name", name]).await;
        let id = account["account_id"].as_str().unwrap().to_owned();
        let mut people = "email,display_name,groups\n".to_owned();
        for n in 0..2 {
            people += &format!("owner{n}@{name}.example,Owner {n},owners\n");
        }
        for n in 0..members {
            people += &format!("member{n}@{name}.example,Member {n},\n");
        }
        let file = self.folder.join("people.csv");
        std::fs::write(&file, people).unwrap();
        let at = ["--account", &id];
        let import = ["people", "import", file.to_str().unwrap(), "--apply"];
        self.json(&[&import[..], &at].concat()).await;
        let listed =
            self.admin(&[&["people", "list", "--json"][..], &at].concat()).run().await.well();
        let (mut owners, mut members) = (Vec::new(), Vec::new());
        for line in listed.stdout.lines() {
            let person: Value = serde_json::from_str(line).unwrap();
            let id = person["id"].as_str().unwrap().to_owned();
            let is_owner = person["groups"].as_array().is_some_and(|groups| !groups.is_empty());
            if is_owner { owners.push(id) } else { members.push(id) }
        }
        let mut applications = Vec::new();
        let scopes = ["get_user", "list_users", "suspend_users", "reactivate_users"];
        let scopes: Vec<&str> = scopes.iter().flat_map(|scope| ["--scope", *scope]).collect();
        for n in 0..clients {
            let name = format!("client {n}");
            let create = [&["application", "create", "--name", &name][..], &scopes, &at].concat();
            let made = self.json(&create).await;
            let text = |field: &str| made[field].as_str().unwrap().to_owned();
            note_secret(&text("client_secret"));
            applications.push(Application { id: text("client_id"), secret: text("client_secret") });
        }
        Account { id, owners, members, applications }
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().flatten() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
