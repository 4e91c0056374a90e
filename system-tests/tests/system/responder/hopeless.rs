//! Days that no patience makes good, and those on which patience is measured: what is waited for,
//! how often something is tried, and which error is told.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use rollcall_sdk::{Class, Error, Filter, Retries, User};

use super::bad_days::slow_down;
use super::servers::Ground;
use super::stand_in::{Flavour, Kind, Pace, Play, Reply, Script, Standing};

/// Few and short, so that the end of patience comes soon.
const SHORT: Retries = Retries {
    deadline: Duration::from_secs(2),
    times: 2,
    first_wait: Duration::from_millis(20),
    longest_wait: Duration::from_millis(100),
};

async fn a_day(script: Script) -> Ground {
    Ground::with_script(60, Flavour::PLAIN, script).await
}

/// For one kind of call; the others are answered as they should be.
fn always(kind: Kind, play: impl Fn() -> Play + Send + 'static) -> Script {
    Box::new(move |_, meant| if meant.kind == kind { play() } else { Play::GOOD })
}

fn count(ground: &Ground, kind: Kind) -> usize {
    ground.stood_in().unwrap().inside().count(kind)
}

async fn everybody(ground: &Ground, retries: Retries) -> Result<Vec<User>, Error> {
    let client = ground.client_with(&ground.client_secret, retries);
    client.list(Filter::All).page_size(7).people().try_collect().await
}

#[tokio::test]
async fn retry_after_is_waited_for_and_not_shortened() {
    for kind in [Kind::Token, Kind::List, Kind::Get, Kind::Suspend] {
        let mut is_first = true;
        let script: Script = Box::new(move |_, meant| {
            if meant.kind == kind && std::mem::take(&mut is_first) {
                return Play::Instead(slow_down(1));
            }
            Play::GOOD
        });
        let ground = a_day(script).await;
        let (id, _) = ground.ordinary(1).await.remove(0);
        let client = ground.client();
        client.get(&id).await.unwrap();
        client.suspend(&id).await.unwrap();
        let _: Vec<User> = client.list(Filter::All).people().try_collect().await.unwrap();
        let inside = ground.stood_in().unwrap().inside();
        let arrived: Vec<Instant> = inside
            .arrivals
            .iter()
            .filter(|arrival| arrival.meant.kind == kind)
            .map(|arrival| arrival.asked.at)
            .collect();
        assert_eq!(arrived.len(), 2, "{kind:?}");
        assert!(arrived[1] - arrived[0] >= Duration::from_secs(1), "{kind:?}: {arrived:?}");
        drop(inside);
        ground.close();
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_told_at_once() {
    let ground = a_day(always(Kind::List, || Play::Instead(slow_down(3600)))).await;
    let began = Instant::now();
    let error = everybody(&ground, Retries::default()).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(30), "{error}");
    assert_eq!((error.class(), count(&ground, Kind::List)), (Class::Network, 1), "{error:?}");
    assert!(error.to_string().contains("3600") || error.to_string().contains("1h"), "{error}");
    ground.close();
}

#[tokio::test]
async fn a_list_that_goes_in_a_circle_ends() {
    let page = r#"{"results":[],"next_page_token":"CAIQAg"}"#;
    let ground = a_day(always(Kind::List, move || Play::Instead(Reply::json(200, page)))).await;
    let error = everybody(&ground, SHORT).await.unwrap_err();
    assert!(matches!(error, Error::PagesRepeat { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Network);
    assert!(count(&ground, Kind::List) <= 4, "{}", count(&ground, Kind::List));
    ground.close();
}

#[tokio::test]
async fn what_is_never_the_api_is_said_to_be_strange_and_not_asked_for_ever() {
    for (kind, body) in [
        ("text/html", "<!doctype html><h1>Sign in</h1>"),
        ("application/json", r#"{"results":[{"id":"A","em"#),
        ("application/json", r#"{"users":[]}"#),
        ("application/json", "[]"),
        ("application/json", ""),
    ] {
        let reply = move || Play::Instead(Reply::of(200, kind, body));
        let ground = a_day(always(Kind::List, reply)).await;
        let error = everybody(&ground, SHORT).await.unwrap_err();
        let told = error.to_string();
        assert_eq!(error.class(), Class::Network, "{body:?}: {told}");
        let asked = count(&ground, Kind::List);
        assert!((1..=3).contains(&asked), "{body:?}: asked {asked} times");
        assert!(told.contains("200"), "{body:?}: {told}");
        ground.close();
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_so_often_and_no_more() {
    let page = || Play::Instead(Reply::of(502, "text/html", "<h1>Bad gateway</h1>"));
    for kind in [Kind::Token, Kind::List] {
        let ground = a_day(always(kind, page)).await;
        let error = everybody(&ground, SHORT).await.unwrap_err();
        assert_eq!(error.class(), Class::Network, "{error:?}");
        assert!(error.to_string().contains("502"), "{error}");
        assert_eq!(count(&ground, kind), 3, "{kind:?}");
        ground.close();
    }
}

#[tokio::test]
async fn an_act_whose_answer_never_came_and_that_cannot_be_read_back_is_not_repeated() {
    let flavour = Flavour::WITHOUT_GET;
    let ground =
        Ground::with_script(60, flavour, always(Kind::Suspend, || Play::DoneThenCut)).await;
    let (id, _) = ground.ordinary(1).await.remove(0);
    let client = ground.client_with(&ground.client_secret, SHORT);
    let error = client.suspend(&id).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    assert_eq!(count(&ground, Kind::Suspend), 1, "{error}");
    assert_eq!(ground.changes().await, [(id, Standing::Suspended)]);
    ground.close();
}

#[tokio::test]
async fn silence_and_bytes_without_end_are_given_up_in_time() {
    let drip = || Play::Answer(Pace::Pieces(10_000, Duration::from_millis(20)));
    let days = [always(Kind::Get, || Play::Silence), always(Kind::Get, drip)];
    for day in days {
        let ground = a_day(day).await;
        let (id, _) = ground.ordinary(1).await.remove(0);
        let client = ground
            .builder(&ground.client_secret, SHORT)
            .timeout(Duration::from_millis(300))
            .build()
            .unwrap();
        let began = Instant::now();
        let error = client.get(&id).await.unwrap_err();
        assert_eq!(error.class(), Class::Network, "{error:?}");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert!((1..=3).contains(&count(&ground, Kind::Get)), "{error}");
        ground.close();
    }
}

#[tokio::test]
async fn ten_thousand_pages_are_read_each_once() {
    const PAGES: usize = 10_000;
    let good: Script = Box::new(|_, _| Play::GOOD);
    let ground = Ground::with_script(PAGES, Flavour::PLAIN, good).await;
    let client = ground
        .builder(&ground.client_secret, Retries::default())
        .per_second(NonZeroU32::new(100_000).unwrap())
        .build()
        .unwrap();
    let listed: Vec<User> =
        client.list(Filter::All).page_size(1).people().try_collect().await.unwrap();
    let truth = ground.everybody().await;
    assert_eq!((listed.len(), truth.len()), (PAGES, PAGES));
    assert!(listed.iter().all(|user| truth.contains_key(&user.id)));
    assert_eq!((count(&ground, Kind::List), count(&ground, Kind::Token)), (PAGES, 1));
    ground.close();
}
