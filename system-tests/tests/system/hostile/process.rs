//! A process from outside: its memory and its file descriptors, as the machine tells them.

use std::fs;
use std::process::Command;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Uses {
    pub files: usize,
    pub anonymous_kib: u64,
}

pub(crate) fn uses(pid: u32) -> Uses {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    let anonymous_kib = anonymous.split_whitespace().next().unwrap().parse().unwrap();
    Uses { files: fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(), anonymous_kib }
}

/// How many files this process may open, raised to `wanted` where the machine allows it.
pub(crate) fn may_open(wanted: usize) -> usize {
    if soft_limit() < wanted {
        let pid = std::process::id().to_string();
        let limit = format!("--nofile={wanted}:");
        // Its refusal shows in the limit that remains.
        let _ = Command::new("prlimit").args(["--pid", &pid, &limit]).status();
    }
    soft_limit()
}

fn soft_limit() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap_or(usize::MAX)
}
