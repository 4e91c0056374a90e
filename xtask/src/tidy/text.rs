//! Rules about how a file looks: its spaces, its first lines, its length.

use std::collections::BTreeMap;

use super::files::{Files, LENGTH_EXCEPTIONS};

const LINES_MAX: usize = 400;

pub(super) fn trailing_whitespace(files: &Files) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in
        [".rs", ".md", ".toml", ".sql"].into_iter().flat_map(|ending| files.ending_in(ending))
    {
        for (index, line) in text.split('\n').enumerate() {
            if line.ends_with([' ', '\t', '\r']) {
                problems.push(format!("{path}:{}", index + 1));
            }
        }
    }
    problems
}

pub(super) fn opening_comment(files: &Files) -> Vec<String> {
    files
        .ending_in(".rs")
        .filter(|(path, _)| is_source(path))
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| format!("{path} does not open with a `//!` comment"))
        .collect()
}

/// What a crate is made of; the tests beside a crate say in their names what they are.
fn is_source(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.first().copied() {
        Some("crates") => parts.get(2) == Some(&"src"),
        Some("system-tests" | "xtask") => true,
        _ => false,
    }
}

/// No file over the limit. The list of exceptions can only shrink: it holds each file at the length it has.
pub(super) fn length(files: &Files) -> Vec<String> {
    let mut exceptions = BTreeMap::new();
    let mut problems = Vec::new();
    for line in files.text(LENGTH_EXCEPTIONS).unwrap_or_default().lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(' ').map(|(path, limit)| (path, limit.trim().parse::<usize>())) {
            Some((path, Ok(limit))) => _ = exceptions.insert(path, limit),
            _ => problems.push(format!("{LENGTH_EXCEPTIONS}: not `path lines`: {line}")),
        }
    }
    for (path, text) in files.ending_in(".rs") {
        let lines = text.lines().count();
        let limit = exceptions.get(path).copied().unwrap_or(LINES_MAX);
        if lines > limit {
            problems.push(format!("{path} has {lines} lines; {limit} are the limit"));
        }
    }
    for (path, _) in exceptions {
        if files.text(path).is_none_or(|text| text.lines().count() <= LINES_MAX) {
            problems.push(format!(
                "{LENGTH_EXCEPTIONS}: {path} needs no exception any more; take it out"
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_at_the_end_of_a_line_are_found() {
        let files = Files::of(&[("a.rs", "good\nbad \n"), ("b.md", "tab\t"), ("c.sql", "fine\n")]);
        assert_eq!(trailing_whitespace(&files), ["a.rs:2", "b.md:1"]);
    }

    #[test]
    fn a_source_file_without_an_opening_comment_is_found() {
        let files = Files::of(&[
            ("crates/wire/src/lib.rs", "//! What it is.\n"),
            ("crates/wire/src/bad.rs", "use std::fs;\n"),
            ("crates/wire/tests/free.rs", "use std::fs;\n"),
            ("xtask/src/bad.rs", "// almost\n"),
        ]);
        let problems = opening_comment(&files);
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("crates/wire/src/bad.rs"));
        assert!(problems[1].starts_with("xtask/src/bad.rs"));
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_an_exception() {
        let long = "line\n".repeat(LINES_MAX + 1);
        assert_eq!(length(&Files::of(&[("a.rs", &long)])).len(), 1);
        let at_length = Files::of(&[("a.rs", &long), (LENGTH_EXCEPTIONS, "# why\na.rs 401\n")]);
        assert!(length(&at_length).is_empty());
        let grown = Files::of(&[("a.rs", &long), (LENGTH_EXCEPTIONS, "a.rs 400\n")]);
        assert_eq!(length(&grown).len(), 1);
    }

    #[test]
    fn an_exception_that_nobody_needs_is_found() {
        let short =
            Files::of(&[("a.rs", "line\n"), (LENGTH_EXCEPTIONS, "a.rs 500\nb.rs 500\nnonsense\n")]);
        assert_eq!(length(&short).len(), 3);
    }
}
