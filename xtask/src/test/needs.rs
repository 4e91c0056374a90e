//! What the tests need beside Rust, and how to get it: for each need, say what was found, and install the
//! rest with one apt-get. Without the right to install, the error is the line that an administrator can run.

use std::env;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::{answer, cargo, command, find_program, run};

struct Need {
    name: &'static str,
    packages: &'static [&'static str],
    find: fn() -> Option<String>,
}

const NEEDS: &[Need] = &[
    Need {
        name: "PostgreSQL server",
        packages: &["postgresql"],
        find: || postgresql_folder().map(|folder| folder.display().to_string()),
    },
    Need { name: "curl", packages: &["curl"], find: || version_of("curl", "--version") },
    Need { name: "openssl", packages: &["openssl"], find: || version_of("openssl", "version") },
    Need {
        name: "pebble",
        packages: &["pebble"],
        find: || find_program("pebble").map(|path| path.display().to_string()),
    },
    Need { name: "script", packages: &["bsdutils"], find: || version_of("script", "--version") },
    Need { name: "strace", packages: &["strace"], find: || version_of("strace", "--version") },
    Need {
        name: "dbus-run-session",
        packages: &["dbus"],
        find: || version_of("dbus-run-session", "--version"),
    },
    Need {
        name: "gnome-keyring",
        packages: &["gnome-keyring"],
        find: || version_of("gnome-keyring-daemon", "--version"),
    },
    Need { name: "script", packages: &["bsdutils"], find: || version_of("script", "--version") },
    Need {
        name: "Chromium",
        packages: &["chromium"],
        find: || version_of("chromium", "--version"),
    },
    Need {
        name: "chromedriver",
        packages: &["chromium-driver"],
        find: || version_of("chromedriver", "--version"),
    },
    Need {
        name: "python3 with venv",
        packages: &["python3", "python3-venv"],
        find: || {
            answer(command("python3").args(["-c", "import ensurepip, venv"]))?;
            version_of("python3", "--version")
        },
    },
    Need {
        name: "dpkg-shlibdeps",
        packages: &["dpkg-dev"],
        find: || version_of("dpkg-shlibdeps", "--version"),
    },
    Need { name: "lintian", packages: &["lintian"], find: || version_of("lintian", "--version") },
    Need {
        name: "systemd-analyze",
        packages: &["systemd"],
        find: || version_of("systemd-analyze", "--version"),
    },
    Need {
        name: "patroni",
        packages: &["patroni", "python3-etcd"],
        find: || version_of("patroni", "--version"),
    },
    Need { name: "etcd", packages: &["etcd-server"], find: || version_of("etcd", "--version") },
    Need { name: "haproxy", packages: &["haproxy"], find: || version_of("haproxy", "-v") },
    Need {
        name: "promtool",
        packages: &["prometheus"],
        find: || find_program("promtool").map(|path| path.display().to_string()),
    },
    Need {
        name: "docker-compose",
        packages: &["docker-compose"],
        find: || version_of("docker-compose", "--version"),
    },
    Need { name: "node", packages: &["nodejs"], find: || version_of("node", "--version") },
    Need { name: "npm", packages: &["npm"], find: || version_of("npm", "--version") },
    Need { name: "go", packages: &["golang-go"], find: || version_of("go", "version") },
    Need {
        name: "golang.org/x/oauth2",
        packages: &["golang-golang-x-oauth2-dev"],
        find: || Path::new(GO_OAUTH2).is_dir().then(|| GO_OAUTH2.to_owned()),
    },
    Need { name: "ruby", packages: &["ruby"], find: || version_of("ruby", "--version") },
    Need {
        name: "the gem oauth2",
        packages: &["ruby-oauth2"],
        find: || {
            let script = "require 'oauth2'; puts Gem::Specification.find_by_name('oauth2').version";
            answer(command("ruby").args(["-e", script]))
        },
    },
    Need { name: "jq", packages: &["jq"], find: || version_of("jq", "--version") },
];

/// Debian's Go libraries, in the form of a GOPATH.
pub(super) const GO_LIBRARIES: &str = "/usr/share/gocode";
const GO_OAUTH2: &str = "/usr/share/gocode/src/golang.org/x/oauth2/clientcredentials";

pub(crate) fn meet(root: &Path) -> Result<()> {
    meet_toolchain(root)?;
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !is_met(need)).collect();
    if !missing.is_empty() {
        let packages: Vec<&str> =
            missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
        install(&packages)?;
        let still: Vec<&str> =
            missing.iter().filter(|need| !is_met(need)).map(|need| need.name).collect();
        ensure!(still.is_empty(), "installed, and yet not found: {}", still.join(", "));
    }
    match has_nextest(root) {
        true => println!("{:<20} found", "cargo-nextest"),
        false => println!(
            "{:<20} not there, which is fine: `cargo test` runs the tests",
            "cargo-nextest"
        ),
    }
    Ok(())
}

fn is_met(need: &Need) -> bool {
    let found = (need.find)();
    match &found {
        Some(what) => println!("{:<20} found {what}", need.name),
        None => println!("{:<20} missing, wants {}", need.name, need.packages.join(" ")),
    }
    found.is_some()
}

fn install(packages: &[&str]) -> Result<()> {
    let line = format!("apt-get update && apt-get install -y {}", packages.join(" "));
    ensure!(is_root(), "this needs packages, and only root may install them:\n    {line}");
    ensure!(
        find_program("apt-get").is_some(),
        "there is no apt-get here; install what Debian calls: {}",
        packages.join(" ")
    );
    println!("{line}");
    run(apt_get().args(["update", "-q"])).context("the package lists could not be renewed")?;
    run(apt_get().args(["install", "-y", "-q", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> std::process::Command {
    let mut command = command("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// The parts of the toolchain that a minimal Rust leaves out.
fn meet_toolchain(root: &Path) -> Result<()> {
    for (part, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        match answer(cargo(root).args([part, "--version"])) {
            Some(version) => println!("{component:<20} found {version}"),
            None if find_program("rustup").is_some() => {
                run(command("rustup").args(["component", "add", component]))?;
            }
            None => bail!("`cargo {part}` is missing; add the component {component} to your Rust"),
        }
    }
    Ok(())
}

/// The folder with `initdb` and `postgres`: the one that `PGBIN` names, else Debian's newest.
pub(crate) fn postgresql_folder() -> Option<PathBuf> {
    let has_server = |folder: &PathBuf| folder.join("initdb").is_file();
    if let Some(chosen) = env::var_os("PGBIN") {
        return Some(PathBuf::from(chosen)).filter(has_server);
    }
    newest(Path::new("/usr/lib/postgresql")).filter(has_server)
}

fn newest(versions: &Path) -> Option<PathBuf> {
    std::fs::read_dir(versions)
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .max()
        .map(|(_, folder)| folder)
}

pub(crate) fn has_nextest(root: &Path) -> bool {
    answer(cargo(root).args(["nextest", "--version"])).is_some()
}

/// Who owns this process, as the kernel says it.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn version_of(program: &str, flag: &str) -> Option<String> {
    let words = answer(command(program).arg(flag))?;
    words.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_by_number_and_not_by_letter() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "notes"] {
            std::fs::create_dir_all(folder.path().join(version).join("bin")).unwrap();
        }
        assert_eq!(newest(folder.path()), Some(folder.path().join("15/bin")));
        assert_eq!(newest(&folder.path().join("nowhere")), None);
    }
}
