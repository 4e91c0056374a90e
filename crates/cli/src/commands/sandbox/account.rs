//! `rollcall sandbox account`.

use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{Done, Reach, Says, list, text};

#[derive(Subcommand)]
pub enum Command {
    /// Make an account with its own people and application, and print its credentials
    #[command(after_help = "\
It is gone after a reset; made again in the same order, it has the same ids and secrets.

Examples:
  rollcall sandbox account add
  rollcall sandbox account add --name 'Test 7' --users 200 --json
  rollcall sandbox account add --scenarios")]
    Add {
        /// What it is called [default: Isolated account N]
        #[arg(long)]
        name: Option<String>,
        /// How many made-up people, 1 to 10000 [default: 50]
        #[arg(long, value_name = "N", conflicts_with = "scenarios")]
        users: Option<u64>,
        /// With the scenario people and their applications instead
        #[arg(long)]
        scenarios: bool,
    },
    /// All accounts of the double
    #[command(after_help = "Example:\n  rollcall sandbox account list --json")]
    List,
}

pub async fn run(command: Command, reach: &Reach, says: &Says<'_>) -> Done {
    match command {
        Command::Add { name, users, scenarios } => {
            let mut body = Map::new();
            if let Some(name) = name {
                body.insert("name".to_owned(), name.into());
            }
            if let Some(users) = users {
                body.insert("users".to_owned(), users.into());
            }
            if scenarios {
                body.insert("scenarios".to_owned(), json!(true));
            }
            let answer = reach.post("/accounts", Some(&Value::Object(body))).await?;
            says.answer(&answer, || made(&answer))
        }
        Command::List => {
            let answer = reach.get("/accounts").await?;
            let line = |one| format!("{}  {}", text(one, "account_id"), text(one, "name"));
            let lines: Vec<String> = list(&answer, "accounts").iter().map(line).collect();
            says.answer(&answer, || lines.join("\n"))
        }
    }
}

fn made(answer: &Value) -> String {
    let mut lines = vec![
        format!("account        {}  ({})", text(answer, "account_id"), text(answer, "name")),
        format!("client ID      {}", text(answer, "client_id")),
        format!("client secret  {}", text(answer, "client_secret")),
    ];
    for application in list(answer, "applications").iter().skip(1) {
        let (name, id) = (text(application, "name"), text(application, "client_id"));
        lines.push(format!("{name}: {id} {}", text(application, "client_secret")));
    }
    let people = answer.get("people").and_then(Value::as_object);
    for (scenario, id) in people.into_iter().flatten() {
        lines.push(format!("{}  {scenario}", id.as_str().unwrap_or_default()));
    }
    lines.join("\n")
}
