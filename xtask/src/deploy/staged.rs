//! A folder with the secrets of a cluster that is never started, and the files of `deploy/` with that
//! folder, and addresses of this machine, in the places of those of a cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::command::{command, run};
use crate::workspace::Workspace;

pub(super) struct Staged {
    folder: TempDir,
    deploy: PathBuf,
}

impl Staged {
    pub(super) fn make(workspace: &Workspace) -> Result<Self> {
        let rollcall = workspace.rollcall();
        ensure!(rollcall.is_file(), "{} is missing; run the phase `build`", rollcall.display());
        let deploy = workspace.root.join("deploy");
        let folder = tempfile::Builder::new().prefix("rcdeploy").tempdir_in("/tmp")?;
        let mut make = command(deploy.join("make-secrets.sh"));
        run(make.arg(folder.path().join("secrets")).env("ROLLCALL", rollcall))?;
        let staged = Self { folder, deploy };
        staged.lay_out()?;
        Ok(staged)
    }

    /// One machine with every member on it, as `/etc/rollcall-cluster` would be.
    fn lay_out(&self) -> Result<()> {
        let etc = self.etc();
        fs::create_dir(&etc)?;
        for (made, name) in [
            ("ca.pem", "ca.pem"),
            ("etcd1.pem", "etcd.pem"),
            ("etcd1.key", "etcd.key"),
            ("pg1.pem", "postgresql.pem"),
            ("pg1.key", "postgresql.key"),
            ("replicator.pem", "replicator.pem"),
            ("replicator.key", "replicator.key"),
            ("rewinder.pem", "rewinder.pem"),
            ("rewinder.key", "rewinder.key"),
            ("node1.pem", "node.pem"),
            ("node1.key", "node.key"),
            ("front.pem", "front.pem"),
            ("database-password", "database-password"),
            ("root.key", "root-key"),
        ] {
            fs::copy(self.secrets().join(made), etc.join(name))
                .with_context(|| format!("make-secrets.sh made no {made}"))?;
        }
        fs::copy(self.deploy.join("patroni/post-bootstrap.sh"), etc.join("post-bootstrap.sh"))?;
        Ok(())
    }

    pub(super) fn secrets(&self) -> PathBuf {
        self.folder.path().join("secrets")
    }

    pub(super) fn etc(&self) -> PathBuf {
        self.folder.path().join("etc")
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file of `deploy/`.
    pub(super) fn original(&self, path: &str) -> PathBuf {
        self.deploy.join(path)
    }

    pub(super) fn text(&self, path: &str) -> Result<String> {
        let path = self.original(path);
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    }

    /// A copy with other words in the places of some; that each is there is part of the check.
    pub(super) fn with(&self, path: &str, changes: &[(&str, &str)]) -> Result<PathBuf> {
        let mut text = self.text(path)?;
        let etc = self.etc().display().to_string();
        for (old, new) in changes {
            ensure!(text.contains(old), "{path} no longer says {old}");
            text = text.replace(old, new);
        }
        text = text.replace("/etc/rollcall-cluster", &etc);
        let name = path.replace('/', "-");
        let copy = self.folder.path().join(name);
        fs::write(&copy, text)?;
        Ok(copy)
    }
}

/// Runs a check of another program; what it said is the error.
pub(super) fn must_say_yes(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } = command
        .output()
        .with_context(|| format!("could not start {}", command.get_program().display()))?;
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    ensure!(status.success(), "{} ended with {status}: {said}", command.get_program().display());
    Ok(said)
}
