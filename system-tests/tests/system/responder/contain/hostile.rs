//! People whose names are made to break things, and a list that is: in no form of a result is a
//! name obeyed, run, or taken for two.

use rollcall_system_tests::Control;
use serde_json::{Value, json};

use super::Scene;

#[tokio::test]
async fn no_report_is_broken_by_a_name() {
    let scene = Scene::new().await;
    let account = Control::of(&scene.server).account(&json!({ "scenarios": true })).await;
    let run = async |line: &str| scene.command_as(&account.credentials, line).run().await;
    let awkward = "awkward-name@scenarios.rollcall.example";
    let given = "=cmd|'/c calc'!A1\n\u{1b}[2Jx\u{202e}@example.com\n| <script>alert(1)</script> |";
    scene.write("list", &format!("{awkward}\n{given}\n"));
    // The reason and the ticket are text from outside too.
    let line = "contain plan --from list --ticket | --reason =1+1|<b>`x`\u{202e}y";
    let planned = run(line).await.well();
    no_control_character(&planned.stdout);
    no_control_character(&planned.stderr);
    let applied = run("contain apply plan.json --yes").await.well();
    no_control_character(&applied.stdout);
    no_control_character(&applied.stderr);

    let table = run("contain show 20 --output table").await.well().stdout;
    no_control_character(&table);
    let listed = run("contain list").await.well().stdout;
    no_control_character(&listed);
    let csv = run("contain show 20 --output csv").await.well().stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4, "{csv}");
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    let jsonl = run("contain show 20 --output jsonl").await.well().stdout;
    let rows: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows.len(), &rows[0]["outcome"]), (4, &json!("done")));
    let markdown = run("contain show 20 --output md").await.well().stdout;
    no_control_character(&markdown);
    for no in ["<script", "<b>", "`x`"] {
        assert!(!markdown.contains(no), "{markdown}");
    }
    // Every table has as many cells in each row as in its head.
    let mut head = None;
    for line in markdown.lines() {
        let cells = line.replace("\\|", "").matches('|').count();
        match (line.starts_with('|'), head) {
            (false, _) => head = None,
            (true, None) => head = Some(cells),
            (true, Some(wanted)) => assert_eq!(cells, wanted, "{line}"),
        }
    }
}

/// None that a terminal obeys, and none that turns a line around.
#[track_caller]
fn no_control_character(text: &str) {
    let obeyed = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
    assert_eq!(text.chars().find(obeyed), None, "{text}");
}
