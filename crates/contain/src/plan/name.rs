//! The run's name: when, what for, and six letters of what is in it, so that two plans made in the
//! same moment have two names.

use jiff::Timestamp;

use super::{Digest, Plan};

const SLUG_MAX: usize = 32;
const NAME_MAX: usize = 64;

/// `2026-11-26-inc-4711-k3x9qa`. The letters are of the plan without its name.
pub(super) fn of(plan: &Plan, made_at: Timestamp) -> String {
    let about = plan.ticket.as_deref().unwrap_or(&plan.reason);
    let slug = slug(about);
    let day = made_at.strftime("%Y-%m-%d");
    let letters = data_encoding::BASE32_NOPAD.encode(Digest::of(plan).bytes());
    let letters = letters[..6].to_lowercase();
    let undo = if plan.undoes.is_some() { "undo-" } else { "" };
    if slug.is_empty() {
        format!("{day}-{undo}{letters}")
    } else {
        format!("{day}-{undo}{slug}-{letters}")
    }
}

/// Lower case letters and digits, with one hyphen for all else.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        if slug.len() == SLUG_MAX {
            break;
        }
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A run's name is that of a folder, so it can lead nowhere else.
pub fn is_run_name(text: &str) -> bool {
    (1..=NAME_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_folder_may_be_called() {
        assert_eq!(slug("INC-4711: Łukasz' laptop"), "inc-4711-ukasz-laptop");
        assert_eq!(slug("../../etc"), "etc");
        assert_eq!(slug("山田"), "");
        assert_eq!(slug(&"a ".repeat(40)), "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a");
        assert!(is_run_name("2026-11-26-inc-4711-k3x9qa"));
        for bad in ["", ".", "..", "a/b", "-a", "A", "a.b", &"a".repeat(65)] {
            assert!(!is_run_name(bad), "{bad}");
        }
    }
}
