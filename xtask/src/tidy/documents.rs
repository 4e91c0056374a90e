//! Rules that hold the documents to the code: what the API can say is written down, and a link leads
//! somewhere. The lists are read from the code itself, so that a new word without a line in `docs/` is found.

use super::files::Files;

const PROBLEMS: &str = "crates/wire/src/problem/word.rs";
const ROUTES: &str = "crates/wire/src/route.rs";
const PAGES: &str = "crates/server/src/page.rs";

pub(super) fn problem_words(files: &Files) -> Vec<String> {
    let words =
        files.text(PROBLEMS).map(|text| strings_of_function(text, "as_str")).unwrap_or_default();
    missing_in_documents(files, PROBLEMS, &words)
}

/// By the name that the OpenAPI document gives it, for that is the name a reader has.
pub(super) fn routes(files: &Files) -> Vec<String> {
    let text = files.text(ROUTES).unwrap_or_default();
    let operations = strings_of_function(text, "operation_id");
    let routes = variants(text, "Route");
    if operations.len() != routes.len() {
        let (routes, operations) = (routes.len(), operations.len());
        return vec![format!(
            "{ROUTES}: {routes} routes, but {operations} operation ids were read"
        )];
    }
    missing_in_documents(files, ROUTES, &operations)
}

/// By the name that logs and counters give it.
pub(super) fn pages(files: &Files) -> Vec<String> {
    let text = files.text(PAGES).unwrap_or_default();
    let pages = text.lines().map(str::trim).filter_map(|line| {
        let (name, rest) = line.split_once(": ")?;
        (rest.starts_with("Get \"/") || rest.starts_with("Post \"/")).then_some(name)
    });
    let names: Vec<String> = pages.map(|page| format!("Console{page}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    missing_in_documents(files, PAGES, &names)
}

fn missing_in_documents(files: &Files, source: &str, words: &[&str]) -> Vec<String> {
    if words.is_empty() {
        return vec![format!("{source} has no words to look for, so this rule looked at nothing")];
    }
    let documents: Vec<&str> = files
        .ending_in(".md")
        .filter(|(path, _)| path.starts_with("docs/"))
        .map(|(_, text)| text)
        .collect();
    words
        .iter()
        .filter(|word| !documents.iter().any(|text| has_name(text, word)))
        .map(|word| format!("`{word}` of {source} is in no document below docs/"))
        .collect()
}

/// A whole name, so that `internal` is not found in `internally`.
fn has_name(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_part(c)).any(|word| word == name)
}

/// The string literals in the body of a function.
fn strings_of_function<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let Some(body) = block_after(text, &format!("fn {name}(")) else {
        return Vec::new();
    };
    body.split('"').skip(1).step_by(2).collect()
}

/// The names of the variants of an enum: what stands first on a line, one level inside of its braces.
fn variants<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let Some(body) = block_after(text, &format!("enum {name} ")) else {
        return Vec::new();
    };
    let mut depth = 0_i32;
    let mut names = Vec::new();
    for line in body.lines().map(str::trim) {
        let name = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if depth == 0 && name.starts_with(char::is_uppercase) {
            names.push(name);
        }
        depth += line.matches(['{', '(']).count() as i32 - line.matches(['}', ')']).count() as i32;
    }
    names
}

/// What stands between the braces that open after the heading.
fn block_after<'a>(text: &'a str, heading: &str) -> Option<&'a str> {
    let start = text.find(heading)?;
    let open = start + text[start..].find('{')? + 1;
    let mut depth = 1;
    for (at, c) in text[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[open..open + at]);
        }
    }
    None
}

pub(super) fn links(files: &Files) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in files.ending_in(".md") {
        for (number, target) in link_targets(text) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !elsewhere
                && !file.is_empty()
                && !resolve(path, file).is_some_and(|path| files.has(&path))
            {
                problems.push(format!("{path}:{number}: {target}"));
            }
        }
    }
    problems
}

/// The targets of `[words](target)`, with their line, outside of code.
fn link_targets(text: &str) -> Vec<(usize, &str)> {
    let mut targets = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            for prose in line.split('`').step_by(2) {
                let found =
                    prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
                targets.extend(found.map(|target| (index + 1, target)));
            }
        }
    }
    targets
}

/// The path from the root, or nothing when the link leaves the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_word_without_a_line_in_the_documents_is_found() {
        let code = r#"impl Word { pub fn as_str(self) -> &'static str { match self { Self::A => "internal", Self::B => "not_found" } } }"#;
        let files = Files::of(&[
            (PROBLEMS, code),
            ("docs/reference/errors.md", "| `not_found` | 404 |\nwe say internally"),
            ("README.md", "internal"),
        ]);
        let problems = problem_words(&files);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("`internal`"));
    }

    const ROUTE: &str = r#"
/// All
pub enum Route {
    /// Lists
    ListUsers,
    Token { family: Family },
    Wide {
        Inner: u8,
    },
}
impl Route {
    pub const fn operation_id(self) -> &'static str {
        match self {
            Route::ListUsers => "ListUsers",
            Route::Token => "RequestToken",
            Route::Wide => "Widen",
        }
    }
}"#;

    #[test]
    fn a_route_without_a_line_in_the_documents_is_found() {
        let document = ("docs/our-choices.md", "ListUsers and `RequestToken`");
        let problems = routes(&Files::of(&[(ROUTES, ROUTE), document]));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("`Widen`"));
    }

    #[test]
    fn a_route_whose_operation_cannot_be_read_is_found() {
        let text = ROUTE.replace("\"Widen\"", "WIDEN");
        assert_eq!(routes(&Files::of(&[(ROUTES, &text), ("docs/a.md", "all of them")])).len(), 1);
    }

    #[test]
    fn a_page_without_a_line_in_the_documents_is_found() {
        let code = "pages! {\n    People: Get \"/console/people\" for SEE;\n    Invite: Post \"/x\"\n        for MANAGE;\n}";
        let document = ("docs/reference/console.md", "| `ConsolePeople` |");
        let problems = pages(&Files::of(&[(PAGES, code), document]));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("`ConsoleInvite`"));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_a_problem() {
        assert_eq!(pages(&Files::of(&[])).len(), 1);
        assert_eq!(problem_words(&Files::of(&[])).len(), 1);
        assert_eq!(routes(&Files::of(&[(ROUTES, "struct Route;")])).len(), 1);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let files = Files::of(&[
            (
                "README.md",
                "[a](docs/a.md#top) [b](docs/) [c](https://example) [d](#here) ![e](gone.png)",
            ),
            (
                "docs/a.md",
                "[up](../README.md)\n[out](../../x.md)\n```\n[code](gone.md)\n```\n`[code](gone.md)`",
            ),
        ]);
        assert_eq!(links(&files), ["README.md:1: gone.png", "docs/a.md:2: ../../x.md"]);
    }
}
