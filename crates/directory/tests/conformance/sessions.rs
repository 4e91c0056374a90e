//! Signing in and out, and what ends a session.

use std::time::Duration;

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::groups::{Group, Right};
use rollcall_directory::sessions::{
    ChangePassword, Door, EndSession, EndSessions, FailToSignIn, OwnSessions, Session, SignIn,
};
use rollcall_directory::users::RemoveUser;

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::Stage;

on_both!(
    a_person_signs_in_and_out,
    a_suspension_ends_every_session_and_a_reactivation_revives_none,
    whatever_changes_a_person_ends_their_sessions,
    a_session_ends_by_the_clock,
    a_visit_moves_the_idle_end,
    a_password_is_changed_by_whoever_has_it,
    a_sign_in_stands_on_the_hash_that_is_there_now,
    failed_sign_ins_are_recorded_and_then_counted,
    ended_sessions_are_swept_out,
    a_session_is_of_one_account,
);

async fn a_person_signs_in_and_out(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let one = sign_in(&store, org.account, user_id(3)).await;
    let other = sign_in_again(&store, org.account, user_id(3)).await.unwrap();
    let visitor = who(&store, org.account, one).await.unwrap();
    assert_eq!((visitor.user.id, visitor.account_name.as_str()), (user_id(3), "Organisation 1"));
    assert!(visitor.may(Right::Member) && !visitor.may(Right::SeePeople));
    assert_eq!(visitor.entitled(), Ok(()));
    let own = asks(&store, org.account, one, OwnSessions).await.unwrap().answer;
    assert_eq!(own.len(), 2);
    by(&store, org.account, one, EndSession { session: one }).await.unwrap();
    assert_eq!(who(&store, org.account, one).await, Err(Refusal::SessionDead));
    assert!(who(&store, org.account, other).await.is_ok());
    // Somebody else's is not ended, and whether it is there is not told.
    let stranger = sign_in(&store, org.account, user_id(4)).await;
    by(&store, org.account, stranger, EndSession { session: other }).await.unwrap();
    assert!(who(&store, org.account, other).await.is_ok());
    let theirs = EndSessions { user: user_id(3) };
    let refused = by(&store, org.account, stranger, theirs).await;
    assert_eq!(refused, Err(Refusal::PersonOnly));
    by(&store, org.account, other, theirs).await.unwrap();
    assert_eq!(who(&store, org.account, other).await, Err(Refusal::SessionDead));
    let kinds = stage.records(org.account).await;
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    assert_eq!((count("signed_in"), count("signed_out"), count("sessions_ended")), (3, 1, 1));
    verify(&store, org.account, None).await.unwrap();
}

async fn a_suspension_ends_every_session_and_a_reactivation_revives_none(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let token = org.token(&store).await;
    store.act(by_token(token.clone()), org.account, org.suspend(3)).await.unwrap().unwrap();
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    let act = EndSessions { user: user_id(3) };
    assert_eq!(by(&store, org.account, session, act).await, Err(Refusal::SessionDead));
    let again = sign_in_again(&store, org.account, user_id(3)).await;
    assert_eq!(again, Err(Refusal::SignInFailed(Some(user_id(3)))));
    store.act(by_token(token), org.account, org.reactivate(3)).await.unwrap().unwrap();
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    let again = sign_in_again(&store, org.account, user_id(3)).await.unwrap();
    assert!(who(&store, org.account, again).await.is_ok());
}

async fn whatever_changes_a_person_ends_their_sessions(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    operator(&store, org.account, set_groups(3, in_group(Group::Security))).await;
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    let session = sign_in_again(&store, org.account, user_id(3)).await.unwrap();
    assert!(who(&store, org.account, session).await.unwrap().may(Right::SuspendPeople));
    sign_in(&store, org.account, user_id(3)).await;
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    let session = sign_in_again(&store, org.account, user_id(3)).await.unwrap();
    operator(&store, org.account, RemoveUser { user: user_id(3), why: None }).await;
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    let left = stage.texts("select user_id from sessions").await;
    assert!(left.is_empty(), "{left:?}");
}

async fn a_session_ends_by_the_clock(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    stage.clock.advance(Session::IDLE_END - Duration::from_millis(1));
    assert!(who(&store, org.account, session).await.is_ok());
    stage.clock.advance(Duration::from_millis(1));
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    let act = EndSession { session };
    assert_eq!(by(&store, org.account, session, act).await, Err(Refusal::SessionDead));
}

async fn a_visit_moves_the_idle_end(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let mut began = None;
    for _ in 0..3 {
        stage.clock.advance(Duration::from_secs(20 * 60));
        let visitor = who(&store, org.account, session).await.unwrap();
        store.note_visit(&visitor);
        began.get_or_insert(visitor.session.began);
        let seen = visitor.now;
        loop {
            let visitor = who(&store, org.account, session).await.unwrap();
            if visitor.session.seen == seen {
                assert_eq!(Some(visitor.session.began), began);
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn a_password_is_changed_by_whoever_has_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let other = sign_in_again(&store, org.account, user_id(3)).await.unwrap();
    let change = |user, old: &str| ChangePassword {
        user: user_id(user),
        old: a_hash(old),
        new: a_hash("second"),
        session: fresh_session(&store),
    };
    let wrong = by(&store, org.account, session, change(3, "wrong")).await;
    assert_eq!(wrong, Err(Refusal::ChangedMeanwhile));
    let anothers = by(&store, org.account, session, change(4, "first")).await;
    assert_eq!(anothers, Err(Refusal::PersonOnly));
    assert!(who(&store, org.account, session).await.is_ok());
    let begun = by(&store, org.account, session, change(3, "first")).await.unwrap();
    for dead in [session, other] {
        assert_eq!(who(&store, org.account, dead).await, Err(Refusal::SessionDead));
    }
    assert!(who(&store, org.account, begun.id).await.is_ok());
    let with_the_old_one = sign_in_again(&store, org.account, user_id(3)).await;
    assert_eq!(with_the_old_one, Err(Refusal::SignInFailed(Some(user_id(3)))));
}

async fn a_sign_in_stands_on_the_hash_that_is_there_now(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    sign_in(&store, org.account, user_id(3)).await;
    let door = Door { account: org.account, email: "PERSON3@example.com".to_owned() };
    let at = store.read(&door).await.unwrap().unwrap();
    assert_eq!((at.user.id, at.opens_to()), (user_id(3), Some(&a_hash("first"))));
    for nobody in ["nobody@example.com", "", "a\0b@c"] {
        let door = Door { account: org.account, email: nobody.to_owned() };
        assert!(store.read(&door).await.unwrap().is_none());
    }
    let without = Door { account: org.account, email: "person4@example.com".to_owned() };
    assert_eq!(store.read(&without).await.unwrap().unwrap().opens_to(), None);
    // Held against somebody else's, or against one that was changed meanwhile.
    let session = fresh_session(&store);
    for (user, hash) in [(4, "first"), (3, "changed")] {
        let shown = Presented::Password { user: user_id(user), hash: a_hash(hash) };
        let act = SignIn { user: user_id(user), session };
        let answer = store.act(shown, org.account, act).await.unwrap();
        assert_eq!(answer, Err(Refusal::SignInFailed(Some(user_id(user)))));
    }
    // One person's password signs nobody else in, and does nothing else.
    let shown = || Presented::Password { user: user_id(3), hash: a_hash("first") };
    let act = SignIn { user: user_id(1), session };
    let refused = store.act(shown(), org.account, act).await.unwrap();
    assert_eq!(refused, Err(Refusal::PersonOnly));
    let refused = store.act(shown(), org.account, org.suspend(4)).await.unwrap();
    assert_eq!(refused.map(|_| ()), Err(Refusal::OperatorOnly));
    operator(&store, org.account, org.suspend(3)).await;
    assert_eq!(store.read(&door).await.unwrap().unwrap().opens_to(), None);
}

async fn failed_sign_ins_are_recorded_and_then_counted(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = stage.records(org.account).await.len();
    for n in 0..130_u8 {
        let user = n.is_multiple_of(2).then(|| user_id(3));
        let act = FailToSignIn { user };
        let answer = store.act(Presented::Stranger, org.account, act).await.unwrap();
        assert_eq!(answer, Err(Refusal::SignInFailed(user)));
    }
    let kinds = stage.records(org.account).await;
    assert_eq!(kinds.len() - before, 100);
    assert!(kinds[before..].iter().all(|kind| kind == "refused"));
    stage.clock.advance(Duration::from_secs(3600));
    let act = FailToSignIn { user: None };
    let _ = store.act(Presented::Stranger, org.account, act).await.unwrap();
    let kinds = stage.records(org.account).await;
    assert_eq!(kinds[kinds.len() - 2..], ["refusals_counted", "refused"]);
    // A stranger does nothing else.
    let refused = store.act(Presented::Stranger, org.account, org.suspend(3)).await.unwrap();
    assert_eq!(refused.map(|_| ()), Err(Refusal::OperatorOnly));
    let nowhere = store.act(Presented::Stranger, account_id(9), act).await.unwrap();
    assert_eq!(nowhere, Err(Refusal::NoSuchAccount));
    let counted = stage.texts("select account_id from refusal_tallies").await;
    assert_eq!(counted, [org.account.to_string()], "a row for whatever a stranger names");
    verify(&store, org.account, None).await.unwrap();
}

async fn ended_sessions_are_swept_out(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    sign_in(&store, org.account, user_id(3)).await;
    stage.clock.advance(Session::LIFE);
    let first = sign_in(&store, org.account, user_id(4)).await;
    assert_eq!(stage.texts("select user_id from sessions").await, [user_id(4).to_string()]);
    for _ in 0..Session::PER_PERSON_MAX {
        stage.clock.advance(Duration::from_secs(1));
        sign_in_again(&store, org.account, user_id(4)).await.unwrap();
    }
    assert_eq!(who(&store, org.account, first).await, Err(Refusal::SessionDead));
    let left = stage.texts("select user_id from sessions").await.len();
    assert_eq!(left, usize::from(Session::PER_PERSON_MAX));
}

async fn a_session_is_of_one_account(stage: &Stage) {
    let store = stage.open().await;
    let (home, other) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let session = sign_in(&store, home.account, user_id(1)).await;
    assert_eq!(who(&store, other.account, session).await, Err(Refusal::SessionDead));
    let refused = by(&store, other.account, session, other.suspend(3)).await;
    assert_eq!(refused.map(|_| ()), Err(Refusal::SessionDead));
    // Another account named than the one that the session is of.
    let refused = by(&store, home.account, session, other.suspend(3)).await;
    assert_eq!(refused.map(|_| ()), Err(Refusal::AccountMismatch));
}
