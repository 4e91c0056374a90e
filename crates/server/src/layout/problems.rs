//! What is wrong with a form that was sent: beside the field, and together at the top.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems(Vec<Problem>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The field's name, which is its id too; empty: the form as a whole.
    pub field: &'static str,
    pub text: String,
}

impl Problems {
    pub(crate) fn one(field: &'static str, text: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(field, text);
        problems
    }

    pub(crate) fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.0.push(Problem { field, text: text.into() });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn list(&self) -> &[Problem] {
        &self.0
    }

    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| &*problem.text)
    }

    pub(crate) fn heading(&self) -> &'static str {
        match self.0.len() {
            1 => "One thing needs your attention",
            _ => "Some things need your attention",
        }
    }
}
