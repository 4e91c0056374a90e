//! The page of figures: `docs/reference/performance.md`, printed from what was measured last and
//! from what was written by hand about where the time goes.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use crate::machine;
use crate::report::{Goal, Section};

const WRITTEN_BY_HAND: &str = "<!-- What follows is written by hand. -->";

pub(crate) fn goals(sections: &[Section]) -> String {
    let mut text = String::from("| Goal | Wanted | Reached | |\n|---|---|---|---|\n");
    for Goal { what, wanted, reached, is_met } in sections.iter().flat_map(|s| &s.goals) {
        let met = if *is_met { "yes" } else { "**no**" };
        let _ = writeln!(text, "| {what} | {wanted} | {reached} | {met} |");
    }
    text
}

pub(crate) fn write(path: &Path, sections: &[Section]) -> Result<()> {
    let before = std::fs::read_to_string(path).unwrap_or_default();
    Ok(std::fs::write(path, page(&before, sections))?)
}

fn page(before: &str, sections: &[Section]) -> String {
    let by_hand = before.split_once(WRITTEN_BY_HAND).map_or("\n", |(_, by_hand)| by_hand);
    let mut text = format!(
        "# Performance\n\nMade by `cargo xtask bench --write`. Read the ratios: both sides were measured in turn on the same machine in the same minutes, so its speed falls out. Absolute figures are notes.\n\nMeasured on {}. A value is the median of the rounds, in brackets the least and the most of them.\n\n{}\n",
        machine::words(),
        goals(sections)
    );
    for section in sections {
        text.push_str(&section.markdown());
        text.push('\n');
    }
    text.push_str(WRITTEN_BY_HAND);
    text.push_str(by_hand);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_by_hand_stays() {
        let once = page("", &[]);
        let edited = format!("{once}\n## Where the time goes\n");
        assert!(page(&edited, &[]).ends_with("\n\n## Where the time goes\n"));
        assert_eq!(page(&edited, &[]), edited);
    }
}
