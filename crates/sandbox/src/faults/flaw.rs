//! What is wrong with a fault before it ever meets a call: told to whoever sets it, by the field.

use rollcall_wire::problem::Word;

use super::fault::{Effect, Fault, OPERATIONS, Page};

const NAME_LENGTH_MAX_CHARS: usize = 100;
const MILLIS_MAX: u64 = 600_000;
const RETRY_AFTER_MAX_SECONDS: u32 = 86_400;
const CONTENT_TYPE_LENGTH_MAX_BYTES: usize = 200;

/// `field` as it is written, such as `effect.status`; `problem` says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Flaw {
    pub field: &'static str,
    pub problem: String,
}

fn flaw(field: &'static str, problem: impl Into<String>) -> Option<Flaw> {
    Some(Flaw { field, problem: problem.into() })
}

impl Fault {
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.name_flaw().or_else(|| self.when_flaw()).or_else(|| self.turn_flaw()).or_else(|| {
            match &self.effect {
                Effect::Answer { .. } => self.answer_flaw(),
                _ => self.effect_flaw(),
            }
        })
    }

    fn name_flaw(&self) -> Option<Flaw> {
        let length = self.name.chars().count();
        if self.name.trim().is_empty() || length > NAME_LENGTH_MAX_CHARS {
            let problem = format!("has {length} characters; write 1 to {NAME_LENGTH_MAX_CHARS}");
            return flaw("name", problem);
        }
        if self.name.chars().any(char::is_control) {
            return flaw("name", "has a control character in it; take it out");
        }
        None
    }

    fn when_flaw(&self) -> Option<Flaw> {
        let unknown = self.when.operations.iter().find(|one| !OPERATIONS.contains(&one.as_str()));
        if let Some(unknown) = unknown {
            let problem =
                format!("{unknown:?} is not an operation; there are {}", OPERATIONS.join(", "));
            return flaw("when.operations", problem);
        }
        let lists = self.when.operations.is_empty()
            || self.when.operations.iter().any(|one| one == "ListUsers");
        if self.when.page.is_some() && !lists {
            return flaw("when.page", "only ListUsers has pages; name it in operations");
        }
        None
    }

    fn turn_flaw(&self) -> Option<Flaw> {
        if self.times == Some(0) {
            return flaw("times", "0 meets no call; write 1 or more, or leave it out for all");
        }
        match self.probability {
            Some(share) if !(0.0..=1.0).contains(&share) => {
                flaw("probability", format!("{share} is not a share; write a number from 0 to 1"))
            }
            _ => None,
        }
    }

    fn answer_flaw(&self) -> Option<Flaw> {
        let Effect::Answer { status, retry_after_seconds, page, word, content_type } = &self.effect
        else {
            return None;
        };
        if !(200..=599).contains(status) {
            let problem = format!("{status} is not the status of an answer; write 200 to 599");
            return flaw("effect.status", problem);
        }
        if *status < 400 && *page == Page::Status {
            let problem = format!(
                "{status} has no error to show; write page = \"empty\" or \"html\", or a status from 400 on"
            );
            return flaw("effect.page", problem);
        }
        if retry_after_seconds.is_some_and(|seconds| seconds > RETRY_AFTER_MAX_SECONDS) {
            let problem = format!("write at most {RETRY_AFTER_MAX_SECONDS} seconds, a day");
            return flaw("effect.retry_after_seconds", problem);
        }
        if let Some(word) = word
            && !Word::ALL.iter().any(|one| one.as_str() == word)
        {
            let known: Vec<&str> = Word::ALL.iter().map(|word| word.as_str()).collect();
            let problem = format!("{word:?} is not a word; there are {}", known.join(", "));
            return flaw("effect.word", problem);
        }
        if word.is_some() && *page != Page::Status {
            return flaw("effect.word", "only a page of kind \"status\" says a word");
        }
        let is_header = |text: &str| {
            (1..=CONTENT_TYPE_LENGTH_MAX_BYTES).contains(&text.len())
                && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        };
        if content_type.as_ref().is_some_and(|text| !is_header(text)) {
            let problem = format!(
                "a header is 1 to {CONTENT_TYPE_LENGTH_MAX_BYTES} printable ASCII characters"
            );
            return flaw("effect.content_type", problem);
        }
        None
    }

    fn effect_flaw(&self) -> Option<Flaw> {
        let too_long = |millis: u64| millis > MILLIS_MAX;
        let long = format!("write at most {MILLIS_MAX} milliseconds, ten minutes");
        match &self.effect {
            Effect::Slow { millis } if too_long(*millis) => flaw("effect.millis", long),
            Effect::Trickle { every_millis, .. } if too_long(*every_millis) => {
                flaw("effect.every_millis", long)
            }
            Effect::Trickle { bytes: 0, .. } => flaw("effect.bytes", "write 1 or more"),
            Effect::Silence { cut_after_millis: Some(millis) } if too_long(*millis) => {
                flaw("effect.cut_after_millis", long)
            }
            Effect::TokenEnds { after_calls: 0 } => {
                flaw("effect.after_calls", "write 1 or more, or no token would ever work")
            }
            Effect::Vanish {} | Effect::ListedAs { .. } if self.when.user.is_none() => {
                let kind = self.effect.kind();
                flaw("when.user", format!("is missing; {kind} needs a person, by address or id"))
            }
            Effect::RetireSecret {} if self.when.client_id.is_none() => {
                let problem =
                    "is missing; retire_secret needs an application, by name or client id";
                flaw("when.client_id", problem)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::{PageOf, When};

    fn fault(effect: Effect) -> Fault {
        Fault::new("one", When::default(), effect)
    }

    fn answer(status: u16) -> Effect {
        Effect::Answer {
            status,
            retry_after_seconds: None,
            page: Page::Status,
            word: None,
            content_type: None,
        }
    }

    fn field_of(fault: &Fault) -> Option<&'static str> {
        fault.flaw().map(|flaw| flaw.field)
    }

    #[test]
    fn what_is_right_has_no_flaw() {
        for effect in [answer(429), Effect::Slow { millis: 1 }, Effect::CutBody { after_bytes: 0 }]
        {
            assert_eq!(fault(effect).flaw(), None);
        }
    }

    #[test]
    fn each_flaw_is_told_by_its_field() {
        let named = |name: &str| Fault { name: name.to_owned(), ..fault(answer(500)) };
        assert_eq!(field_of(&named(" ")), Some("name"));
        assert_eq!(field_of(&named(&"x".repeat(101))), Some("name"));
        assert_eq!(field_of(&named("a\u{7}")), Some("name"));
        let when = |when: When| Fault { when, ..fault(answer(500)) };
        let operations = When { operations: vec!["Token".to_owned()], ..When::default() };
        assert_eq!(field_of(&when(operations)), Some("when.operations"));
        let page = When {
            operations: vec!["GetUser".to_owned()],
            page: Some(PageOf::Later),
            ..When::default()
        };
        assert_eq!(field_of(&when(page)), Some("when.page"));
        let never = Fault { times: Some(0), ..fault(answer(500)) };
        assert_eq!(field_of(&never), Some("times"));
        for share in [-0.1, 1.1, f64::NAN] {
            let fault = Fault { probability: Some(share), ..fault(answer(500)) };
            assert_eq!(field_of(&fault), Some("probability"));
        }
        for (effect, field) in [
            (answer(199), "effect.status"),
            (answer(600), "effect.status"),
            (answer(200), "effect.page"),
            (Effect::Slow { millis: MILLIS_MAX + 1 }, "effect.millis"),
            (Effect::Trickle { bytes: 0, every_millis: 1 }, "effect.bytes"),
            (Effect::Trickle { bytes: 1, every_millis: u64::MAX }, "effect.every_millis"),
            (Effect::Silence { cut_after_millis: Some(u64::MAX) }, "effect.cut_after_millis"),
            (Effect::TokenEnds { after_calls: 0 }, "effect.after_calls"),
            (Effect::Vanish {}, "when.user"),
            (Effect::RetireSecret {}, "when.client_id"),
        ] {
            assert_eq!(field_of(&fault(effect.clone())), Some(field), "{effect:?}");
        }
    }

    #[test]
    fn a_made_up_answer_says_only_words_of_the_contract() {
        let saying = |word: &str, page| {
            fault(Effect::Answer {
                status: 403,
                retry_after_seconds: None,
                page,
                word: Some(word.to_owned()),
                content_type: None,
            })
        };
        assert_eq!(saying("no_owner_remain", Page::Status).flaw(), None);
        assert_eq!(field_of(&saying("no_owner", Page::Status)), Some("effect.word"));
        assert_eq!(field_of(&saying("no_owner_remain", Page::Html)), Some("effect.word"));
    }
}
