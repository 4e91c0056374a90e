//! A time as people read it: how long ago, with the exact moment behind it.

use std::time::Duration;

use rollcall_directory::world::Moment;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// RFC 3339, for programs.
    pub machine: String,
    /// The moment in words of its own, in UTC.
    pub exact: String,
    pub words: String,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl When {
    pub(crate) fn of(at: Moment, now: Moment) -> Self {
        let machine = at.rfc3339_seconds();
        let (date, clock) = (date(&machine), machine.get(11..19).unwrap_or_default().to_owned());
        let words = if at > now {
            match at.since(now).as_secs() {
                seconds if seconds < MINUTE => "in less than a minute".to_owned(),
                seconds if seconds < HOUR => format!("in {}", counted(seconds / MINUTE, "minute")),
                seconds if seconds < DAY => format!("in {}", counted(seconds / HOUR, "hour")),
                seconds if seconds < 30 * DAY => format!("in {}", counted(seconds / DAY, "day")),
                _ => format!("on {date}"),
            }
        } else {
            match now.since(at).as_secs() {
                seconds if seconds < MINUTE => "just now".to_owned(),
                seconds if seconds < HOUR => format!("{} ago", counted(seconds / MINUTE, "minute")),
                seconds if seconds < DAY => format!("{} ago", counted(seconds / HOUR, "hour")),
                seconds if seconds < 30 * DAY => format!("{} ago", counted(seconds / DAY, "day")),
                _ => date.clone(),
            }
        };
        Self { exact: format!("{date}, {clock} UTC"), machine, words }
    }
}

/// Whole hours, minutes or seconds, for a limit that is told: "24 hours".
pub(crate) fn span(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 2 * DAY && seconds % DAY == 0 => counted(seconds / DAY, "day"),
        seconds if seconds >= HOUR && seconds % HOUR == 0 => counted(seconds / HOUR, "hour"),
        seconds if seconds >= MINUTE => counted(seconds.div_ceil(MINUTE), "minute"),
        seconds => counted(seconds, "second"),
    }
}

pub(crate) fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// `2026-03-17T…` as `17 Mar 2026`.
fn date(machine: &str) -> String {
    let mut parts = machine.get(..10).unwrap_or_default().split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month.and_then(|month| MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?));
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => {
            format!("{} {month} {year}", day.trim_start_matches('0'))
        }
        _ => machine.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_seconds(1_773_738_000);

    #[test]
    fn a_time_is_told_as_people_tell_it() {
        let words = |ago: i64| When::of(Moment::from_seconds(1_773_738_000 - ago), NOW).words;
        assert_eq!(words(0), "just now");
        assert_eq!(words(60), "1 minute ago");
        assert_eq!(words(3 * 3600 + 5), "3 hours ago");
        assert_eq!(words(29 * 86_400), "29 days ago");
        assert_eq!(words(40 * 86_400), "5 Feb 2026");
        assert_eq!(words(-30), "in less than a minute");
        assert_eq!(words(-86_400), "in 1 day");
    }

    #[test]
    fn the_exact_moment_stands_behind_it() {
        let when = When::of(NOW, NOW);
        assert_eq!(when.machine, "2026-03-17T09:00:00Z");
        assert_eq!(when.exact, "17 Mar 2026, 09:00:00 UTC");
    }

    #[test]
    fn a_limit_is_told_in_its_largest_unit() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(told(24 * 3600), "24 hours");
        assert_eq!(told(7 * 24 * 3600), "7 days");
        assert_eq!(told(61), "2 minutes");
        assert_eq!(told(1), "1 second");
    }
}
