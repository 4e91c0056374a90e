//! What is left behind: every file that the server wrote (database, write-ahead log, logs, backups,
//! exports) is searched for each password, code, session, secret and text of an item that a person
//! used. Whoever copies these files has none of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use data_encoding::BASE64URL_NOPAD;
use rollcall_system_tests::{Database, Ground, Store, note_secret};
use tokio::process::Command;

use super::served::Served;

on_both_stores!(nothing_secret_lies_in_a_file);

const PASSWORD: &str = "correct-horse-battery-staple";
const GUESSED: &str = "a-password-that-was-guessed-wrongly";
const TITLE: &str = "Title of an alarm panel 0815";
const LABEL: &str = "Label of a field 0815";
const PLAIN: &str = "value that is not hidden 0815";
const HIDDEN: &str = "value that is hidden 0815";
const VAULT: &str = "Name of a vault 0815";

async fn nothing_secret_lies_in_a_file(store: Store) {
    let served = Served::start(store).await;
    let mut secrets = [PASSWORD, GUESSED, TITLE, LABEL, PLAIN, HIDDEN].map(str::to_owned).to_vec();
    secrets.iter().for_each(|secret| note_secret(secret));
    let account = somebody_uses_it(&served, &mut secrets).await;

    let Served { serve, browser, .. } = served;
    browser.close().await;
    let kept = tempfile::TempDir::new().unwrap();
    let log = serve.log();
    keep_copies(&serve.ground, &account, kept.path()).await;
    let ground = serve.stop().await;
    std::fs::write(kept.path().join("log"), log).unwrap();
    let mut places = vec![kept.path().to_owned()];
    places.push(place_of(&ground.database).await);

    // That the search sees what is there: names of vaults and people are in clear, by design.
    for clear in [VAULT, "ann@example.com"] {
        assert!(!found(&places, &[clear.to_owned()]).await.is_empty(), "{clear:?} is not found");
    }
    assert!(secrets.len() >= 12, "too few secrets to search for: {}", secrets.len());
    let found = found(&places, &secrets).await;
    assert!(found.is_empty(), "a secret lies in {found:#?}");
}

/// Everything that has to do with a secret, by a browser; the account's id.
async fn somebody_uses_it(served: &Served, secrets: &mut Vec<String>) -> String {
    let Served { browser, .. } = served;
    let owner = served.founds_an_account().await;
    secrets.push(owner.code.clone());
    served.uses_the_link(&owner, PASSWORD).await;
    browser.sees("Sign out").await;
    secrets.extend(browser.cookies().await.iter().map(|cookie| cookie.value().to_owned()));

    let account = owner.account.clone();
    browser.open(&served.at(&account, "integrations/directory/oauth-application")).await;
    browser.fill("Application name", "Night watch").await;
    browser.fill("Redirect URL", "https://soar.example/callback").await;
    browser.tick("List users", true).await;
    browser.press("Generate credentials").await;
    browser.sees("shown once").await;
    secrets.push(browser.fact("Client secret").await);
    browser.press("Save in vault").await;
    browser.press("Save").await;
    browser.sees("View integration").await;

    browser.press("Vaults").await;
    browser.press("New vault").await;
    browser.fill("Name", VAULT).await;
    browser.press("Make vault").await;
    browser.press("New item").await;
    browser.fill("Title", TITLE).await;
    for (number, value) in [("1", PLAIN), ("2", HIDDEN)] {
        browser.fill_in(&format!("Field {number}"), "Label", LABEL).await;
        browser.fill_in(&format!("Field {number}"), "Value", value).await;
    }
    browser.tick("Hide value 1", false).await;
    browser.tick("Hide value 2", true).await;
    browser.press("Save item").await;
    browser.is_at(TITLE).await;
    browser.press("Reveal").await;
    browser.sees(HIDDEN).await;

    browser.press("People").await;
    browser.press("Invite").await;
    browser.fill("Name", "Noor Haddad").await;
    browser.fill("Email", "noor@example.com").await;
    browser.press("Invite").await;
    browser.sees("shown once").await;
    secrets.push(browser.fact("Code").await);

    browser.forget_cookies().await;
    browser.open(&served.at(&account, "sign-in")).await;
    browser.fill("Email", "ann@example.com").await;
    browser.fill("Password", GUESSED).await;
    browser.press("Sign in").await;
    assert_eq!(browser.problems().await.len(), 1);
    browser.fill("Password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.sees("Sign out").await;
    secrets.extend(browser.cookies().await.iter().map(|cookie| cookie.value().to_owned()));
    secrets.iter().for_each(|secret| note_secret(secret));
    account
}

/// A backup, where the store is a file, and each form of an export.
async fn keep_copies(ground: &Ground, account: &str, kept: &Path) {
    let to = |name: &str| kept.join(name).to_str().unwrap().to_owned();
    if let Database::Sqlite(_) = &ground.database {
        ground.admin(&["backup"], &["--to", &to("backup.sqlite")]).run().await.well();
    }
    for format in ["jsonl", "csv", "ocsf"] {
        let export = ["--account", account, "--format", format];
        let written = ground.admin(&["audit", "export"], &export).run().await.well().stdout;
        assert!(written.contains("vault"), "{format}: {written}");
        std::fs::write(to(format), written).unwrap();
    }
    let people = ["--account", account, "--json"];
    let people = ground.admin(&["people", "list"], &people).run().await.well().stdout;
    std::fs::write(to("people"), people).unwrap();
}

/// The folder of the store, or the whole cluster of the tests with its write-ahead log.
async fn place_of(database: &Database) -> PathBuf {
    match database {
        Database::Sqlite(_) => database.folder(),
        Database::Postgres(fresh) => {
            let db = fresh.connect().await;
            db.batch_execute("checkpoint").await.unwrap();
            let row = db.query_one("select current_setting('data_directory')", &[]).await.unwrap();
            PathBuf::from(row.get::<_, String>(0))
        }
    }
}

/// The files that hold any of these texts, as text or as the bytes that it stands for.
async fn found(places: &[PathBuf], texts: &[String]) -> Vec<String> {
    let needles = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(needles.path(), texts.join("\n")).unwrap();
    let mut as_text = grep(places);
    as_text.arg("--fixed-strings").arg("--file").arg(needles.path());
    let mut files = lines_of(as_text).await;
    for bytes in texts.iter().filter_map(|text| bytes_of(text)) {
        let mut as_bytes = grep(places);
        as_bytes.arg("--perl-regexp").arg("--regexp").arg(bytes);
        files.extend(lines_of(as_bytes).await);
    }
    files
}

fn grep(places: &[PathBuf]) -> Command {
    let mut grep = Command::new("grep");
    grep.env("LC_ALL", "C").stdin(Stdio::null()).args(["--recursive", "--text"]);
    // On PostgreSQL files come and go under the search.
    grep.args(["--files-with-matches", "--no-messages"]).args(places);
    grep
}

async fn lines_of(mut command: Command) -> Vec<String> {
    let output = command.output().await.expect("grep is there");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Random bytes that are written as base64url, behind a prefix and before a checksum, as a pattern.
fn bytes_of(text: &str) -> Option<String> {
    const LETTERS_OF_32_BYTES: usize = 43;
    let text = ["rcs_", "rcl_"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let bytes = BASE64URL_NOPAD.decode(text.get(..LETTERS_OF_32_BYTES)?.as_bytes()).ok()?;
    // A line's end is no part of a line that is searched.
    let whole = bytes.split(|byte| *byte == b'\n').max_by_key(|part| part.len())?;
    Some(whole.iter().fold(String::new(), |mut pattern, byte| {
        let _ = write!(pattern, "\\x{byte:02x}");
        pattern
    }))
}
