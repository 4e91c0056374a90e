//! `rollcall serve` as an organisation runs it: a file of settings, a root key, a store that it
//! founds itself; then one account with an owner, a member and an application, by acts beside it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rollcall_directory::accounts::{CreateAccount, Plan};
use rollcall_directory::acting::Act;
use rollcall_directory::applications::{ClientSecret, RegisterApplication, Scopes};
use rollcall_directory::groups::Groups;
use rollcall_directory::store::Administration;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::users::{ImportPeople, NewPerson, State};
use rollcall_directory::world::{AccountId, ApplicationId, SecretId, UserId, World};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use rollcall_wire::route::Family;

use crate::command::{log_file, plain_environment};
use crate::{
    Api, Beside, Credentials, Database, PATIENCE, Rollcall, Store, note_secret, rollcall_binary,
    send_signal,
};

/// What a server of one's own stands on: its folder with the settings and the root key, and the
/// place of its store.
#[derive(Debug)]
pub struct Ground {
    folder: TempDir,
    pub database: Database,
}

impl Ground {
    /// A root key made by the binary, and settings that listen on a free port of this machine.
    pub async fn fresh(store: Store) -> Self {
        Self::on(Database::fresh(store).await).await
    }

    /// The same over a database that is there.
    pub async fn on(database: Database) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let ground = Self { folder, database };
        ground.new_root_key("root.key").await;
        ground.write_settings("");
        ground
    }

    /// Whatever lies in its folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[must_use]
    pub fn text_of(&self, name: &str) -> String {
        self.file(name).to_str().expect("temporary folders have plain names").to_owned()
    }

    pub async fn new_root_key(&self, name: &str) {
        let out = self.text_of(name);
        Rollcall::new(["admin", "keys", "new-root-key", "--out", &out]).run().await.well();
        let key = std::fs::read_to_string(self.file(name)).expect("the key was written");
        note_secret(key.trim());
    }

    /// The settings, with `more` sections at their end.
    pub fn write_settings(&self, more: &str) {
        self.write_settings_for("http://localhost:8787", "127.0.0.1:0", more);
    }

    /// The same for a server that browsers look at, which must be where it says it is.
    pub fn write_settings_for(&self, public_url: &str, listen: &str, more: &str) {
        let store = match &self.database {
            Database::Sqlite(_) => format!("data = {:?}", self.database.folder()),
            Database::Postgres(fresh) => format!("database = {:?}", fresh.address()),
        };
        let root_key = self.text_of("root.key");
        let text = format!(
            "public_url = {public_url:?}\nlisten = {listen:?}\n\n[store]\n{store}\n\n[root_key]\nfile = {root_key:?}\n\n{more}"
        );
        std::fs::write(self.config(), text).expect("the settings can be written");
    }

    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.file("rollcall.toml")
    }

    #[must_use]
    pub fn config_text(&self) -> String {
        self.text_of("rollcall.toml")
    }

    /// `rollcall serve`, where it is expected to end by itself.
    #[must_use]
    pub fn serve(&self, more: &[&str]) -> Rollcall {
        Rollcall::new([&["serve", "--config", &self.config_text(), "--json"], more].concat())
    }

    /// `rollcall admin VERB --config …`.
    #[must_use]
    pub fn admin(&self, verb: &[&str], more: &[&str]) -> Rollcall {
        Rollcall::new([&["admin"], verb, &["--config", &self.config_text()], more].concat())
    }

    pub async fn administer(&self) -> Administration {
        let opened = match &self.database {
            Database::Sqlite(_) => {
                Administration::sqlite(&Place::new(self.database.folder()), World::system())
            }
            Database::Postgres(fresh) => {
                let address = fresh.address().parse().expect("the address of a database");
                Administration::postgres(&address, World::system()).await
            }
        };
        opened.expect("the store opens beside the server")
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct RunningServe {
    /// What `serve --json` printed.
    pub said: Value,
    pub credentials: Credentials,
    /// Somebody who may be suspended.
    pub member: String,
    // Before the ground: a killed server lets go of it.
    process: Child,
    pub ground: Ground,
    log: PathBuf,
}

impl RunningServe {
    pub async fn start(store: Store) -> Self {
        Self::start_on(Ground::fresh(store).await, &[]).await
    }

    /// On a ground whose store, if it has one, holds nobody yet.
    pub async fn start_on(ground: Ground, more: &[&str]) -> Self {
        Self::start_in(ground, more, &[]).await
    }

    /// The same with something in its environment.
    pub async fn start_in(ground: Ground, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let started = start(&ground, more, environment).await;
        Self::with_an_organisation(ground, started).await
    }

    pub(crate) async fn with_an_organisation(ground: Ground, started: Started) -> Self {
        let Started { process, said, log } = started;
        let base_url = format!("http://{}", said["address"].as_str().expect("it says where"));
        let (credentials, member) = organisation(&ground, base_url).await;
        Self { said, credentials, member, process, ground, log }
    }

    /// Another process on the same store, with the same organisation in it.
    pub async fn again(ground: Ground, credentials: &Credentials, member: &str) -> Self {
        Self::again_in(ground, credentials, member, &[], &[]).await
    }

    /// The same, told more, and with something in its environment.
    pub async fn again_in(
        ground: Ground,
        credentials: &Credentials,
        member: &str,
        more: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let Started { process, said, log } = start(&ground, more, environment).await;
        let base_url = format!("http://{}", said["address"].as_str().expect("it says where"));
        let credentials = Credentials { base_url, ..credentials.clone() };
        Self { said, credentials, member: member.to_owned(), process, ground, log }
    }

    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(&self.credentials, Family::V1)
    }

    /// The same store, opened beside the server.
    pub async fn beside(&self) -> Beside {
        Beside::of_serve(&self.ground, &self.credentials).await
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id().expect("the server runs")
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log can be read")
    }

    /// Asks it to end, and waits for that.
    pub async fn stop(mut self) -> Ground {
        send_signal(self.pid(), "TERM").await;
        let ended = timeout(PATIENCE, self.process.wait()).await;
        let ended = ended.expect("it ends when asked to").expect("its end is known");
        assert_eq!(ended.code(), Some(0), "{}", self.log());
        if let Some(mut kept) = log_file("serve") {
            std::io::Write::write_all(&mut kept, self.log().as_bytes()).expect("the log is kept");
        }
        self.ground
    }
}

/// A process, what it said and where it logs.
pub(crate) struct Started {
    pub(crate) process: Child,
    pub(crate) said: Value,
    pub(crate) log: PathBuf,
}

async fn start(ground: &Ground, more: &[&str], environment: &[(&str, &str)]) -> Started {
    start_binary(&rollcall_binary(), ground, more, environment).await
}

pub(crate) async fn start_binary(
    binary: &Path,
    ground: &Ground,
    more: &[&str],
    environment: &[(&str, &str)],
) -> Started {
    let mut command = Command::new(binary);
    command.args(["serve", "--json", "--config", &ground.config_text()]).args(more);
    command.env_clear().envs(plain_environment()).envs(environment.iter().copied());
    let number = std::fs::read_dir(ground.folder.path()).expect("the folder is there").count();
    let log = ground.file(&format!("log-{number}"));
    let stderr = std::fs::File::create(&log).expect("a file for the log");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).kill_on_drop(true);
    let mut process = command.spawn().expect("the binary starts");
    let mut stdout = BufReader::new(process.stdout.take().expect("standard output is a pipe"));
    let mut line = String::new();
    let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
    read.expect("the server says in time that it listens").expect("a line");
    let said = serde_json::from_str(&line).unwrap_or_else(|_| {
        let logged = std::fs::read_to_string(&log).unwrap_or_default();
        panic!("the server did not listen: {line}{logged}")
    });
    // Nothing comes after it; read all the same, so that the server would never wait for us.
    tokio::spawn(async move {
        let mut rest = Vec::new();
        let _ = stdout.read_to_end(&mut rest).await;
    });
    Started { process, said, log }
}

async fn organisation(ground: &Ground, base_url: String) -> (Credentials, String) {
    let store = ground.administer().await;
    let world = World::system();
    let account = AccountId::from_bytes(world.bytes());
    let secret = ClientSecret::from_random(&world.bytes());
    note_secret(secret.expose());
    let person = |name: &str, owner| NewPerson {
        id: UserId::from_bytes(world.bytes()),
        email: format!("{name}@example.com"),
        display_name: name.to_owned(),
        state: State::Active,
        groups: Groups { owner, ..Groups::default() },
        externally_managed: false,
        created: world.now(),
    };
    let (owner, member) = (person("olive", true), person("mika", false));
    let (owner_email, member_id) = (owner.email.clone(), member.id.to_string());
    let client = ApplicationId::from_random(world.bytes());
    let name = "Organisation".to_owned();
    let (id, plan) = (account, Plan::Business);
    let create = CreateAccount { id, name, plan, provisioning_automated: false };
    done(&store, account, create).await;
    done(&store, account, ImportPeople { people: vec![owner, member] }).await;
    let register = RegisterApplication {
        id: client,
        name: "Containment".to_owned(),
        description: String::new(),
        redirect_url: "https://soar.example/callback".to_owned(),
        scopes: Scopes::ALL,
        secret_id: SecretId::from_bytes(world.bytes()),
        secret: secret.digest(),
        terms: rollcall_directory::applications::Terms::default(),
    };
    done(&store, account, register).await;
    store.close().await;
    let mut credentials = Credentials::of_client(
        &base_url,
        &account.to_string(),
        &client.to_string(),
        secret.expose(),
    );
    credentials.owner_email = owner_email;
    (credentials, member_id)
}

async fn done<A: Act>(store: &Administration, account: AccountId, act: A) {
    let done = store.act(account, act).await.expect("the store works");
    done.map(drop).unwrap_or_else(|why| panic!("{}: {why}", A::NAME));
}

/// Copies the files of a store, as somebody does who got hold of a backup.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the copy's folder");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a file is copied");
    }
}
