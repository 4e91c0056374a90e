//! `rollcall admin` beside a running server: what the operator changes holds on the next call, what
//! is refused changes nothing, and each end has its exit status.

mod accounts;
mod import;
mod migrate;
mod people;
mod recover;
mod unwritten;

use rollcall_system_tests::{Database, Ended, Rollcall, RunningServer};
use serde_json::Value;

/// A command at the account that the server printed.
struct Operator<'a> {
    database: &'a Database,
    account: String,
}

impl<'a> Operator<'a> {
    fn of(server: &'a RunningServer) -> Self {
        Self { database: server.database(), account: server.credentials.account_id.clone() }
    }

    fn command(&self, words: &[&str]) -> Rollcall {
        let [option, place] = self.database.arguments();
        let at = [&*option, &place, "--account", &self.account];
        Rollcall::new([&["admin"], words, &at].concat())
    }

    async fn run(&self, words: &[&str]) -> Ended {
        self.command(words).run().await
    }

    /// It did what it was asked, and said so in JSON.
    async fn json(&self, words: &[&str]) -> Value {
        let printed = self.run(&[words, &["--json"]].concat()).await.well().stdout;
        serde_json::from_str(&printed).unwrap()
    }

    /// It was refused, and said why.
    async fn refuses(&self, words: &[&str], why: &str) {
        let ended = self.run(words).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (1, ""), "{words:?}: {}", ended.stderr);
        ended.says(why);
    }

    /// Everybody, a line of JSON each.
    async fn people(&self, more: &[&str]) -> Vec<Value> {
        lines(&self.run(&[&["people", "list", "--json"], more].concat()).await.well().stdout)
    }
}

fn lines(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The values of one field.
fn all<'a>(values: &'a [Value], field: &str) -> Vec<&'a str> {
    values.iter().map(|value| value[field].as_str().unwrap()).collect()
}
