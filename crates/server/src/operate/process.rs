//! What the machine says of this process: its memory and its file descriptors.

use std::fs;

/// Nothing where the machine does not say it.
pub(super) fn set_gauges() {
    if let Ok(status) = fs::read_to_string("/proc/self/status") {
        if let Some(bytes) = kibibytes(&status, "VmRSS:") {
            metrics::gauge!("process_resident_memory_bytes").set(bytes);
        }
        if let Some(bytes) = kibibytes(&status, "RssAnon:") {
            metrics::gauge!("process_resident_anonymous_bytes").set(bytes);
        }
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        // One of them is the look itself.
        metrics::gauge!("process_open_fds").set(float(open.count().saturating_sub(1)));
    }
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    if let Some(max) = limits.lines().find_map(|line| line.strip_prefix("Max open files")) {
        let soft = max.split_whitespace().next().and_then(|soft| soft.parse::<f64>().ok());
        metrics::gauge!("process_max_fds").set(soft.unwrap_or(f64::INFINITY));
    }
}

fn kibibytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

/// Exact for every count that a process reaches.
pub(super) fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_status_is_read() {
        let status = "Name:\trollcall\nVmRSS:\t   15712 kB\nRssAnon:\t 9000 kB\n";
        assert_eq!(kibibytes(status, "VmRSS:"), Some(15712.0 * 1024.0));
        assert_eq!(kibibytes(status, "RssFile:"), None);
    }
}
