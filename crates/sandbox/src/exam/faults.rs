//! What happens to the calls of each scenario.

use super::Scenario;
use crate::faults::{Effect, Fault, Page, When};

/// How long an act is kept without an answer before its connection is cut: longer than a client
/// with a short limit waits, and short enough for an exam.
const SILENCE_MILLIS: u64 = 3_000;

/// `target`: who is to be acted on; `bystander`: who else may be met.
pub(super) fn faults(scenario: Scenario, target: &str, bystander: &str) -> Vec<Fault> {
    let list = || When { operations: vec!["ListUsers".to_owned()], ..When::default() };
    let acts = || {
        let operations = ["SuspendUser", "ReactivateUser"].map(str::to_owned).to_vec();
        When { operations, user: Some(target.to_owned()), ..When::default() }
    };
    let anything = When::default;
    let (when, times, effect) = match scenario {
        Scenario::Walk
        | Scenario::Suspend
        | Scenario::FindAndSuspend
        | Scenario::Reactivate
        | Scenario::AwkwardNames
        | Scenario::LastOwner
        | Scenario::ExternallyManaged
        | Scenario::MissingPermission => return Vec::new(),
        Scenario::UnknownField => (anything(), None, Effect::ExtraFields {}),
        Scenario::EmptyPage => (list(), None, Effect::EmptyPage {}),
        Scenario::VanishingPerson => {
            let user = Some(bystander.to_owned());
            (When { user, ..When::default() }, None, Effect::Vanish {})
        }
        Scenario::GonePerson => {
            let mut on_one = acts();
            on_one.operations.push("GetUser".to_owned());
            (on_one, None, answer(404, None, Page::Status))
        }
        Scenario::TokenEnds => (anything(), None, Effect::TokenEnds { after_calls: 1 }),
        Scenario::SecretRetired => {
            let operations = vec!["RequestToken".to_owned()];
            (When { operations, ..When::default() }, Some(1), Effect::RetireSecret {})
        }
        Scenario::RateLimited => (acts(), Some(1), answer(429, Some(1), Page::Status)),
        Scenario::RateLimitedList => (list(), Some(1), answer(429, Some(1), Page::Status)),
        Scenario::ServerError => (list(), Some(2), answer(500, None, Page::Status)),
        Scenario::BadGateway => (acts(), Some(1), answer(502, None, Page::Html)),
        Scenario::Silence => {
            let cut_after_millis = Some(SILENCE_MILLIS);
            (acts(), Some(1), Effect::Silence { cut_after_millis })
        }
        Scenario::CutAfterAct => (acts(), Some(1), Effect::CutAfterAct {}),
        Scenario::CutBody => (list(), Some(1), Effect::CutBody { after_bytes: 200 }),
        Scenario::Slow => (list(), Some(2), Effect::Slow { millis: 2_000 }),
        Scenario::Trickle => (list(), Some(2), Effect::Trickle { bytes: 256, every_millis: 100 }),
    };
    vec![Fault { times, ..Fault::new(scenario.key(), when, effect) }]
}

const fn answer(status: u16, retry_after_seconds: Option<u32>, page: Page) -> Effect {
    Effect::Answer { status, retry_after_seconds, page, word: None, content_type: None }
}
