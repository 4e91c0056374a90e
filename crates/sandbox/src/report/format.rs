//! In which forms a report is written.

use super::Report;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
    Junit,
    Sarif,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Junit, Self::Sarif];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            Self::Junit => "application/xml",
            Self::Sarif => "application/sarif+json",
        }
    }
}

impl Report {
    /// `strict`: what was not shown counts as wrong, where the form knows a failure.
    #[must_use]
    pub fn written(&self, format: Format, strict: bool) -> String {
        match format {
            Format::Text => self.words(),
            Format::Json => self.json().to_string(),
            Format::Junit => self.junit(strict),
            Format::Sarif => self.sarif().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examine;

    #[test]
    fn a_word_names_a_form_and_each_can_be_written() {
        let report = examine(&[]);
        for format in Format::ALL {
            assert_eq!(Format::from_word(format.word()), Some(format));
            assert!(!report.written(format, true).is_empty());
        }
        assert_eq!(Format::from_word("html"), None);
    }
}
