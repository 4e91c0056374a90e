//! `cargo xtask tidy`: the rules of the house that no compiler checks. Each rule is a small function from the
//! files to what is wrong with them, so that its test is a few lines of text.

mod borders;
mod documents;
mod files;
mod text;

use anyhow::Result;

use crate::test::Tally;
use crate::workspace::Workspace;
use files::Files;

type Rule = fn(&Files) -> Vec<String>;

/// Each rule in the words that a person reads when it is broken.
const RULES: &[(&str, Rule)] = &[
    ("no line ends in spaces", text::trailing_whitespace),
    ("a source file opens with what it is", text::opening_comment),
    ("a source file is short", text::length),
    ("a database driver is named only beside its database", borders::drivers),
    ("the server names no database driver", borders::server_drivers),
    ("the directory knows no HTTP", borders::directory_http),
    ("the directory does not know the sandbox", borders::directory_sandbox),
    ("only `dev` and `sandbox` use the sandbox crate", borders::sandbox_users),
    ("every problem word is documented", documents::problem_words),
    ("every route is documented", documents::routes),
    ("every page of the console is documented", documents::pages),
    ("every link in a document leads somewhere", documents::links),
];

pub(crate) fn run(workspace: &Workspace) -> Result<Tally> {
    let files = Files::read(&workspace.root)?;
    let mut tally = Tally::default();
    for (words, rule) in RULES {
        let problems = rule(&files);
        if problems.is_empty() {
            tally.passed += 1;
            continue;
        }
        tally.failed += 1;
        println!("tidy: {words}");
        for problem in problems {
            println!("  {problem}");
        }
    }
    println!("tidy: {} files, {} rules, {} broken", files.count(), RULES.len(), tally.failed);
    Ok(tally)
}
