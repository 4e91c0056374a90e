//! Every page with everybody who may come to it: who is let in, who is told that it is not for
//! them, and who is sent to the sign-in page, above all those whose cookie is from before a
//! suspension. And every form, sent from elsewhere.

use rollcall_directory::applications::Scopes;
use rollcall_directory::world::VaultId;
use rollcall_server::{Page, PageMethod};
use rollcall_system_tests::{Answer, Api, RunningServer, Store};
use rollcall_wire::route::Family;

use super::visitors::{Guest, Role, Since, Visitor, invite_all, sent};

on_both_stores!(every_page_with_everybody, no_form_is_taken_from_elsewhere);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// To what the page does, or to why it cannot.
    LetIn,
    NotForThem,
    SentToSignIn,
}

/// Whom a page lets in. By name, without a wildcard: a new page does not compile without its row.
fn is_for(page: Page) -> &'static [Role] {
    const EVERYBODY: &[Role] = &Role::ALL;
    const CONTAINING: &[Role] = &[Role::Security, Role::Administrator, Role::Owner];
    const MANAGING: &[Role] = &[Role::Administrator, Role::Owner];
    match page {
        // Whoever comes; told apart in `expected`.
        Page::Front
        | Page::Home
        | Page::SignInForm
        | Page::SignIn
        | Page::SignOut
        | Page::LinkForm
        | Page::UseLink => EVERYBODY,
        Page::SignOutEverywhere
        | Page::PasswordForm
        | Page::ChangePassword
        | Page::Settings
        | Page::Vaults
        | Page::CreateVaultForm
        | Page::CreateVault
        | Page::Vault
        | Page::VaultAccessForm
        | Page::ChangeVaultAccess
        | Page::CreateItemForm
        | Page::CreateItem
        | Page::Item
        | Page::RevealItem
        | Page::DeleteItemForm
        | Page::DeleteItem
        | Page::DeleteVaultForm
        | Page::DeleteVault => EVERYBODY,
        Page::People
        | Page::Person
        | Page::SuspendForm
        | Page::Suspend
        | Page::ReactivateForm
        | Page::Reactivate
        | Page::Activity
        | Page::Integrations
        | Page::Directory
        | Page::OauthApplicationForm
        | Page::GenerateCredentials
        | Page::CredentialsSaved
        | Page::SaveCredentials
        | Page::Integration
        | Page::EditIntegrationForm
        | Page::EditIntegration
        | Page::AddSecretForm
        | Page::AddSecret
        | Page::RetireSecretForm
        | Page::RetireSecret
        | Page::RotateSecretForm
        | Page::RotateSecret
        | Page::DeleteIntegrationForm
        | Page::DeleteIntegration => CONTAINING,
        Page::InviteForm
        | Page::Invite
        | Page::GroupsForm
        | Page::ChangeGroups
        | Page::ResetLinkForm
        | Page::MakeResetLink => MANAGING,
    }
}

/// Those that ask nobody who they are.
const fn is_open(page: Page) -> bool {
    matches!(
        page,
        Page::Front
            | Page::SignInForm
            | Page::SignIn
            | Page::SignOut
            | Page::LinkForm
            | Page::UseLink
    )
}

fn expected(page: Page, visitor: Visitor) -> Expected {
    match visitor {
        _ if is_open(page) => Expected::LetIn,
        Visitor::Nobody
        | Visitor::Forger
        | Visitor::SignedIn(_, Since::Suspended | Since::Reactivated) => Expected::SentToSignIn,
        Visitor::SignedIn(role, Since::Active) if is_for(page).contains(&role) => Expected::LetIn,
        Visitor::SignedIn(_, Since::Active) => Expected::NotForThem,
    }
}

/// What there is to look at, and to spoil.
struct Place {
    api: Api,
    ids: Vec<(&'static str, String)>,
}

async fn begin(server: &RunningServer) -> (Place, Vec<Guest>) {
    let (beside, api) = (server.beside().await, server.api(Family::V1));
    let guests = invite_all(&beside, &api).await;
    let application = beside.register(beside.account, Scopes::ALL).await;
    let user = api.id_of(&api.token().await, "suharti@rollcall.example").await;
    let no_vault = VaultId::from_bytes(beside.store.world().bytes()).to_string();
    let ids = vec![
        ("{account}", api.credentials.account_id.clone()),
        ("{user}", user),
        ("{application}", application.id.to_string()),
        ("{secret}", application.secret_id.to_string()),
        ("{vault}", no_vault.clone()),
        ("{item}", no_vault),
    ];
    (Place { api, ids }, guests)
}

impl Place {
    fn path(&self, page: Page) -> String {
        self.ids.iter().fold(page.path().to_owned(), |path, (part, id)| path.replace(part, id))
    }

    async fn comes(&self, page: Page, guest: &Guest) -> Answer {
        let (path, cookie) = (self.path(page), guest.cookie.as_deref());
        match page.method() {
            PageMethod::Post => sent(&self.api, &path, cookie, String::new()).await,
            PageMethod::Get => {
                let mut request = self.api.request("GET", &path);
                if let Some(cookie) = cookie {
                    request = request.header("cookie", cookie);
                }
                self.api.answer(request).await
            }
        }
    }
}

async fn every_page_with_everybody(store: Store) {
    let server = RunningServer::start(store).await;
    let (place, mut guests) = begin(&server).await;
    for &page in Page::ALL {
        for guest in &mut guests {
            let cell = format!("{page:?} with {:?}", guest.visitor);
            let answer = place.comes(page, guest).await;
            check(&cell, page, &answer, expected(page, guest.visitor));
            let leaves = matches!(page, Page::SignOut | Page::SignOutEverywhere);
            if leaves && matches!(guest.visitor, Visitor::SignedIn(_, Since::Active)) {
                guest.signs_in(&place.api).await;
            }
        }
    }
}

#[track_caller]
fn check(cell: &str, page: Page, answer: &Answer, expected: Expected) {
    let leads_to = answer.header("location").unwrap_or_default();
    let to_sign_in = answer.status == 303 && leads_to.contains("/sign-in");
    match expected {
        Expected::SentToSignIn => assert!(to_sign_in, "{cell}: {} {leads_to}", answer.status),
        Expected::NotForThem => assert_eq!(answer.status, 403, "{cell}: {leads_to}"),
        Expected::LetIn => {
            let is_let_in = matches!(answer.status, 200 | 303 | 400 | 404 | 409 | 422);
            assert!(is_let_in, "{cell}: {}", answer.status);
            let may_lead_there = is_open(page) || page == Page::SignOutEverywhere;
            assert!(may_lead_there || !to_sign_in, "{cell}: {leads_to}");
        }
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for directive in ["frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
        assert!(policy.contains(directive), "{cell}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{cell}: {policy}");
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{cell}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{cell}");
    assert!(answer.header("cache-control").is_some_and(|c| c.contains("no-store")), "{cell}");
}

/// As the owner, who may do all of it: no word of where it came from, another site's, and another
/// site that says it is ours.
async fn no_form_is_taken_from_elsewhere(store: Store) {
    let server = RunningServer::start(store).await;
    let (place, guests) = begin(&server).await;
    let owner = Visitor::SignedIn(Role::Owner, Since::Active);
    let owner = guests.iter().find(|guest| guest.visitor == owner).unwrap();
    let cookie = owner.cookie.as_deref().unwrap();
    let own = &*place.api.credentials.base_url;
    let token = place.api.token().await;
    let before = place.api.list_all(&token, "").await;
    for &page in Page::ALL.iter().filter(|page| page.method() == PageMethod::Post) {
        for headers in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", own)],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            let kind = "application/x-www-form-urlencoded";
            let request = place.api.request("POST", &place.path(page));
            let request = request.header("content-type", kind).header("cookie", cookie);
            let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
            let answer = place.api.answer(request.body("")).await;
            assert_eq!(answer.status, 403, "{page:?} with {headers:?}");
            assert!(answer.headers.get("set-cookie").is_none(), "{page:?} with {headers:?}");
        }
    }
    assert_eq!(place.api.list_all(&token, "").await, before, "nothing was changed");
    let settings = place.api.request("GET", &place.path(Page::Settings)).header("cookie", cookie);
    assert_eq!(place.api.answer(settings).await.status, 200, "and the owner is still signed in");
}
