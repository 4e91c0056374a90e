//! `rollcall admin settings`: every setting as it is in force, and where it came from.

use clap::Args;
use rollcall_settings::{Effective, EffectiveValue, schema};
use serde_json::Value;

use super::Done;
use crate::commands::serve;
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::settings::SettingsArguments;

#[derive(Args)]
#[command(after_help = "\
Takes the same flags and environment as `rollcall serve`. Passwords in addresses are masked; keys
and other secrets are named by settings, never held by them. What `serve` would refuse of them is
said on standard error; what they name (files, addresses, keys) is not looked at.

Exit status: 0, or 2 where the settings cannot be used.

Examples:
  rollcall admin settings --config /etc/rollcall/rollcall.toml
  rollcall admin settings --config rollcall.toml --json
  rollcall admin settings --schema > settings.schema.json")]
pub struct Options {
    #[command(flatten)]
    settings: SettingsArguments,
    /// Print JSON: a list of key, value and from
    #[arg(long)]
    json: bool,
    /// Print the JSON schema of the file instead
    #[arg(long)]
    schema: bool,
}

pub fn run(options: &Options, printer: &Printer) -> Done {
    if options.schema {
        printer.data(&format!("{:#}", schema()));
        return Ok(ExitStatus::Done);
    }
    let loaded = options.settings.load()?;
    let effective = Effective::of(&loaded);
    if options.json {
        printer.data(&serde_json::to_string(&effective.0).unwrap_or_default());
    } else {
        printer.data(&table(&effective.0));
    }
    let refusals = serve::refusals(&loaded.settings);
    for refusal in &refusals {
        let what = format!("`rollcall serve` would not start: {refusal}");
        printer.error(&what, refusal.hint().as_deref());
    }
    Ok(if refusals.is_empty() { ExitStatus::Done } else { ExitStatus::WrongUse })
}

fn table(values: &[EffectiveValue]) -> String {
    let width = |text: fn(&EffectiveValue) -> String| {
        values.iter().map(|value| text(value).len()).max().unwrap_or_default()
    };
    let (keys, shown_values) = (width(|value| value.key.to_owned()), width(shown).min(60));
    let lines = values.iter().map(|value| {
        format!("{:keys$}  {:shown_values$}  {}", value.key, shown(value), value.from)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// As in the file, or a dash where nothing is set.
fn shown(value: &EffectiveValue) -> String {
    match &value.value {
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
