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
        let mut text = String::with_capacity(20);
        self.write_rfc3339_seconds(&mut text);
        text
    }

    /// The same, behind what is there already: a page has a time for each of its people.
    pub fn write_rfc3339_seconds(self, into: &mut String) {
        match u32::try_from(self.0.div_euclid(86_400_000)) {
            Ok(day) if day < DAYS_WRITTEN_HERE => {
                let second = self.0.div_euclid(1000).rem_euclid(86_400);
                write_day_and_second(day, u32::try_from(second).unwrap_or(0), into);
            }
            Ok(_) | Err(_) => into.push_str(&self.rfc3339_by_the_calendar()),
        }
    }

    fn rfc3339_by_the_calendar(self) -> String {
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

/// From 1970 to the end of the year 2399.
const DAYS_WRITTEN_HERE: u32 = 157_054;

/// The Gregorian calendar over whole eras of 400 years that begin in March, so that the leap day
/// comes last (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn write_day_and_second(days_since_1970: u32, second_of_day: u32, into: &mut String) {
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u32::from(month <= 2);
    let (hour, minute) = (second_of_day / 3600, second_of_day / 60 % 60);
    let mut text = *b"0000-00-00T00:00:00Z";
    for (at, value) in [
        (0, year / 100),
        (2, year % 100),
        (5, month),
        (8, day),
        (11, hour),
        (14, minute),
        (17, second_of_day % 60),
    ] {
        // Each is less than a hundred.
        let [tens, ones] = [value / 10, value % 10].map(|digit| b'0' + (digit % 10) as u8);
        text[at] = tens;
        text[at + 1] = ones;
    }
    into.push_str(std::str::from_utf8(&text).expect("a time is written in ASCII"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_calendar_is_the_same_as_the_library_s() {
        let day = 86_400_000;
        for days in 0..i64::from(DAYS_WRITTEN_HERE) + 400 {
            for millis in [0, day - 1] {
                let at = Moment::from_millis(days * day + millis);
                assert_eq!(at.rfc3339_seconds(), at.rfc3339_by_the_calendar());
            }
        }
        for seconds in 0..86_400 {
            let at = Moment::from_seconds(1_773_705_600 + seconds);
            assert_eq!(at.rfc3339_seconds(), at.rfc3339_by_the_calendar());
        }
        let last = Moment::from_millis(i64::from(DAYS_WRITTEN_HERE) * day - 1);
        assert_eq!(last.rfc3339_seconds(), "2399-12-31T23:59:59Z");
    }

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
