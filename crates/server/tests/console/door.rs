//! Getting in, staying in, and getting out.

use std::time::Duration;

use rollcall_directory::sessions::Session;

use crate::stage::{PASSWORD, Stage, id_of};

#[tokio::test]
async fn the_right_password_signs_in_and_a_wrong_one_says_nothing_of_who_there_is() {
    let stage = Stage::set().await;
    let mut visitor = stage.stranger();
    let wrong = visitor.sign_in("olivia@acme.example", "not the password").await;
    let nobody = visitor.sign_in("nobody@acme.example", "not the password").await;
    assert_eq!((wrong.status, nobody.status), (422, 422));
    assert_eq!(wrong.body.replace("olivia@", "nobody@"), nobody.body);
    assert!(visitor.cookies.is_empty());
    let right = visitor.sign_in("Olivia@ACME.example", PASSWORD).await;
    assert_eq!(right.leads_to(), "");
    let cookie = right.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(visitor.get("/people").await.says("Olivia"));
    assert!(!right.headers["location"].to_str().unwrap().contains("olivia"));
}

#[tokio::test]
async fn the_id_of_a_session_changes_at_sign_in_and_the_old_one_ends() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    let mut before = visitor.copy();
    visitor.sign_in("olivia@acme.example", PASSWORD).await;
    assert_ne!(before.cookies, visitor.cookies);
    assert!(visitor.is_signed_in().await);
    assert!(!before.is_signed_in().await);
}

#[tokio::test]
async fn one_goes_on_to_the_page_that_was_asked_for_and_to_nowhere_else() {
    let stage = Stage::set().await;
    let mut visitor = stage.stranger();
    let asked = visitor.get("/people?state=suspended").await;
    assert_eq!(asked.leads_to(), "/sign-in?next=%2Fpeople%3Fstate%3Dsuspended");
    let form = visitor.get(asked.location().to_owned().as_str()).await;
    let typed = [("email", "olivia@acme.example"), ("password", PASSWORD)];
    let signed_in = visitor.send(&form, "/sign-in", &typed).await;
    assert_eq!(signed_in.leads_to(), "/people?state=suspended");
    for next in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/sign-out",
        "/sign-in",
        "/../x",
        "@evil.example",
        ".evil.example",
        "/people\r\nx: y",
        "/nowhere",
    ] {
        let typed = [typed[0], typed[1], ("next", next)];
        assert_eq!(visitor.post("/sign-in", &typed).await.leads_to(), "", "{next}");
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    stage.clock.advance(Session::IDLE_END - Duration::from_secs(1));
    assert!(visitor.is_signed_in().await);
    let mut idle = stage.signed_in("olivia").await;
    stage.clock.advance(Session::IDLE_END);
    assert!(!idle.is_signed_in().await);
    let old = stage.signed_in("olivia").await;
    stage.clock.advance(Session::LIFE);
    let gone = old.copy().get("/people").await;
    assert_eq!(gone.leads_to(), "/sign-in?ended=session&next=%2Fpeople");
    assert!(gone.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn one_signs_out_here_or_everywhere() {
    let stage = Stage::set().await;
    let mut one = stage.signed_in("mia").await;
    let mut other = stage.signed_in("mia").await;
    let mut copy = one.copy();
    assert_eq!(one.post("/sign-out", &[]).await.leads_to(), "/sign-in?ended=signed-out");
    assert!(!copy.is_signed_in().await && other.is_signed_in().await);
    let mut third = stage.signed_in("mia").await;
    other.post("/sign-out-everywhere", &[]).await;
    assert!(!third.is_signed_in().await && !other.is_signed_in().await);
    // What was sent without a session was not done, and is not done after signing in.
    let unsent = third.post("/vaults/new", &[("name", "x")]).await;
    assert_eq!(unsent.leads_to(), "/sign-in?ended=unsent");
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let stage = Stage::set().await;
    let mut one = stage.signed_in("mia").await;
    let mut other = stage.signed_in("mia").await;
    let mut before = one.copy();
    let new = "five other words in a row";
    let change = |current, new, again| [("current", current), ("new", new), ("again", again)];
    let wrong = one.post("/password", &change("not it at all", new, new)).await;
    assert!(wrong.status == 422 && wrong.says("not the password that you have now"));
    let differ = one.post("/password", &change(PASSWORD, new, "something else")).await;
    assert!(differ.status == 422 && differ.says("same password again"));
    let short = one.post("/password", &change(PASSWORD, "short", "short")).await;
    assert!(short.status == 422 && short.says("at least 12"));
    assert!(other.is_signed_in().await);
    let changed = one.post("/password", &change(PASSWORD, new, new)).await;
    assert_eq!(changed.leads_to(), "/settings?done=password");
    assert!(one.is_signed_in().await && !other.is_signed_in().await);
    assert!(!before.is_signed_in().await, "the session goes on under another id");
    assert_eq!(stage.stranger().sign_in("mia@acme.example", PASSWORD).await.status, 422);
    assert_eq!(stage.stranger().sign_in("mia@acme.example", new).await.status, 303);
}

#[tokio::test]
async fn a_code_sets_a_password_once_and_is_in_no_address() {
    let stage = Stage::set().await;
    let mut owner = stage.signed_in("olivia").await;
    let made = owner.post(&format!("/people/{}/reset-link", id_of(4)), &[]).await;
    let (address, code) = (made.value_of("link-address"), made.value_of("link-code"));
    assert!(!address.contains(&code) && address.ends_with("/link"), "{address}");
    let new = "five other words in a row";
    let typed = [("code", code.as_str()), ("new", new), ("again", new)];
    let mut visitor = stage.stranger();
    let not_one = visitor.post("/link", &[("code", "rcl_x"), typed[1], typed[2]]).await;
    assert!(not_one.status == 422 && not_one.says("Ask for a new one"));
    assert!(!not_one.says(new), "a password is not filled in again");
    assert_eq!(visitor.post("/link", &typed).await.leads_to(), "");
    assert!(visitor.is_signed_in().await);
    assert_eq!(stage.stranger().post("/link", &typed).await.status, 422, "once");
}

#[tokio::test]
async fn guesses_are_slowed_and_nobody_known_is_locked_out() {
    let stage = Stage::set().await;
    let mut known = stage.signed_in("mia").await;
    known.post("/sign-out", &[]).await;
    let mut stranger = stage.stranger();
    let mut statuses = Vec::new();
    for _ in 0..14 {
        statuses.push(stranger.sign_in("mia@acme.example", "a guess").await.status);
    }
    assert_eq!(statuses[0], 422);
    let limited = stranger.sign_in("mia@acme.example", PASSWORD).await;
    assert_eq!(limited.status, 429, "{statuses:?}");
    let seconds: u64 = limited.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(
        (1..=60).contains(&seconds)
            && limited.says("Too many attempts") | limited.says("too many attempts")
    );
    assert_eq!(known.sign_in("mia@acme.example", PASSWORD).await.status, 303);
    // Of somebody else the machine is not known.
    let mut other = known.copy();
    other.cookies.remove("rollcall-session");
    let guesses = async |other: &mut crate::stage::Visitor| {
        let mut last = 0;
        for _ in 0..14 {
            last = other.sign_in("adam@acme.example", "a guess").await.status;
        }
        last
    };
    assert_eq!(guesses(&mut other).await, 429);
}
