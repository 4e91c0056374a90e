//! What ends a session, or takes away a right, holds on the next page, whichever node shows it.

use rollcall_directory::groups::Group;
use rollcall_directory::sessions::{Password, SetPassword};
use rollcall_directory::users::{ChangeGroup, RemoveUser};
use rollcall_directory::world::UserId;
use rollcall_server::Page;
use rollcall_system_tests::Api;

use super::stage::{Setting, Stage};
use super::visitors::{Guest, PASSWORD, an_administrator, sent};

on_stores_and_nodes!(
    a_session_ends_by_signing_out_here_and_everywhere,
    a_suspended_person_is_out_and_stays_out_of_what_they_had,
    a_new_password_ends_what_the_old_one_opened,
    a_right_that_was_taken_away_is_gone,
);

/// A person who may manage others, as a client of each node sees them.
struct Story {
    stage: Stage,
    guest: Guest,
    user: UserId,
}

async fn begin(setting: Setting) -> Story {
    let stage = Stage::set(setting).await;
    let (guest, user) = an_administrator(&stage.beside, stage.api()).await;
    Story { stage, guest, user }
}

impl Story {
    fn path(&self, page: Page) -> String {
        page.path().replace("{account}", &self.stage.beside.account.to_string())
    }

    /// The status of a page, and where it leads, at each node: the one that was not told first.
    async fn shown(&self, page: Page, cookie: &str) -> Vec<(u16, String)> {
        let mut shown = Vec::new();
        for api in self.stage.apis.iter().rev() {
            let request = api.request("GET", &self.path(page)).header("cookie", cookie);
            let answer = api.answer(request).await;
            shown.push((answer.status, answer.header("location").unwrap_or_default().to_owned()));
        }
        shown
    }

    async fn is_in(&self, cookie: &str) {
        self.is_answered(Page::Settings, cookie, 200).await;
    }

    async fn is_out(&self, cookie: &str) {
        for (status, leads_to) in self.shown(Page::Settings, cookie).await {
            assert!(status == 303 && leads_to.contains("/sign-in"), "{status} {leads_to}");
        }
    }

    async fn is_answered(&self, page: Page, cookie: &str, expected: u16) {
        for (status, leads_to) in self.shown(page, cookie).await {
            assert_eq!(status, expected, "{leads_to}");
        }
    }

    fn cookie(&self) -> String {
        self.guest.cookie.clone().expect("a guest who signed in")
    }

    /// Once more, at this node.
    async fn signs_in_at(&mut self, node: usize) -> String {
        let api: Api = self.stage.apis[node % self.stage.apis.len()].clone();
        self.guest.signs_in(&api).await;
        self.cookie()
    }
}

async fn a_session_ends_by_signing_out_here_and_everywhere(setting: Setting) {
    let mut story = begin(setting).await;
    let (here, there) = (story.cookie(), story.signs_in_at(1).await);
    story.is_in(&here).await;
    story.is_in(&there).await;
    let (api, path) = (story.stage.api(), story.path(Page::SignOut));
    assert_eq!(sent(api, &path, Some(&here), String::new()).await.status, 303);
    story.is_out(&here).await;
    story.is_in(&there).await;
    let again = story.signs_in_at(0).await;
    let (api, path) = (story.stage.api(), story.path(Page::SignOutEverywhere));
    assert_eq!(sent(api, &path, Some(&again), String::new()).await.status, 303);
    story.is_out(&there).await;
    story.is_out(&again).await;
}

async fn a_suspended_person_is_out_and_stays_out_of_what_they_had(setting: Setting) {
    let mut story = begin(setting).await;
    let (before, user) = (story.cookie(), story.user.to_string());
    let token = story.stage.api().token().await;
    story.is_in(&before).await;
    assert_eq!(story.stage.api().suspend(&token, &user).await.status, 200);
    story.is_out(&before).await;
    for api in story.stage.apis.iter().rev() {
        let answer = story.guest.tries_to_sign_in(api).await;
        assert!(answer.headers.get("set-cookie").is_none(), "a suspended person comes in");
    }
    assert_eq!(story.stage.api().reactivate(&token, &user).await.status, 200);
    story.is_out(&before).await;
    let after = story.signs_in_at(1).await;
    story.is_in(&after).await;
}

async fn a_new_password_ends_what_the_old_one_opened(setting: Setting) {
    let mut story = begin(setting).await;
    let before = story.cookie();
    story.is_in(&before).await;
    let world = story.stage.beside.store.world();
    let hash = Password::new(PASSWORD.to_owned()).hash(&world.bytes()).expect("a hash");
    story.stage.beside.act(SetPassword { user: story.user, hash }).await;
    story.is_out(&before).await;
    let after = story.signs_in_at(1).await;
    story.is_in(&after).await;
    story.stage.beside.act(RemoveUser { user: story.user, why: None }).await;
    story.is_out(&after).await;
}

/// Another group is another epoch: whoever loses a right signs in anew, and is let in to less.
async fn a_right_that_was_taken_away_is_gone(setting: Setting) {
    let mut story = begin(setting).await;
    let change = |user, member| ChangeGroup { user, group: Group::Administrators, member };
    let before = story.cookie();
    story.is_answered(Page::InviteForm, &before, 200).await;
    story.stage.beside.act(change(story.user, false)).await;
    story.is_out(&before).await;
    let after = story.signs_in_at(1).await;
    story.is_answered(Page::InviteForm, &after, 403).await;
}
