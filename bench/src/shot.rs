//! What one shot of load saw: how many calls of each kind, how long each took, and what else the
//! machine did meanwhile.

use std::time::Duration;

use crate::machine::Noise;

/// A kind of call within a shot: an index into its list of times.
pub(crate) type Kind = u8;

pub(crate) const KINDS_MAX: usize = 4;

#[derive(Default)]
pub(crate) struct Shot {
    pub(crate) seconds: f64,
    took_nanos: [Vec<u32>; KINDS_MAX],
    pub(crate) server_cpu_seconds: f64,
    pub(crate) noise: Noise,
}

impl Shot {
    pub(crate) fn lasting(seconds: f64) -> Self {
        Self { seconds, ..Self::default() }
    }

    /// Of something that was measured elsewhere: only how noisy it was.
    pub(crate) fn noise_alone(noise: Noise) -> Self {
        Self { noise, ..Self::default() }
    }

    pub(crate) fn record(&mut self, kind: Kind, took: Duration) {
        let nanos = u32::try_from(took.as_nanos()).unwrap_or(u32::MAX);
        self.took_nanos[usize::from(kind) % KINDS_MAX].push(nanos);
    }

    pub(crate) fn sort(&mut self) {
        self.took_nanos.iter_mut().for_each(|took| took.sort_unstable());
    }

    pub(crate) fn calls(&self) -> usize {
        self.took_nanos.iter().map(Vec::len).sum()
    }

    pub(crate) fn calls_of(&self, kind: Kind) -> usize {
        self.took_nanos[usize::from(kind)].len()
    }

    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn per_second(&self) -> f64 {
        self.calls() as f64 / self.seconds.max(f64::EPSILON)
    }

    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn server_cpu_micros_per_call(&self) -> f64 {
        self.server_cpu_seconds * 1e6 / (self.calls() as f64).max(1.0)
    }

    /// Milliseconds under which so many of a hundred calls of this kind stayed.
    pub(crate) fn percentile_ms(&self, kind: Kind, percent: usize) -> f64 {
        let took = &self.took_nanos[usize::from(kind)];
        let at = (took.len().saturating_sub(1)) * percent / 100;
        took.get(at).map_or(0.0, |nanos| f64::from(*nanos) / 1e6)
    }
}

/// Several values of the same thing: their middle, least and most.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (values.first(), values.last()) else {
            return Self::default();
        };
        let middle = values.len() / 2;
        let median = match values.len() % 2 {
            0 => f64::midpoint(values[middle - 1], values[middle]),
            _ => values[middle],
        };
        Self { median, least: *least, most: *most }
    }

    /// `print`: how one value is written.
    pub(crate) fn words(&self, print: impl Fn(f64) -> String) -> String {
        let (median, least, most) = (print(self.median), print(self.least), print(self.most));
        if least == most { median } else { format!("{median} ({least}..{most})") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_odd_and_an_even_number() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Spread { median: 2.0, least: 1.0, most: 3.0 });
        assert_eq!(Spread::of([4.0, 1.0]).median, 2.5);
        assert_eq!(Spread::of([]), Spread::default());
        let words = Spread::of([1.0, 2.0, 4.0]).words(|value| format!("{value:.1}"));
        assert_eq!(words, "2.0 (1.0..4.0)");
    }

    #[test]
    fn percentiles_are_of_their_own_kind() {
        let mut shot = Shot::lasting(2.0);
        for millis in 1..=100 {
            shot.record(0, Duration::from_millis(millis));
        }
        shot.record(1, Duration::from_secs(1));
        shot.sort();
        assert_eq!(shot.percentile_ms(0, 50), 50.0);
        assert_eq!(shot.percentile_ms(0, 99), 99.0);
        assert_eq!((shot.calls(), shot.calls_of(1)), (101, 1));
        assert_eq!(shot.per_second(), 50.5);
    }
}
