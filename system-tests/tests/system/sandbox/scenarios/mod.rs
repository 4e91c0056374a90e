//! Every scenario once against the real binary, over both families of addresses, each on an account
//! of its own; and faults that are set by the control API and by a seed file.

mod applications;
mod connections;
mod faults;
mod people;
mod seeded;

use rollcall_system_tests::{Api, Control, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::{Value, json};

/// A fresh account with the scenario people.
pub(super) struct Day {
    /// By the application that may do everything.
    pub(super) api: Api,
    made: Value,
}

impl Day {
    pub(super) async fn new(server: &RunningServer, family: Family) -> Self {
        let control = Control::of(server);
        let made = control.send("POST", "/accounts", &json!({ "scenarios": true })).await;
        let made = made.json_of(201);
        let mut api = server.api(family);
        api.credentials.account_id = text(&made["account_id"]);
        let api = api.with_client(&text(&made["client_id"]), &text(&made["client_secret"]));
        Self { api, made }
    }

    /// One in each family.
    pub(super) async fn both(server: &RunningServer) -> Vec<Self> {
        let mut days = Vec::new();
        for family in Family::ALL {
            days.push(Self::new(server, *family).await);
        }
        days
    }

    /// The id of a scenario person.
    pub(super) fn person(&self, key: &str) -> String {
        text(&self.made["people"][key])
    }

    /// The same account by a scenario application.
    pub(super) fn by(&self, name: &str) -> Api {
        let all = self.made["applications"].as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == name).expect("a scenario application");
        self.api.with_client(&text(&one["client_id"]), &text(&one["client_secret"]))
    }

    pub(super) async fn state_of(&self, token: &str, user: &str) -> String {
        text(&self.api.user(token, user).await.json_of(200)["state"])
    }
}

pub(super) async fn a_server() -> RunningServer {
    RunningServer::start(Store::Sqlite).await
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}
