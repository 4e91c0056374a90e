//! What an item says, as it is sealed and opened. Concealed values print as `***` and are wiped.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::acting::Refusal;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct FieldValue(String);

impl FieldValue {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub label: String,
    pub value: FieldValue,
    /// Shown only when it is revealed.
    pub concealed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemText {
    pub title: String,
    pub fields: Vec<Field>,
}

/// What is shown of an item that was not revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    pub title: String,
    pub fields: Vec<FieldShown>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldShown {
    pub label: String,
    /// `None`: concealed.
    pub value: Option<FieldValue>,
}

impl ItemText {
    pub const TITLE_LENGTH_MAX_CHARS: usize = 200;
    pub const FIELDS_MAX: usize = 20;
    pub const LABEL_LENGTH_MAX_CHARS: usize = 100;
    pub const VALUE_LENGTH_MAX_BYTES: usize = 8 * 1024;

    /// Why an item cannot be so.
    #[must_use]
    pub fn flaw(&self) -> Option<Refusal> {
        if self.title.trim().is_empty() || self.title.chars().count() > Self::TITLE_LENGTH_MAX_CHARS
        {
            return Some(Refusal::Invalid("an item's title has 1 to 200 characters"));
        }
        if self.fields.len() > Self::FIELDS_MAX {
            return Some(Refusal::Invalid("an item has at most 20 fields"));
        }
        for field in &self.fields {
            let length = field.label.chars().count();
            if field.label.trim().is_empty() || length > Self::LABEL_LENGTH_MAX_CHARS {
                return Some(Refusal::Invalid("a field's label has 1 to 100 characters"));
            }
            if field.value.expose().len() > Self::VALUE_LENGTH_MAX_BYTES {
                return Some(Refusal::Invalid("a field's value has at most 8 KiB"));
            }
        }
        None
    }

    #[must_use]
    pub fn overview(&self) -> Overview {
        let shown = |field: &Field| FieldShown {
            label: field.label.clone(),
            value: (!field.concealed).then(|| field.value.clone()),
        };
        Overview { title: self.title.clone(), fields: self.fields.iter().map(shown).collect() }
    }
}

#[cfg(test)]
pub(super) fn an_item() -> ItemText {
    let field = |label: &str, value: &str, concealed| Field {
        label: label.to_owned(),
        value: FieldValue::new(value.to_owned()),
        concealed,
    };
    ItemText {
        title: "SOAR".to_owned(),
        fields: vec![field("Client ID", "an id", false), field("Client secret", "hush", true)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overview_says_nothing_that_is_concealed() {
        let overview = an_item().overview();
        assert_eq!(overview.fields[0].value.as_ref().unwrap().expose(), "an id");
        assert_eq!(overview.fields[1].value, None);
        assert!(!serde_json::to_string(&overview).unwrap().contains("hush"));
        assert!(!format!("{:?}", an_item()).contains("hush"));
    }

    #[test]
    fn what_is_too_long_or_without_a_name_is_refused() {
        assert_eq!(an_item().flaw(), None);
        let with = |change: fn(&mut ItemText)| {
            let mut item = an_item();
            change(&mut item);
            item.flaw().is_some()
        };
        assert!(with(|item| item.title = " ".into()));
        assert!(with(|item| item.title = "x".repeat(201)));
        assert!(with(|item| item.fields = vec![item.fields[0].clone(); 21]));
        assert!(with(|item| item.fields[0].label = String::new()));
        assert!(with(|item| item.fields[1].value = FieldValue::new("x".repeat(8 * 1024 + 1))));
    }
}
