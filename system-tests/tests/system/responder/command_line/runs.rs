//! `rollcall contain`: a plan by one listing, carried out exactly, told, and taken back.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::on_every_server;
use super::{Ground, Standing, Which, one_listing};

on_every_server!(a_run_is_planned_applied_told_and_undone);

async fn a_run_is_planned_applied_told_and_undone(which: Which) {
    let ground = Ground::open(which).await;
    let before = ground.everybody().await;
    let six = ground.ordinary(6).await;
    let owner = ground.last_owner().await;
    let already = before.iter().find(|(_, one)| one.standing == Standing::Suspended).unwrap().0;
    let file = |name: &str| ground.home.path().join(name).to_str().unwrap().to_owned();
    let (list, plan, runs) = (file("alerts.csv"), file("plan.json"), file("runs"));
    let path = format!("accounts/{}/users/{}", ground.account, six[1].0);
    let mut lines = vec!["time,email", "09:00,nobody@stand-in.example"]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    lines.extend(
        [&six[0].1.email.to_uppercase(), &path, &six[2].0].map(|who| format!("09:01,{who}")),
    );
    lines.extend(six[3..].iter().map(|(_, one)| format!("09:02,{}", one.email)));
    lines.extend([&owner, already, &six[0].0].map(|who| format!("09:03,{who}")));
    std::fs::write(&list, lines.join("\n") + "\n").unwrap();

    let make = [
        "contain", "plan", "--from", &list, "--column", "email", "--reason", "phishing",
        "--ticket", "INC-1", "--out", &plan, "--output", "json",
    ];
    ground.command(make).run().await.well();
    one_listing(&ground);
    assert!(ground.changes().await.is_empty(), "a plan changes nobody");
    if let Some(stood_in) = ground.stood_in() {
        let inside = stood_in.inside();
        assert!(inside.arrivals.iter().all(|arrival| !arrival.meant.kind.is_act()));
    }

    let apply = ["contain", "apply", &plan, "--yes", "--runs", &runs, "--output", "json"];
    let applied = ground.command(apply).run().await;
    assert_eq!(applied.code(), 5, "the owner is refused: {}", applied.stderr);
    let report: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(report["sums"]["done"], 6, "{report}");
    assert_eq!(report["sums"]["refused"], 1, "{report}");
    let mut expected = before.clone();
    for (id, _) in &six {
        expected.get_mut(id).unwrap().standing = Standing::Suspended;
    }
    assert_eq!(ground.everybody().await, expected);
    let changes = ground.changes().await;
    let once: BTreeSet<_> = changes.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!((changes.len(), once), (6, six.iter().map(|(id, _)| id.clone()).collect()));

    // Once more: it is finished, and nobody is asked for anything.
    let again = ground.command(apply).run().await;
    assert_eq!((again.code(), ground.changes().await.len()), (5, 6), "{}", again.stderr);

    let run = report["run"].as_str().unwrap();
    let undo = ["contain", "undo", run, "--yes", "--runs", &runs, "--output", "json"];
    let undone = ground.command(undo).run().await.well();
    let report: Value = serde_json::from_str(&undone.stdout).unwrap();
    assert_eq!(report["sums"]["done"], 6, "{report}");
    assert_eq!(ground.everybody().await, before, "all of it is taken back, and nothing else");
    assert_eq!(ground.changes().await.len(), 12);
    ground.close();
}
