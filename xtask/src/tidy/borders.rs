//! Rules about who may know whom. Cargo forbids most of it already (no web crate in `directory`, no driver in
//! `server`); these rules keep the borders inside a crate, where Cargo cannot see.

use super::files::Files;

const DRIVERS: &[&str] = &["rusqlite", "tokio_postgres"];
const HTTP: &[&str] = &["axum", "http", "hyper", "tower"];

pub(super) fn drivers(files: &Files) -> Vec<String> {
    let of_a_database = |path: &str| {
        path.split('/').any(|part| {
            part == "tests"
                || part == "tests.rs"
                || part.starts_with("sqlite")
                || part.starts_with("postgres")
        })
    };
    below(files, "crates/directory/")
        .filter(|(path, _)| !of_a_database(path))
        .chain(below(files, "crates/").filter(|(path, _)| {
            !path.starts_with("crates/directory/") && !path.contains("/tests/")
        }))
        .flat_map(|(path, text)| uses(path, text, DRIVERS))
        .collect()
}

pub(super) fn server_drivers(files: &Files) -> Vec<String> {
    let code =
        below(files, "crates/server/src/").flat_map(|(path, text)| uses(path, text, DRIVERS));
    code.chain(dependencies(
        files,
        "crates/server/Cargo.toml",
        &["rusqlite", "tokio-postgres", "refinery-core"],
    ))
    .collect()
}

pub(super) fn directory_http(files: &Files) -> Vec<String> {
    let paths: Vec<String> = HTTP.iter().map(|name| format!("{name}::")).collect();
    let code = below(files, "crates/directory/").flat_map(|(path, text)| {
        let paths = &paths;
        code_lines(text)
            .filter(move |(_, line)| paths.iter().any(|name| has_word(line, name)))
            .map(move |(number, line)| format!("{path}:{number}: {}", line.trim()))
    });
    code.chain(dependencies(files, "crates/directory/Cargo.toml", HTTP)).collect()
}

/// Not even in a comment: rules that know of their double would begin to treat it differently.
pub(super) fn directory_sandbox(files: &Files) -> Vec<String> {
    below(files, "crates/directory/src/")
        .flat_map(|(path, text)| {
            text.lines()
                .enumerate()
                .filter(|(_, line)| line.to_lowercase().contains("sandbox"))
                .map(move |(index, _)| format!("{path}:{}", index + 1))
        })
        .collect()
}

pub(super) fn sandbox_users(files: &Files) -> Vec<String> {
    // `sandbox` speaks with a double that `dev` runs, and makes one for an exam.
    let may = [
        "crates/cli/src/commands/dev",
        "crates/cli/src/commands/sandbox",
        "crates/sandbox/",
        "fuzz/",
        "system-tests/",
        "xtask/",
    ];
    files
        .ending_in(".rs")
        .filter(|(path, _)| !may.iter().any(|place| path.starts_with(place)))
        .flat_map(|(path, text)| uses(path, text, &["rollcall_sandbox"]))
        .collect()
}

fn below<'a>(files: &'a Files, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    files.ending_in(".rs").filter(move |(path, _)| path.starts_with(folder))
}

fn uses(path: &str, text: &str, words: &[&str]) -> Vec<String> {
    code_lines(text)
        .filter(|(_, line)| words.iter().any(|word| has_word(line, word)))
        .map(|(number, line)| format!("{path}:{number}: {}", line.trim()))
        .collect()
}

fn dependencies(files: &Files, manifest: &str, names: &[&str]) -> Vec<String> {
    let Some(text) = files.text(manifest) else {
        return vec![format!("{manifest} is missing, so this rule looked at nothing")];
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| {
            line.split([' ', '.', '=']).next().is_some_and(|first| names.contains(&first))
        })
        .map(|(index, line)| format!("{manifest}:{}: {line}", index + 1))
        .collect()
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The word with no letter, digit or underscore on either side.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let ends_in_part = word.ends_with(is_part);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !(before.is_some_and(is_part) || ends_in_part && after.is_some_and(is_part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_is_found_outside_its_files() {
        let code = "use rusqlite::Row;\n";
        let files = Files::of(&[
            ("crates/directory/src/users/sqlite.rs", code),
            ("crates/directory/src/store/postgres/open.rs", "use tokio_postgres::Client;"),
            ("crates/directory/tests/conformance/main.rs", code),
            (
                "crates/directory/src/users/suspend.rs",
                "// rusqlite would not do\nuse rusqlite::Row;",
            ),
            ("crates/cli/src/main.rs", code),
            ("crates/cli/src/sqlite.rs", code),
        ]);
        let problems = drivers(&files);
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("crates/directory/src/users/suspend.rs:2"));
    }

    #[test]
    fn a_driver_in_the_server_is_found_in_code_and_in_its_manifest() {
        let files = Files::of(&[
            ("crates/server/src/sqlite.rs", "use rusqlite::Row;"),
            (
                "crates/server/Cargo.toml",
                "[dependencies]\nrusqlite.workspace = true\naxum.workspace = true\n",
            ),
        ]);
        assert_eq!(server_drivers(&files).len(), 2);
        assert_eq!(server_drivers(&Files::of(&[])).len(), 1);
    }

    #[test]
    fn http_in_the_directory_is_found_and_an_address_is_not() {
        let files = Files::of(&[
            (
                "crates/directory/src/good.rs",
                "// not http::Uri\nlet url = \"http://example\";\nlet x = my_http::y;",
            ),
            ("crates/directory/src/bad.rs", "use axum::Router;\nfn f(m: http::Method) {}\n"),
            ("crates/directory/Cargo.toml", "[dependencies]\nhttp = \"1\"\ntower-like = \"1\"\n"),
        ]);
        let problems = directory_http(&files);
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn the_word_sandbox_in_the_directory_is_found() {
        let files = Files::of(&[
            ("crates/directory/src/bad.rs", "// the Sandbox moves it\n"),
            ("crates/directory/tests/free.rs", "// sandbox\n"),
        ]);
        assert_eq!(directory_sandbox(&files), ["crates/directory/src/bad.rs:1"]);
    }

    #[test]
    fn a_use_of_the_sandbox_outside_of_dev_is_found() {
        let code = "use rollcall_sandbox::Clock;\n";
        let files = Files::of(&[
            ("crates/cli/src/commands/dev.rs", code),
            ("crates/cli/src/commands/dev/seed.rs", code),
            ("crates/cli/src/commands/sandbox/exam.rs", code),
            ("crates/sandbox/src/lib.rs", code),
            ("system-tests/src/lib.rs", code),
            ("crates/cli/src/commands/serve.rs", code),
        ]);
        let problems = sandbox_users(&files);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("crates/cli/src/commands/serve.rs:1"));
    }
}
