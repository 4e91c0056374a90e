//! Reading the file, and putting over it what the environment and the flags say.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use crate::told::{Source, Told, name, value};
use crate::{Key, Settings, SettingsError, keys};

/// Settings with where each came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub settings: Settings,
    sources: BTreeMap<String, Source>,
}

/// Of each of these one is wanted: a later source that names one of them means that one instead.
const EITHER: [&[&str]; 2] = [
    &["store.data", "store.database"],
    &["root_key.file", "root_key.credential", "root_key.environment", "root_key.command"],
];

impl Loaded {
    /// Reads the file, if one was named.
    pub fn read(file: Option<&Path>, told: &Told) -> Result<Self, SettingsError> {
        let Some(path) = file else { return Self::of_text(Path::new("(none)"), "", told) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        Self::of_text(path, &text, told)
    }

    /// The same from the text of a file; `path` is what errors call it.
    pub fn of_text(path: &Path, text: &str, told: &Told) -> Result<Self, SettingsError> {
        let in_file = |error| SettingsError::of_file(path, &error);
        // Alone first: then what is wrong has a line and a column.
        toml::from_str::<Settings>(text).map_err(in_file)?;
        let mut table: Table = toml::from_str(text).map_err(in_file)?;
        let mut sources = BTreeMap::new();
        for key in keys().iter().filter(|key| get(&table, &key.path).is_some()) {
            sources.insert(key.path.clone(), Source::File);
        }
        for wanted in [Source::Environment, Source::Flag] {
            let said = told.0.iter().filter(|(_, (source, _))| *source == wanted);
            let said: Vec<_> = said
                .filter_map(|(path, (_, text))| {
                    Some((keys().iter().find(|key| key.path == *path)?, text))
                })
                .collect();
            for (key, _) in &said {
                forget_others(&mut table, &mut sources, key, wanted);
            }
            for (key, text) in said {
                let value = value(key, wanted, text)?;
                alone(key, wanted, &value)?;
                put(&mut table, &key.path, value);
                sources.insert(key.path.clone(), wanted);
            }
        }
        exclusive(&sources)?;
        // Each part was read before; together they can only be what they were.
        let settings = table.try_into::<Settings>().map_err(in_file)?;
        Ok(Self { settings, sources })
    }

    #[must_use]
    pub fn source(&self, path: &str) -> Source {
        self.sources.get(path).copied().unwrap_or(Source::Default)
    }
}

/// Would this value alone be read? Its error then names the flag or the variable.
fn alone(key: &Key, source: Source, value: &Value) -> Result<(), SettingsError> {
    let mut table = Table::new();
    put(&mut table, &key.path, value.clone());
    match table.try_into::<Settings>() {
        Ok(_) => Ok(()),
        Err(error) => Err(SettingsError::WrongValue {
            name: name(key, source),
            what: error.message().to_owned(),
        }),
    }
}

fn forget_others(
    table: &mut Table,
    sources: &mut BTreeMap<String, Source>,
    said: &Key,
    by: Source,
) {
    for group in EITHER.iter().filter(|group| group.contains(&&*said.path)) {
        for path in group.iter().filter(|path| **path != said.path) {
            if sources.get(*path).is_some_and(|source| *source < by) {
                sources.remove(*path);
                remove(table, path);
            }
        }
    }
}

fn exclusive(sources: &BTreeMap<String, Source>) -> Result<(), SettingsError> {
    for group in EITHER {
        let said: Vec<(&Key, Source)> = keys()
            .iter()
            .filter(|key| group.contains(&&*key.path))
            .filter_map(|key| Some((key, *sources.get(&key.path)?)))
            .collect();
        if let [(first, by), (second, also), ..] = said.as_slice() {
            return Err(SettingsError::Exclusive {
                first: name(first, *by),
                second: name(second, *also),
                hint: format!("keep one of {}", group.join(", ")),
            });
        }
    }
    Ok(())
}

pub(crate) fn get<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        Some((section, rest)) => get(table.get(section)?.as_table()?, rest),
        None => table.get(path),
    }
}

fn put(table: &mut Table, path: &str, value: Value) {
    let Some((section, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return;
    };
    let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        put(inner, rest, value);
    }
}

pub(crate) fn remove(table: &mut Table, path: &str) {
    match path.split_once('.') {
        Some((section, rest)) => {
            if let Some(Value::Table(inner)) = table.get_mut(section) {
                remove(inner, rest);
            }
        }
        None => {
            table.remove(path);
        }
    }
}

#[cfg(test)]
mod tests;
