//! Where things are: the root of the repository and the folder for what is built.
//! Every other file asks here, so that a moved target folder is understood in one place.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let root = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest) => Path::new(&manifest)
                .parent()
                .context("the folder of xtask has no parent")?
                .to_path_buf(),
            None => std::env::current_dir().context("the current folder is not known")?,
        };
        anyhow::ensure!(
            root.join("Cargo.toml").is_file() && root.join("xtask").is_dir(),
            "{} is not the root of the repository; run `cargo xtask`",
            root.display()
        );
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The binary that the system tests start.
    pub(crate) fn rollcall(&self) -> PathBuf {
        self.target.join("debug/rollcall")
    }

    /// Foreign clients and the libraries they need.
    pub(crate) fn clients(&self) -> PathBuf {
        self.target.join("clients")
    }

    pub(crate) fn client_sources(&self) -> PathBuf {
        self.root.join("system-tests/clients")
    }

    /// Findings of the measurements, and the servers from npm that ours is measured beside.
    pub(crate) fn bench(&self) -> PathBuf {
        self.target.join("bench")
    }

    /// Where each server that a test starts writes what it says.
    pub(crate) fn test_logs(&self) -> PathBuf {
        self.target.join("test-logs")
    }

    /// Every secret that a test used, one per line.
    pub(crate) fn test_secrets(&self) -> PathBuf {
        self.target.join("test-secrets.txt")
    }
}
