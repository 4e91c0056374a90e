//! What several fields of a seed file have in common: lengths, letters, ids, and being the only one.

use std::collections::HashMap;
use std::hash::Hash;

use data_encoding::BASE32_NOPAD;

use super::SeedFileError;
use super::table::{Field, Place, quoted};

pub(super) const NAME_LENGTH_MAX_CHARS: usize = 200;

/// A name that can be shown: not empty, not too long, no control characters.
pub(super) fn name(
    field: &Field<'_, &str>,
    length_max_chars: usize,
) -> Result<String, SeedFileError> {
    let text = field.value;
    if text.trim().is_empty() {
        return Err(field.place.wrong("is empty; give it at least one letter"));
    }
    shown_text(field, length_max_chars)
}

/// Text that can be shown, and may be empty.
pub(super) fn shown_text(
    field: &Field<'_, &str>,
    length_max_chars: usize,
) -> Result<String, SeedFileError> {
    let length = field.value.chars().count();
    if length > length_max_chars {
        let problem = format!("has {length} characters; the most is {length_max_chars}");
        return Err(field.place.wrong(problem));
    }
    if field.value.chars().any(char::is_control) {
        let shown = quoted(field.value);
        return Err(field
            .place
            .wrong(format!("{shown} has a control character in it; take it out")));
    }
    Ok(field.value.to_owned())
}

/// An account's or a person's id. 26 characters hold two bits more than 16 bytes; those are zero, so
/// that one id has one spelling.
pub(super) fn id(field: &Field<'_, &str>) -> Result<[u8; 16], SeedFileError> {
    let wrong = |problem: &str| {
        let shown = quoted(field.value);
        field.place.wrong(format!(
            "{shown} {problem}; leave the key out to have an id made from the seed number"
        ))
    };
    let known = |letter: char| matches!(letter, 'A'..='Z' | '2'..='7');
    if field.value.chars().count() != 26 || !field.value.chars().all(known) {
        return Err(wrong("is not an id: that is 26 characters of A-Z and 2-7"));
    }
    let bytes = BASE32_NOPAD.decode(field.value.as_bytes()).map_err(|_| {
        wrong("is not an id: the last of its 26 characters can only be A, E, I, M, Q, U, Y or 4")
    })?;
    Ok(bytes.try_into().expect("26 characters of five bits are 16 bytes and two bits"))
}

/// Values of which there may be only one, each with the place that took it.
pub(super) struct Taken<'a, Value> {
    by: HashMap<Value, Place<'a>>,
}

impl<'a, Value: Eq + Hash> Taken<'a, Value> {
    pub(super) fn nothing() -> Self {
        Self { by: HashMap::new() }
    }

    /// `problem` makes the sentence from the line that has the value already.
    pub(super) fn take(
        &mut self,
        value: Value,
        place: Place<'a>,
        problem: impl FnOnce(usize) -> String,
    ) -> Result<(), SeedFileError> {
        match self.by.insert(value, place) {
            None => Ok(()),
            Some(earlier) => Err(place.wrong(problem(earlier.line()))),
        }
    }

    pub(super) fn place_of(&self, value: &Value) -> Option<Place<'a>> {
        self.by.get(value).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by.is_empty()
    }
}
