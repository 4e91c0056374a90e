//! One-time links: setup, invitation, reset.

use std::time::Duration;

use rollcall_directory::accounts::FoundAccount;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::groups::Group;
use rollcall_directory::links::{
    Invite, LinkCode, LinkDigest, LookAtLink, MakeLink, Purpose, UseLink,
};
use rollcall_directory::sessions::Session;
use rollcall_directory::store::Store;
use rollcall_directory::users::shown::OnePerson;
use rollcall_directory::users::{NewPerson, RemoveUser};
use rollcall_directory::world::AccountId;

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::Stage;

on_both!(
    the_first_owner_comes_in_by_the_setup_link,
    an_invitation_is_used_once,
    a_reset_ends_what_was_there,
    a_suspension_kills_a_link_and_a_reactivation_does_not_revive_it,
    the_last_link_is_the_only_one,
    an_invitation_dies_with_a_suspension_and_an_invited_owner_is_no_owner,
    a_link_ends_by_the_clock,
);

fn fresh_link(store: &Store) -> LinkDigest {
    LinkCode::from_random(&store.world().bytes()).digest()
}

async fn look(store: &Store, account: AccountId, link: LinkDigest) -> Result<Purpose, Refusal> {
    let question = LookAtLink { account, link, now: store.world().now() };
    store.read(&question).await.unwrap().map(|shown| shown.purpose)
}

async fn use_it(store: &Store, account: AccountId, link: LinkDigest) -> Result<Session, Refusal> {
    let act = UseLink { link, password: a_hash("first"), session: fresh_session(store) };
    store.act(Presented::Link(link), account, act).await.unwrap()
}

async fn the_first_owner_comes_in_by_the_setup_link(stage: &Stage) {
    let store = stage.open().await;
    let link = fresh_link(&store);
    let owner = NewPerson { display_name: "First".to_owned(), ..a_person(1) };
    let found = FoundAccount { account: create_account(1), owner, setup: Some(link) };
    let account = operator(&store, account_id(1), found).await.id;
    assert_eq!(look(&store, account, link).await, Ok(Purpose::Setup));
    let session = use_it(&store, account, link).await.unwrap();
    let visitor = who(&store, account, session.id).await.unwrap();
    assert!(visitor.user.groups.owner);
    assert_eq!(use_it(&store, account, link).await.map(|_| ()), Err(Refusal::LinkDead));
    assert!(sign_in_again(&store, account, user_id(1)).await.is_ok());
    verify(&store, account, None).await.unwrap();
}

async fn an_invitation_is_used_once(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let owner = sign_in(&store, org.account, user_id(1)).await;
    let link = fresh_link(&store);
    let invite = Invite {
        user: user_id(40),
        email: "new@example.com".to_owned(),
        display_name: "New".to_owned(),
        groups: in_group(Group::Security),
        link,
    };
    let invited = by(&store, org.account, owner, invite.clone()).await.unwrap();
    assert_eq!(invited.link.purpose, Purpose::Invitation);
    let again = by(&store, org.account, owner, invite).await.map(|_| ());
    assert_eq!(again, Err(Refusal::Exists("person")));
    let shown = OnePerson { user: user_id(40) };
    let before = asks(&store, org.account, owner, shown).await.unwrap().answer;
    assert!(!before.has_password && before.link_works(store.world().now()));
    assert!(before.user.is_invited());
    // The API knows nobody of that id yet, and nobody counts them as an owner.
    let token = org.token(&store).await;
    assert_eq!(org.get(&store, &token, 40).await, Err(Refusal::NoSuchUser));
    let listed = store.read(&org.list(&store, &token, 100)).await.unwrap().unwrap().users;
    assert!(listed.iter().all(|user| user.id != user_id(40)) && listed.len() == 6);
    let suspended = store.act(by_token(token.clone()), org.account, org.suspend(40)).await;
    assert_eq!(suspended.unwrap().map(|_| ()), Err(Refusal::NoSuchUser));
    let revived = store.act(by_token(token.clone()), org.account, org.reactivate(40)).await;
    assert_eq!(revived.unwrap().map(|_| ()), Err(Refusal::NoSuchUser));
    // The link opens nothing but its own door.
    let refused = store.act(Presented::Link(link), org.account, org.suspend(3)).await.unwrap();
    assert_eq!(refused.map(|_| ()), Err(Refusal::OperatorOnly));
    let session = use_it(&store, org.account, link).await.unwrap();
    let visitor = who(&store, org.account, session.id).await.unwrap();
    assert_eq!((visitor.user.id, visitor.user.groups), (user_id(40), in_group(Group::Security)));
    assert!(org.get(&store, &token, 40).await.unwrap().is_active());
    assert_eq!(look(&store, org.account, link).await, Err(Refusal::LinkDead));
    assert_eq!(use_it(&store, org.account, link).await.map(|_| ()), Err(Refusal::LinkDead));
    let after = asks(&store, org.account, owner, shown).await.unwrap().answer;
    assert_eq!((after.has_password, after.link, after.sessions), (true, None, 1));
}

async fn a_reset_ends_what_was_there(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let owner = sign_in(&store, org.account, user_id(1)).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let link = fresh_link(&store);
    let made = by(&store, org.account, owner, MakeLink { user: user_id(3), link }).await.unwrap();
    assert_eq!((made.purpose, made.made_by), (Purpose::Reset, Some(user_id(1))));
    assert!(who(&store, org.account, session).await.is_ok(), "it was only made");
    let act = UseLink { link, password: a_hash("other"), session: fresh_session(&store) };
    let begun = store.act(Presented::Link(link), org.account, act).await.unwrap().unwrap();
    assert_eq!(who(&store, org.account, session).await, Err(Refusal::SessionDead));
    assert!(who(&store, org.account, begun.id).await.is_ok());
    assert!(sign_in_again(&store, org.account, user_id(3)).await.is_err());
    // Nobody without the right makes one.
    let act = MakeLink { user: user_id(1), link };
    let refused = by(&store, org.account, begun.id, act).await.map(|_| ());
    assert!(matches!(refused, Err(Refusal::RightMissing(_))), "{refused:?}");
}

async fn a_suspension_kills_a_link_and_a_reactivation_does_not_revive_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let link = fresh_link(&store);
    operator(&store, org.account, MakeLink { user: user_id(3), link }).await;
    operator(&store, org.account, org.suspend(3)).await;
    assert_eq!(look(&store, org.account, link).await, Err(Refusal::LinkDead));
    assert_eq!(use_it(&store, org.account, link).await.map(|_| ()), Err(Refusal::LinkDead));
    let while_out = MakeLink { user: user_id(3), link: fresh_link(&store) };
    let why = refused(&store, org.account, while_out).await;
    assert_eq!(why, Refusal::PersonSuspended(user_id(3)));
    operator(&store, org.account, org.reactivate(3)).await;
    assert_eq!(look(&store, org.account, link).await, Err(Refusal::LinkDead));
    assert_eq!(use_it(&store, org.account, link).await.map(|_| ()), Err(Refusal::LinkDead));
}

async fn an_invitation_dies_with_a_suspension_and_an_invited_owner_is_no_owner(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let owner = sign_in(&store, org.account, user_id(1)).await;
    let link = fresh_link(&store);
    let invite = Invite {
        user: user_id(40),
        email: "boss@example.com".to_owned(),
        display_name: "Boss".to_owned(),
        groups: owners(),
        link,
    };
    by(&store, org.account, owner, invite).await.unwrap();
    by(&store, org.account, owner, org.suspend(2)).await.unwrap();
    let last = refused(&store, org.account, org.suspend(1)).await;
    assert_eq!(last, Refusal::NoOwnerRemains(user_id(1)));
    assert!(by(&store, org.account, owner, org.suspend(40)).await.unwrap().is_suspended());
    assert_eq!(use_it(&store, org.account, link).await.map(|_| ()), Err(Refusal::LinkDead));
    assert!(by(&store, org.account, owner, org.reactivate(40)).await.unwrap().is_active());
    assert_eq!(use_it(&store, org.account, link).await.map(|_| ()), Err(Refusal::LinkDead));
    // As an owner that they are now, by another link.
    let link = fresh_link(&store);
    by(&store, org.account, owner, MakeLink { user: user_id(40), link }).await.unwrap();
    use_it(&store, org.account, link).await.unwrap();
    assert!(by(&store, org.account, owner, org.reactivate(2)).await.is_ok());
    assert_eq!(operator(&store, org.account, Look::default()).await.active_owners(), 3);
}

async fn the_last_link_is_the_only_one(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let (first, second) = (fresh_link(&store), fresh_link(&store));
    let held = stage.hold(org.account).await;
    let make = |link| MakeLink { user: user_id(3), link };
    let one = ask(&store, Presented::Operator, org.account, make(first));
    let other = ask(&store, Presented::Operator, org.account, make(second));
    held.let_go().await;
    assert!(one.await.unwrap().is_ok() && other.await.unwrap().is_ok());
    assert_eq!(look(&store, org.account, first).await, Err(Refusal::LinkDead));
    assert_eq!(look(&store, org.account, second).await, Ok(Purpose::Setup));
    operator(&store, org.account, RemoveUser { user: user_id(3), why: None }).await;
    assert_eq!(look(&store, org.account, second).await, Err(Refusal::LinkDead));
    assert!(stage.texts("select user_id from links").await.is_empty());
}

async fn a_link_ends_by_the_clock(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let link = fresh_link(&store);
    operator(&store, org.account, MakeLink { user: user_id(3), link }).await;
    stage.clock.advance(Purpose::Setup.life() - Duration::from_millis(1));
    assert!(look(&store, org.account, link).await.is_ok());
    stage.clock.advance(Duration::from_millis(1));
    assert_eq!(look(&store, org.account, link).await, Err(Refusal::LinkDead));
    assert_eq!(use_it(&store, org.account, link).await.map(|_| ()), Err(Refusal::LinkDead));
}
