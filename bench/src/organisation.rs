//! An organisation with many people on a store, filled by the commands of an operator, and the
//! nodes that serve it: `rollcall serve`, as it is run, without what a double does beside.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64;
use serde_json::Value;

use crate::calls::Credentials;
use crate::server::{Running, Server, beside_this};

const SCOPES: [&str; 4] = ["list_users", "get_user", "suspend_users", "reactivate_users"];

pub(crate) struct Organisation {
    // Before the folder: a node that runs has its settings there.
    pub(crate) server: Server,
    others: Vec<Running>,
    folder: tempfile::TempDir,
    store: String,
    how: How,
    /// How long it took to put the people in.
    pub(crate) imported: Duration,
}

/// How its nodes are run.
#[derive(Clone, Copy)]
struct How {
    cores: &'static str,
    logs_calls: bool,
}

impl Organisation {
    /// `database`: its address; `None`: in the embedded store. On both cores.
    pub(crate) fn set_up(database: Option<&str>, users: usize) -> Result<Self> {
        Self::run(database, users, How { cores: "0-1", logs_calls: false })
    }

    /// In the embedded store, on the server's core, which is core 0.
    pub(crate) fn embedded(users: usize) -> Result<Self> {
        Self::run(None, users, How { cores: "0", logs_calls: false })
    }

    /// The same, and each call is logged to a file.
    pub(crate) fn embedded_logging(users: usize) -> Result<Self> {
        Self::run(None, users, How { cores: "0", logs_calls: true })
    }

    fn run(database: Option<&str>, users: usize, how: How) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let root_key = folder.path().join("root.key");
        std::fs::write(&root_key, format!("{:064x}\n", 0x5eed))?;
        std::fs::set_permissions(&root_key, std::fs::Permissions::from_mode(0o600))?;
        let store = match database {
            Some(address) => address.to_owned(),
            None => folder.path().join("data").display().to_string(),
        };
        let first = serve(folder.path(), &store, how)?;
        let (credentials, imported) = fill(&folder, &store, users)?;
        let mut server = Server::of(first, users, credentials);
        server.take_token()?;
        Ok(Self { server, others: Vec::new(), folder, store, how, imported })
    }

    /// Another process on the same store.
    pub(crate) fn add_node(&mut self) -> Result<()> {
        self.others.push(serve(self.folder.path(), &self.store, self.how)?);
        Ok(())
    }

    /// Another one that reaches the same database in another way; ended when it is let go.
    pub(crate) fn node_by(&self, database: &str) -> Result<Running> {
        serve(self.folder.path(), database, self.how)
    }

    /// Changes the embedded store behind its server's back.
    pub(crate) fn change(&self, sql: &str) -> Result<()> {
        let file = Path::new(&self.store).join("rollcall.sqlite");
        Ok(rusqlite::Connection::open(file)?.execute_batch(sql)?)
    }

    pub(crate) fn addresses(&self, nodes: usize) -> Vec<SocketAddr> {
        self.nodes(nodes).map(|node| node.address).collect()
    }

    pub(crate) fn ids(&self, nodes: usize) -> Vec<u32> {
        self.nodes(nodes).map(Running::id).collect()
    }

    fn nodes(&self, nodes: usize) -> impl Iterator<Item = &Running> {
        std::iter::once(&self.server.running).chain(&self.others).take(nodes)
    }
}

/// `--database` or `--data`.
fn store_flag(store: &str) -> &'static str {
    if store.starts_with("postgres://") { "--database" } else { "--data" }
}

fn serve(folder: &Path, store: &str, how: How) -> Result<Running> {
    let settings = folder.join("rollcall.toml");
    let filter = if how.logs_calls { "warn,rollcall::calls=info" } else { "warn" };
    let text = format!(
        "public_url = \"http://localhost:8787\"\nlisten = \"127.0.0.1:0\"\n[root_key]\nfile = \"{}\"\n[log]\nfilter = \"{filter}\"\n",
        folder.join("root.key").display()
    );
    std::fs::write(&settings, text)?;
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", how.cores]).arg(beside_this("rollcall")?);
    command.args(["serve", "--json", "--config"]).arg(settings).args([store_flag(store), store]);
    if how.logs_calls {
        command.stderr(std::fs::File::create(folder.join("calls.log"))?);
    }
    Running::start(&mut command, |line| {
        serde_json::from_str::<Value>(line).ok()?.get("address")?.as_str()?.parse().ok()
    })
}

/// As many as one import takes.
const IMPORTED_AT_ONCE: usize = 100_000;

fn fill(folder: &tempfile::TempDir, store: &str, users: usize) -> Result<(Credentials, Duration)> {
    let admin = |arguments: &[&str]| -> Result<String> {
        let place = [store_flag(store), store];
        let output = Command::new(beside_this("rollcall")?)
            .arg("admin")
            .args(arguments)
            .args(place)
            .current_dir(folder.path())
            .output()?;
        ensure!(
            output.status.success(),
            "rollcall admin {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    };
    let owner = ["--owner-email", "ann@example.com", "--owner-name", "Ann Arbor"];
    let create = [&["account", "create", "--json", "--name", "Bench"][..], &owner].concat();
    let made: Value = serde_json::from_str(&admin(&create)?)?;
    let text = |value: &Value, name: &str| -> Result<String> {
        let found = value.get(name).and_then(Value::as_str);
        Ok(found.with_context(|| format!("no {name} was said"))?.to_owned())
    };
    let account = text(&made, "account_id")?;
    let file = folder.path().join("people.csv");
    let began = Instant::now();
    for first in (1..users).step_by(IMPORTED_AT_ONCE) {
        let mut people = std::io::BufWriter::new(std::fs::File::create(&file)?);
        writeln!(people, "email,display_name")?;
        for number in first..users.min(first + IMPORTED_AT_ONCE) {
            writeln!(people, "person{number}@example.com,Person {number}")?;
        }
        people.flush()?;
        admin(&["people", "import", &file.display().to_string(), "--apply"])?;
    }
    let imported = began.elapsed();
    let mut create = vec!["application", "create", "--json", "--name", "Bench"];
    create.extend(SCOPES.iter().flat_map(|scope| ["--scope", scope]));
    let made: Value = serde_json::from_str(&admin(&create)?)?;
    let (client, secret) = (text(&made, "client_id")?, text(&made, "client_secret")?);
    let basic = BASE64.encode(format!("{client}:{secret}").as_bytes());
    Ok((Credentials::of(account, basic), imported))
}
