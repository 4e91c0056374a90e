//! What people read, as snapshots: a plan, an apply, a run shown, listed and undone.

use rollcall_system_tests::Ended;

use super::Scene;
use crate::responder::transcript::Plain;

#[tokio::test]
async fn the_words_are_those_that_were_looked_at() {
    let scene = Scene::new().await;
    let mut plain = Plain::new(&[
        (&scene.server.credentials.base_url, "http://127.0.0.1:8787"),
        (&scene.folder.path().display().to_string(), "/home/ann"),
    ]);
    let mut all = String::new();
    for line in [
        "contain plan --from alerts.csv --reason theft --ticket INC-4711",
        "contain apply plan.json --yes --output csv",
        "contain apply plan.json --yes --quiet --output jsonl",
        "contain show inc --output md",
        "contain show inc",
        "contain list --json",
        "contain status inc --json",
        "contain undo inc --yes",
        "contain list",
        "contain status",
        "contain apply plan.json",
        "contain show nobody",
    ] {
        let ended = scene.run(line).await;
        all.push_str(&told(line, &ended, &mut plain));
    }
    insta::assert_snapshot!(all);
}

fn told(line: &str, ended: &Ended, plain: &mut Plain) -> String {
    let code = ended.code();
    let (stdout, stderr) = (plain.text(&ended.stdout), plain.text(&ended.stderr));
    format!("$ rollcall {line}\n{stdout}---- stderr\n{stderr}---- exit status {code}\n\n")
}
