//! `rollcall sandbox clock`.

use clap::Subcommand;
use rollcall_settings::Span;
use serde_json::{Value, json};

use super::{Done, Reach, Says, text};

#[derive(Subcommand)]
pub enum Command {
    /// What time it is in the double
    #[command(after_help = "Example:\n  rollcall sandbox clock show")]
    Show,
    /// Move it forward: tokens and secrets end as they would by waiting
    #[command(after_help = "\
Examples:
  rollcall sandbox clock advance 15m
  rollcall sandbox clock advance 90d")]
    Advance {
        /// How far: 30s, 15m, 12h, 90d
        #[arg(value_name = "TIME")]
        by: Span,
    },
    /// Let it stand still
    #[command(after_help = "Example:\n  rollcall sandbox clock freeze")]
    Freeze,
    /// Let it go on from where it stands
    #[command(after_help = "Example:\n  rollcall sandbox clock resume")]
    Resume,
}

pub async fn run(command: Command, reach: &Reach, says: &Says<'_>) -> Done {
    let answer = match command {
        Command::Show => reach.get("/clock").await?,
        Command::Advance { by } => {
            // Parts of a second would be lost on the way: a whole one more.
            let seconds = by.0.as_secs() + u64::from(by.0.subsec_nanos() > 0);
            reach.post("/clock:advance", Some(&json!({ "seconds": seconds }))).await?
        }
        Command::Freeze => reach.post("/clock:freeze", None).await?,
        Command::Resume => reach.post("/clock:resume", None).await?,
    };
    says.answer(&answer, || words(&answer))
}

fn words(clock: &Value) -> String {
    let ahead = clock.get("ahead_seconds").and_then(Value::as_f64).unwrap_or_default();
    let stands = match clock.get("frozen").and_then(Value::as_bool) {
        Some(true) => ", and stands still",
        Some(false) | None => "",
    };
    format!("{}, {ahead:.0} s ahead of this machine{stands}", text(clock, "now"))
}
