//! The question before many people lose their access. It is answered by words that say what will be
//! done and to how many, so that no habit answers it.

use std::io::{IsTerminal, stdin};

use dialoguer::Input;

use crate::failure::Failure;
use crate::printer::Printer;

/// Whether somebody typed exactly this. Where nobody can be asked, that is wrong use.
pub fn typed(words: &str, printer: &Printer) -> Result<bool, Failure> {
    if !printer.is_watched || !stdin().is_terminal() {
        return Err(Failure::wrong_use(
            "this needs a yes, and nobody is here to be asked",
            "look at the plan first; then say so with --yes",
        ));
    }
    let asked = Input::<String>::new()
        .with_prompt(format!("Type \"{words}\" to do it, anything else to leave it"))
        .allow_empty(true)
        .interact_text();
    let answer = asked.map_err(|error| {
        Failure::failed(format!("the terminal: {error}"), "say so with --yes instead")
    })?;
    Ok(is_that(&answer, words))
}

fn is_that(answer: &str, words: &str) -> bool {
    answer.split_whitespace().eq(words.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_themselves_are_a_yes() {
        assert!(is_that("suspend 38", "suspend 38"));
        assert!(is_that("  suspend   38 ", "suspend 38"));
        for no in ["", "y", "yes", "38", "suspend", "suspend 3", "suspend 380", "Suspend 38"] {
            assert!(!is_that(no, "suspend 38"), "{no:?}");
        }
    }
}
