//! More processes of `rollcall serve` on one database. No node is special: the first one only has
//! the settings and the organisation that all of them serve.

use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use rollcall_wire::route::Family;
use serde_json::Value;
use tokio::process::Child;
use tokio::time::timeout;

use crate::command::log_file;
use crate::running_serve::{Started, start_binary};
use crate::{
    Api, Credentials, Ground, PATIENCE, RunningServe, Store, rollcall_binary, send_signal,
};

/// What the tests ask of nodes is more than strangers may guess.
const SETTINGS: &str = "[limits]\nfailures_per_minute = 100000\n";

/// One more process beside a server.
#[derive(Debug)]
pub struct Node {
    /// What `serve --json` printed.
    pub said: Value,
    pub credentials: Credentials,
    process: Child,
    log: PathBuf,
}

impl Node {
    /// On the same settings and the same store.
    pub async fn beside(server: &RunningServe) -> Self {
        Self::of(&rollcall_binary(), &server.ground, Some(&server.credentials)).await
    }

    /// The same, told more.
    pub async fn told(ground: &Ground, credentials: &Credentials, more: &[&str]) -> Self {
        let started = start_binary(&rollcall_binary(), ground, more, &[]).await;
        Self::started(started, Some(credentials))
    }

    /// A process of this binary, which may be the first of its ground.
    pub async fn of(binary: &Path, ground: &Ground, credentials: Option<&Credentials>) -> Self {
        Self::started(start_binary(binary, ground, &[], &[]).await, credentials)
    }

    fn started(started: Started, credentials: Option<&Credentials>) -> Self {
        let Started { process, said, log } = started;
        let base_url = format!("http://{}", said["address"].as_str().expect("it says where"));
        let nobody = Credentials::of_client(&base_url, "", "", "");
        let credentials = credentials.unwrap_or(&nobody).clone();
        let credentials = Credentials { base_url, ..credentials };
        Self { said, credentials, process, log }
    }

    #[must_use]
    pub fn base_url(&self) -> String {
        self.credentials.base_url.clone()
    }

    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(&self.credentials, Family::V1)
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id().expect("the node runs")
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log can be read")
    }

    /// Asks it to end, and waits for that.
    pub async fn stop(mut self) {
        send_signal(self.pid(), "TERM").await;
        let ended = timeout(PATIENCE, self.process.wait()).await;
        let ended = ended.expect("it ends when asked to").expect("its end is known");
        assert_eq!(ended.code(), Some(0), "{}", self.log());
        if let Some(mut kept) = log_file("serve") {
            std::io::Write::write_all(&mut kept, self.log().as_bytes()).expect("the log is kept");
        }
    }

    /// `kill -9`, which a program cannot see coming.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("it can be killed");
    }
}

impl RunningServe {
    /// So many processes, started at the same moment on a ground that holds nothing yet.
    pub async fn together(ground: Ground, processes: usize) -> (Self, Vec<Node>) {
        let binary = rollcall_binary();
        let starts = (0..processes).map(|_| start_binary(&binary, &ground, &[], &[]));
        let mut started = join_all(starts).await.into_iter();
        let first = started.next().expect("at least one process");
        let first = Self::with_an_organisation(ground, first).await;
        let others = started.map(|node| Node::started(node, Some(&first.credentials)));
        let others = others.collect();
        (first, others)
    }
}

/// Two nodes on one PostgreSQL database.
#[derive(Debug)]
pub struct TwoNodes {
    // Before the first, which has the database.
    pub other: Node,
    pub first: RunningServe,
}

impl TwoNodes {
    pub async fn start() -> Self {
        Self::start_with(SETTINGS).await
    }

    /// With more sections in the settings of both.
    pub async fn start_with(settings: &str) -> Self {
        let ground = Ground::fresh(Store::Postgres).await;
        ground.write_settings(settings);
        let first = RunningServe::start_on(ground, &[]).await;
        Self { other: Node::beside(&first).await, first }
    }

    /// A client of each.
    #[must_use]
    pub fn apis(&self) -> [Api; 2] {
        [self.first.api(), self.other.api()]
    }
}
