//! What is refused, and with which words: nothing is changed by any of it.

use super::Scene;

#[tokio::test]
async fn an_edited_plan_is_refused() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    scene.planned().await;
    let whole = scene.read("plan.json");
    let edits = [
        whole.replace("juergen.gross@", "suharti@"),
        whole.replacen("\"to_do\"", "\"already\"", 1),
        whole.replacen("\"reason\": \"theft\"", "\"reason\": \"fun\"", 1),
    ];
    for edited in edits {
        assert_ne!(edited, whole);
        scene.write("edited.json", &edited);
        let ended = scene.run("contain apply edited.json --yes").await;
        assert_eq!(ended.code(), 2, "{}", ended.stderr);
        ended.says("the plan was edited");
    }
    for (text, words) in [
        (whole.replacen("\"version\": 1", "\"version\": 9", 1), "of form 9"),
        (whole.replacen("\"version\": 1", "\"extra\": 0, \"version\": 1", 1), "not a plan"),
        ("{}".to_owned(), "not a plan"),
        ("suspend everybody".to_owned(), "not a plan"),
    ] {
        scene.write("other.json", &text);
        let ended = scene.run("contain apply other.json --yes").await;
        assert_eq!(ended.code(), 2, "{}", ended.stderr);
        ended.says(words);
    }
    assert_eq!(scene.states().await, before);
}

#[tokio::test]
async fn another_account_server_or_digest_is_refused() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    scene.planned().await;
    let elsewhere = scene.command("contain apply plan.json --yes");
    let ended = elsewhere.env("ROLLCALL_URL", "https://api.1password.com").run().await;
    assert_eq!(ended.code(), 2, "{}", ended.stderr);
    ended.says("the plan holds for account");
    let other = scene.command("contain apply plan.json --yes");
    let ended = other.env("ROLLCALL_ACCOUNT_ID", "SOMEBODYELSESACCOUNTABCDEF").run().await;
    assert_eq!(ended.code(), 2, "{}", ended.stderr);
    let digest = "7c".repeat(32);
    let ended = scene.run(&format!("contain apply plan.json --yes --digest {digest}")).await;
    assert_eq!(ended.code(), 2, "{}", ended.stderr);
    ended.says("another one was asked for");
    assert_eq!(scene.states().await, before);
}

#[tokio::test]
async fn what_cannot_be_is_told_with_the_way_out() {
    let scene = Scene::new().await;
    scene.planned().await;
    scene.write("utf16", "a");
    std::fs::write(scene.folder.path().join("utf16"), b"\xff\xfea\0").unwrap();
    scene.write("empty", "# nobody\n");
    for (line, code, words) in [
        // Nobody is there to be asked.
        ("contain apply plan.json", 2, "say so with --yes"),
        ("contain apply nowhere.json --yes", 2, "no file, and no run is called so"),
        ("contain apply plan.json --yes --result result.doc", 2, "--format"),
        ("contain apply plan.json --yes --concurrency 65", 2, "from 1 to 64"),
        ("contain plan --from alerts.csv --reason x", 2, "plan.json is there already"),
        ("contain plan --from nowhere --reason x --out a", 1, "nowhere: "),
        ("contain plan --from alerts.csv --column user --reason x --out a", 2, "no column"),
        ("contain plan --from utf16 --reason x --out a", 2, "UTF-16"),
        ("contain plan --from empty --reason x --out a", 2, "empty names nobody"),
        ("contain plan --from alerts.csv --reason x --out no/where.json", 1, "no/where.json"),
        ("contain show inc", 6, "no run is called \"inc\""),
        ("contain undo inc --yes", 6, "`rollcall contain list`"),
        ("contain status inc", 6, "no run is called"),
    ] {
        let ended = scene.run(line).await;
        assert_eq!(ended.code(), code, "{line}: {}", ended.stderr);
        ended.says(words);
        assert!(!ended.stdout.contains("error"), "{line}");
    }
    scene.run("contain plan --from alerts.csv --reason x --force").await.well();
    let ended = scene.run("contain plan --from alerts.csv --out a").await;
    assert_eq!(ended.code(), 2);
}

#[tokio::test]
async fn a_broken_journal_is_refused_and_never_mended() {
    let scene = Scene::new().await;
    let run = scene.planned().await;
    assert_eq!(scene.run("contain apply plan.json --yes").await.code(), 5);
    let journal = format!(".local/state/rollcall/runs/{run}/journal.jsonl");
    let whole = scene.read(&journal);
    let broken = whole.replacen("\"done\"", "\"okay\"", 1);
    assert_ne!(broken, whole);
    scene.write(&journal, &broken);
    let states = scene.states().await;
    for line in ["apply plan.json --yes", "undo inc --yes", "show inc", "status inc", "list"] {
        let ended = scene.run(&format!("contain {line}")).await;
        assert_eq!(ended.code(), 1, "{line}: {}", ended.stderr);
        ended.says("of the journal is broken");
    }
    assert_eq!(scene.read(&journal), broken);
    assert_eq!(scene.states().await, states);
}
