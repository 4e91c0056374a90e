//! What was said beside the file: flags and environment variables, one of each for every setting.

use std::collections::BTreeMap;
use std::fmt;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use toml::Value;

use crate::{Key, Kind, SettingsError, keys};

/// Where a value comes from; the later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Default,
    File,
    Environment,
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

/// Values as text, by the path of their key.
#[derive(Clone, Debug, Default)]
pub struct Told(pub BTreeMap<String, (Source, String)>);

/// Names by which a few settings are also known as flags, for they are typed often.
const SHORT_FLAGS: [(&str, &str); 3] =
    [("store.data", "data"), ("store.database", "database"), ("proxy.trusted", "trusted-proxy")];

impl Args for Told {
    fn augment_args(command: Command) -> Command {
        keys().iter().fold(command, |command, key| command.arg(argument(key)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn argument(key: &'static Key) -> Arg {
    let heading = match key.section() {
        "" => "Settings",
        section => section,
    };
    let help = match key.words.as_slice() {
        [] => key.about.clone(),
        words => format!("{} ({})", key.about.trim_end_matches('.'), words.join(", ")),
    };
    let short = SHORT_FLAGS.iter().find(|(path, _)| *path == key.path).map(|(_, flag)| *flag);
    let argument = Arg::new(key.path.as_str())
        .long(key.flag.as_str())
        .visible_aliases(short)
        .env(key.environment.as_str())
        .hide_env_values(true)
        .help(help)
        .help_heading(heading)
        .action(ArgAction::Set);
    match key.kind {
        Kind::Switch => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_name("true|false"),
        Kind::Number => argument.value_name("N"),
        Kind::List => argument.value_name("A,B"),
        Kind::Text => argument.value_name("VALUE"),
    }
}

impl FromArgMatches for Told {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut told = BTreeMap::new();
        for key in keys() {
            let Some(text) = matches.get_one::<String>(&key.path) else { continue };
            match matches.value_source(&key.path) {
                Some(ValueSource::CommandLine) => {
                    told.insert(key.path.clone(), (Source::Flag, text.clone()));
                }
                // A variable that is there and empty says nothing.
                Some(ValueSource::EnvVariable) if !text.is_empty() => {
                    told.insert(key.path.clone(), (Source::Environment, text.clone()));
                }
                Some(_) | None => {}
            }
        }
        Ok(Self(told))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

/// How the setting is named where it was said.
pub(crate) fn name(key: &Key, source: Source) -> String {
    match source {
        Source::Flag => format!("--{}", key.flag),
        Source::Environment => key.environment.clone(),
        Source::File | Source::Default => format!("`{}`", key.path),
    }
}

/// The text as the file would hold it.
pub(crate) fn value(key: &Key, source: Source, text: &str) -> Result<Value, SettingsError> {
    let wrong = |what: &str| SettingsError::WrongValue {
        name: name(key, source),
        what: format!("{what}, not {text:?}"),
    };
    match key.kind {
        Kind::Text => Ok(Value::String(text.to_owned())),
        Kind::Number => text.parse().map(Value::Integer).map_err(|_| wrong("it is a whole number")),
        Kind::Switch => text.parse().map(Value::Boolean).map_err(|_| wrong("it is true or false")),
        Kind::List if text.trim_start().starts_with('[') => text
            .parse::<Value>()
            .map_err(|_| wrong("in brackets it is a list as in the file: [\"a\", \"b\"]")),
        Kind::List => {
            let parts = text.split(',').map(|part| Value::String(part.trim().to_owned()));
            Ok(Value::Array(parts.collect()))
        }
    }
}
