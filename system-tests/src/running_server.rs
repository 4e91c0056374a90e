//! `rollcall dev`, from the line of JSON that it prints once its listener accepts, to its end.
//! What it writes to standard error goes to a file that is searched for secrets afterwards.

use std::process::Stdio;

use serde::Deserialize;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use rollcall_wire::route::Family;

use crate::command::{log_file, plain_environment};
use crate::{Api, Beside, Database, PATIENCE, Store, note_secret, rollcall_binary, send_signal};

/// What `dev --json` prints.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Credentials {
    pub base_url: String,
    pub account_id: String,
    pub client_id: String,
    pub client_secret: String,
    pub owner_email: String,
    pub owner_password: String,
    pub console_url: String,
    /// Of the control API; with the token, to be had of a double alone.
    pub sandbox_url: String,
    pub sandbox_token: String,
    pub inspector_url: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({} at {}, ***)", self.client_id, self.base_url)
    }
}

impl Credentials {
    /// Reads the line, and remembers what in it must not be found in a log.
    pub fn from_line(line: &str) -> Self {
        let read: Self = serde_json::from_str(line).expect("one line of JSON with ten fields");
        note_secret(&read.client_secret);
        note_secret(&read.owner_password);
        note_secret(&read.sandbox_token);
        read
    }

    /// Of a client that somebody made; there is nothing of a double in them.
    #[must_use]
    pub fn of_client(base_url: &str, account: &str, client: &str, secret: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            account_id: account.to_owned(),
            client_id: client.to_owned(),
            client_secret: secret.to_owned(),
            owner_email: String::new(),
            owner_password: String::new(),
            console_url: format!("{base_url}/console/{account}"),
            sandbox_url: String::new(),
            sandbox_token: String::new(),
            inspector_url: String::new(),
        }
    }

    /// What stays the same from one start to the next: each listens somewhere else, with a control
    /// token of its own.
    #[must_use]
    pub fn of_the_seed(&self) -> Self {
        let (base_url, console_url, sandbox_url) = Default::default();
        let (sandbox_token, inspector_url) = Default::default();
        let changes = Self { base_url, console_url, sandbox_url, ..self.clone() };
        Self { sandbox_token, inspector_url, ..changes }
    }

    /// As `dev -- COMMAND` names them to its command.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, &str); 10] {
        [
            ("ROLLCALL_URL", &self.base_url),
            ("ROLLCALL_ACCOUNT_ID", &self.account_id),
            ("ROLLCALL_CLIENT_ID", &self.client_id),
            ("ROLLCALL_CLIENT_SECRET", &self.client_secret),
            ("ROLLCALL_OWNER_EMAIL", &self.owner_email),
            ("ROLLCALL_OWNER_PASSWORD", &self.owner_password),
            ("ROLLCALL_CONSOLE_URL", &self.console_url),
            ("ROLLCALL_SANDBOX_URL", &self.sandbox_url),
            ("ROLLCALL_SANDBOX_TOKEN", &self.sandbox_token),
            ("ROLLCALL_INSPECTOR_URL", &self.inspector_url),
        ]
    }
}

#[derive(Debug)]
pub struct RunningServer {
    pub credentials: Credentials,
    // Before the database: a killed server lets go of it.
    process: Child,
    database: Database,
}

impl RunningServer {
    pub async fn start(store: Store) -> Self {
        Self::start_with(store, &[]).await
    }

    /// Without the scenario account: then `admin` knows which account is meant, and what is counted
    /// in the store is of one.
    pub async fn with_one_account(store: Store) -> Self {
        Self::start_with(store, &["--no-scenarios"]).await
    }

    pub async fn start_with(store: Store, arguments: &[&str]) -> Self {
        Self::start_on(Database::fresh(store).await, arguments).await
    }

    /// On data that may be there already.
    pub async fn start_on(database: Database, arguments: &[&str]) -> Self {
        let mut command = Command::new(rollcall_binary());
        command.arg("dev").args(["--listen", "127.0.0.1:0", "--json"]);
        command.args(database.arguments()).args(arguments);
        command.env_clear().envs(plain_environment());
        // Where nobody keeps logs, what it said is shown when it does not start.
        let unkept = NamedTempFile::new().expect("a temporary file");
        let log = log_file("server").unwrap_or_else(|| unkept.reopen().expect("the same file"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut process = command.spawn().expect("the binary starts");
        let stdout = process.stdout.take().expect("standard output is a pipe");
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
        read.expect("the server says in time that it listens").expect("a line");
        if line.is_empty() {
            let said = std::fs::read_to_string(unkept.path()).unwrap_or_default();
            panic!("the server ended with {:?} and did not listen: {said}", process.wait().await);
        }
        // Nothing comes after it; read all the same, so that the server would never wait for us.
        tokio::spawn(async move {
            let mut rest = Vec::new();
            let _ = stdout.read_to_end(&mut rest).await;
        });
        Self { credentials: Credentials::from_line(&line), process, database }
    }

    #[must_use]
    pub fn api(&self, family: Family) -> Api {
        Api::new(&self.credentials, family)
    }

    /// `host:port`.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.credentials.base_url.strip_prefix("http://").expect("dev speaks plain HTTP")
    }

    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id().expect("the server runs")
    }

    /// The same store, opened beside the server.
    pub async fn beside(&self) -> Beside {
        Beside::open(&self.database, &self.credentials).await
    }

    /// Asks it to end, waits for that, and hands on its data.
    pub async fn stop(mut self) -> Database {
        send_signal(self.pid(), "TERM").await;
        let ended = timeout(PATIENCE, self.process.wait()).await;
        ended.expect("it ends when asked to").expect("its end is known");
        self.database
    }

    /// `kill -9`, which a program cannot see coming.
    pub async fn kill(mut self) -> Database {
        self.process.kill().await.expect("it can be killed");
        self.database
    }
}
