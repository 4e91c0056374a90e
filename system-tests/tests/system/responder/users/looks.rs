//! What people read, as snapshots: lists, results, changes, refusals.

use super::Scene;
use crate::responder::transcript::Plain;

#[tokio::test]
async fn the_words_are_those_that_were_looked_at() {
    let scene = Scene::good_day().await;
    let account = scene.api.credentials.account_id.clone();
    let mut plain = Plain::new(&[(&scene.api.credentials.base_url, "http://127.0.0.1:8787")]);
    scene.write("typo.txt", "gudrun.jonsdottir@rollcall.example\ngudrun@rollcall.example\n");
    let listing = scene.run("list --output jsonl").await.well().stdout;
    scene.write("old.jsonl", &listing);
    let mut all = String::new();
    for line in [
        "list --limit 3",
        "list --limit 2 --output json",
        "list --limit 2 --output jsonl --columns email,state",
        "list --limit 2 --output csv",
        "list --match nobody",
        "get gudrun.jonsdottir@rollcall.example nobody@rollcall.example",
        "suspend gudrun.jonsdottir@rollcall.example",
        "suspend --from typo.txt --yes",
        "suspend --from typo.txt --yes --skip-unmatched",
        "suspend gudrun.jonsdottir@rollcall.example olivia.owusu@rollcall.example --yes --output csv --concurrency 1",
        "suspend a,b --yes",
        "watch --once --from old.jsonl",
        "reactivate gudrun.jonsdottir@rollcall.example --yes",
        "diff old.jsonl old.jsonl",
        "diff old.jsonl typo.txt",
    ] {
        let ended = scene.run(line).await;
        let code = ended.code();
        let (stdout, stderr) = (plain.text(&ended.stdout), plain.text(&ended.stderr));
        all.push_str(&format!(
            "$ rollcall users {line}\n{stdout}---- stderr\n{stderr}---- exit status {code}\n\n"
        ));
    }
    insta::assert_snapshot!(all.replace(&account, "UXINQV4TXZ3BSJX4N4CCWJNEVA"));
}
