//! One renewal for many callers, however it ends.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::yield_now;

use super::*;
use crate::error::OauthRefusal;

struct Bench {
    keeper: TokenKeeper,
    asked: AtomicU64,
    life: Duration,
    fails: bool,
}

impl Bench {
    fn new(life_seconds: u64, fails: bool) -> Arc<Self> {
        Arc::new(Self {
            keeper: TokenKeeper::default(),
            asked: AtomicU64::new(0),
            life: Duration::from_secs(life_seconds),
            fails,
        })
    }

    async fn take(&self) -> Result<Taken, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        for _ in 0..3 {
            yield_now().await;
        }
        if self.fails {
            return Err(Error::Oauth(OauthRefusal { status: 401, ..OauthRefusal::default() }));
        }
        Ok(Taken {
            token: SecretText::from("t".to_owned()),
            authorization: HeaderValue::from_static("Bearer t"),
            renew_at: Instant::now() + self.life,
        })
    }

    async fn token(&self, not: Option<u64>) -> Result<u64, Error> {
        self.keeper.token(not, self.take()).await.map(|held| held.number)
    }

    async fn hundred(self: &Arc<Self>, not: Option<u64>) -> Vec<Result<u64, Error>> {
        let callers = (0..100).map(|_| {
            let bench = Arc::clone(self);
            tokio::spawn(async move { bench.token(not).await })
        });
        join_all(callers).await.into_iter().map(Result::unwrap).collect()
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

fn all_have(number: u64, heard: Vec<Result<u64, Error>>) {
    assert!(heard.iter().all(|held| matches!(held, Ok(held) if *held == number)), "{heard:?}");
}

#[tokio::test]
async fn a_hundred_callers_take_one_token() {
    let bench = Bench::new(900, false);
    all_have(1, bench.hundred(None).await);
    all_have(1, bench.hundred(None).await);
    assert_eq!(bench.asked(), 1);
}

#[tokio::test]
async fn a_hundred_who_were_refused_take_one_more() {
    let bench = Bench::new(900, false);
    bench.token(None).await.unwrap();
    all_have(2, bench.hundred(Some(1)).await);
    assert_eq!(bench.asked(), 2);
    assert_eq!(bench.token(Some(1)).await.unwrap(), 2, "it was renewed already");
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_waited() {
    let bench = Bench::new(900, true);
    let heard = bench.hundred(None).await;
    assert!(heard.iter().all(|error| matches!(error, Err(Error::Oauth(no)) if no.status == 401)));
    assert_eq!(bench.asked(), 1);
    bench.token(None).await.unwrap_err();
    assert_eq!(bench.asked(), 2, "whoever comes later tries anew");
}

#[tokio::test]
async fn a_token_that_ends_at_its_birth_serves_those_who_waited() {
    let bench = Bench::new(0, false);
    all_have(1, bench.hundred(None).await);
    assert_eq!(bench.asked(), 1);
    assert_eq!(bench.token(None).await.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_in_time() {
    let bench = Bench::new(10, false);
    bench.token(None).await.unwrap();
    tokio::time::advance(Duration::from_secs(9)).await;
    assert_eq!(bench.token(None).await.unwrap(), 1);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(bench.token(None).await.unwrap(), 2);
}

#[tokio::test]
async fn who_gives_up_waiting_leaves_it_to_the_next() {
    let bench = Bench::new(900, false);
    let (first, second) = (Arc::clone(&bench), Arc::clone(&bench));
    let first = tokio::spawn(async move { first.token(None).await });
    yield_now().await;
    let second = tokio::spawn(async move { second.token(None).await });
    yield_now().await;
    first.abort();
    assert_eq!(second.await.unwrap().unwrap(), 1);
    assert_eq!(bench.asked(), 2);
}

#[tokio::test]
async fn what_was_given_away_is_not_used_again() {
    let bench = Bench::new(900, false);
    assert!(bench.keeper.give().await.is_none());
    bench.token(None).await.unwrap();
    assert_eq!(bench.keeper.give().await.map(|held| held.number), Some(1));
    assert_eq!(bench.token(None).await.unwrap(), 2);
}
