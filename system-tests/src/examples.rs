//! The clients of `examples/`, as they are run: all take the same words and read the same variables.

use crate::{repository, rollcall_binary, setting};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    Rust,
    Python,
    JavaScript,
    Go,
    Ruby,
    Shell,
}

impl Example {
    pub const ALL: [Self; 6] =
        [Self::Rust, Self::Python, Self::JavaScript, Self::Go, Self::Ruby, Self::Shell];

    /// The program and its first arguments, before `list`, `suspend EMAIL` or `reactivate EMAIL`.
    #[must_use]
    pub fn command(self) -> Vec<String> {
        let installed = |file: &str| format!("{}/{file}", setting("ROLLCALL_CLIENTS"));
        let ours = |file: &str| repository().join("examples").join(file).display().to_string();
        match self {
            Self::Rust => {
                vec![rollcall_binary().with_file_name("rollcall-example").display().to_string()]
            }
            // Without its cache of compiled scripts, which would lie in the repository.
            Self::Python => {
                vec![installed("python/bin/python"), "-B".to_owned(), ours("python/users.py")]
            }
            Self::JavaScript => {
                vec!["node".to_owned(), installed("example-javascript/users.mjs")]
            }
            Self::Go => vec![installed("example-go/users")],
            Self::Ruby => vec!["ruby".to_owned(), ours("ruby/users.rb")],
            Self::Shell => vec!["bash".to_owned(), ours("shell/users.sh")],
        }
    }
}
