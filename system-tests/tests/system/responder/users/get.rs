//! Looking people up: by every name they have, from every place, and with one listing at most.

use serde_json::json;

use super::{Scene, scenario, text};

#[tokio::test]
async fn a_person_is_found_by_id_address_and_path_and_shown_once() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    let (ann, bo) = (&everybody[3], &everybody[4]);
    let before = scene.calls("ListUsers").await;
    let line = format!(
        "get {} {} {} {}",
        text(&ann["id"]),
        text(&bo["email"]).to_uppercase(),
        text(&ann["path"]),
        text(&ann["email"]),
    );
    assert_eq!(scene.lines(&line, 0).await, [ann.clone(), bo.clone()]);
    assert_eq!(scene.calls("ListUsers").await, before + 1);
    assert_eq!(scene.calls("GetUser").await, 2);
}

#[tokio::test]
async fn for_ids_and_paths_no_list_is_read() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    let (ann, only_ann) = (&everybody[3], &everybody[3..4]);
    let before = scene.calls("ListUsers").await;
    for who in [text(&ann["id"]), text(&ann["path"])] {
        assert_eq!(scene.lines(&format!("get {who}"), 0).await, only_ann);
    }
    assert_eq!(scene.calls("ListUsers").await, before);
}

#[tokio::test]
async fn people_come_from_files_columns_and_standard_input() {
    let scene = Scene::good_day().await;
    let everybody = scene.everybody().await;
    let (ann, bo) = (&everybody[3], &everybody[4]);
    let expected = [ann.clone(), bo.clone()];
    let list = format!("# seen in the alert\n{}\r\n\n {} \n", text(&ann["email"]), text(&bo["id"]));
    let file = scene.write("people.txt", &list);
    assert_eq!(scene.lines("get --from people.txt", 0).await, expected);
    let csv =
        format!("\u{feff}time,User E-Mail\n1,{}\n2,{}\n", text(&ann["email"]), text(&bo["email"]));
    scene.write("alerts.log", &csv);
    scene.write("alerts.csv", &csv.replace("User E-Mail", "email"));
    let command = scene.command("get --output jsonl --from alerts.log").argument("--column");
    let by_column = command.argument("user e-mail").run().await.well();
    assert_eq!(super::json_lines(&by_column.stdout), expected);
    assert_eq!(scene.lines("get --from alerts.csv", 0).await, expected);
    let piped = scene.command("get - --output jsonl").input(&file).run().await.well();
    assert_eq!(super::json_lines(&piped.stdout), expected);
}

#[tokio::test]
async fn who_is_not_found_is_told_with_their_line() {
    let scene = Scene::good_day().await;
    let ann = &scene.everybody().await[3];
    let email = text(&ann["email"]);
    scene.write("people.txt", &format!("{email}\nnobody@example.com\na,b\nx\u{200b}@y\nNOID\n"));
    let some = scene.run("get --from people.txt --output csv --columns email").await;
    assert_eq!((some.code(), some.stdout), (5, format!("email\n{email}\n")));
    for words in [
        "nobody@example.com (people.txt, line 2): nobody of the account",
        "a,b (people.txt, line 3): ','",
        "\\u{200b}",
        "NOID (people.txt, line 5): nobody of the account",
    ] {
        assert!(some.stderr.contains(words), "{words}: {}", some.stderr);
    }
    assert_eq!(scene.run("get nobody@example.com NOID").await.code(), 6);
    let elsewhere = scene.run("get accounts/OTHER/users/NOID").await;
    assert_eq!(elsewhere.code(), 6);
    elsewhere.says("of account OTHER");
    for (line, status, words) in [
        ("get", 2, "WHO"),
        ("get --from nowhere.txt", 1, "nowhere.txt"),
        ("get --from people.txt --column email", 2, "no column"),
        ("get --concurrency 0 x", 2, "1..=64"),
    ] {
        let ended = scene.run(line).await;
        assert_eq!(ended.code(), status, "{line}: {}", ended.stderr);
        ended.says(words);
    }
    scene.write("empty.txt", "# nobody\n");
    assert_eq!(scene.run("get --from empty.txt").await.code(), 2);
}

#[tokio::test]
async fn a_look_is_believed_before_the_list() {
    let scene = Scene::bad_day().await;
    let line = format!("get {} {}", scenario("listed-stale"), scenario("gone-on-get"));
    let found = scene.lines(&line, 5).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["state"], json!("SUSPENDED"));
}

#[tokio::test]
async fn an_application_with_one_right_does_what_that_allows() {
    let scene = Scene::bad_day().await;
    let (id, email) = (scene.person("already-suspended"), scenario("already-suspended"));
    let scene = scene.by("Only get user");
    assert_eq!(scene.lines(&format!("get {id}"), 0).await[0]["email"], json!(email));
    assert_eq!(scene.run(&format!("get {email}")).await.code(), 4);
    let scene = scene.by("Only list users");
    for who in [&id, &email] {
        assert_eq!(scene.lines(&format!("get {who}"), 0).await[0]["id"], json!(id));
    }
    let scene = scene.by("Only suspend users");
    assert_eq!(scene.run(&format!("get {id}")).await.code(), 4);
}
