//! What has ended by itself is swept out, on accounts that nobody comes to; by one process at a
//! time, and by another one when that one is gone.

use std::time::Duration;

use rollcall_directory::sessions::Session;
use rollcall_directory::store::{SWEPT_EVERY, Swept};

use crate::organisation::*;
use crate::sealed::a_second_process;
use crate::signed_in::*;
use crate::stage::{NOW, Stage};

on_both!(
    what_has_ended_goes_and_the_rest_stays,
    more_than_goes_at_a_time_goes_all_the_same,
    one_process_sweeps_and_another_when_that_one_is_gone,
);

const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);
const ALMOST: Duration = Duration::from_millis(1);

async fn what_has_ended_goes_and_the_rest_stays(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let account = org.account;
    let before = NOW.minus(DAY).millis();
    let hour = NOW.minus(HOUR).millis();
    for sql in [
        format!("insert into revocations values ('{account}', 'dead', {})", before - 1),
        format!("insert into revocations values ('{account}', 'kept', {before})"),
        format!("insert into refusal_tallies values ('{account}', 'over', {hour}, 100, 0)"),
        format!("insert into refusal_tallies values ('{account}', 'to be told', {hour}, 100, 1)"),
        format!("insert into refusal_tallies values ('{account}', 'young', {}, 1, 0)", hour + 1),
        format!("insert into refusal_tallies values ('{}', 'strangers', 0, 1, 1)", account_id(9)),
    ] {
        stage.raw(&sql).await;
    }
    let session = sign_in(&store, account, user_id(3)).await;
    let swept = store.sweep_if_due().await.unwrap();
    assert_eq!(swept, Some(Swept { revocations: 1, sessions: 0, tallies: 2 }));
    assert_eq!(stage.texts("select token_id from revocations").await, ["kept"]);
    let callers = "select caller from refusal_tallies order by caller";
    assert_eq!(stage.texts(callers).await, ["to be told", "young"]);
    assert!(who(&store, account, session).await.is_ok());

    // Nobody signs in any more, and its session is over.
    stage.clock.set(NOW.plus(Session::LIFE).minus(ALMOST));
    assert_eq!(store.sweep_if_due().await.unwrap().map(|swept| swept.sessions), Some(0));
    stage.clock.set(NOW.plus(Session::LIFE).plus(SWEPT_EVERY));
    assert_eq!(store.sweep_if_due().await.unwrap().map(|swept| swept.sessions), Some(1));
}

async fn more_than_goes_at_a_time_goes_all_the_same(stage: &Stage) {
    let store = stage.open().await;
    for n in [1, 2] {
        let account = organisation(&store, n).await.account;
        let many = format!(
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1203)
             insert into revocations select '{account}', 'token ' || i, 0 from n"
        );
        stage.raw(&many).await;
    }
    let swept = store.sweep_if_due().await.unwrap().unwrap();
    assert_eq!(swept.revocations, 2 * 1203);
    assert!(stage.texts("select token_id from revocations").await.is_empty());
}

/// The first one dies without a word, as a killed process does: its turn is over when the next
/// sweep is due, and not before.
async fn one_process_sweeps_and_another_when_that_one_is_gone(stage: &Stage) {
    let (one, other) = (stage.open().await, a_second_process(stage).await);
    assert!(one.sweep_if_due().await.unwrap().is_some());
    assert!(one.sweep_if_due().await.unwrap().is_none(), "swept twice");
    assert!(other.sweep_if_due().await.unwrap().is_none(), "swept by both");
    drop(one);
    stage.clock.set(NOW.plus(SWEPT_EVERY).minus(ALMOST));
    assert!(other.sweep_if_due().await.unwrap().is_none());
    stage.clock.set(NOW.plus(SWEPT_EVERY));
    assert!(other.sweep_if_due().await.unwrap().is_some());
}
