//! Times as people say them: `90d` or a timestamp on the way in, a timestamp and how far off it is
//! on the way out.

use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rollcall_directory::world::Moment;

/// When something is to end, before it is known what time it is.
#[derive(Clone, Debug)]
pub enum Ends {
    After(Box<Span>),
    At(Moment),
    Never,
}

const SHAPE: &str = "say how long (90d, 12h, 6mo), when (2027-01-01T00:00:00Z) or never";

impl FromStr for Ends {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self::Never);
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::At(Moment::from_millis(at.as_millisecond())));
        }
        let span: Span = text.parse().map_err(|_| SHAPE.to_owned())?;
        if !span.is_positive() {
            return Err(SHAPE.to_owned());
        }
        Ok(Self::After(Box::new(span)))
    }
}

impl Ends {
    /// Days and months are those of UTC.
    pub fn from(&self, now: Moment) -> Result<Option<Moment>, String> {
        let span = match self {
            Self::Never => return Ok(None),
            Self::At(at) => return Ok(Some(*at)),
            Self::After(span) => span,
        };
        let end = Timestamp::from_millisecond(now.millis())
            .and_then(|now| now.to_zoned_datetime(TimeZone::UTC).checked_add(**span))
            .map_err(|_| "that is later than any calendar goes".to_owned())?;
        Ok(Some(Moment::from_millis(end.timestamp().as_millisecond())))
    }
}

/// `2027-01-01T00:00:00Z (in 89 days)`
pub fn told(at: Moment, now: Moment) -> String {
    format!("{} ({})", at.rfc3339_seconds(), how_far(at, now))
}

fn how_far(at: Moment, now: Moment) -> String {
    let ahead = at > now;
    let seconds = if ahead { at.since(now) } else { now.since(at) }.as_secs();
    let (count, unit) = match seconds {
        0..60 => return if ahead { "in less than a minute" } else { "just now" }.to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if ahead { format!("in {count} {unit}{plural}") } else { format!("{count} {unit}{plural} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_seconds(1_800_000_000);

    fn ends(text: &str) -> Result<Option<Moment>, String> {
        text.parse::<Ends>()?.from(NOW)
    }

    fn later(seconds: i64) -> Result<Option<Moment>, String> {
        Ok(Some(Moment::from_seconds(1_800_000_000 + seconds)))
    }

    #[test]
    fn an_end_is_how_long_or_when_or_never() {
        assert_eq!(ends("90d"), later(90 * 86_400));
        assert_eq!(ends("12h"), later(12 * 3_600));
        assert_eq!(ends("2 weeks"), later(14 * 86_400));
        assert_eq!(ends("P1D"), later(86_400));
        assert_eq!(ends("2027-01-15T08:00:01Z"), later(1));
        assert_eq!(ends("2027-01-15T10:00:01+02:00"), later(1));
        assert_eq!(ends("never"), Ok(None));
        for wrong in ["", "90", "-90d", "90d ago", "0d", "tomorrow", "2027-01-01", "99999y"] {
            assert!(ends(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn how_far_off_a_time_is_is_said_in_words() {
        let said = |seconds: i64| how_far(Moment::from_seconds(1_800_000_000 + seconds), NOW);
        assert_eq!(said(0), "just now");
        assert_eq!(said(-59), "just now");
        assert_eq!(said(59), "in less than a minute");
        assert_eq!(said(60), "in 1 minute");
        assert_eq!(said(-7_200), "2 hours ago");
        assert_eq!(said(90 * 86_400), "in 90 days");
        assert_eq!(told(NOW, NOW), "2027-01-15T08:00:00Z (just now)");
    }
}
