//! `rollcall sandbox scenarios`.

use serde_json::Value;

use super::{Done, Reach, Says, list, text};

pub async fn scenarios(reach: &Reach, says: &Says<'_>) -> Done {
    let answer = reach.get("/scenarios").await?;
    says.answer(&answer, || match list(&answer, "accounts") {
        [] => "No account of this double has scenario people.".to_owned(),
        accounts => accounts.iter().map(account).collect::<Vec<_>>().join("\n\n"),
    })
}

fn account(account: &Value) -> String {
    let mut lines = vec![format!("{}  {}", text(account, "account_id"), text(account, "name"))];
    for person in list(account, "people") {
        lines.push(format!("\n  {}  {}", text(person, "id"), text(person, "email")));
        lines.extend(told(person));
    }
    for application in list(account, "applications") {
        lines.push(format!(
            "\n  {}  {}",
            text(application, "client_id"),
            text(application, "name")
        ));
        lines.extend(told(application));
    }
    lines.join("\n")
}

fn told(scenario: &Value) -> [String; 2] {
    [
        format!("    {}", text(scenario, "what_happens")),
        format!("    A right client: {}", text(scenario, "right_client")),
    ]
}
