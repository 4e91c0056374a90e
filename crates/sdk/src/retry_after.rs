//! `Retry-After` (RFC 9110, 10.2.3): seconds, or a time.

use std::time::{Duration, SystemTime};

/// A time is counted from what the same answer gives as its `Date`, so that a clock that goes wrong on
/// either side does no harm; from ours where there is none.
pub(crate) fn parse(
    value: &str,
    date: Option<&str>,
    ours: impl FnOnce() -> SystemTime,
) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let from = date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(ours);
    Some(until.duration_since(from).unwrap_or(Duration::ZERO))
}

/// The clock of this machine: only for an answer that names a time to come back and has none itself.
#[allow(clippy::disallowed_methods)]
pub(crate) fn clock() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str, date: Option<&str>) -> Option<u64> {
        // 2026-11-26 22:00:00
        let ours = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_730_400);
        parse(value, date, ours).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_times_are_read() {
        assert_eq!(parsed("7", None), Some(7));
        assert_eq!(parsed(" 0 ", None), Some(0));
        let date = Some("Thu, 26 Nov 2026 21:00:00 GMT");
        assert_eq!(parsed("Thu, 26 Nov 2026 21:01:30 GMT", date), Some(90));
        assert_eq!(parsed("Thu, 26 Nov 2026 20:59:00 GMT", date), Some(0), "it is over");
    }

    #[test]
    fn a_time_without_a_date_is_counted_from_our_clock() {
        assert_eq!(parsed("Thu, 26 Nov 2026 22:00:05 GMT", None), Some(5));
        assert_eq!(parsed("Thu, 26 Nov 2026 22:00:05 GMT", Some("soon")), Some(5));
    }

    #[test]
    fn what_is_neither_is_nothing() {
        for value in ["", "-1", "1.5", "soon", "18446744073709551616"] {
            assert_eq!(parsed(value, None), None, "{value}");
        }
    }
}
