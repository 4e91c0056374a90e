//! Suspending and reactivating: nothing without a yes, nothing to people who are not meant, and
//! each outcome told.

use std::time::Duration;

use rollcall_system_tests::{Control, PATIENCE, send_signal};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{Scene, json_lines, outcomes, scenario, text};

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(who, outcome)| ((*who).to_owned(), (*outcome).to_owned())).collect()
}

#[tokio::test]
async fn people_are_suspended_and_let_in_again() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    let [a, b, c, _] = &scene.suspendable().await[..] else { panic!("four are needed") };
    scene.write("who.txt", &format!("{}\n{}\n", text(&a["email"]).to_uppercase(), text(&b["id"])));
    let line = format!("suspend {} --from who.txt --yes", text(&c["path"]));
    let rows = scene.lines(&line, 0).await;
    assert_eq!(rows.len(), 3);
    for row in &rows {
        assert_eq!((&row["before"], &row["after"]), (&json!("ACTIVE"), &json!("SUSPENDED")));
        assert_eq!((&row["outcome"], &row["error"]), (&json!("done"), &Value::Null));
        assert_eq!(scene.state(row["id"].as_str().unwrap()).await, "SUSPENDED");
    }
    let again = scene.lines(&line, 0).await;
    assert!(again.iter().all(|row| row["outcome"] == "already"), "{again:?}");
    let back = scene.lines(&line.replace("suspend", "reactivate"), 0).await;
    assert!(back.iter().all(|row| row["outcome"] == "done"), "{back:?}");
    assert_eq!(scene.everybody().await, everybody);
}

#[tokio::test]
async fn nothing_is_done_without_a_yes() {
    let scene = Scene::good_day().await;
    let before = scene.everybody().await;
    let email = text(&before[5]["email"]);
    let unasked = scene.run(&format!("suspend {email}")).await;
    assert_eq!((unasked.code(), unasked.stdout.as_str()), (2, ""));
    unasked.says("--yes");
    let file = scene.write("who.txt", &email);
    let piped = scene.command("suspend -").input(&file).run().await;
    assert_eq!(piped.code(), 2);
    assert_eq!(scene.everybody().await, before);
    assert_eq!(scene.calls("SuspendUser").await, 0);
}

#[tokio::test]
async fn a_wrong_name_holds_all_back_unless_it_is_to_be_left_out() {
    let scene = Scene::good_day().await;
    let before = scene.everybody().await;
    let person = &scene.suspendable().await[0];
    let (email, id) = (text(&person["email"]), text(&person["id"]));
    let line = format!("suspend {email} typo@example.com accounts/OTHER/users/X --yes");
    let rows = scene.lines(&line, 6).await;
    let name = email.split('@').next().unwrap();
    let mut expected =
        pairs(&[("-", "not_understood"), (name, "not_tried"), ("typo", "not_found")]);
    expected.sort();
    assert_eq!(outcomes(&rows), expected);
    assert_eq!(scene.everybody().await, before);

    let rows = scene.lines(&format!("{line} --skip-unmatched"), 5).await;
    assert_eq!(rows.iter().filter(|row| row["outcome"] == "done").count(), 1);
    assert_eq!(scene.state(&id).await, "SUSPENDED");
    let nobody = scene.run("suspend typo@example.com --yes --skip-unmatched").await;
    assert_eq!(nobody.code(), 6);
    nobody.says("nothing was done");
}

#[tokio::test]
async fn on_a_bad_day_each_outcome_is_told_and_nobody_is_hit_twice() {
    let scene = Scene::bad_day().await;
    let names = [
        "last-owner",
        "externally-managed",
        "already-suspended",
        "awkward-name",
        "rate-limited",
        "fails-once",
        "bad-gateway",
        "never-answers",
        "slow",
        "trickled",
        "cut-after-act",
        "gone-on-get",
        "listed-stale",
    ];
    let people: Vec<String> = names.iter().map(|name| scenario(name)).collect();
    scene.write("all.txt", &people.join("\n"));
    let line = "suspend --from all.txt --yes --skip-unmatched --timeout 4 --concurrency 16";
    let rows = scene.lines(line, 5).await;
    let mut expected = pairs(&[
        ("already-suspended", "already"),
        ("awkward-name", "done"),
        ("bad-gateway", "done"),
        ("cut-after-act", "done"),
        ("externally-managed", "refused"),
        ("fails-once", "done"),
        ("gone-on-get", "not_found"),
        ("last-owner", "refused"),
        ("listed-stale", "already"),
        ("never-answers", "done"),
        ("rate-limited", "done"),
        ("slow", "done"),
        ("trickled", "done"),
    ]);
    expected.sort();
    assert_eq!(outcomes(&rows), expected);
    let of = |name: &str| rows.iter().find(|row| row["email"] == scenario(name)).unwrap();
    assert!(text(&of("last-owner")["error"]).contains("no_owner_remain"));
    assert!(!text(&of("last-owner")["request_id"]).is_empty());
    for row in rows.iter().filter(|row| row["after"] == "SUSPENDED") {
        assert_eq!(scene.state(row["id"].as_str().unwrap()).await, "SUSPENDED");
    }
    assert_eq!(scene.state(&scene.person("last-owner")).await, "ACTIVE");
}

#[tokio::test]
async fn whom_the_profile_protects_is_left_alone() {
    let scene = Scene::good_day().await;
    let active = scene.suspendable().await;
    let (glass, other) = (&active[0], &active[1]);
    let credentials = &scene.api.credentials;
    scene.write(
        "profiles.toml",
        &format!(
            "default = \"prod\"\n[profiles.prod]\nurl = {:?}\naccount = {:?}\nclient_id = {:?}\nprotected = [{:?}]\n[profiles.prod.secret]\nkept = \"none\"\n",
            credentials.base_url,
            credentials.account_id,
            credentials.client_id,
            text(&glass["email"]).to_uppercase(),
        ),
    );
    let profiles = scene.folder.path().join("profiles.toml");
    let run = async |line: String| {
        let command = scene.command(&line).env("ROLLCALL_PROFILES", &profiles);
        command.argument("--profile").argument("prod").run().await
    };
    for who in ["email", "id", "path"].map(|name| text(&glass[name])) {
        let line = format!("suspend {who} {} --yes --output jsonl", text(&other["id"]));
        let ended = run(line).await;
        assert_eq!(ended.code(), 5, "{}", ended.stderr);
        let rows = json_lines(&ended.stdout);
        assert_eq!(rows[0]["outcome"], json!("protected"), "{rows:?}");
        assert!(["done", "already"].contains(&rows[1]["outcome"].as_str().unwrap()));
        assert_eq!(scene.state(&text(&glass["id"])).await, "ACTIVE");
    }
    // It protects from a suspension alone.
    let back = run(format!("reactivate {} --yes --output jsonl", text(&glass["email"]))).await;
    assert_eq!(back.code(), 0, "{}", back.stderr);
}

#[tokio::test]
async fn credentials_that_do_not_work_or_may_not_stop_it() {
    let scene = Scene::bad_day().await;
    let ids: Vec<String> =
        ["awkward-name", "slow", "trickled"].iter().map(|name| scene.person(name)).collect();
    let line = format!("suspend {} --yes --concurrency 1", ids.join(" "));
    let scene = scene.by("Only get user");
    let rows = scene.lines(&line, 4).await;
    let of: Vec<&str> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(of, ["not_allowed", "not_tried", "not_tried"]);
    // Nobody can be seen by it, and who is named by an ID is suspended all the same.
    let scene = scene.by("Only suspend users");
    let rows = scene.lines(&format!("suspend {} --yes", ids[0]), 0).await;
    assert_eq!((&rows[0]["email"], &rows[0]["before"]), (&Value::Null, &Value::Null));
    assert_eq!((&rows[0]["outcome"], &rows[0]["after"]), (&json!("done"), &json!("SUSPENDED")));
    let unreached = scene.unreached(&format!("suspend {} --yes", ids[0])).await;
    assert_eq!(unreached.code(), 3, "{}", unreached.stderr);
}

#[tokio::test]
async fn told_to_stop_it_ends_what_is_under_way_and_tells_the_rest() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    let people: Vec<String> = everybody
        .iter()
        .filter(|one| one["state"] == "ACTIVE")
        .skip(3)
        .take(20)
        .map(|one| text(&one["id"]))
        .collect();
    scene.write("who.txt", &people.join("\n"));
    let fault = json!({
        "name": "each act takes its time",
        "when": { "operations": ["SuspendUser"] },
        "effect": { "kind": "slow", "millis": 400 },
    });
    let control = Control::of(&scene.server);
    let set = control.send("POST", "/faults", &fault).await;
    assert!([200, 201].contains(&set.status), "{}", set.text);
    let line = "suspend --from who.txt --yes --concurrency 2 --output jsonl";
    let child = scene.command(line).spawn();
    let pid = child.id().unwrap();
    while scene.calls("SuspendUser").await < 3 {
        sleep(Duration::from_millis(50)).await;
    }
    send_signal(pid, "INT").await;
    let ended = timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    let rows = json_lines(std::str::from_utf8(&ended.stdout).unwrap());
    assert_eq!(rows.len(), 20);
    let done: Vec<&Value> = rows.iter().filter(|row| row["outcome"] == "done").collect();
    // Somebody else's directory manages some of them.
    let is_left = |row: &&Value| row["outcome"] == "not_tried" || row["outcome"] == "refused";
    let left: Vec<&Value> = rows.iter().filter(is_left).collect();
    assert_eq!(done.len() + left.len(), 20, "{rows:?}");
    assert!(!done.is_empty() && left.len() >= 10, "{} done", done.len());
    // It is so of everybody, and of nobody else.
    for (rows, state) in [(done, "SUSPENDED"), (left, "ACTIVE")] {
        for row in rows {
            assert_eq!(scene.state(row["id"].as_str().unwrap()).await, state);
        }
    }
}

#[tokio::test]
async fn results_that_cannot_be_written_stop_nobody_and_are_told() {
    let scene = Scene::good_day().await;
    let people = scene.suspendable().await;
    let ids: Vec<String> = people.iter().map(|one| text(&one["id"])).collect();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let line = format!("suspend {} --yes --output csv", ids.join(" "));
    let ended = scene.command(&line).output(full.into()).await;
    assert_eq!(ended.code(), 1);
    ended.says("4 suspended.");
    ended.says("disk full");
    for id in &ids {
        assert_eq!(scene.state(id).await, "SUSPENDED");
    }
}
