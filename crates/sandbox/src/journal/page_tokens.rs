//! The page tokens that were given, so that one that comes can be told apart: as it was given, a
//! little altered, or made up. They carry no authority, so their text may be kept.

use std::collections::{HashMap, VecDeque};

use super::{Alteration, PageToken};

/// More than a suite walks through; the oldest leave first.
const KEPT_MAX: usize = 5_000;
/// So many of the newest are looked through for one that is nearly the same.
const COMPARED_MAX: usize = 200;
/// What is shorter is like too many.
const ALIKE_MIN_CHARS: usize = 12;
const OTHER_CHARS_MAX: usize = 4;

#[derive(Default)]
pub(super) struct PageTokens {
    /// With the newest exchange that answered it.
    given: HashMap<String, u64>,
    order: VecDeque<String>,
}

impl PageTokens {
    pub(super) fn gave(&mut self, token: &str, exchange: u64) {
        if self.given.insert(token.to_owned(), exchange).is_some() {
            return;
        }
        self.order.push_back(token.to_owned());
        if self.order.len() > KEPT_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.given.remove(&oldest);
        }
    }

    pub(super) fn compare(&self, token: &str) -> PageToken {
        if token.is_empty() {
            return PageToken::None;
        }
        if let Some(&exchange) = self.given.get(token) {
            return PageToken::AsGiven { exchange };
        }
        for given in self.order.iter().rev().take(COMPARED_MAX) {
            if let (Some(how), Some(&exchange)) = (alteration(given, token), self.given.get(given))
            {
                return PageToken::Altered { exchange, how };
            }
        }
        PageToken::Unknown
    }
}

fn alteration(given: &str, token: &str) -> Option<Alteration> {
    if token.len().min(given.len()) < ALIKE_MIN_CHARS {
        None
    } else if given.eq_ignore_ascii_case(token) {
        Some(Alteration::Case)
    } else if token.contains(given) {
        Some(Alteration::Surrounded)
    } else if given.contains(token) {
        Some(Alteration::CutShort)
    } else if given.len() == token.len() {
        let others = given.bytes().zip(token.bytes()).filter(|(one, other)| one != other).count();
        (others <= OTHER_CHARS_MAX).then_some(Alteration::Characters)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "AQAAAAEAAAGbxYz0123456789_-abc";

    #[test]
    fn what_was_given_is_told_from_what_was_altered_and_made_up() {
        let mut tokens = PageTokens::default();
        tokens.gave(TOKEN, 4);
        tokens.gave("AQAAAAEAAAGbxYzANOTHER________", 5);
        let altered = |how| PageToken::Altered { exchange: 4, how };
        assert_eq!(tokens.compare(TOKEN), PageToken::AsGiven { exchange: 4 });
        assert_eq!(tokens.compare(&TOKEN.to_lowercase()), altered(Alteration::Case));
        assert_eq!(tokens.compare(&format!("\"{TOKEN}\"")), altered(Alteration::Surrounded));
        assert_eq!(tokens.compare(&TOKEN[..24]), altered(Alteration::CutShort));
        assert_eq!(tokens.compare(&TOKEN.replace('_', " ")), altered(Alteration::Characters));
        assert_eq!(tokens.compare("2"), PageToken::Unknown);
        assert_eq!(tokens.compare("b2Zmc2V0PTUwJmxpbWl0PTI1AAAAAA"), PageToken::Unknown);
        assert_eq!(tokens.compare(""), PageToken::None);
        tokens.gave(TOKEN, 9);
        assert_eq!(tokens.compare(TOKEN), PageToken::AsGiven { exchange: 9 });
    }

    #[test]
    fn the_oldest_leave_first() {
        let mut tokens = PageTokens::default();
        for number in 0..=KEPT_MAX as u64 {
            tokens.gave(&format!("token {number}"), number);
        }
        assert_eq!(tokens.compare("token 1"), PageToken::AsGiven { exchange: 1 });
        assert_eq!(tokens.compare("token 0"), PageToken::Unknown);
        assert_eq!(tokens.given.len(), KEPT_MAX);
    }
}
