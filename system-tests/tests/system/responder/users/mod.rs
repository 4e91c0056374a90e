//! `rollcall users` against a double: people on good days and bad ones, in each format, and every
//! way to end.

mod acts;
mod changes;
mod get;
mod list;
mod looks;
mod terminal;

use std::fs;
use std::path::PathBuf;

use rollcall_system_tests::{Api, Control, Ended, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A double, an account of it, and a responder's folder.
pub(super) struct Scene {
    server: RunningServer,
    /// As whom the commands ask.
    api: Api,
    /// The people and applications of the account, where it has scenarios.
    made: Value,
    folder: TempDir,
}

impl Scene {
    /// Fifty people, and nothing happens to them.
    async fn good_day() -> Self {
        Self::with(&["--no-scenarios"]).await
    }

    async fn with(arguments: &[&str]) -> Self {
        let server = RunningServer::start_with(Store::Sqlite, arguments).await;
        let api = server.api(Family::V1beta1);
        Self { server, api, made: Value::Null, folder: tempfile::tempdir().unwrap() }
    }

    /// People and applications whose identity chooses what happens.
    async fn bad_day() -> Self {
        let mut scene = Self::with(&["--no-scenarios"]).await;
        let control = Control::of(&scene.server);
        let made = control.send("POST", "/accounts", &json!({ "scenarios": true })).await;
        scene.made = made.json_of(201);
        scene.api.credentials.account_id = text(&scene.made["account_id"]);
        let (id, secret) = (text(&scene.made["client_id"]), text(&scene.made["client_secret"]));
        scene.api = scene.api.with_client(&id, &secret);
        scene
    }

    /// The same account by another application of the scenarios.
    fn by(mut self, application: &str) -> Self {
        let all = self.made["applications"].as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == application).expect("an application");
        self.api = self.api.with_client(&text(&one["client_id"]), &text(&one["client_secret"]));
        self
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Words are divided at spaces.
    fn command(&self, line: &str) -> Rollcall {
        let credentials = &self.api.credentials;
        Rollcall::new(std::iter::once("users").chain(line.split(' ')))
            .folder(self.folder.path())
            .env("HOME", self.folder.path())
            .env("ROLLCALL_URL", &credentials.base_url)
            .env("ROLLCALL_ACCOUNT_ID", &credentials.account_id)
            .env("ROLLCALL_CLIENT_ID", &credentials.client_id)
            .env("ROLLCALL_CLIENT_SECRET", &credentials.client_secret)
    }

    async fn run(&self, line: &str) -> Ended {
        self.command(line).run().await
    }

    /// The same, where nobody listens.
    async fn unreached(&self, line: &str) -> Ended {
        self.command(line).env("ROLLCALL_URL", "http://127.0.0.1:1").run().await
    }

    /// What is printed as JSON lines; `line` ends with the status.
    async fn lines(&self, line: &str, status: i32) -> Vec<Value> {
        let ended = self.run(&format!("{line} --output jsonl")).await;
        assert_eq!(ended.code(), status, "{line}: {}", ended.stderr);
        json_lines(&ended.stdout)
    }

    /// Everybody, as the API says.
    async fn everybody(&self) -> Vec<Value> {
        self.api.list_all(&self.api.token().await, "max_page_size=1000").await
    }

    /// People of a good day who are active, and whom the server lets be suspended.
    async fn suspendable(&self) -> Vec<Value> {
        let names = ["gudrun.jonsdottir", "lukasz.zolkiewski", "priya.sharma", "wang.xiuying"];
        let mut all = self.everybody().await;
        all.retain(|one| {
            names.contains(&text(&one["email"]).split('@').next().unwrap_or_default())
        });
        assert_eq!(all.len(), names.len());
        assert!(all.iter().all(|one| one["state"] == "ACTIVE"), "{all:?}");
        all
    }

    async fn state(&self, id: &str) -> String {
        text(&self.api.user(&self.api.token().await, id).await.json_of(200)["state"])
    }

    fn person(&self, scenario: &str) -> String {
        text(&self.made["people"][scenario])
    }

    /// How often the double was asked for this since it began.
    async fn calls(&self, operation: &str) -> usize {
        let journal = Control::of(&self.server).done("GET", "/journal").await;
        let all = journal["exchanges"].as_array().unwrap();
        all.iter()
            .filter(|one| one["operation"] == operation || one["meant"]["operation"] == operation)
            .count()
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `ROLE@scenarios.rollcall.example`.
fn scenario(name: &str) -> String {
    format!("{name}@scenarios.rollcall.example")
}

fn outcomes(rows: &[Value]) -> Vec<(String, String)> {
    let cell = |row: &Value, name: &str| row[name].as_str().unwrap_or("-").to_owned();
    let mut outcomes: Vec<_> = rows
        .iter()
        .map(|row| {
            let email = cell(row, "email");
            (email.split('@').next().unwrap_or_default().to_owned(), cell(row, "outcome"))
        })
        .collect();
    outcomes.sort();
    outcomes
}
