//! `cargo xtask pg-recovery`: PostgreSQL's own backup, tried. A cluster that archives its log, acts,
//! a base backup under them, more acts, a moment, and acts that are to be undone; then another
//! cluster is made of backup and archive as it was at that moment, made safe by Rollcall, and asked
//! what is there, what is not, and whether what was issued before still works.

mod rollcall;
mod server;

use std::os::unix::fs::chown;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use self::rollcall::{Client, Rollcall};
use self::server::Server;
use crate::command::{WITH_KEYRING, cargo, run as run_command};
use crate::test::{NOBODY, is_root, postgresql_folder};
use crate::workspace::Workspace;

const PEOPLE: usize = 200;
const NODES_ARE_GONE_IN: Duration = Duration::from_secs(60);

/// Each that did not hold is told, and the chore fails at its end.
struct Checks {
    held: usize,
    failed: usize,
}

impl Checks {
    fn that(&mut self, what: &str, holds: bool) {
        println!("  {} {what}", if holds { "yes" } else { "NO " });
        *(if holds { &mut self.held } else { &mut self.failed }) += 1;
    }
}

pub(crate) fn recover(workspace: &Workspace) -> Result<bool> {
    run_command(
        cargo(&workspace.root).args(["build", "--package", "rollcall"]).args(WITH_KEYRING),
    )?;
    let binaries = postgresql_folder().context("no PostgreSQL server; run the phase `needs`")?;
    let folder = tempfile::Builder::new().prefix("rcpr").tempdir_in("/tmp")?;
    let (theirs, ours) = (folder.path().join("pg"), folder.path().join("ours"));
    std::fs::create_dir(&theirs)?;
    std::fs::create_dir(&ours)?;
    if is_root() {
        for path in [folder.path(), &theirs] {
            chown(path, Some(NOBODY), Some(NOBODY))?;
        }
    }
    let past = the_past(workspace, &binaries, &theirs, &ours)?;
    let mut checks = Checks { held: 0, failed: 0 };
    the_recovery(workspace, &binaries, &theirs, &ours, &past, &mut checks)?;
    println!("{} checks held, {} did not", checks.held, checks.failed);
    Ok(checks.failed == 0)
}

/// What is known of the time before.
struct Past {
    client: Client,
    moment: String,
    tokens: [String; 2],
    head_before: String,
    head_after: String,
}

fn the_past(workspace: &Workspace, binaries: &Path, theirs: &Path, ours: &Path) -> Result<Past> {
    let server = Server::fresh(binaries, theirs)?;
    let rollcall = Rollcall::over(workspace.rollcall(), ours, server.url());
    rollcall.new_root_key()?;
    let node = rollcall.serve()?;
    rollcall.admin(&[
        "account",
        "create",
        "--name",
        "Recovered",
        "--owner-email",
        "olive@example.com",
        "--owner-name",
        "Olive",
    ])?;
    let mut people = "email,display_name\n".to_owned();
    for number in 0..PEOPLE {
        people.push_str(&format!("person{number}@example.com,Person {number}\n"));
    }
    std::fs::write(ours.join("people.csv"), people)?;
    rollcall.admin(&["people", "import", "people.csv", "--apply"])?;
    let scope = ["--scope", "list_users"];
    let made =
        rollcall.admin(&[&["application", "create", "--name", "Export"], &scope[..]].concat())?;
    let head = || -> Result<(String, String)> {
        let said = rollcall.admin(&["audit", "head"])?;
        let (account, head) = said.split_once(' ').context("a head")?;
        Ok((account.to_owned(), head.to_owned()))
    };
    let told = |name: &str| {
        let value = made.lines().find_map(|line| line.strip_prefix(name));
        value.map(|value| value.trim().to_owned()).context("an id and a secret")
    };
    let client =
        Client { account: head()?.0, id: told("client_id ")?, secret: told("client_secret ")? };
    let suspend = |number: usize| {
        rollcall.admin(&["people", "suspend", &format!("person{number}@example.com")])
    };
    let first = node.token(&client)?;
    suspend(1)?;
    let began = Instant::now();
    server.base_backup(theirs)?;
    println!("base backup of a server that goes on: {:.1} s", began.elapsed().as_secs_f64());
    suspend(2)?;
    let second = node.token(&client)?;
    let head_before = head()?.1;
    let moment = server.must("select clock_timestamp()")?;
    println!("the moment to come back to: {moment}, at record {head_before}");
    // PostgreSQL compares the times of commits, in microseconds; the next one is surely later.
    sleep(Duration::from_millis(10));
    suspend(3)?;
    rollcall.admin(&["people", "reactivate", "person1@example.com"])?;
    let head_after = head()?.1;
    println!("acts after it, to be undone: up to record {head_after}");
    drop(node);
    server.archive_all()?;
    Ok(Past { client, moment, tokens: [first, second], head_before, head_after })
}

fn the_recovery(
    workspace: &Workspace,
    binaries: &Path,
    theirs: &Path,
    ours: &Path,
    past: &Past,
    checks: &mut Checks,
) -> Result<()> {
    let began = Instant::now();
    let server = Server::recovered(binaries, theirs, &past.moment)?;
    println!("recovered to that moment and promoted: {:.1} s", began.elapsed().as_secs_f64());
    let rollcall = Rollcall::over(workspace.rollcall(), ours, server.url());
    let extends = |head: &str| {
        Ok::<_, anyhow::Error>(rollcall.tries(&["audit", "verify", "--extends", head])?.0)
    };
    let state = |number: usize| -> Result<String> {
        let email = format!("person{number}@example.com");
        let words = ["people", "list", "--match", &email, "--state", "suspended", "--json"];
        let is = rollcall.admin(&words)?.lines().any(|line| line.contains(&email));
        Ok(if is { "suspended" } else { "active" }.to_owned())
    };
    checks.that("the database is sound", rollcall.tries(&["integrity"])?.0);
    checks.that("its audit log has everything up to the moment", extends(&past.head_before)?);
    checks.that("and nothing from after it", !extends(&past.head_after)?);
    checks.that("suspended before the backup: is", state(1)? == "suspended");
    checks.that("suspended between backup and moment: is", state(2)? == "suspended");
    checks.that("suspended after the moment: is not", state(3)? == "active");
    let node = rollcall.serve()?;
    let works = |node: &rollcall::Node, token: &str| node.list(&past.client, token);
    // Why there is a command: PostgreSQL knows nothing of keys.
    checks.that("not made safe, an old token works", works(&node, &past.tokens[0])? == "200");
    let root_key = rollcall.root_key();
    let safe = ["restored", "--root-key-file", root_key.to_str().context("a plain path")?];
    checks.that("it is not made safe under a node that serves it", !rollcall.tries(&safe)?.0);
    drop(node);
    let waiting = Instant::now();
    let said = loop {
        let (well, said) = rollcall.tries(&safe)?;
        if well {
            break said;
        }
        ensure!(said.contains("serve this database"), "{said}");
        ensure!(waiting.elapsed() < NODES_ARE_GONE_IN, "{said}");
        sleep(Duration::from_secs(1));
    };
    println!("made safe, {:.1} s after its node ended:\n{said}", waiting.elapsed().as_secs_f64());
    checks.that("its audit log goes on from the moment", extends(&past.head_before)?);
    let node = rollcall.serve()?;
    for token in &past.tokens {
        checks.that("a token from before does not work", works(&node, token)? == "401");
    }
    let fresh = node.token(&past.client)?;
    checks.that("the client secret gives one that does", works(&node, &fresh)? == "200");
    checks.that("still suspended", state(1)? == "suspended" && state(2)? == "suspended");
    Ok(())
}
