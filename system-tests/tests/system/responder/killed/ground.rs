//! A server of ours behind a gate that keeps what arrives, and runs of the command against it, each
//! with a folder of runs of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rollcall_system_tests::{Api, PATIENCE, Rollcall, RunningServer, Store, http_client};
use rollcall_wire::route::Family;
use tempfile::TempDir;
use tokio::process::Child;

use super::super::servers::recorded;
use super::super::stand_in::{Addresses, Behind, Moment, Play, StandIn, Standing};
use super::evidence::Evidence;
use super::moments::Kill;

pub(super) struct Ground {
    server: RunningServer,
    gate: StandIn,
    pub(super) folder: TempDir,
    /// Whom the plan is about: active before, and nothing keeps them from being suspended.
    pub(super) planned: BTreeSet<String>,
    /// In the plan too; suspended before, so that they are not to be touched.
    already: BTreeSet<String>,
    /// In the plan too; the server refuses them.
    pub(super) refused: BTreeSet<String>,
    rounds: usize,
}

/// How one run of the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Killed,
    Exited(i32),
}

impl Ground {
    /// A plan about so many people, and one who is suspended already and the only owner.
    pub(super) async fn open(people: usize) -> Self {
        let users = (people + 30).to_string();
        let server =
            RunningServer::start_with(Store::Sqlite, &["--no-scenarios", "--users", &users]).await;
        let http = http_client().no_proxy().build().unwrap();
        let behind = Behind::Rollcall { http, url: server.credentials.base_url.clone() };
        let gate = StandIn::start(behind, Addresses::V1beta1, Box::new(|_, _| Play::GOOD)).await;
        let api = server.api(Family::V1beta1);
        let listed = api.list_all(&api.token().await, "max_page_size=1000").await;
        let text = |at: usize, name: &str| listed[at][name].as_str().unwrap().to_owned();
        // The first ten are those whom `dev` makes special; the owner is the first of them.
        let ordinary = (10..listed.len()).filter(|at| listed[*at]["state"] == "ACTIVE");
        let planned: BTreeSet<String> = ordinary.take(people).map(|at| text(at, "id")).collect();
        assert_eq!(planned.len(), people);
        let suspended = (0..listed.len()).find(|at| listed[*at]["state"] == "SUSPENDED").unwrap();
        let owner = &server.credentials.owner_email;
        let owner = (0..listed.len()).find(|at| text(*at, "email") == *owner).unwrap();
        let (already, refused) =
            (BTreeSet::from([text(suspended, "id")]), BTreeSet::from([text(owner, "id")]));
        let folder = tempfile::tempdir().unwrap();
        let ground = Self { server, gate, folder, planned, already, refused, rounds: 0 };
        ground.plan().await;
        ground
    }

    async fn plan(&self) {
        let lines: Vec<&str> = [&self.planned, &self.already, &self.refused]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let list = self.folder.path().join("list.txt");
        std::fs::write(&list, lines.join("\n")).unwrap();
        let (list, plan) = (path(&list), path(&self.plan_file()));
        let arguments =
            ["contain", "plan", "--from", &list, "--reason", "killed by a test", "--out", &plan];
        self.command(&arguments).run().await.well();
    }

    fn plan_file(&self) -> PathBuf {
        self.folder.path().join("plan.json")
    }

    /// Where the runs of this round are.
    pub(super) fn runs(&self) -> PathBuf {
        self.folder.path().join(format!("runs-{}", self.rounds))
    }

    /// The run's own folder, as its name in the plan says before it is there.
    pub(super) fn run_folder(&self) -> PathBuf {
        let plan = std::fs::read_to_string(self.plan_file()).unwrap();
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        let name = plan["run"].as_str().or_else(|| plan["plan"]["run"].as_str());
        self.runs().join(name.expect("a plan names its run"))
    }

    fn command(&self, arguments: &[&str]) -> Rollcall {
        let known = &self.server.credentials;
        Rollcall::new(arguments)
            .env("ROLLCALL_URL", &self.gate.url)
            .env("ROLLCALL_ACCOUNT_ID", &known.account_id)
            .env("ROLLCALL_CLIENT_ID", &known.client_id)
            .env("ROLLCALL_CLIENT_SECRET", &known.client_secret)
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
    }

    fn apply(&self, at_once: usize) -> Rollcall {
        let (plan, runs, at_once) =
            (path(&self.plan_file()), path(&self.runs()), at_once.to_string());
        self.command(&[
            "contain",
            "apply",
            &plan,
            "--yes",
            "--runs",
            &runs,
            "--concurrency",
            &at_once,
        ])
    }

    /// Everybody of the plan as they were, and a folder of runs that is not there yet.
    pub(super) async fn begin_a_round(&mut self) {
        self.rounds += 1;
        let api: Api = self.server.api(Family::V1beta1);
        let token = api.token().await;
        for person in &self.planned {
            assert_eq!(api.reactivate(&token, person).await.status, 200);
        }
        self.gate.inside().arrivals.clear();
    }

    /// Applies the plan and kills it then, unless it ends before.
    pub(super) async fn apply_and_kill(&self, at_once: usize, kill: Kill) -> End {
        let trace = path(&self.folder.path().join("trace"));
        let journal = path(&self.run_folder().join("journal.jsonl"));
        let mut command = self.apply(at_once);
        if let Some(told) = kill.tracer(&journal, &trace) {
            command = command.under("strace", told);
        }
        let process = Arc::new(Mutex::new(command.spawn()));
        if let Kill::Call(moment, at) = kill {
            self.kill_at(moment, at, &process);
        }
        let end = self.wait(&process, kill).await;
        self.gate.inside().watcher = Box::new(|_, _| {});
        // What had arrived is done, as it is when a caller is gone.
        let began = Instant::now();
        while self.gate.inside().under_way > 0 {
            assert!(began.elapsed() < PATIENCE, "a call is never answered");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        end
    }

    /// In the gate's own thread of control: nothing goes on between the moment and the kill.
    fn kill_at(&self, moment: Moment, at: usize, process: &Arc<Mutex<Child>>) {
        let (process, mut seen) = (Arc::clone(process), 0);
        self.gate.inside().watcher = Box::new(move |now, _| {
            seen += usize::from(now == moment);
            if seen == at {
                // It may have ended by itself.
                let _ = process.lock().unwrap().start_kill();
            }
        });
    }

    async fn wait(&self, process: &Mutex<Child>, kill: Kill) -> End {
        let began = Instant::now();
        loop {
            let status = process.lock().unwrap().try_wait().unwrap();
            if let Some(status) = status {
                return status.code().map_or(End::Killed, End::Exited);
            }
            if let Kill::After(milliseconds) = kill
                && began.elapsed() >= Duration::from_millis(milliseconds)
            {
                let _ = process.lock().unwrap().start_kill();
            }
            assert!(began.elapsed() < PATIENCE, "it neither ends nor is killed: {kill}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The same command, to its end. 5: somebody is refused, as planned.
    pub(super) async fn resume(&self, at_once: usize, after: &str) {
        let ended = self.apply(at_once).run().await;
        assert_eq!(ended.code(), 5, "{after}: {}\n{}", ended.stdout, ended.stderr);
    }

    /// What is held against what was promised.
    pub(super) async fn evidence(&self) -> Evidence {
        let changed = recorded(&self.server).await;
        let api = self.server.api(Family::V1beta1);
        let listed = api.list_all(&api.token().await, "max_page_size=1000").await;
        let suspended = listed.iter().filter(|user| user["state"] == "SUSPENDED");
        let suspended = suspended.map(|user| user["id"].as_str().unwrap().to_owned()).collect();
        let inside = self.gate.inside();
        let asked = inside.arrivals.iter().filter(|arrival| arrival.meant.kind.is_act());
        Evidence {
            // Each round begins with everybody reactivated: what was suspended since then is its own.
            changed: since_the_last_reactivation(changed),
            suspended,
            asked: asked.map(|arrival| arrival.meant.user.clone()).collect(),
            complaints: inside.complaints.clone(),
            journal: std::fs::read_to_string(self.run_folder().join("journal.jsonl")).unwrap(),
        }
    }

    pub(super) async fn suspended_before(&self) -> BTreeSet<String> {
        let mut before = self.evidence_of_suspended().await;
        before.retain(|person| !self.planned.contains(person));
        before
    }

    async fn evidence_of_suspended(&self) -> BTreeSet<String> {
        let api = self.server.api(Family::V1beta1);
        let listed = api.list_all(&api.token().await, "max_page_size=1000").await;
        let suspended = listed.iter().filter(|user| user["state"] == "SUSPENDED");
        suspended.map(|user| user["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn since_the_last_reactivation(changes: Vec<(String, Standing)>) -> Vec<String> {
    let begins = changes.iter().rposition(|(_, to)| *to == Standing::Active);
    let own = &changes[begins.map_or(0, |at| at + 1)..];
    own.iter().map(|(user, _)| user.clone()).collect()
}

fn path(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}
