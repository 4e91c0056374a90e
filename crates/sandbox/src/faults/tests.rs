//! Choosing: order, skipping, counting and chance, and what the effects with a memory remember.

use proptest::prelude::*;
use rollcall_wire::users::State;

use super::*;

const NEVER: f64 = 0.999_999;

fn fault(name: &str, when: When) -> Fault {
    Fault::new(name, when, Effect::Slow { millis: 1 })
}

fn on(operation: &str) -> When {
    When { operations: vec![operation.to_owned()], ..When::default() }
}

fn asked(operation: &str) -> Asked<'_> {
    Asked { operation, ..Asked::default() }
}

fn set(faults: impl IntoIterator<Item = Fault>) -> Faults {
    let all = Faults::default();
    faults.into_iter().for_each(|fault| all.add(fault, SetBy::ControlApi));
    all
}

fn name_of(faults: &Faults, asked: &Asked<'_>) -> Option<String> {
    let chosen = faults.choose(asked, || NEVER);
    chosen.fault.or(chosen.on_list.into_iter().next()).map(|fault| fault.name)
}

#[test]
fn a_fault_meets_what_it_names_and_nothing_else() {
    let of = |account: &str, user: &str| When {
        account: Some(account.to_owned()),
        user: Some(user.to_owned()),
        ..on("GetUser")
    };
    let faults = set([fault("one", of("A", "U"))]);
    let call = |operation, account, user| Asked {
        operation,
        account: Some(account),
        user: Some(user),
        ..Asked::default()
    };
    assert_eq!(name_of(&faults, &call("GetUser", "A", "U")).as_deref(), Some("one"));
    for other in [
        call("SuspendUser", "A", "U"),
        call("GetUser", "B", "U"),
        call("GetUser", "A", "u"),
        asked("GetUser"),
    ] {
        assert_eq!(name_of(&faults, &other), None, "{other:?}");
    }
}

#[test]
fn only_calls_of_the_api_are_met() {
    let faults = set([fault("any", When::default())]);
    for operation in OPERATIONS {
        assert!(name_of(&faults, &asked(operation)).is_some(), "{operation}");
    }
    for operation in ["GetOpenApi", "NotFound", "Options", "MethodNotAllowed"] {
        assert_eq!(name_of(&faults, &asked(operation)), None);
    }
}

#[test]
fn a_client_id_is_the_same_in_either_case() {
    let when = When { client_id: Some("AB-cd".to_owned()), ..When::default() };
    let faults = set([fault("one", when)]);
    let call = Asked { client_id: Some("ab-CD"), ..asked("RequestToken") };
    assert!(name_of(&faults, &call).is_some());
}

#[test]
fn pages_are_told_apart() {
    let page = |page| When { page: Some(page), ..on("ListUsers") };
    let faults = set([fault("first", page(PageOf::First)), fault("later", page(PageOf::Later))]);
    let later = Asked { is_later_page: true, ..asked("ListUsers") };
    assert_eq!(name_of(&faults, &asked("ListUsers")).as_deref(), Some("first"));
    assert_eq!(name_of(&faults, &later).as_deref(), Some("later"));
}

#[test]
fn the_lower_number_is_asked_first_and_then_the_older_one() {
    let ordered = |name: &str, order| Fault { order, ..fault(name, When::default()) };
    let faults = set([ordered("c", 5), ordered("a", -1), ordered("d", 5), ordered("b", 0)]);
    let mut names = Vec::new();
    while let Some(name) = name_of(&faults, &asked("GetUser")) {
        faults.remove(|fault, _| fault.name == name);
        names.push(name);
    }
    assert_eq!(names, ["a", "b", "c", "d"]);
}

#[test]
fn each_draw_is_its_own() {
    let half = |name: &str| Fault { probability: Some(0.5), ..fault(name, When::default()) };
    let faults = set([half("one"), half("two")]);
    let mut drawn = [0.7, 0.2].into_iter();
    let chosen = faults.choose(&asked("GetUser"), || drawn.next().unwrap());
    assert_eq!(chosen.fault.unwrap().name, "two");
}

#[test]
fn who_is_on_a_list_goes_together_with_what_becomes_of_it() {
    let when = |user: &str| When { user: Some(user.to_owned()), ..When::default() };
    let faults = set([
        Fault::new("stale", when("U"), Effect::ListedAs { state: State::Active }),
        Fault::new("gone", when("V"), Effect::Vanish {}),
        fault("slow", When::default()),
        fault("slower", When::default()),
    ]);
    let list = Asked { is_later_page: true, ..asked("ListUsers") };
    let chosen = faults.choose(&list, || NEVER);
    assert_eq!(chosen.fault.unwrap().name, "slow");
    let on_list: Vec<String> = chosen.on_list.into_iter().map(|one| one.name).collect();
    assert_eq!(on_list, ["stale", "gone"]);
    // On one person it is an answer like others.
    let get = Asked { user: Some("V"), ..asked("GetUser") };
    let chosen = faults.choose(&get, || NEVER);
    assert_eq!((chosen.fault.unwrap().name.as_str(), chosen.on_list.len()), ("gone", 0));
}

#[test]
fn faults_are_taken_out_by_name_and_by_who_set_them() {
    let faults = set([fault("mine", When::default())]);
    faults.add(fault("scenario", When::default()), SetBy::Scenario);
    assert_eq!(faults.remove(|_, set_by| set_by == SetBy::ControlApi), 1);
    assert_eq!(faults.all().len(), 1);
    assert_eq!(faults.remove(|fault, _| fault.name == "nobody"), 0);
    assert_eq!(faults.remove(|fault, _| fault.name == "scenario"), 1);
}

#[test]
fn there_is_an_end_to_what_the_control_api_sets() {
    let faults = Faults::default();
    for _ in 0..SET_MAX {
        assert!(faults.add_by_control_api(fault("one", When::default())));
    }
    assert!(!faults.add_by_control_api(fault("one too many", When::default())));
    assert_eq!(faults.all().len(), SET_MAX);
}

/// A snapshot keeps them as JSON.
#[test]
fn what_is_listed_reads_back_with_how_it_fared() {
    let faults = set([
        Fault { times: Some(2), probability: Some(0.25), ..fault("slow", on("GetUser")) },
        Fault::new("cut", When::default(), Effect::CutAfterAct {}),
        Fault::new("stale", When::default(), Effect::ListedAs { state: State::Active }),
    ]);
    faults.choose(&asked("GetUser"), || 0.0);
    let text = serde_json::to_string(&faults.all()).unwrap();
    let back: Vec<Listed> = serde_json::from_str(&text).unwrap();
    assert_eq!(back, faults.all());
    let other = Faults::default();
    other.begin_again(back);
    assert_eq!(other.all(), faults.all());
    assert_eq!((other.all()[0].asked, other.all()[0].met), (1, 1));
}

#[test]
fn fields_that_nobody_reads_are_refused() {
    for text in [
        r#"{"name":"a","effect":{"kind":"silence"},"more":1}"#,
        r#"{"name":"a","effect":{"kind":"silence","more":1}}"#,
        r#"{"name":"a","effect":{"kind":"cut_before","more":1}}"#,
        r#"{"name":"a","when":{"users":"x"},"effect":{"kind":"silence"}}"#,
        r#"{"name":"a","effect":{"kind":"silense"}}"#,
    ] {
        assert!(serde_json::from_str::<Fault>(text).is_err(), "{text}");
    }
    let named = r#"{"name":"a","when":{"application":"x"},"effect":{"kind":"silence"}}"#;
    let fault: Fault = serde_json::from_str(named).unwrap();
    assert_eq!(fault.when.client_id.as_deref(), Some("x"));
}

fn kind_in_json(effect: &Effect) -> String {
    serde_json::to_value(effect).unwrap()["kind"].as_str().unwrap().to_owned()
}

#[test]
fn a_kind_has_one_word_everywhere() {
    let all = [
        Effect::Answer {
            status: 500,
            retry_after_seconds: None,
            page: Page::Html,
            word: None,
            content_type: None,
        },
        Effect::Slow { millis: 1 },
        Effect::Trickle { bytes: 1, every_millis: 1 },
        Effect::Silence { cut_after_millis: None },
        Effect::CutAfterAct {},
        Effect::CutBefore {},
        Effect::CutBody { after_bytes: 1 },
        Effect::Vanish {},
        Effect::ListedAs { state: State::Active },
        Effect::EmptyPage {},
        Effect::ExtraFields {},
        Effect::TokenEnds { after_calls: 1 },
        Effect::RetireSecret {},
    ];
    let kinds: Vec<&str> = all.iter().map(Effect::kind).collect();
    assert_eq!(kinds, Effect::KINDS);
    assert!(all.iter().all(|effect| kind_in_json(effect) == effect.kind()));
}

#[test]
fn a_person_vanishes_with_the_second_page_and_is_there_in_the_next_walk() {
    let when = When { user: Some("U".to_owned()), ..When::default() };
    let faults = set([Fault::new("vanishes", when, Effect::Vanish {})]);
    let get = Asked { user: Some("U"), client_id: Some("C"), ..asked("GetUser") };
    let first = Asked { client_id: Some("C"), ..asked("ListUsers") };
    let later = Asked { is_later_page: true, ..first.clone() };
    let others = Asked { client_id: Some("D"), ..get.clone() };
    let met = |call: &Asked<'_>| name_of(&faults, call).is_some();
    assert!(!met(&get) && !met(&first), "nobody has gone yet");
    assert!(met(&later) && met(&get), "gone");
    assert!(!met(&others), "only for whoever walks");
    assert!(!met(&Asked { user: Some("V"), ..get.clone() }), "only this person");
    assert!(!met(&first) && !met(&get), "a new walk");
}

#[test]
fn an_empty_page_leads_to_a_full_one() {
    let faults = set([Fault::new("empty", When::default(), Effect::EmptyPage {})]);
    let first = Asked { client_id: Some("C"), ..asked("ListUsers") };
    let later = Asked { is_later_page: true, ..first.clone() };
    let met: Vec<bool> = [&first, &later, &later, &later, &later, &first]
        .map(|call| name_of(&faults, call).is_some())
        .to_vec();
    assert_eq!(met, [false, true, false, true, false, false]);
}

#[test]
fn each_token_has_its_own_calls() {
    let faults = set([Fault::new("ends", When::default(), Effect::TokenEnds { after_calls: 2 })]);
    let by = |token: u8| Asked { token: Some([token; 16]), ..asked("GetUser") };
    let met: Vec<bool> =
        [1, 1, 1, 2, 1, 2, 2].map(|token| name_of(&faults, &by(token)).is_some()).to_vec();
    assert_eq!(met, [false, false, true, false, true, false, true]);
    assert_eq!(name_of(&faults, &asked("GetUser")), None, "a call without a token");
}

proptest! {
    #[test]
    fn never_before_skip_and_never_more_than_times(
        skip in 0_u32..6,
        times in prop::option::of(1_u32..6),
        share in prop::option::of(0.0_f64..=1.0),
        draws in prop::collection::vec(0.0_f64..1.0, 0..40),
    ) {
        let given = Fault { skip, times, probability: share, ..fault("one", When::default()) };
        let faults = set([given]);
        let mut met = 0_u32;
        for (number, draw) in (0_u32..).zip(&draws) {
            let is_met = faults.choose(&asked("GetUser"), || *draw).fault.is_some();
            let may = number >= skip && times.is_none_or(|times| met < times);
            let drawn = share.is_none_or(|share| *draw < share);
            prop_assert_eq!(is_met, may && drawn, "call {}", number);
            met += u32::from(is_met);
        }
        let listed = &faults.all()[0];
        prop_assert_eq!((listed.asked as usize, listed.met), (draws.len(), met));
    }

    #[test]
    fn a_share_of_nothing_meets_nobody_and_all_of_it_everybody(draw in 0.0_f64..1.0) {
        let with = |share| Fault { probability: Some(share), ..fault("one", When::default()) };
        prop_assert!(set([with(0.0)]).choose(&asked("GetUser"), || draw).fault.is_none());
        prop_assert!(set([with(1.0)]).choose(&asked("GetUser"), || draw).fault.is_some());
    }

    #[test]
    fn the_first_in_order_that_is_in_turn_meets_the_call(
        given in prop::collection::vec((-2_i32..3, 0_u32..3, prop::option::of(1_u32..3)), 1..6),
        calls in 1_usize..12,
    ) {
        let named = |(at, (order, skip, times)): (usize, &(i32, u32, Option<u32>))| Fault {
            order: *order,
            skip: *skip,
            times: *times,
            ..fault(&at.to_string(), When::default())
        };
        let all: Vec<Fault> = given.iter().enumerate().map(named).collect();
        let faults = set(all.clone());
        // The plain way: sorted, and each with its own two counts.
        let mut plain: Vec<(Fault, u32, u32)> = all.into_iter().map(|one| (one, 0, 0)).collect();
        plain.sort_by_key(|(one, ..)| one.order);
        for _ in 0..calls {
            let mut expected = None;
            for (one, asked, met) in &mut plain {
                *asked += 1;
                if *asked > one.skip && one.times.is_none_or(|times| *met < times) {
                    *met += 1;
                    expected = Some(one.name.clone());
                    break;
                }
            }
            prop_assert_eq!(name_of(&faults, &asked("GetUser")), expected);
        }
    }
}
