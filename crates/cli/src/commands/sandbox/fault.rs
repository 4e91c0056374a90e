//! `rollcall sandbox fault`.

use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rollcall_settings::Span;
use serde_json::{Map, Value, json};

use super::{Done, Reach, ReachError, Says, list, text};

/// Of a fault in a file; the double itself reads no more.
const FAULT_BYTES_MAX: u64 = 1024 * 1024;

#[derive(Subcommand)]
pub enum Command {
    /// The faults that are set, in the order in which they are asked
    #[command(after_help = "Example:\n  rollcall sandbox fault list --json")]
    List,
    /// Set one more fault
    #[command(after_help = "\
docs/reference/scenarios.md has every effect. What the options do not say is said in a file.

Examples:
  rollcall sandbox fault add busy --operation ListUsers --times 2 --status 429 --retry-after 1
  rollcall sandbox fault add late --operation SuspendUser --slow 2s
  rollcall sandbox fault add cut --skip 3 --times 1 --cut after-act
  rollcall sandbox fault add --file fault.json")]
    Add(Box<Add>),
    /// Take out the faults that were set here; with a name all of that name, whoever set them
    #[command(after_help = "\
A reset does the same, and brings back those of the seed and the scenarios.

Examples:
  rollcall sandbox fault clear
  rollcall sandbox fault clear busy")]
    Clear {
        /// Only those of this name
        name: Option<String>,
    },
}

#[derive(Args)]
pub struct Add {
    /// Its name in the journal and in reports
    #[arg(required_unless_present = "file")]
    name: Option<String>,
    /// A fault as JSON in a file; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "effect", "operation", "account", "user", "client_id", "skip", "times", "probability", "order"])]
    file: Option<PathBuf>,
    /// Which operation it meets, such as ListUsers; may be given several times [default: any]
    #[arg(long = "operation", value_name = "OPERATION")]
    operation: Vec<String>,
    /// Only calls to this account, by id or name
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Only calls for this person, by id or e-mail address
    #[arg(long, value_name = "PERSON")]
    user: Option<String>,
    /// Only calls of this application, by client id or name
    #[arg(long, value_name = "APPLICATION")]
    client_id: Option<String>,
    /// Let so many calls pass first
    #[arg(long, value_name = "N")]
    skip: Option<u32>,
    /// Then meet so many [default: all that follow]
    #[arg(long, value_name = "N")]
    times: Option<u32>,
    /// Of the calls in turn, meet this share, 0 to 1 [default: each]
    #[arg(long, value_name = "P")]
    probability: Option<f64>,
    /// Of two that fit, the lower number is asked first [default: 0]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    order: Option<i32>,
    #[command(flatten)]
    effect: Effect,
}

#[derive(Args)]
#[group(id = "effect", required = false, multiple = true)]
struct Effect {
    /// Answer with this status, and do nothing
    #[arg(long, value_name = "STATUS", conflicts_with_all = ["slow", "silence", "cut"])]
    status: Option<u16>,
    /// With it: Retry-After, in seconds
    #[arg(long, value_name = "SECONDS", requires = "status")]
    retry_after: Option<u32>,
    /// With it: what the body is
    #[arg(long, value_name = "status|html|empty", requires = "status")]
    page: Option<Page>,
    /// Answer as usual, so much later
    #[arg(long, value_name = "TIME", conflicts_with_all = ["silence", "cut"])]
    slow: Option<Span>,
    /// Do it, and never answer
    #[arg(long, conflicts_with = "cut")]
    silence: bool,
    /// Cut the connection: before anything is done, or after it and without an answer
    #[arg(long, value_name = "before|after-act")]
    cut: Option<Cut>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Page {
    Status,
    Html,
    Empty,
}

#[derive(Clone, Copy, ValueEnum)]
enum Cut {
    Before,
    AfterAct,
}

pub async fn run(command: Command, reach: &Reach, says: &Says<'_>) -> Done {
    match command {
        Command::List => {
            let answer = reach.get("/faults").await?;
            let line = |one: &Value| format!("{}  {}", text(one, "name"), shown(one));
            says.answer(&answer, || match list(&answer, "faults") {
                [] => "No fault is set.".to_owned(),
                some => some.iter().map(line).collect::<Vec<_>>().join("\n"),
            })
        }
        Command::Add(add) => {
            let fault = match &add.file {
                Some(file) => read(file)?,
                None => add.fault()?,
            };
            let answer = reach.post("/faults", Some(&fault)).await?;
            says.answer(&answer, || format!("Set: {}.", text(&answer, "name")))
        }
        Command::Clear { name } => {
            let path = match name {
                None => "/faults".to_owned(),
                Some(name) => {
                    let mut query = url::form_urlencoded::Serializer::new(String::new());
                    format!("/faults?{}", query.append_pair("name", &name).finish())
                }
            };
            let answer = reach.delete(&path).await?;
            says.answer(&answer, || format!("Taken out: {}.", text(&answer, "removed")))
        }
    }
}

/// All of it but its name; what it leaves out is left out.
fn shown(fault: &Value) -> String {
    let mut fault = fault.clone();
    if let Some(fields) = fault.as_object_mut() {
        fields.remove("name");
        fields.retain(|_, value| !value.is_null());
    }
    crate::shown::shown(&fault.to_string())
}

fn read(file: &PathBuf) -> Result<Value, ReachError> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(FAULT_BYTES_MAX).read_to_string(&mut text)
    } else {
        std::fs::File::open(file)
            .and_then(|opened| opened.take(FAULT_BYTES_MAX).read_to_string(&mut text))
    };
    let what = file.display().to_string();
    read.map_err(|source| ReachError::Io { what: what.clone(), source })?;
    serde_json::from_str(&text).map_err(|error| ReachError::WrongUse {
        what: format!("{what}: {error}"),
        hint: "a fault is one JSON object; docs/reference/scenarios.md has its fields".to_owned(),
    })
}

impl Add {
    fn fault(&self) -> Result<Value, ReachError> {
        let mut when = Map::new();
        if !self.operation.is_empty() {
            when.insert("operations".to_owned(), json!(self.operation));
        }
        for (key, value) in
            [("account", &self.account), ("user", &self.user), ("client_id", &self.client_id)]
        {
            if let Some(value) = value {
                when.insert(key.to_owned(), json!(value));
            }
        }
        let mut fault = Map::new();
        fault.insert("name".to_owned(), json!(self.name));
        fault.insert("when".to_owned(), Value::Object(when));
        if let Some(skip) = self.skip {
            fault.insert("skip".to_owned(), json!(skip));
        }
        if let Some(times) = self.times {
            fault.insert("times".to_owned(), json!(times));
        }
        if let Some(probability) = self.probability {
            fault.insert("probability".to_owned(), json!(probability));
        }
        if let Some(order) = self.order {
            fault.insert("order".to_owned(), json!(order));
        }
        fault.insert("effect".to_owned(), self.effect.json()?);
        Ok(Value::Object(fault))
    }
}

impl Effect {
    fn json(&self) -> Result<Value, ReachError> {
        if let Some(status) = self.status {
            let mut effect = json!({ "kind": "answer", "status": status });
            if let Some(seconds) = self.retry_after {
                effect["retry_after_seconds"] = json!(seconds);
            }
            if let Some(page) = self.page {
                effect["page"] = json!(match page {
                    Page::Status => "status",
                    Page::Html => "html",
                    Page::Empty => "empty",
                });
            }
            return Ok(effect);
        }
        if let Some(slow) = &self.slow {
            return Ok(json!({ "kind": "slow", "millis": slow.0.as_millis() as u64 }));
        }
        if self.silence {
            return Ok(json!({ "kind": "silence" }));
        }
        match self.cut {
            Some(Cut::Before) => Ok(json!({ "kind": "cut_before" })),
            Some(Cut::AfterAct) => Ok(json!({ "kind": "cut_after_act" })),
            None => Err(ReachError::WrongUse {
                what: "nothing says what is to go wrong".to_owned(),
                hint: "give --status, --slow, --silence or --cut; others are set by --file"
                    .to_owned(),
            }),
        }
    }
}
