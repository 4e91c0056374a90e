//! What happens to whom, as faults. Those whose outcome is the server's own (the last owner, a
//! missing permission) have none.

use rollcall_directory::world::{AccountId, ApplicationId};
use rollcall_wire::users::State;

use super::{Scenario, Whose, person_id};
use crate::faults::{Effect, Fault, Page, When};
use crate::seed::SeedAccount;

/// Behind whatever somebody sets for an afternoon.
const ORDER: i32 = 1_000;

const ON_ONE: [&str; 3] = ["GetUser", "SuspendUser", "ReactivateUser"];
const ACTS: [&str; 2] = ["SuspendUser", "ReactivateUser"];

/// Of one account that has the scenario people; of another one there are none.
#[must_use]
pub fn faults(account: &SeedAccount) -> Vec<Fault> {
    if !account.scenarios {
        return Vec::new();
    }
    Scenario::ALL.iter().filter_map(|one| fault(account, *one)).collect()
}

fn fault(account: &SeedAccount, scenario: Scenario) -> Option<Fault> {
    let bad_day = bad_day(scenario)?;
    let mut when = When {
        operations: bad_day.operations.iter().map(|one| (*one).to_owned()).collect(),
        account: Some(AccountId::from_bytes(account.id).to_string()),
        ..When::default()
    };
    match scenario.whose() {
        Whose::Person => when.user = Some(person_id(account, scenario)?),
        Whose::Application => {
            let name = scenario.name();
            let application = account.applications.iter().find(|one| one.name == name)?;
            when.client_id = Some(ApplicationId::from_bytes(application.client_id).to_string());
        }
    }
    let (skip, times) = (bad_day.skip, bad_day.times);
    Some(Fault { skip, times, order: ORDER, ..Fault::new(scenario.key(), when, bad_day.effect) })
}

struct BadDay {
    operations: &'static [&'static str],
    skip: u32,
    times: Option<u32>,
    effect: Effect,
}

fn bad_day(scenario: Scenario) -> Option<BadDay> {
    let always = |operations, effect| BadDay { operations, skip: 0, times: None, effect };
    let first =
        |times, operations, effect| BadDay { times: Some(times), ..always(operations, effect) };
    Some(match scenario {
        Scenario::LastOwner
        | Scenario::ExternallyManaged
        | Scenario::AlreadySuspended
        | Scenario::AwkwardName
        | Scenario::FullAccess
        | Scenario::OnlyListUsers
        | Scenario::OnlyGetUser
        | Scenario::OnlySuspendUsers
        | Scenario::OnlyReactivateUsers => return None,
        Scenario::RateLimited => first(2, &ON_ONE, answer(429, Some(1), Page::Status)),
        Scenario::FailsOnce => first(1, &ON_ONE, answer(500, None, Page::Status)),
        Scenario::BadGateway => first(1, &ACTS, answer(502, None, Page::Html)),
        Scenario::NeverAnswers => always(&ACTS, Effect::Silence { cut_after_millis: None }),
        Scenario::Slow => always(&ON_ONE, Effect::Slow { millis: 2_000 }),
        Scenario::Trickled => always(&ON_ONE, Effect::Trickle { bytes: 16, every_millis: 100 }),
        Scenario::CutAfterAct => always(&ACTS, Effect::CutAfterAct {}),
        Scenario::VanishesBetweenPages => always(&[], Effect::Vanish {}),
        Scenario::ListedStale => always(&["ListUsers"], Effect::ListedAs { state: State::Active }),
        Scenario::GoneOnGet => always(&ON_ONE, answer(404, None, Page::Status)),
        Scenario::TokenEndsMidWalk => always(&[], Effect::TokenEnds { after_calls: 2 }),
        Scenario::SecretRetired => BadDay { skip: 2, ..first(1, &[], Effect::RetireSecret {}) },
        Scenario::EmptyPages => always(&["ListUsers"], Effect::EmptyPage {}),
        Scenario::UnknownFields => always(&[], Effect::ExtraFields {}),
    })
}

const fn answer(status: u16, retry_after_seconds: Option<u32>, page: Page) -> Effect {
    Effect::Answer { status, retry_after_seconds, page, word: None, content_type: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Seed, USERS_DEFAULT};

    #[test]
    fn each_bad_day_is_a_fault_without_a_flaw_on_the_scenario_account_alone() {
        let seed = Seed::default_with(1, USERS_DEFAULT).unwrap();
        let [plain, scenarios] = &seed.accounts[..] else { panic!("two accounts") };
        assert_eq!(faults(plain), []);
        let set = faults(scenarios);
        let with_a_bad_day = Scenario::ALL.iter().filter(|one| bad_day(**one).is_some());
        assert_eq!(set.len(), with_a_bad_day.count());
        let account = AccountId::from_bytes(scenarios.id).to_string();
        for fault in &set {
            assert_eq!(fault.flaw(), None, "{fault:?}");
            assert_eq!(fault.when.account.as_ref(), Some(&account));
            assert!(fault.when.user.is_some() != fault.when.client_id.is_some(), "{fault:?}");
        }
    }
}
