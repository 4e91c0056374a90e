//! `rollcall whoami` and `rollcall users`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::on_every_server;
use super::{Ground, Kind, Shown, Standing, Which, one_listing, word};

on_every_server!(
    whoami_tries_what_is_harmless,
    everybody_is_listed_in_each_form,
    people_are_got_by_id_and_address,
    people_are_suspended_and_reactivated_by_what_was_written_down,
);

async fn whoami_tries_what_is_harmless(which: Which) {
    let ground = Ground::open(which).await;
    let said = ground.command(["whoami", "--json"]).run().await.well().stdout;
    let said: Value = serde_json::from_str(&said).unwrap();
    let get = if ground.may_get() { "allowed" } else { "refused" };
    assert_eq!((&said["works"], &said["list"]), (&true.into(), &"allowed".into()), "{said}");
    assert_eq!((&said["get"], &said["suspend"]), (&get.into(), &"not_tried".into()), "{said}");
    assert!(ground.changes().await.is_empty());
    if let Some(stood_in) = ground.stood_in() {
        let inside = stood_in.inside();
        assert!(inside.arrivals.iter().all(|arrival| !arrival.meant.kind.is_act()));
    }
    ground.close();
}

/// By id: address, name and state.
fn people<'a>(users: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, [String; 3]> {
    let text = |user: &Value, name: &str| user[name].as_str().unwrap().to_owned();
    let three = |user: &Value| ["email", "display_name", "state"].map(|name| text(user, name));
    users.into_iter().map(|user| (text(user, "id"), three(user))).collect()
}

fn true_people(truth: &BTreeMap<String, Shown>) -> BTreeMap<String, [String; 3]> {
    let three =
        |one: &Shown| [one.email.clone(), one.display_name.clone(), word(one.standing).to_owned()];
    truth.iter().map(|(id, one)| (id.clone(), three(one))).collect()
}

async fn everybody_is_listed_in_each_form(which: Which) {
    let ground = Ground::open(which).await;
    let truth = ground.everybody().await;
    let list = async |form: &str| {
        let list = ["users", "list", "--output", form, "--page-size", "25"];
        ground.command(list).run().await.well().stdout
    };
    let json: Vec<Value> = serde_json::from_str(&list("json").await).unwrap();
    assert_eq!((people(&json), json.len()), (true_people(&truth), truth.len()));
    let lines = list("jsonl").await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, json);
    let table = list("csv").await;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|column| column == name).unwrap();
    let (id, email, state) = (at("id"), at("email"), at("state"));
    let mut count = 0;
    for row in reader.records() {
        let row = row.unwrap();
        count += 1;
        let one = &truth[&row[id]];
        assert_eq!((&row[email], &row[state]), (&*one.email, word(one.standing)));
        let is_run = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t']);
        assert!(!row.iter().any(is_run), "{row:?}");
    }
    assert_eq!(count, truth.len());
    let table = list("table").await;
    assert_eq!(table.lines().count(), truth.len() + 1, "{table}");
    assert!(!table.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{table}");
    assert!(ground.changes().await.is_empty());
    ground.close();
}

async fn people_are_got_by_id_and_address(which: Which) {
    let ground = Ground::open(which).await;
    let truth = ground.everybody().await;
    let ordinary = ground.ordinary(3).await;
    let path = format!("accounts/{}/users/{}", ground.account, ordinary[1].0);
    let loud = ordinary[2].1.email.to_uppercase();
    let get = ["users", "get", &ordinary[0].0, &path, &loud, "--output", "json"];
    let said = ground.command(get).run().await.well().stdout;
    let said: Vec<Value> = serde_json::from_str(&said).unwrap();
    let wanted: BTreeMap<_, _> = ordinary.iter().cloned().collect();
    assert_eq!(people(&said), true_people(&wanted));
    one_listing(&ground);
    let nobody = ["users", "get", "nobody@stand-in.example", "--output", "json"];
    let nobody = ground.command(nobody).run().await;
    assert_eq!(nobody.code(), 6, "{}", nobody.stderr);
    assert_eq!(ground.everybody().await, truth);
    ground.close();
}

async fn people_are_suspended_and_reactivated_by_what_was_written_down(which: Which) {
    let ground = Ground::open(which).await;
    let before = ground.everybody().await;
    let three = ground.ordinary(3).await;
    let owner = ground.last_owner().await;
    let list = ground.home.path().join("list.txt");
    // One of them twice, once by address and once by ID.
    let lines = [&three[0].1.email.to_uppercase(), &three[1].0, &three[2].1.email, &three[2].0];
    std::fs::write(&list, lines.map(String::as_str).join("\n")).unwrap();
    let from = list.to_str().unwrap();
    let act = async |verb: &str, more: &[&str]| {
        let mut line = vec!["users", verb, "--yes", "--output", "jsonl"];
        line.extend(more);
        let ended = ground.command(&line).run().await;
        let rows: Vec<Value> =
            ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (ended.code(), rows, ended.stderr)
    };
    let (code, rows, stderr) = act("suspend", &["--from", from]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows.iter().all(|row| row["outcome"] == "done" && row["after"] == "SUSPENDED"));
    one_listing(&ground);
    let mut expected = before.clone();
    for (id, _) in &three {
        expected.get_mut(id).unwrap().standing = Standing::Suspended;
    }
    assert_eq!(ground.everybody().await, expected);
    let (code, rows, stderr) = act("suspend", &[&owner, &three[0].0]).await;
    assert_eq!(code, 5, "{stderr}");
    let outcomes: Vec<&str> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    // Who may not be read is not known to be so already.
    let already = if ground.may_get() { "already" } else { "done" };
    assert!(outcomes.contains(&"refused") && outcomes.contains(&already), "{rows:?}");
    assert!(rows.iter().any(|row| row["error"].to_string().contains("no_owner_remain")));
    let (code, _, stderr) = act("reactivate", &["--from", from]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(ground.everybody().await, before, "somebody else was touched");
    assert_eq!(ground.changes().await.len(), 6, "each once");
    if let Some(stood_in) = ground.stood_in().filter(|_| ground.is_a_good_day()) {
        assert!(stood_in.inside().count(Kind::Suspend) <= 5);
        assert_eq!(stood_in.inside().count(Kind::Reactivate), 3);
    }
    ground.close();
}
