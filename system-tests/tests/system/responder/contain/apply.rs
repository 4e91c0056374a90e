//! `contain apply`: exactly what the plan says, once; results in each form; and each way to end.

use serde_json::{Value, json};

use rollcall_directory::applications::{Scope, Scopes};
use rollcall_system_tests::{Control, Terminal};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{Scene, all_are, changed};

#[tokio::test]
async fn an_apply_does_exactly_what_the_plan_says_and_does_it_once() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    let run = scene.planned().await;
    let ended = scene.run("contain apply plan.json --yes --result result.csv").await;
    // Olivia Owusu is the account's only owner: the server says no.
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    ended.says("refused: olivia.owusu@rollcall.example: no_owner_remain");
    ended.says("6 people planned: 5 suspended, 1 refused");
    ended.says(&format!("Run {run} is finished."));
    let after = scene.states().await;
    assert_eq!(changed(&before, &after), all_are("SUSPENDED"));
    let result = scene.read("result.csv");
    assert_eq!(result.lines().count(), 10, "{result}");
    assert_eq!(result.lines().filter(|line| line.contains(",done,answered,")).count(), 5);

    // Again: it says so, asks nothing of the server, and ends as it ended.
    let _ = Control::of(&scene.server).done("DELETE", "/journal").await;
    let again = scene.run("contain apply plan.json --yes --output json").await;
    assert_eq!(again.code(), 5, "{}", again.stderr);
    again.says(&format!("Run {run} was finished before: nothing was changed."));
    let report: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(report["sums"]["done"], json!(5));
    assert_eq!(report["standing"], json!("finished"));
    assert!(scene.calls().await.is_empty());

    // The refused one is tried again only by a word.
    let ended = scene.run("contain apply plan.json --yes --retry-refused").await;
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    let acts = scene.calls().await.iter().filter(|call| *call == "SuspendUser").count();
    assert_eq!(acts, 1);
    assert_eq!(scene.states().await, after);
}

#[tokio::test]
async fn who_was_suspended_since_the_plan_is_not_touched() {
    let scene = Scene::new().await;
    scene.planned().await;
    let api = scene.api();
    let token = api.token().await;
    let id = api.id_of(&token, "grazyna.wojcik@rollcall.example").await;
    assert_eq!(api.suspend(&token, &id).await.status, 200);
    let ended = scene.run("contain apply plan.json --yes --output jsonl").await;
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    let rows: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let early = rows.iter().find(|row| row["email"] == "grazyna.wojcik@rollcall.example").unwrap();
    assert_eq!((&early["outcome"], &early["tries"]), (&json!("already"), &json!(0)));
    ended.says("4 suspended, 1 suspended by somebody else, 1 refused");
}

#[tokio::test]
async fn a_terminal_is_asked_for_words_that_say_what_is_done() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    scene.planned().await;
    let binary = rollcall_system_tests::rollcall_binary().display().to_string();
    let line = format!("{binary} contain apply plan.json");
    let home = scene.folder.path().display().to_string();
    let mut environment = scene.server.credentials.environment().to_vec();
    environment.push(("HOME", &home));

    let mut terminal = Terminal::start(&line, 100, scene.folder.path(), &environment);
    terminal.wait_for("Type \"suspend 6\" to do it").await;
    terminal.type_text("yes\r").await;
    let (status, shown) = terminal.end().await;
    assert_eq!(status.code(), Some(1));
    assert!(String::from_utf8_lossy(&shown).contains("Nothing was changed."));
    assert_eq!(scene.states().await, before);

    let mut terminal = Terminal::start(&line, 100, scene.folder.path(), &environment);
    terminal.wait_for("Type \"suspend 6\" to do it").await;
    terminal.type_text("suspend 6\r").await;
    let (status, shown) = terminal.end().await;
    let shown = String::from_utf8_lossy(&shown);
    assert_eq!(status.code(), Some(5), "{shown}");
    // The bar is there, and stays.
    assert!(shown.contains("6/6"), "{shown}");
    assert_eq!(changed(&before, &scene.states().await), all_are("SUSPENDED"));
}

#[tokio::test]
async fn credentials_that_may_not_suspend_end_it_with_nobody_changed() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    scene.planned().await;
    let beside = scene.server.beside().await;
    let reader =
        beside.register(beside.account, Scopes::of(&[Scope::ListUsers, Scope::GetUser])).await;
    let apply = scene.command("contain apply plan.json --yes");
    let apply = apply.env("ROLLCALL_CLIENT_ID", reader.id.to_string());
    let ended = apply.env("ROLLCALL_CLIENT_SECRET", &reader.secret).run().await;
    assert_eq!(ended.code(), 4, "{}", ended.stderr);
    ended.says("scope_missing");
    ended.says("To go on:\n  rollcall contain apply plan.json");
    assert_eq!(scene.states().await, before);

    // A secret that is none ends it before a run is made.
    let scene = Scene::new().await;
    scene.planned().await;
    let wrong = scene.command("contain apply plan.json --yes");
    let ended = wrong.env("ROLLCALL_CLIENT_SECRET", "rcs_wrong").run().await;
    assert_eq!(ended.code(), 4, "{}", ended.stderr);
    let listed = scene.run("contain list --json").await.well();
    assert_eq!(listed.stdout, "");
}

#[tokio::test]
async fn without_the_right_to_read_it_goes_by_the_plan_and_says_so() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    let run = scene.planned().await;
    let beside = scene.server.beside().await;
    let scopes = [Scope::ListUsers, Scope::SuspendUsers, Scope::ReactivateUsers];
    let blind = beside.register(beside.account, Scopes::of(&scopes)).await;
    let as_blind = |line: &str| {
        let command = scene.command(line).env("ROLLCALL_CLIENT_ID", blind.id.to_string());
        command.env("ROLLCALL_CLIENT_SECRET", &blind.secret)
    };
    let ended = as_blind("contain apply plan.json --yes --output json").run().await;
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    ended.says("may not read people: the run goes by what the plan says");
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&report["sums"]["done"], &report["rows"][0]["before_was_read"]),
        (&json!(5), &json!(false))
    );
    assert_eq!(changed(&before, &scene.states().await), all_are("SUSPENDED"));
    let undone = as_blind(&format!("contain undo {run} --yes")).run().await.well();
    undone.says("was not read before the call, so the plan's word is taken");
    assert_eq!(scene.states().await, before);
}

/// The way to a server, which can be closed. (The port of a server that ended may be another test's
/// server's the next moment.)
async fn way(authority: String) -> (String, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (open, is_open) = watch::channel(true);
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let (authority, mut is_open) = (authority.clone(), is_open.clone());
            tokio::spawn(async move {
                let mut to = TcpStream::connect(authority).await.unwrap();
                tokio::select! {
                    _ = copy_bidirectional(&mut from, &mut to) => {}
                    _ = is_open.wait_for(|is_open| !is_open) => {}
                }
            });
        }
    });
    (url, open)
}

#[tokio::test]
async fn a_server_that_is_not_there_ends_it_and_the_same_command_goes_on() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    let (url, open) = way(scene.server.authority().to_owned()).await;
    let over = |line: &str| scene.command(line).env("ROLLCALL_URL", &url);
    over("contain plan --from alerts.csv --reason theft").run().await.well();
    open.send_replace(false);
    let apply = "contain apply plan.json --yes --timeout 1";
    let ended = over(apply).run().await;
    assert_eq!(ended.code(), 3, "{}", ended.stderr);
    ended.says("hint: `rollcall whoami`");
    assert_eq!(scene.states().await, before);
    open.send_replace(true);
    let ended = over(apply).run().await;
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    assert_eq!(changed(&before, &scene.states().await), all_are("SUSPENDED"));
}
