//! What a check found: good, a warning, or bad, and then the way out.

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Good,
    Warning,
    Bad,
}

#[derive(Debug, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub level: Level,
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way_out: Option<String>,
}

impl Finding {
    fn new(level: Level, check: &'static str, what: impl Into<String>) -> Self {
        Self { check, level, what: what.into(), way_out: None }
    }

    pub fn good(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(Level::Good, check, what)
    }

    pub fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(Level::Warning, check, what)
    }

    pub fn bad(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(Level::Bad, check, what)
    }

    pub fn do_this(mut self, way_out: impl Into<String>) -> Self {
        self.way_out = Some(way_out.into());
        self
    }

    pub fn line(&self) -> String {
        let level = match self.level {
            Level::Good => "good",
            Level::Warning => "warning",
            Level::Bad => "BAD",
        };
        let line = format!("{level:<8} {:<12} {}", self.check, self.what);
        match &self.way_out {
            Some(way_out) => format!("{line}\n{:22}→ {way_out}", ""),
            None => line,
        }
    }
}
