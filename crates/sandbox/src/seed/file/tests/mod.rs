//! Seed files and what is said of them. Most tests change one thing of a small file that is right.

mod faults;
mod reading;
mod scenarios;
mod shape;
mod values;

use crate::seed::{Seed, SeedPerson};

/// Eleven lines that are right; what a test adds begins at line 12, within the application.
const SMALL: &str = r#"[[accounts]]
name = "Small"

[[accounts.people]]
email = "ada.lovelace@example.com"
groups = ["owners"]

[[accounts.applications]]
name = "Watch"
redirect_url = "https://localhost.example/callback"
scopes = ["list_users"]
"#;

fn read(text: &str) -> Seed {
    Seed::from_toml(text, "team.toml", 1).unwrap()
}

fn small_with(change: &str, into: &str) -> String {
    assert!(SMALL.contains(change), "{change:?} is in the small file");
    SMALL.replace(change, into)
}

fn small_and(more: &str) -> String {
    format!("{SMALL}{more}")
}

fn people(seed: &Seed, account: usize) -> Vec<SeedPerson> {
    seed.accounts[account].people.iter().collect()
}

fn complaint(text: &str) -> String {
    Seed::from_toml(text, "team.toml", 1).unwrap_err().to_string()
}

#[track_caller]
fn complains(text: &str, beginning: &str) {
    let said = complaint(text);
    assert!(said.starts_with(&format!("team.toml:{beginning}")), "{said}");
}
