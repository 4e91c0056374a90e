//! Suspended is out, at once, and nothing from before comes back; and what each group may not do.

use crate::stage::{PASSWORD, Stage, id_of};

#[tokio::test]
async fn a_suspended_person_is_out_with_the_next_click_and_stays_out() {
    let stage = Stage::set().await;
    let (mut owner, mut mia) = (stage.signed_in("olivia").await, stage.signed_in("mia").await);
    let made = owner.post(&format!("/people/{}/reset-link", id_of(4)), &[]).await;
    let code = made.value_of("link-code");
    let there = format!("/people/{}", id_of(4));
    let done = owner.post(&format!("{there}/suspend"), &[("reason", "stolen laptop")]).await;
    assert!(mia.get("/vaults").await.leads_to().starts_with("/sign-in"));
    assert_eq!(stage.stranger().sign_in("mia@acme.example", PASSWORD).await.status, 422);
    let page = owner.get(done.location()).await;
    assert!(
        page.says("Mia is suspended") && page.says("stolen laptop") && page.says("name=\"undo\"")
    );
    // Undone, as long as nothing else has happened.
    let undone = owner.send(&page, &format!("{there}/reactivate"), &[]).await;
    assert!(owner.get(undone.location()).await.says("can sign in again"));
    assert_eq!(owner.send(&page, &format!("{there}/reactivate"), &[]).await.status, 409);
    let later = owner.get(done.location()).await;
    assert!(!later.says("name=\"undo\""), "the notice is of then");
    assert!(!mia.is_signed_in().await, "the old cookie stays dead");
    let new = "five other words in a row";
    let typed = [("code", code.as_str()), ("new", new), ("again", new)];
    assert_eq!(stage.stranger().post("/link", &typed).await.status, 422, "so does the old code");
    assert_eq!(stage.stranger().sign_in("mia@acme.example", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn who_cannot_be_suspended_is_said_with_the_reason() {
    let stage = Stage::set().await;
    let mut sena = stage.signed_in("sena").await;
    let owner = format!("/people/{}/suspend", id_of(1));
    let refused = sena.post(&owner, &[]).await;
    assert_eq!(refused.status, 422);
    let last = stage.signed_in("olivia").await.post(&owner, &[]).await;
    assert_eq!(last.status, 422);
    let nobody = sena.post(&format!("/people/{}/suspend", id_of(9)), &[]).await;
    assert_eq!(nobody.status, 404);
    assert_eq!(sena.get("/people/rubbish").await.status, 404);
    assert!(stage.signed_in("olivia").await.is_signed_in().await);
}

#[tokio::test]
async fn each_group_sees_its_pages_and_a_clear_word_at_the_others() {
    let stage = Stage::set().await;
    let invite = "/people/invite";
    for (who, sees) in [
        ("olivia", [200, 200, 200, 200]),
        ("adam", [200, 200, 200, 200]),
        ("sena", [200, 200, 200, 403]),
        ("mia", [403, 403, 403, 403]),
    ] {
        let mut visitor = stage.signed_in(who).await;
        let mut saw = Vec::new();
        for path in ["/people", "/integrations", "/activity", invite] {
            let page = visitor.get(path).await;
            assert!(page.status == 200 || page.says("Ask one of them"), "{who} {path}");
            saw.push(page.status);
        }
        assert_eq!(saw, sees, "{who}");
        let menu = visitor.get("/vaults").await;
        assert_eq!(menu.says("/activity\""), sees[2] == 200, "{who}");
        assert!(visitor.is_signed_in().await);
    }
}

#[tokio::test]
async fn only_an_owner_makes_or_changes_an_owner() {
    let stage = Stage::set().await;
    let mut adam = stage.signed_in("adam").await;
    let form = adam.get("/people/invite").await;
    let typed = [("name", "Eve"), ("email", "eve@acme.example"), ("group", "owners")];
    let refused = adam.send(&form, "/people/invite", &typed).await;
    assert!(refused.status == 422 && refused.says("id=\"groups-problem\""), "{}", refused.status);
    let of_olivia = adam.post(&format!("/people/{}/reset-link", id_of(1)), &[]).await;
    assert!(of_olivia.status == 422 && !of_olivia.says("rcl_"));
    let groups = format!("/people/{}/groups", id_of(1));
    assert_eq!(adam.post(&groups, &[("group", "security")]).await.status, 422);
    // A change of one's rights ends the sessions that were begun with others.
    let mut mia = stage.signed_in("mia").await;
    adam.post(&format!("/people/{}/groups", id_of(4)), &[("group", "security")]).await;
    assert!(!mia.is_signed_in().await);
    assert_eq!(stage.signed_in("mia").await.get("/people").await.status, 200);
}

#[tokio::test]
async fn somebody_invited_twice_is_there_once() {
    let stage = Stage::set().await;
    let mut adam = stage.signed_in("adam").await;
    let form = adam.get("/people/invite").await;
    let typed = [("name", "Eve"), ("email", "eve@acme.example")];
    let invited = adam.send(&form, "/people/invite", &typed).await;
    assert!(invited.status == 200 && invited.says("rcl_"));
    let again = adam.send(&form, "/people/invite", &typed).await;
    assert!(again.status == 422 && !again.says("rcl_"));
    let people = adam.get("/people?search=eve").await;
    assert_eq!(people.body.matches(">Eve<").count(), 1);
}
