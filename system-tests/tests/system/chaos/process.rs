//! Programs that are started, killed, stopped for a while, and never left behind. They run as
//! `nobody` where we are root, for PostgreSQL refuses root. Each ends when the test does, even when
//! that is killed; what makes processes of its own (PostgreSQL) is ended by the janitor.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The user `nobody` and its group, as Debian numbers them.
pub(super) const NOBODY: u32 = 65534;

pub(super) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The folder with `postgres`: the one that `PGBIN` names, else Debian's newest.
pub(super) fn postgresql() -> PathBuf {
    if let Some(chosen) = std::env::var_os("PGBIN") {
        return PathBuf::from(chosen);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|entry| entry.unwrap().path()).max_by_key(number);
    newest.expect("a version of PostgreSQL").join("bin")
}

pub(super) enum User {
    Nobody,
    Ourselves,
}

/// What a program says goes to `log`, behind what an earlier one said.
pub(super) fn start(user: &User, folder: &Path, log: &Path, words: &[&str]) -> Child {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if is_root() && matches!(user, User::Nobody) {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", postgresql().display());
    command.args(words).current_dir(folder);
    command.env_clear().env("HOME", folder).env("PATH", path).env("LANG", "C.UTF-8");
    let log = File::options().append(true).create(true).open(log).expect("a file for its words");
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    command.spawn().unwrap_or_else(|error| panic!("{words:?}: {error}"))
}

pub(super) fn kill(process: &mut Child) {
    process.kill().expect("it can be killed");
    process.wait().expect("its end is known");
}

/// To all of them that are still there.
pub(super) fn signal(name: &str, pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let words = format!("kill -s {name} {} 2>/dev/null || true", pids.join(" "));
    let status = Command::new("sh").args(["-c", &words]).status().expect("there is a shell");
    assert!(status.success());
}

/// What a process has started itself.
pub(super) fn children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("there is /proc");
    let pid = |entry: std::io::Result<std::fs::DirEntry>| {
        let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // After the name in brackets: state and parent.
        let of: u32 = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        (of == parent).then_some(pid)
    };
    all.filter_map(pid).collect()
}

/// Ends each PostgreSQL below the folder when our end of its pipe is closed, however we end, and
/// takes the folder away with the disks in it.
pub(super) struct Janitor(Child);

const SWEEP: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
for disk in "$0"/disk*; do
    pid=$(head -n 1 "$disk/data/postmaster.pid" 2>/dev/null) || continue
    [ -n "$pid" ] || continue
    for stat in /proc/[0-9]*/stat; do
        child=${stat#/proc/}; child=${child%/stat}
        case "$(cat "$stat" 2>/dev/null)" in *") "?" $pid "*) kill -s KILL "$child" 2>/dev/null;; esac
    done
    kill -s KILL "$pid" 2>/dev/null
done
for disk in "$0"/disk*; do
    for try in 1 2 3 4 5 6 7 8 9 10; do
        grep -q " $disk " /proc/mounts || break
        umount "$disk" 2>/dev/null || sleep 0.3
    done
done
rm -rf "$0"
"#;

impl Janitor {
    pub(super) fn of(folder: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", SWEEP]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("there is a shell"))
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
