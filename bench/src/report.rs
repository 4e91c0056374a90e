//! What a section of the measurements found: a table, the goals, and what disturbed it. Kept as
//! JSON beside what is built, so that a section can be measured again without the others.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::machine::Noise;
use crate::shot::{Shot, Spread};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) title: String,
    /// How it was measured.
    pub(crate) how: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) goals: Vec<Goal>,
    pub(crate) noise: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Goal {
    pub(crate) what: String,
    pub(crate) wanted: String,
    pub(crate) reached: String,
    pub(crate) is_met: bool,
}

impl Goal {
    pub(crate) fn at_least(what: &str, bound: f64, reached: Spread) -> Self {
        Self::of(what, format!("at least {bound}"), reached, reached.median >= bound)
    }

    pub(crate) fn at_most(what: &str, bound: f64, reached: Spread) -> Self {
        Self::of(what, format!("at most {bound}"), reached, reached.median <= bound)
    }

    fn of(what: &str, wanted: String, reached: Spread, is_met: bool) -> Self {
        Self { what: what.to_owned(), wanted, reached: reached.words(number), is_met }
    }
}

/// Three digits that mean something.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        ..1.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

pub(crate) fn per_second(value: f64) -> String {
    match value {
        ..1000.0 => format!("{value:.0}"),
        _ => format!("{:.1}k", value / 1000.0),
    }
}

impl Section {
    pub(crate) fn keep(&self, folder: &Path, name: &str) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        Ok(std::fs::write(file(folder, name), serde_json::to_vec_pretty(self)?)?)
    }

    pub(crate) fn kept(folder: &Path, name: &str) -> Result<Self> {
        let file = file(folder, name);
        let text = std::fs::read(&file)
            .with_context(|| format!("{} was not measured yet: {}", name, file.display()))?;
        Ok(serde_json::from_slice(&text)?)
    }

    pub(crate) fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("## {}\n\n{}\n\n{}", self.title, self.how, line(&self.columns));
        text.push_str(&format!("|{}\n", "---|".repeat(self.columns.len())));
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text.push_str(&format!("\n{}\n", self.noise));
        text
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}

/// The shots of one section, and how noisy the machine was.
#[derive(Default)]
pub(crate) struct Disturbance {
    noises: Vec<Noise>,
    dirty: usize,
}

const ATTEMPTS_MAX: usize = 3;

impl Disturbance {
    /// Shoots until the machine was quiet meanwhile, at most so often; then takes what it has.
    pub(crate) fn shoot(&mut self, mut shot: impl FnMut() -> Result<Shot>) -> Result<Shot> {
        let mut last = shot()?;
        for _ in 1..ATTEMPTS_MAX {
            if !last.noise.is_dirty() {
                break;
            }
            last = shot()?;
        }
        self.see(last.noise);
        Ok(last)
    }

    pub(crate) fn see(&mut self, noise: Noise) {
        self.noises.push(noise);
        self.dirty += usize::from(noise.is_dirty());
    }

    pub(crate) fn words(&self) -> String {
        let cores = |of: fn(&Noise) -> f64| {
            Spread::of(self.noises.iter().map(of)).words(|value| format!("{value:.2}"))
        };
        format!(
            "Noise, in cores, over {} shots: stolen by the hypervisor {}, used by other processes {}. Of them {} stayed disturbed (more than 0.10 stolen or 0.25 used) when they were taken.",
            self.noises.len(),
            cores(|noise| noise.stolen),
            cores(|noise| noise.foreign),
            self.dirty
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Section {
        Section {
            title: "Reads".to_owned(),
            how: "So.".to_owned(),
            columns: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![vec!["1".to_owned(), "2".to_owned()]],
            goals: vec![Goal::at_least("x", 0.5, Spread::of([0.4, 0.6, 0.7]))],
            noise: "None.".to_owned(),
        }
    }

    #[test]
    fn a_section_is_kept_and_printed() {
        let folder = tempfile::tempdir().unwrap();
        section().keep(folder.path(), "reads").unwrap();
        assert_eq!(Section::kept(folder.path(), "reads").unwrap(), section());
        assert!(Section::kept(folder.path(), "acts").is_err());
        assert!(section().markdown().contains("| a | b |\n|---|---|\n| 1 | 2 |\n"));
    }

    #[test]
    fn a_goal_is_held_against_the_median() {
        assert!(section().goals[0].is_met);
        assert_eq!(section().goals[0].reached, "0.60 (0.40..0.70)");
        assert!(!Goal::at_most("x", 0.5, Spread::of([0.6])).is_met);
    }

    #[test]
    fn a_disturbed_shot_is_repeated_and_at_last_counted() {
        let mut disturbance = Disturbance::default();
        let mut times = 0;
        let dirty = Noise { stolen: 1.0, foreign: 0.0 };
        let mut shot = |until: usize| {
            times += 1;
            let noise = if times < until { dirty } else { Noise::default() };
            Ok(Shot::noise_alone(noise))
        };
        disturbance.shoot(|| shot(2)).unwrap();
        assert_eq!(disturbance.dirty, 0);
        disturbance.shoot(|| shot(100)).unwrap();
        assert_eq!((disturbance.dirty, times), (1, 5));
    }
}
