//! A client secret: shown once, saved in a vault, read back from there, and nowhere else.

use rollcall_directory::accounts::{Plan, SetAccount};

use crate::stage::{Page, Stage, Visitor};

const FORM: &str = "/integrations/directory/oauth-application";
const SAVE: &str = "/integrations/directory/oauth-application/save";
const TYPED: [(&str, &str); 5] = [
    ("name", "Sentinel"),
    ("description", "Night shift"),
    ("redirect_url", "https://example.com"),
    ("scope", "list_users"),
    ("scope", "suspend_users"),
];

async fn made(visitor: &mut Visitor) -> (Page, Page) {
    let form = visitor.get(FORM).await;
    assert_eq!(form.status, 200);
    let made = visitor.send(&form, FORM, &TYPED).await;
    assert_eq!(made.status, 200, "{}", made.body);
    (form, made)
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_each_field_and_what_was_typed_is_kept() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("sena").await;
    let form = visitor.get(FORM).await;
    let typed = [("name", ""), ("description", "kept"), ("redirect_url", "http://x.example")];
    let wrong = visitor.send(&form, FORM, &typed).await;
    assert_eq!(wrong.status, 422);
    for id in ["name-problem", "redirect_url-problem", "scopes-problem"] {
        assert!(wrong.says(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(wrong.says("kept") && wrong.says("http://x.example"));
    assert_eq!(wrong.hidden(), form.hidden(), "the same application is made in the end");
    assert!(visitor.get("/integrations").await.says("No integration yet"));
}

#[tokio::test]
async fn sent_twice_it_makes_one_application_and_shows_the_secret_once() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("sena").await;
    let (form, made) = made(&mut visitor).await;
    let (id, secret) = (made.value_of("client-id"), made.value_of("client-secret"));
    assert!(secret.starts_with("rcs_"));
    assert_eq!(made.headers["cache-control"], "no-store");
    let again = visitor.send(&form, FORM, &TYPED).await;
    assert_eq!(again.status, 409);
    assert!(again.says("View integration") && !again.says("rcs_"));
    let there = format!("/integrations/{id}");
    for path in [&*there, "/integrations", "/activity", "/vaults", FORM] {
        assert!(!visitor.get(path).await.says(&secret), "{path}");
    }
    assert!(visitor.get("/integrations").await.body.matches("Sentinel").count() == 1);
    let shown = visitor.get(&there).await;
    assert!(shown.says("Sena") && shown.says("List users") && !shown.says("Reactivate users"));
}

#[tokio::test]
async fn the_id_is_given_out_with_the_form_and_to_this_session_alone() {
    let stage = Stage::set().await;
    let (mut one, mut other) = (stage.signed_in("sena").await, stage.signed_in("adam").await);
    let form = one.get(FORM).await;
    let stolen = other.send(&form, FORM, &TYPED).await;
    assert_eq!(stolen.status, 422);
    assert!(stolen.says("before you signed in anew") && stolen.says("Sentinel"));
    let mut fields = vec![("client_id", "00000000-0000-4000-8000-000000000000"), ("key", "x")];
    fields.extend(TYPED);
    assert_eq!(one.post(FORM, &fields).await.status, 422);
    assert!(one.get("/integrations").await.says("No integration yet"));
}

#[tokio::test]
async fn saved_in_a_vault_it_is_read_back_from_there_by_who_may() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("sena").await;
    let (_, made) = made(&mut visitor).await;
    let secret = made.value_of("client-secret");
    // Nobody has a vault yet: one of the given name is made.
    let typed = [("vault_name", "Night shift")];
    let saved = visitor.send(&made, SAVE, &typed).await;
    let twice = visitor.send(&made, SAVE, &typed).await;
    assert_eq!(saved.leads_to(), twice.leads_to(), "sent twice, it is saved once");
    assert!(!saved.location().contains(&secret));
    let page = visitor.get(saved.location()).await;
    assert!(page.says("Saved in Night shift") && page.says("View integration"));
    let vaults = visitor.get("/vaults").await;
    assert_eq!(vaults.body.matches("Night shift").count(), 1);
    let (_, item) = page.body.split_once("/vaults/").unwrap();
    let item = format!("/vaults/{}", item.split('"').next().unwrap());
    let closed = visitor.get(&item).await;
    assert!(closed.says("Client secret") && !closed.says(&secret));
    let revealed = visitor.post(&format!("{item}/reveal"), &[]).await;
    assert_eq!(revealed.status, 200);
    assert!(revealed.says(&secret));
    let mut other = stage.signed_in("adam").await;
    assert_eq!(other.get(&item).await.status, 404);
    assert_eq!(other.post(&format!("{item}/reveal"), &[]).await.status, 404);
    assert!(other.get("/activity?kind=item_revealed").await.says("Credentials revealed"));
}

#[tokio::test]
async fn a_secret_that_is_not_the_live_one_is_not_saved_and_the_right_one_is_not_lost() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("sena").await;
    let (_, made) = made(&mut visitor).await;
    let secret = made.value_of("client-secret");
    let mut fields = made.hidden();
    for (name, value) in &mut fields {
        if name == "secret" {
            // Another letter than is there, which is any of 64.
            let other = if value.as_bytes()[10] == b'_' { "-" } else { "_" };
            value.replace_range(10..11, other);
        }
    }
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
    fields.push(("vault_name", "Mine"));
    let refused = visitor.post(SAVE, &fields).await;
    assert_eq!(refused.status, 422);
    assert!(refused.says("not one of the integration"));
    // A vault that one may not write to: the page comes again, with the secret.
    let nowhere = visitor.send(&made, SAVE, &[("vault", "BBBBBBBBBBBBBBBBBBBBBBBBBA")]).await;
    assert_eq!((nowhere.status, nowhere.value_of("client-secret")), (422, secret));
}

#[tokio::test]
async fn a_rotated_secret_is_shown_once_and_takes_the_place_of_the_old_one() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    let (_, made) = made(&mut visitor).await;
    let there = format!("/integrations/{}", made.value_of("client-id"));
    let page = visitor.get(&there).await;
    let (_, rotate) = page.body.split_once(&format!("{there}/secrets/")).unwrap();
    let rotate = format!("{there}/secrets/{}", rotate.split('"').next().unwrap());
    assert!(rotate.ends_with("/rotate"));
    let form = visitor.get(&rotate).await;
    let rotated = visitor.send(&form, &rotate, &[]).await;
    assert_eq!(rotated.status, 200, "{}", rotated.body);
    assert_ne!(rotated.value_of("client-secret"), made.value_of("client-secret"));
    assert_eq!(visitor.send(&form, &rotate, &[]).await.status, 409);
    assert_eq!(visitor.get(&rotate).await.status, 404, "the old one is gone");
}

#[tokio::test]
async fn where_integrations_are_closed_the_page_says_why_and_nothing_is_made() {
    let stage = Stage::set().await;
    let mut visitor = stage.signed_in("olivia").await;
    let form = visitor.get(FORM).await;
    let change = |plan, automated| SetAccount {
        name: None,
        plan: Some(plan),
        provisioning_automated: Some(automated),
    };
    for (plan, automated, words) in [
        (Plan::Other, false, "need a Business account"),
        (Plan::Business, true, "while provisioning is automated"),
    ] {
        stage.operator(change(plan, automated)).await;
        for path in ["/integrations", "/integrations/directory", FORM] {
            let page = visitor.get(path).await;
            assert!(page.status == 200 && page.says(words), "{path}");
        }
        assert!(!visitor.get(FORM).await.says("Generate credentials"));
        assert_eq!(visitor.send(&form, FORM, &TYPED).await.status, 403);
    }
    stage.operator(change(Plan::Business, false)).await;
    assert!(visitor.get("/integrations").await.says("No integration yet"));
}
