//! What must hold of a package: the files that it promises and no more rights than they need, a unit
//! that systemd understands and finds well closed, no error of lintian's, and a server that starts
//! as the unit says (`start.rs`).

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::layout::{SETTINGS, UNIT};
use super::{Package, start};
use crate::command::{answer, command, run};
use crate::test::Tally;
use crate::workspace::Workspace;

/// `systemd-analyze security` in tenths, 0 the best: what is left is the network and /var.
const EXPOSURE_MAX: &str = "12";

const FILES: &[&str] = &[
    "usr/bin/rollcall",
    UNIT,
    SETTINGS,
    "usr/share/man/man1/rollcall.1.gz",
    "usr/share/man/man1/rollcall-serve.1.gz",
    "usr/share/man/man1/rollcall-admin.1.gz",
    "usr/share/man/man1/rollcall-admin-audit-verify.1.gz",
    "usr/share/man/man1/rollcall-login.1.gz",
    "usr/share/man/man1/rollcall-whoami.1.gz",
    "usr/share/man/man1/rollcall-profiles-protect-add.1.gz",
    "usr/share/bash-completion/completions/rollcall",
    "usr/share/zsh/vendor-completions/_rollcall",
    "usr/share/fish/vendor_completions.d/rollcall.fish",
    "usr/share/doc/rollcall/copyright",
    "usr/share/doc/rollcall/changelog.gz",
    "usr/share/doc/rollcall/changelog.Debian.gz",
    "usr/share/doc/rollcall/libraries.txt.gz",
    "usr/share/doc/rollcall/docs/limits-of-what-we-promise.md",
];

type Check = fn(&Workspace, &Package, &Path) -> Result<()>;

const CHECKS: &[(&str, Check)] = &[
    ("its files", files),
    ("its unit, read by systemd", unit_is_understood),
    ("its unit, as systemd rates it", unit_is_closed),
    ("lintian", lintian),
    ("it starts as its unit says", start::starts_as_the_unit_says),
];

pub(super) fn run_all(workspace: &Workspace, package: &Package) -> Result<Tally> {
    let unpacked = package.work.join("unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    run(command("dpkg-deb").arg("-x").arg(&package.file).arg(&unpacked))?;
    let mut tally = Tally::default();
    for (name, check) in CHECKS {
        let outcome = check(workspace, package, &unpacked);
        match &outcome {
            Ok(()) => println!("ok      {name}"),
            Err(error) => println!("FAILED  {name}: {error:#}"),
        }
        tally.add(if outcome.is_ok() { Tally::passed(1) } else { Tally::failed(1) });
    }
    Ok(tally)
}

fn files(_: &Workspace, package: &Package, unpacked: &Path) -> Result<()> {
    for file in FILES {
        ensure!(unpacked.join(file).is_file(), "there is no {file}");
    }
    let list = answer(command("dpkg-deb").arg("-c").arg(&package.file)).context("no list")?;
    let wrong: Vec<&str> = list.lines().filter(|line| !is_plain(line)).collect();
    ensure!(wrong.is_empty(), "other owners or more rights than needed:\n{}", wrong.join("\n"));
    let kept = answer(command("dpkg-deb").arg("-I").arg(&package.file).arg("conffiles"));
    ensure!(kept.as_deref() == Some(&format!("/{SETTINGS}")), "an upgrade would not ask: {kept:?}");
    Ok(())
}

/// Root's; written by nobody else, and run only where it is the binary.
fn is_plain(line: &str) -> bool {
    let is_binary = line.ends_with("./usr/bin/rollcall");
    let mode = line.get(..10).unwrap_or_default();
    let right = match mode {
        "drwxr-xr-x" => true,
        "-rwxr-xr-x" => is_binary,
        "-rw-r--r--" => !is_binary,
        _ => false,
    };
    right && line.contains(" root/root ")
}

/// The unit, with the binary that was unpacked in the place of one that is not installed.
fn unit(package: &Package, unpacked: &Path) -> Result<std::path::PathBuf> {
    let folder = package.work.join("unit");
    fs::create_dir_all(&folder)?;
    let binary = unpacked.canonicalize()?.join("usr/bin/rollcall");
    let text = fs::read_to_string(unpacked.join(UNIT))?;
    let text = text.replace("=/usr/bin/rollcall ", &format!("={} ", binary.display()));
    let path = folder.join("rollcall.service");
    fs::write(&path, text)?;
    Ok(path)
}

/// It says what it does not understand, and ends well all the same.
fn unit_is_understood(_: &Workspace, package: &Package, unpacked: &Path) -> Result<()> {
    let unit = unit(package, unpacked)?;
    let output = command("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    // Other units of this machine are not ours to mend.
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("rollcall")).collect();
    ensure!(output.status.success() && ours.is_empty(), "{said}");
    Ok(())
}

fn unit_is_closed(_: &Workspace, package: &Package, unpacked: &Path) -> Result<()> {
    let unit = unit(package, unpacked)?;
    let output = command("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE_MAX])
        .arg(&unit)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let verdict = said.lines().find(|line| line.contains("Overall exposure")).unwrap_or("");
    println!("        {}", verdict.trim());
    let open: Vec<&str> = said.lines().filter(|line| line.contains('✗')).collect();
    ensure!(output.status.success(), "{verdict}, open:\n{}", open.join("\n"));
    Ok(())
}

fn lintian(_: &Workspace, package: &Package, _: &Path) -> Result<()> {
    let output = command("lintian")
        .args(["--fail-on", "error", "--display-level", ">=warning", "--allow-root"])
        .arg(&package.file)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines().for_each(|line| println!("        {line}"));
    ensure!(
        output.status.success(),
        "errors, or it could not run: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_binary_may_be_run_and_only_root_may_write() {
        for good in [
            "drwxr-xr-x root/root         0 2026-11-24 16:00 ./usr/",
            "-rwxr-xr-x root/root         9 2026-11-24 16:00 ./usr/bin/rollcall",
            "-rw-r--r-- root/root         9 2026-11-24 16:00 ./etc/rollcall/rollcall.toml",
        ] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "-rwxr-xr-x root/root         9 2026-11-24 16:00 ./etc/rollcall/rollcall.toml",
            "-rwsr-xr-x root/root         9 2026-11-24 16:00 ./usr/bin/rollcall",
            "-rw-rw-r-- root/root         9 2026-11-24 16:00 ./etc/rollcall/rollcall.toml",
            "-rw-r--r-- me/me             9 2026-11-24 16:00 ./etc/rollcall/rollcall.toml",
            "",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
