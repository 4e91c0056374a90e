//! What the kernel says of the machine and of a process: whose time went where, and whose memory
//! is whose. Beside every figure, for a shared machine lies otherwise.

use std::fs;

use anyhow::{Context as _, Result};

/// The kernel counts time in these.
const TICKS_PER_SECOND: f64 = 100.0;

/// What others took of the machine during a shot, in cores.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Noise {
    /// Taken by the hypervisor.
    pub(crate) stolen: f64,
    /// Used by processes that are not part of the shot.
    pub(crate) foreign: f64,
}

impl Noise {
    /// Too much to believe the shot.
    pub(crate) fn is_dirty(&self) -> bool {
        self.stolen > 0.10 || self.foreign > 0.25
    }
}

pub(crate) struct Watch {
    busy: f64,
    stolen: f64,
    own: f64,
}

impl Watch {
    /// `processes`: those that take part; this one does too.
    pub(crate) fn start(processes: &[u32]) -> Result<Self> {
        let (busy, stolen) = machine_seconds()?;
        Ok(Self { busy, stolen, own: own_seconds(processes) })
    }

    pub(crate) fn end(&self, processes: &[u32], seconds: f64) -> Result<Noise> {
        let (busy, stolen) = machine_seconds()?;
        let others = (busy - self.busy) - (own_seconds(processes) - self.own);
        Ok(Noise { stolen: (stolen - self.stolen) / seconds, foreign: (others / seconds).max(0.0) })
    }
}

fn own_seconds(processes: &[u32]) -> f64 {
    cpu_seconds("self") + processes.iter().map(|id| family_seconds(*id)).sum::<f64>()
}

/// Seconds that all cores were busy, and that were stolen.
fn machine_seconds() -> Result<(f64, f64)> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().context("/proc/stat is empty")?;
    let ticks: Vec<f64> =
        line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    let at = |index: usize| ticks.get(index).copied().unwrap_or(0.0) / TICKS_PER_SECOND;
    // user, nice, system, irq, softirq; then steal.
    Ok((at(0) + at(1) + at(2) + at(5) + at(6), at(7)))
}

/// What a process has used so far.
pub(crate) fn cpu_seconds(process: &str) -> f64 {
    ticks_at(process, 11)
}

/// The same with its children, those that live and those that have ended: a database server is many
/// processes.
pub(crate) fn family_seconds(process: u32) -> f64 {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    let process = process.to_string();
    let living: f64 = children.split_whitespace().map(cpu_seconds).sum();
    cpu_seconds(&process) + ticks_at(&process, 13) + living
}

/// A time in user mode, and the one in the kernel that stands behind it, in seconds.
fn ticks_at(process: &str, user: usize) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let at = |index| after.split_whitespace().nth(index).and_then(|word| word.parse().ok());
    let ticks: f64 = at(user).unwrap_or(0.0) + at(user + 1).unwrap_or(0.0);
    ticks / TICKS_PER_SECOND
}

/// What the children of this process used that have ended by now.
pub(crate) fn childrens_seconds() -> f64 {
    ticks_at("self", 13)
}

/// In MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    pub(crate) anonymous: f64,
    /// Pages of files, which the kernel takes back when it needs them.
    pub(crate) of_files: f64,
}

pub(crate) fn memory(process: u32) -> Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    Ok(memory_in(&status))
}

fn memory_in(status: &str) -> Memory {
    let mebibytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib: Option<f64> = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        kib.unwrap_or(0.0) / 1024.0
    };
    Memory { anonymous: mebibytes("RssAnon:"), of_files: mebibytes("RssFile:") }
}

/// One line on what this was measured on.
pub(crate) fn words() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = cpus.lines().filter(|line| line.starts_with("model name")).collect();
    let model = models.first().and_then(|line| line.split_once(": ")).map_or("?", |(_, name)| name);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 =
        memory.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0.0);
    format!("{} virtual cores ({model}), {:.0} GiB", models.len(), kib / 1024.0 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_by_kind() {
        let status = "Name:\tx\nVmRSS:\t 9000 kB\nRssAnon:\t    2048 kB\nRssFile:\t    1024 kB\n";
        assert_eq!(memory_in(status), Memory { anonymous: 2.0, of_files: 1.0 });
    }

    #[test]
    fn this_process_has_used_some_time_and_memory() {
        let began = std::time::Instant::now();
        let mut sum = 0_u64;
        while began.elapsed() < std::time::Duration::from_millis(50) {
            sum = sum.wrapping_add(1);
        }
        assert!(sum > 0 && cpu_seconds("self") > 0.0);
        assert!(memory(std::process::id()).unwrap().anonymous > 0.0);
    }

    #[test]
    fn a_stolen_core_makes_a_shot_dirty() {
        assert!(!Noise { stolen: 0.05, foreign: 0.2 }.is_dirty());
        assert!(Noise { stolen: 0.2, foreign: 0.0 }.is_dirty());
        assert!(Noise { stolen: 0.0, foreign: 0.5 }.is_dirty());
    }
}
