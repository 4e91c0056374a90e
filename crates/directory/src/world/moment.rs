//! A point in time as the databases store it: milliseconds since 1970, UTC.

use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis))
    }

    /// How long from `earlier` to here; nothing if it was later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with whole seconds: `2026-03-17T09:00:00Z`.
    #[must_use]
    pub fn rfc3339_seconds(self) -> String {
        jiff::Timestamp::from_second(self.0.div_euclid(1000))
            .map_or_else(|_| "1970-01-01T00:00:00Z".to_owned(), |at| at.to_string())
    }

    /// RFC 3339 in UTC with milliseconds, for the audit log.
    #[must_use]
    pub fn rfc3339_millis(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| "1970-01-01T00:00:00.000Z".to_owned(), |at| format!("{at:.3}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_are_printed_with_z() {
        assert_eq!(
            Moment::from_millis(1_773_738_000_999).rfc3339_seconds(),
            "2026-03-17T09:00:00Z"
        );
        assert_eq!(Moment::from_millis(-1).rfc3339_seconds(), "1969-12-31T23:59:59Z");
        assert_eq!(Moment::from_millis(i64::MAX).rfc3339_seconds(), "1970-01-01T00:00:00Z");
    }
}
