//! A responder's own place: a home of their own, in which nothing is kept yet.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use rollcall_system_tests::{Credentials, Ended, Rollcall, note_secret};

pub(super) struct Desk {
    home: TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { home: TempDir::new().expect("a temporary folder") }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The profiles, and what lies beside them.
    pub(super) fn kept(&self) -> PathBuf {
        self.path(".config/rollcall")
    }

    /// A file with a secret, as somebody may have one.
    pub(super) fn secret_file(&self, secret: &str) -> String {
        note_secret(secret);
        let path = self.path("secret");
        std::fs::write(&path, format!("{secret}\n")).expect("a file in a folder of ours");
        plain(&path)
    }

    pub(super) fn rollcall(&self, arguments: &str) -> Rollcall {
        Rollcall::new(arguments.split_whitespace()).env("HOME", self.home.path())
    }

    pub(super) async fn run(&self, arguments: &str) -> Ended {
        self.rollcall(arguments).run().await
    }

    /// With the variables of `dev`.
    pub(super) async fn run_with(&self, credentials: &Credentials, arguments: &str) -> Ended {
        let variables = credentials.environment();
        let run = self.rollcall(arguments);
        variables.iter().fold(run, |run, (name, value)| run.env(name, value)).run().await
    }

    /// `login` of this application, with what is said beside. Its secret comes from a file.
    pub(super) async fn login(&self, credentials: &Credentials, arguments: &str) -> Ended {
        let file = self.secret_file(&credentials.client_secret);
        let said = format!("login {} --secret-file {file} {arguments}", named(credentials));
        self.run(&said).await
    }
}

/// The options that name whom to ask.
pub(super) fn named(credentials: &Credentials) -> String {
    let Credentials { base_url, account_id, client_id, .. } = credentials;
    format!("--url {base_url} --account {account_id} --client-id {client_id}")
}

pub(super) fn plain(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

/// One line of JSON, from a command that did what it was asked to do.
pub(super) fn json(ended: Ended) -> Value {
    serde_json::from_str(&ended.well().stdout).expect("one line of JSON")
}
