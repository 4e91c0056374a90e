//! `rollcall contain` against a double: what a plan says, that an apply does exactly that, that it
//! goes on after whatever broke it off, that an undo takes back what is its own, and how all of it
//! is told.

mod ambiguous;
mod apply;
mod hostile;
mod looks;
mod plan;
mod protected;
mod resume;
mod undo;
mod wrong_use;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use rollcall_system_tests::{Api, Control, Credentials, Ended, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;
use tempfile::TempDir;

/// A double and a responder's folder.
struct Scene {
    server: RunningServer,
    folder: TempDir,
}

/// Six to suspend, one of whom is the only owner; one who is so already, one twice, one who is
/// nobody.
const ALERTS: &str = include_str!("../../../../../examples/alerts.csv");

impl Scene {
    async fn new() -> Self {
        Self::with(&["--no-scenarios"]).await
    }

    async fn with(arguments: &[&str]) -> Self {
        let server = RunningServer::start_with(Store::Sqlite, arguments).await;
        let scene = Self { server, folder: tempfile::tempdir().unwrap() };
        scene.write("alerts.csv", ALERTS);
        scene
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// A command in the folder, with the variables that `dev` sets. Words are divided at spaces.
    fn command(&self, line: &str) -> Rollcall {
        self.command_as(&self.server.credentials, line)
    }

    fn command_as(&self, who: &Credentials, line: &str) -> Rollcall {
        let mut command = Rollcall::new(line.split(' ')).folder(self.folder.path());
        for (name, value) in who.environment() {
            command = command.env(name, value);
        }
        command.env("HOME", self.folder.path())
    }

    async fn run(&self, line: &str) -> Ended {
        self.command(line).run().await
    }

    /// The plan of the alerts, in `plan.json`; the run's name.
    async fn planned(&self) -> String {
        let line = "contain plan --from alerts.csv --reason theft --ticket INC-4711 --output json";
        let said = self.run(line).await.well().stdout;
        let plan: Value = serde_json::from_str(&said).unwrap();
        plan["run"].as_str().unwrap().to_owned()
    }

    fn api(&self) -> Api {
        self.server.api(Family::V1beta1)
    }

    /// Everybody's state, by address.
    async fn states(&self) -> BTreeMap<String, String> {
        let api = self.api();
        let all = api.list_all(&api.token().await, "max_page_size=1000").await;
        let text = |user: &Value, field: &str| user[field].as_str().unwrap().to_owned();
        all.iter().map(|user| (text(user, "email"), text(user, "state"))).collect()
    }

    /// The operations that the double's journal has.
    async fn calls(&self) -> Vec<String> {
        let journal = Control::of(&self.server).done("GET", "/journal").await;
        let exchanges = journal["exchanges"].as_array().unwrap();
        let operation = |one: &Value| one["meant"]["operation"].as_str().unwrap().to_owned();
        exchanges.iter().map(operation).collect()
    }
}

/// Whose state differs, with the state after.
fn changed(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let differs = after.iter().filter(|(email, state)| before.get(*email) != Some(*state));
    differs.map(|(email, state)| (email.clone(), state.clone())).collect()
}

/// Of the alerts, whom the server lets be suspended.
const SUSPENDED: [&str; 5] = [
    "grazyna.wojcik@rollcall.example",
    "gudrun.jonsdottir@rollcall.example",
    "juergen.gross@rollcall.example",
    "lukasz.zolkiewski@rollcall.example",
    "siobhan.osullivan@rollcall.example",
];

fn all_are(state: &str) -> Vec<(String, String)> {
    SUSPENDED.iter().map(|email| ((*email).to_owned(), state.to_owned())).collect()
}
