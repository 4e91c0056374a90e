//! Each file of a cluster, held against the program that reads it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::staged::{Staged, must_say_yes};
use crate::command::command;
use crate::workspace::Workspace;

const COMPOSE: &str = "compose/compose.yml";

/// Every certificate is signed by the cluster's authority and good for the name it is asked by.
pub(super) fn secrets(_: &Workspace, staged: &Staged) -> Result<()> {
    let folder = staged.secrets();
    let members = (1..=3)
        .flat_map(|n| [format!("etcd{n}"), format!("pg{n}")])
        .chain((1..=2).map(|n| format!("node{n}")));
    for member in members {
        must_say_yes(
            command("openssl")
                .args(["verify", "-x509_strict", "-CAfile"])
                .arg(folder.join("ca.pem"))
                .args(["-verify_hostname", &format!("{member}.rollcall.internal")])
                .arg(folder.join(format!("{member}.pem"))),
        )?;
    }
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let is_open = path.file_name().is_some_and(|name| name == "ca.pem");
        ensure!(is_open || is_private(&path)?, "{} can be read by others", path.display());
    }
    Ok(())
}

fn is_private(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

/// Its schema, its references: services, networks, volumes and secrets that are named exist.
pub(super) fn compose(_: &Workspace, staged: &Staged) -> Result<()> {
    let mut check = command("docker-compose");
    must_say_yes(check.arg("-f").arg(staged.original(COMPOSE)).args(["config", "--quiet"]))?;
    Ok(())
}

/// Compose looks at no file before it starts; here each one that is named is there or is made.
pub(super) fn mounts(_: &Workspace, staged: &Staged) -> Result<()> {
    let text = staged.text(COMPOSE)?;
    let (mut made, mut ours) = (0, 0);
    for word in text.split([' ', '"', ',', '{', '}', '[', ']', '\n']) {
        if let Some(secret) = word.strip_prefix("./secrets/") {
            ensure!(staged.secrets().join(secret).is_file(), "nobody makes {word}");
            made += 1;
        } else if let Some(file) = word.strip_prefix("../").and_then(|path| path.split(':').next())
            && word.contains(':')
        {
            ensure!(staged.original(file).is_file(), "there is no deploy/{file}");
            ours += 1;
        }
    }
    ensure!(made > 20 && ours > 5, "{made} secrets and {ours} files: the search finds too little");
    Ok(())
}

/// Any warning is a failure. Names of the cluster do not resolve here, so it is this machine's address.
pub(super) fn haproxy(_: &Workspace, staged: &Staged) -> Result<()> {
    let here: Vec<(String, &str)> = ["node1", "node2", "pg1", "pg2", "pg3"]
        .iter()
        .map(|name| (format!(" {name}.rollcall.internal:"), " 127.0.0.1:"))
        .collect();
    let here: Vec<(&str, &str)> = here.iter().map(|(old, new)| (old.as_str(), *new)).collect();
    let file = staged.with("haproxy/haproxy.cfg", &here)?;
    must_say_yes(command("haproxy").args(["-dW", "-c", "-f"]).arg(file))?;
    Ok(())
}

/// Patroni asks whether etcd's addresses are listened on, so something listens.
pub(super) fn patroni(_: &Workspace, staged: &Staged) -> Result<()> {
    let listeners: Vec<TcpListener> =
        (0..3).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
    let mut changes = Vec::new();
    for (n, listener) in (1..).zip(&listeners) {
        let address = listener.local_addr()?.to_string();
        changes.push((format!("etcd{n}.rollcall.internal:2379"), address));
    }
    let bin = crate::test::postgresql_folder().context("no PostgreSQL server")?;
    let data = staged.folder().join("postgresql").display().to_string();
    let listen = |listener: &TcpListener| -> Result<u16> { Ok(listener.local_addr()?.port()) };
    // Free a moment ago: it wants to see its own ports free.
    let (api, database) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    let (api_port, database_port) = (listen(&api)?, listen(&database)?);
    drop((api, database));
    changes.extend([
        ("/var/lib/postgresql/15/rollcall".to_owned(), data),
        ("/usr/lib/postgresql/15/bin".to_owned(), bin.display().to_string()),
        ("0.0.0.0:8008".to_owned(), format!("0.0.0.0:{api_port}")),
        ("0.0.0.0:5432".to_owned(), format!("0.0.0.0:{database_port}")),
    ]);
    let changes: Vec<(&str, &str)> =
        changes.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    let file = staged.with("patroni/patroni.yml", &changes)?;
    let mut check = command("patroni");
    for line in staged.text("systemd/patroni_env.conf")?.lines() {
        if let Some((name, value)) = line.split_once('=') {
            check.env(name, value);
        }
    }
    let said = must_say_yes(check.arg("--validate-config").arg(file))?;
    ensure!(said.trim().is_empty(), "{said}");
    Ok(())
}

/// Debian's units for etcd and Patroni, the package's for Rollcall, each with our drop-in.
pub(super) fn units(workspace: &Workspace, staged: &Staged) -> Result<()> {
    let folder = staged.folder().join("units");
    for (unit, from) in [
        ("etcd.service", Path::new("/lib/systemd/system/etcd.service").to_owned()),
        ("patroni.service", Path::new("/lib/systemd/system/patroni.service").to_owned()),
        ("rollcall.service", workspace.root.join("packaging/rollcall.service")),
    ] {
        let added = folder.join(format!("{unit}.d"));
        fs::create_dir_all(&added)?;
        let binary = format!("={} ", workspace.rollcall().display());
        let text = fs::read_to_string(&from).with_context(|| from.display().to_string())?;
        fs::write(folder.join(unit), text.replace("=/usr/bin/rollcall ", &binary))?;
        let ours = staged.original(&format!("systemd/{unit}.d"));
        for entry in fs::read_dir(&ours).with_context(|| ours.display().to_string())? {
            let entry = entry?;
            fs::copy(entry.path(), added.join(entry.file_name()))?;
        }
        let said = must_say_yes(
            command("systemd-analyze").args(["verify", "--man=no"]).arg(folder.join(unit)),
        )?;
        // Other units of this machine are not ours to mend.
        let stem = unit.trim_end_matches(".service");
        let about: Vec<&str> = said.lines().filter(|line| line.contains(stem)).collect();
        ensure!(about.is_empty(), "{}", about.join("\n"));
    }
    Ok(())
}

/// etcd says no to a flag that it does not know, and its variables are its flags.
pub(super) fn etcd(_: &Workspace, staged: &Staged) -> Result<()> {
    let help = must_say_yes(command("etcd").arg("--help"))?;
    let file = staged.text("systemd/etcd.env")?;
    let compose = staged.text(COMPOSE)?;
    let mut settings = 0;
    for line in file.lines().filter(|line| line.starts_with("ETCD_")) {
        let (name, value) = line.split_once('=').context("a line without a value")?;
        let flag = name.trim_start_matches("ETCD_").to_lowercase().replace('_', "-");
        ensure!(help.contains(&format!("--{flag} ")), "etcd has no --{flag}");
        let same = compose.lines().filter_map(|line| line.trim().split_once(": "));
        let mut same = same.filter(|(known, _)| *known == name).map(|(_, value)| value);
        ensure!(
            same.any(|there| there.trim_matches('"') == value),
            "{name} is another in the Compose file"
        );
        settings += 1;
    }
    ensure!(settings > 10, "only {settings} settings were found");
    Ok(())
}

/// As `serve` would read them; an unknown key or a value that cannot be is an error of its own.
pub(super) fn settings(workspace: &Workspace, staged: &Staged) -> Result<()> {
    let said = must_say_yes(
        command(workspace.rollcall())
            .args(["admin", "settings", "--config"])
            .arg(staged.original("rollcall/rollcall.toml"))
            .env("CREDENTIALS_DIRECTORY", staged.etc()),
    )?;
    ensure!(said.contains("pg3.rollcall.internal"), "{said}");
    // What the unit hands over is what the settings ask for.
    let text = staged.text("rollcall/rollcall.toml")?;
    let added = staged.text("systemd/rollcall.service.d/cluster.conf")?;
    let credentials = "/run/credentials/rollcall.service/";
    let mut asked = 0;
    for line in text.lines().filter(|line| line.contains(credentials)) {
        let name = line.rsplit('/').next().context("no name")?.trim_end_matches('"');
        ensure!(
            added.contains(&format!("LoadCredential={name}:")),
            "the unit hands over no {name}"
        );
        asked += 1;
    }
    ensure!(asked == 4, "{asked} credentials instead of 4");
    Ok(())
}
