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

/// The settings of one section alone, for a command that needs no more.
macro_rules! of_sections {
    ($($(#[$about:meta])* $name:ident: $wanted:expr;)+) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default)]
        pub struct $name(pub BTreeMap<String, (Source, String)>);

        impl Args for $name {
            fn augment_args(command: Command) -> Command {
                let wanted: fn(&Key) -> bool = $wanted;
                let keys = keys().iter().filter(|key| wanted(key));
                keys.fold(command, |command, key| command.arg(argument(key)))
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }

        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                let wanted: fn(&Key) -> bool = $wanted;
                Ok(Self(keys().iter().filter(|key| wanted(key)).filter_map(|key| said(matches, key)).collect()))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                self.0.extend(Self::from_arg_matches(matches)?.0);
                Ok(())
            }
        }
    )+};
}

of_sections! {
    /// Values as text, by the path of their key.
    Told: |_| true;
    /// The same for `[store]`.
    StoreTold: |key| key.section() == "store";
    /// The same for `[root_key]`.
    RootKeyTold: |key| key.section() == "root_key";
}

impl From<StoreTold> for Told {
    fn from(StoreTold(told): StoreTold) -> Self {
        Self(told)
    }
}

fn said(matches: &ArgMatches, key: &Key) -> Option<(String, (Source, String))> {
    let text = matches.get_one::<String>(&key.path)?;
    let source = match matches.value_source(&key.path)? {
        ValueSource::CommandLine => Source::Flag,
        // A variable that is there and empty says nothing.
        ValueSource::EnvVariable if !text.is_empty() => Source::Environment,
        _ => return None,
    };
    Some((key.path.clone(), (source, text.clone())))
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
    let argument = Arg::new(key.path.as_str())
        .long(key.flag.as_str())
        .aliases(key.long_flag.as_deref())
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
