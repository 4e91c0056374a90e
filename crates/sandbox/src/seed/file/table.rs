//! The tables of a seed file, read so that every complaint knows its file, line and field.
//!
//! A [`Table`] gives its values by key and by type; each value comes as a [`Field`], which carries the
//! [`Place`] where it stands. Nothing here knows what a person or an account is.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::SeedFileError;

const QUOTED_LENGTH_MAX_CHARS: usize = 60;

pub(super) struct Source<'a> {
    pub(super) file_name: &'a str,
    pub(super) text: &'a str,
}

/// Where a field stands, as an offset: a line is counted only for the one place that is complained of.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    source: &'a Source<'a>,
    parent: &'static str,
    key: &'static str,
    offset: usize,
}

pub(super) struct Field<'a, T> {
    pub(super) value: T,
    pub(super) place: Place<'a>,
}

/// `path` is how the complaint names the table, e.g. `accounts.people`.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    path: &'static str,
    values: &'a DeTable<'a>,
    offset: usize,
}

impl Source<'_> {
    pub(super) fn wrong(&self, offset: usize, field: String, problem: String) -> SeedFileError {
        let (line, _) = line_and_column(self.text, offset);
        SeedFileError::Wrong { file: self.file_name.to_owned(), line, field, problem }
    }
}

impl<'a> Place<'a> {
    pub(super) fn line(&self) -> usize {
        line_and_column(self.source.text, self.offset).0
    }

    pub(super) fn wrong(&self, problem: impl Into<String>) -> SeedFileError {
        self.source.wrong(self.offset, joined(self.parent, self.key).into_owned(), problem.into())
    }
}

impl<'a> Table<'a> {
    pub(super) fn root(source: &'a Source<'a>, values: &'a DeTable<'a>) -> Self {
        Self { source, path: "", values, offset: 0 }
    }

    /// Where `key` stands, or would stand: at the table's own line when it is not there.
    pub(super) fn place(&self, key: &'static str) -> Place<'a> {
        let offset = self.values.get(key).map_or(self.offset, |value| value.span().start);
        Place { source: self.source, parent: self.path, key, offset }
    }

    /// The table's own line, for what the whole of `key` lacks.
    pub(super) fn own_place(&self, key: &'static str) -> Place<'a> {
        Place { source: self.source, parent: self.path, key, offset: self.offset }
    }

    /// A key nobody reads is a misspelling, and a misspelt `suspended` must not pass in silence.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), SeedFileError> {
        let unknown = self.values.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(first) = unknown.min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let name = first.get_ref().chars().take(QUOTED_LENGTH_MAX_CHARS).collect::<String>();
        let shown =
            if name.is_empty() { "\"\"".to_owned() } else { name.escape_debug().to_string() };
        let field = joined(self.path, &shown).into_owned();
        let problem = format!("there is no such key; known here: {}", known.join(", "));
        Err(self.source.wrong(first.span().start, field, problem))
    }

    pub(super) fn text(
        &self,
        key: &'static str,
    ) -> Result<Option<Field<'a, &'a str>>, SeedFileError> {
        self.typed(key, "text in quotes", |value| value.as_str())
    }

    pub(super) fn required_text(
        &self,
        key: &'static str,
        example: &str,
    ) -> Result<Field<'a, &'a str>, SeedFileError> {
        self.text(key)?.ok_or_else(|| {
            self.place(key).wrong(format!("is missing; add for example {key} = \"{example}\""))
        })
    }

    pub(super) fn flag(&self, key: &'static str) -> Result<bool, SeedFileError> {
        let flag = self.typed(key, "true or false", DeValue::as_bool)?;
        Ok(flag.is_some_and(|flag| flag.value))
    }

    pub(super) fn number(
        &self,
        key: &'static str,
    ) -> Result<Option<Field<'a, i128>>, SeedFileError> {
        self.typed(key, "a whole number", |value| {
            let number = value.as_integer()?;
            i128::from_str_radix(number.as_str(), number.radix()).ok()
        })
    }

    pub(super) fn date_time(
        &self,
        key: &'static str,
    ) -> Result<Option<Field<'a, Datetime>>, SeedFileError> {
        let wanted = "a date and time without quotes, e.g. 2024-05-01T09:30:00Z";
        self.typed(key, wanted, |value| value.as_datetime().copied())
    }

    /// The texts of a list, or none when the key is not there.
    pub(super) fn texts(
        &self,
        key: &'static str,
    ) -> Result<Vec<Field<'a, &'a str>>, SeedFileError> {
        let wanted = "a list of texts in quotes, e.g. [\"one\", \"two\"]";
        let list = self.typed(key, wanted, DeValue::as_array)?;
        let items = list.iter().flat_map(|list| list.value.iter());
        items
            .map(|item| {
                let place = Place { offset: item.span().start, ..self.place(key) };
                let value = item.get_ref();
                let text =
                    value.as_str().ok_or_else(|| wrong_type(place, value, "text in quotes"))?;
                Ok(Field { value: text, place })
            })
            .collect()
    }

    /// A share of one, such as 0.25; a whole number is one too.
    pub(super) fn share(&self, key: &'static str) -> Result<Option<Field<'a, f64>>, SeedFileError> {
        self.typed(key, "a number from 0 to 1", |value| match value {
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        })
    }

    /// The table under this key, inline or below its own `[…]`; `path` is how it is named.
    pub(super) fn table(
        &self,
        key: &'static str,
        path: &'static str,
    ) -> Result<Option<Self>, SeedFileError> {
        let field =
            self.typed(key, "a table, such as { kind = \"silence\" }", DeValue::as_table)?;
        Ok(field.map(|field| Self {
            source: self.source,
            path,
            values: field.value,
            offset: field.place.offset,
        }))
    }

    /// The tables `[[path]]`, or none when the key is not there.
    pub(super) fn tables(
        &self,
        key: &'static str,
        path: &'static str,
    ) -> Result<Vec<Self>, SeedFileError> {
        let wanted = format!("tables of their own, each under [[{path}]]");
        let list = self.typed(key, &wanted, DeValue::as_array)?;
        let items = list.iter().flat_map(|list| list.value.iter());
        items
            .map(|item| {
                let offset = item.span().start;
                let value = item.get_ref();
                let place = Place { offset, ..self.place(key) };
                let values = value.as_table().ok_or_else(|| wrong_type(place, value, &wanted))?;
                Ok(Self { source: self.source, path, values, offset })
            })
            .collect()
    }

    fn typed<T>(
        &self,
        key: &'static str,
        wanted: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Result<Option<Field<'a, T>>, SeedFileError> {
        let Some(spanned) = self.values.get(key) else {
            return Ok(None);
        };
        let place = self.place(key);
        let value =
            read(spanned.get_ref()).ok_or_else(|| wrong_type(place, spanned.get_ref(), wanted))?;
        Ok(Some(Field { value, place }))
    }
}

fn wrong_type(place: Place<'_>, value: &DeValue<'_>, wanted: &str) -> SeedFileError {
    place.wrong(format!("is of type {}; write {wanted}", value.type_str()))
}

fn joined<'a>(parent: &'a str, key: &'a str) -> Cow<'a, str> {
    match (parent, key) {
        ("", only) | (only, "") => Cow::Borrowed(only),
        (parent, key) => Cow::Owned(format!("{parent}.{key}")),
    }
}

/// Text of the file as a complaint repeats it: short, in quotes, nothing in it that a terminal obeys.
pub(super) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(QUOTED_LENGTH_MAX_CHARS).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

/// Both from 1; a column counts characters.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let text = "a = 1\nnäme = 2\n";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 5), (1, 6));
        assert_eq!(line_and_column(text, 6), (2, 1));
        assert_eq!(line_and_column(text, 9), (2, 3), "the ä is two bytes and one column");
        assert_eq!(line_and_column(text, text.len()), (3, 1));
        assert_eq!(line_and_column(text, 9_999), (3, 1), "past the end is the end");
    }

    #[test]
    fn what_is_quoted_is_short_and_harmless() {
        assert_eq!(quoted("ada"), "\"ada\"");
        assert_eq!(quoted("\u{1b}[31m\u{202e}"), "\"\\u{1b}[31m\\u{202e}\"");
        assert_eq!(quoted(&"x".repeat(61)), format!("\"{}\"…", "x".repeat(60)));
    }
}
