//! The SDK: what a responder's program does, told once and true on every server.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use rollcall_sdk::{Act, Class, Error, Filter, Lookup, Match, Retries, State, User};

use super::on_every_server;
use super::servers::{Ground, Shown, Which};
use super::stand_in::{Kind, Standing};

on_every_server!(
    credentials_work_or_do_not,
    the_whole_list_is_read_and_nobody_twice,
    one_person_is_read_and_nobody_is_told_apart_from_a_fault,
    somebody_is_suspended_and_reactivated_each_once,
    a_refused_act_changes_nothing_and_says_why,
    people_are_found_by_what_somebody_wrote_down,
    twelve_acts_at_a_time_are_each_done_once,
);

/// As the test knows the truth.
fn standing(state: &State) -> Standing {
    match state {
        State::Active => Standing::Active,
        State::Suspended => Standing::Suspended,
        other => panic!("{other} is no state of these people"),
    }
}

fn shown(user: &User) -> (String, Shown) {
    let shown = Shown {
        email: user.email.clone(),
        display_name: user.display_name.clone(),
        standing: standing(&user.state),
    };
    (user.id.clone(), shown)
}

async fn credentials_work_or_do_not(which: Which) {
    let ground = Ground::open(which).await;
    ground.client().check_credentials().await.unwrap();
    let other = ground.client_with("not-the-secret-at-all", Retries::default());
    let error = other.check_credentials().await.unwrap_err();
    assert_eq!(error.class(), Class::Credentials, "{error}");
    let Error::Oauth(no) = &error else { panic!("{error:?}") };
    assert_eq!((no.status, no.error.as_str()), (401, "invalid_client"));
    assert!(!format!("{error} {error:?}").contains("not-the-secret"));
    ground.close();
}

async fn the_whole_list_is_read_and_nobody_twice(which: Which) {
    let ground = Ground::open(which).await;
    let truth = ground.everybody().await;
    let client = ground.client();
    for (filter, page_size) in
        [(Filter::All, 7), (Filter::All, 1000), (Filter::Active, 25), (Filter::Suspended, 3)]
    {
        let listed: Vec<User> =
            client.list(filter).page_size(page_size).people().try_collect().await.unwrap();
        let seen: BTreeMap<String, Shown> = listed.iter().map(shown).collect();
        assert_eq!(seen.len(), listed.len(), "somebody is there twice");
        let wanted = truth.clone().into_iter().filter(|(_, one)| match filter {
            Filter::All => true,
            Filter::Active => one.standing == Standing::Active,
            Filter::Suspended => one.standing == Standing::Suspended,
        });
        assert_eq!(seen, wanted.collect());
        assert!(listed.iter().all(|user| user.path.ends_with(&user.id)));
    }
    assert!(ground.changes().await.is_empty());
    ground.close();
}

async fn one_person_is_read_and_nobody_is_told_apart_from_a_fault(which: Which) {
    let ground = Ground::open(which).await;
    let client = ground.client();
    let (id, truth) = ground.everybody().await.pop_first().unwrap();
    let (read, nobody) =
        (client.get(&id).await, client.get("NOBODYNOBODYNOBODYNOBODY22").await.unwrap_err());
    let Error::Refused(no) = &nobody else { panic!("{nobody:?}") };
    if ground.may_get() {
        assert_eq!(shown(&read.unwrap()), (id, truth));
        assert_eq!((no.status, no.code), (404, 5));
        assert_eq!(nobody.class(), Class::Refused);
    } else {
        let error = read.unwrap_err();
        assert!(matches!(&error, Error::Refused(no) if no.status == 403), "{error:?}");
        assert_eq!((no.status, no.code), (403, 7));
    }
    ground.close();
}

async fn somebody_is_suspended_and_reactivated_each_once(which: Which) {
    let ground = Ground::open(which).await;
    let before = ground.everybody().await;
    let client = ground.client();
    let (id, _) = ground.ordinary(1).await.remove(0);
    let mut expected = Vec::new();
    for (act, to) in [
        (Act::Suspend, Standing::Suspended),
        (Act::Suspend, Standing::Suspended),
        (Act::Reactivate, Standing::Active),
        (Act::Reactivate, Standing::Active),
    ] {
        let acted = client.act(act, &id).await.unwrap();
        assert_eq!((acted.user.id.as_str(), standing(&acted.user.state)), (id.as_str(), to));
        if expected.last().map(|(_, to)| *to) != Some(to) {
            expected.push((id.clone(), to));
        }
        assert_eq!(ground.changes().await, expected);
    }
    assert_eq!(ground.everybody().await, before, "somebody else was touched");
    if let Some(stood_in) = ground.stood_in().filter(|_| ground.is_a_good_day()) {
        let inside = stood_in.inside();
        assert_eq!((inside.count(Kind::Suspend), inside.count(Kind::Reactivate)), (2, 2));
        assert_eq!(inside.count(Kind::Token), 1, "a token that works is kept");
    }
    ground.close();
}

async fn a_refused_act_changes_nothing_and_says_why(which: Which) {
    let ground = Ground::open(which).await;
    let before = ground.everybody().await;
    let owner = ground.last_owner().await;
    let error = ground.client().suspend(&owner).await.unwrap_err();
    assert_eq!(error.class(), Class::Refused, "{error}");
    let Error::Refused(no) = &error else { panic!("{error:?}") };
    assert_eq!((no.status, no.code, no.message.as_str()), (403, 7, "no_owner_remain"));
    let nobody = ground.client().suspend("NOBODYNOBODYNOBODYNOBODY22").await.unwrap_err();
    assert!(matches!(&nobody, Error::Refused(no) if no.status == 404), "{nobody:?}");
    assert_eq!(ground.everybody().await, before);
    assert!(ground.changes().await.is_empty());
    ground.close();
}

async fn people_are_found_by_what_somebody_wrote_down(which: Which) {
    let ground = Ground::open(which).await;
    let ordinary = ground.ordinary(3).await;
    let (id, first) = &ordinary[0];
    let (path_id, _) = &ordinary[1];
    let path = format!("accounts/{}/users/{path_id}", ground.account);
    let loud = format!("  {} ", first.email.to_uppercase());
    let tagged = first.email.replace('@', "+alerts@");
    let wanted = [&loud, id, &path, &tagged, "nobody@stand-in.example"];
    let mut lookup = Lookup::new(wanted);
    let client = ground.client();
    let mut people = client.list(Filter::All).people();
    while let Some(user) = people.try_next().await.unwrap() {
        lookup.see(&user);
    }
    let found = |wanted: &str| match lookup.get(wanted) {
        Match::One(user) => Some(user.id.clone()),
        Match::None => None,
        Match::Many(many) => panic!("{wanted}: {many:?}"),
    };
    assert_eq!(found(&loud).as_ref(), Some(id));
    assert_eq!(found(id).as_ref(), Some(id));
    assert_eq!(found(&path).as_ref(), Some(path_id));
    assert_eq!((found(&tagged), found("nobody@stand-in.example")), (None, None));
    if let Some(stood_in) = ground.stood_in().filter(|_| ground.is_a_good_day()) {
        assert_eq!(stood_in.inside().count(Kind::Get), 0, "a listing says it all");
    }
    ground.close();
}

async fn twelve_acts_at_a_time_are_each_done_once(which: Which) {
    let ground = Ground::open(which).await;
    let mut expected = ground.everybody().await;
    let twelve = ground.ordinary(12).await;
    let client = ground.client();
    let acts = twelve.iter().map(|(id, _)| client.suspend(id));
    for acted in join_all(acts).await {
        assert_eq!(acted.unwrap().user.state, State::Suspended);
    }
    for (id, _) in &twelve {
        expected.get_mut(id).unwrap().standing = Standing::Suspended;
    }
    assert_eq!(ground.everybody().await, expected);
    let changes = ground.changes().await;
    let once: BTreeSet<_> = changes.iter().cloned().collect();
    assert_eq!((changes.len(), once.len()), (12, 12));
    ground.close();
}
