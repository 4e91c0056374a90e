//! A set-up of an organisation's own, from outside: what the doctor says of it, and a backup that
//! comes back as another store.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rollcall_directory::accounts::{CreateAccount, Plan};
use rollcall_directory::acting::Presented;
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::sqlite::{self, Place};
use rollcall_directory::store::{Founding, MadeBy};
use rollcall_directory::world::{AccountId, World};
use rollcall_system_tests::{Ended, Rollcall, RunningServer, Store, note_secret};
use serde_json::Value;
use tempfile::TempDir;

use super::admin::admin;

struct SetUp {
    folder: TempDir,
}

impl SetUp {
    /// A store with one account, its root key in a file, and settings that name both.
    async fn new() -> Self {
        let set_up = Self { folder: TempDir::new().unwrap() };
        let root = RootKey::from_bytes([7; 32]);
        private(&set_up.path("root.key"), &root.to_text());
        private(&set_up.path("other.key"), &RootKey::from_bytes([8; 32]).to_text());
        let founding = Founding::fresh(root, MadeBy::Serve, &World::system());
        let place = Place::new(set_up.path("data"));
        let store = sqlite::open(&place, &founding, World::system()).unwrap();
        let id = AccountId::from_bytes([1; 16]);
        let account = CreateAccount {
            id,
            name: "Example".to_owned(),
            plan: Plan::Business,
            provisioning_automated: false,
        };
        store.act(Presented::Operator, id, account).await.unwrap().unwrap();
        store.close().await;
        set_up.settings("root.key");
        set_up
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn settings(&self, key: &str) {
        let text = format!(
            "public_url = \"https://rollcall.example.com\"\n[store]\ndata = {:?}\n[root_key]\nfile = {:?}\n",
            self.path("data"),
            self.path(key)
        );
        private(&self.path("rollcall.toml"), &text);
    }

    async fn doctor(&self) -> (i32, Vec<Value>) {
        let config = self.text("rollcall.toml");
        let arguments = ["admin", "doctor", "--config", &config, "--offline", "--json"];
        let ended = Rollcall::new(arguments).run().await;
        (ended.code(), serde_json::from_str(&ended.stdout).unwrap())
    }
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

fn level<'a>(findings: &'a [Value], check: &str) -> &'a str {
    let of_it = |finding: &&Value| finding["check"] == check;
    findings.iter().find(of_it).unwrap_or_else(|| panic!("{check}: {findings:?}"))["level"]
        .as_str()
        .unwrap()
}

#[tokio::test]
async fn the_doctor_says_what_is_good_and_what_to_do_where_it_is_not() {
    let set_up = SetUp::new().await;
    let (code, findings) = set_up.doctor().await;
    for check in ["store", "made by", "files", "keys", "root key", "clock", "owners", "secrets"] {
        assert_eq!(level(&findings, check), "good", "{findings:?}");
    }
    for check in ["space", "sync", "log", "descriptors"] {
        assert_ne!(level(&findings, check), "bad", "{findings:?}");
    }
    assert_eq!(code, 0);

    let file = set_up.path("data").join("rollcall.sqlite");
    std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let (code, findings) = set_up.doctor().await;
    assert_eq!((code, level(&findings, "files")), (1, "bad"));
    let way_out = findings.iter().find(|finding| finding["check"] == "files").unwrap();
    assert_eq!(way_out["way_out"], format!("chmod 600 {}", file.display()));
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();

    set_up.settings("other.key");
    let (code, findings) = set_up.doctor().await;
    assert_eq!((code, level(&findings, "root key")), (1, "bad"));
    set_up.settings("nowhere.key");
    assert_eq!(level(&set_up.doctor().await.1, "root key"), "bad");

    // Nothing of what was looked at is left lying about.
    let names = std::fs::read_dir(set_up.path("data")).unwrap();
    let strange = |name: &String| name.starts_with(".doctor");
    assert!(
        !names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).any(|n| strange(&n))
    );
    let nothing = Rollcall::new(["admin", "doctor"]).run().await;
    assert_eq!(nothing.code(), 2);
    let nowhere = Rollcall::new(["admin", "doctor", "--data", &set_up.text("nowhere")]).run().await;
    assert_eq!(nowhere.code(), 1);
    assert!(nowhere.stdout.contains("BAD"), "{}", nowhere.stdout);
}

#[tokio::test]
async fn the_way_out_of_an_account_without_an_owner_can_be_run() {
    let set_up = SetUp::new().await;
    let data = set_up.text("data");
    let add = ["people", "add", "--email", "ann@example.com", "--name", "Ann", "--data", &data];
    Rollcall::new([&["admin"][..], &add].concat()).run().await.well();
    let (code, findings) = set_up.doctor().await;
    assert_eq!((code, level(&findings, "owners")), (1, "bad"));
    let finding = findings.iter().find(|finding| finding["check"] == "owners").unwrap();
    let (command, more) = finding["way_out"].as_str().unwrap().split_once(" (").unwrap();
    assert!(more.contains("--name NAME"), "{more}");
    let command = command.replace("ADDRESS", "ann@example.com");
    let words = command.strip_prefix("rollcall ").unwrap().split(' ');
    let recovered = Rollcall::new(words).run().await.well();
    let password = recovered.stdout.lines().find_map(|line| line.strip_prefix("password:"));
    note_secret(password.unwrap().trim());
    assert_eq!(level(&set_up.doctor().await.1, "owners"), "good");
}

#[tokio::test]
async fn what_is_no_whole_backup_is_told_as_that() {
    let set_up = SetUp::new().await;
    let (data, file) = (set_up.text("data"), set_up.text("backup.sqlite"));
    Rollcall::new(["admin", "backup", "--data", &data, "--to", &file]).run().await.well();
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let half = restore(&set_up, "root.key", "anew").await;
    assert_eq!(half.code(), 1);
    half.says("backup.sqlite is not a whole backup: ");
    let folder = ["admin", "restore", "--from", &data, "--data", &set_up.text("anew")];
    let folder = Rollcall::new(folder).run().await;
    assert_eq!(folder.code(), 2);
    folder.says("is a folder");
    folder.says("rollcall admin backup --data DIR --to FILE");
    assert!(!set_up.path("anew").exists());
}

on_both_stores!(of_a_double_the_doctor_says_that_it_is_one);

async fn of_a_double_the_doctor_says_that_it_is_one(store: Store) {
    let server = RunningServer::start(store).await;
    let ended = admin(&["doctor"], server.database(), &["--json"]).await;
    let findings: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code(), level(&findings, "made by")), (1, "bad"));
    assert_eq!(level(&findings, "owners"), "good");
    if store == Store::Postgres {
        let said = findings.iter().filter(|finding| finding["check"] == "postgresql").count();
        assert!(said >= 5, "{findings:?}");
    }
}

async fn restore(set_up: &SetUp, key: &str, into: &str) -> Ended {
    let (from, into, key) = (set_up.text("backup.sqlite"), set_up.text(into), set_up.text(key));
    let to = ["--data", &into, "--root-key-file", &key];
    Rollcall::new([&["admin", "restore", "--from", &from][..], &to].concat()).run().await
}

#[tokio::test]
async fn a_backup_comes_back_as_a_store_of_its_own() {
    let set_up = SetUp::new().await;
    let (data, file) = (set_up.text("data"), set_up.text("backup.sqlite"));
    Rollcall::new(["admin", "backup", "--data", &data, "--to", &file]).run().await.well();
    assert_eq!(restore(&set_up, "other.key", "anew").await.code(), 1);
    assert!(!set_up.path("anew").join("rollcall.sqlite").exists());
    let told = restore(&set_up, "root.key", "anew").await.well();
    assert!(told.stdout.contains("1 accounts"), "{}", told.stdout);
    let anew = set_up.text("anew");
    let log =
        Rollcall::new(["admin", "audit", "export", "--data", &anew, "--all"]).run().await.well();
    let kinds: Vec<Value> = log
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].take())
        .collect();
    assert_eq!(kinds, ["account_created", "restored"]);
    Rollcall::new(["admin", "audit", "verify", "--data", &anew]).run().await.well();
    // The root key from wherever a server may have it.
    let (from, key) = (set_up.text("backup.sqlite"), set_up.path("root.key"));
    for (into, more) in [
        ("by settings", &["--config", &set_up.text("rollcall.toml")][..]),
        ("by command", &["--root-key-command", &format!("cat,{}", key.display())]),
        ("by variable", &["--root-key-environment", "A_KEY"]),
    ] {
        let into = set_up.text(into);
        let asked = ["admin", "restore", "--from", &from, "--data", &into];
        let asked = Rollcall::new([&asked[..], more].concat());
        asked.env("A_KEY", std::fs::read_to_string(&key).unwrap()).run().await.well();
    }
    let nowhere = set_up.text("without a key");
    let none = Rollcall::new(["admin", "restore", "--from", &from, "--data", &nowhere]).run().await;
    assert_eq!(none.code(), 2);
    none.says("--root-key-file FILE");
    // One that is made now would open nothing.
    assert!(!none.stderr.contains("new-root-key"), "{}", none.stderr);
    let again = restore(&set_up, "root.key", "anew").await;
    assert_eq!(again.code(), 1);
    again.says("has something in it");
}
