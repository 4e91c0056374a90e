//! The guide's paragraph on each check, carried along: a report in a CI has no repository beside it.

use super::Check;

const DOCUMENT: &str = include_str!("../../../../docs/reference/client-report.md");

impl Check {
    /// In Markdown, without its heading.
    #[must_use]
    pub fn paragraph(self) -> &'static str {
        let heading = format!("\n### {}\n", self.id());
        let after = DOCUMENT.split_once(&heading).map_or("", |(_, after)| after);
        let end = after.find("\n#").unwrap_or(after.len());
        after.get(..end).unwrap_or(after).trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_ends_where_the_next_one_begins() {
        for check in Check::ALL {
            let paragraph = check.paragraph();
            assert!(paragraph.len() > 200, "{}: {paragraph}", check.id());
            assert!(!paragraph.contains('#'), "{}: {paragraph}", check.id());
            for part in ["Asked:", "Seen:", "Unknown:", "Mend:"] {
                assert!(paragraph.contains(part), "{}: no {part}", check.id());
            }
        }
    }
}
