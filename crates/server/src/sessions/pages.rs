//! The pages of signing in and of one's own settings, as plain data.

use askama::Template;

use crate::layout::{Frame, Problems, When};

#[derive(Template)]
#[template(path = "sessions/pages/sign_in.html")]
pub(crate) struct SignInPage {
    pub frame: Frame,
    pub problems: Problems,
    pub email: String,
    /// Where to go on: behind the frame's base.
    pub next: String,
}

#[derive(Template)]
#[template(path = "sessions/pages/link.html")]
pub(crate) struct LinkPage {
    pub frame: Frame,
    pub problems: Problems,
    pub password_hint: String,
}

#[derive(Template)]
#[template(path = "sessions/pages/password.html")]
pub(crate) struct PasswordPage {
    pub frame: Frame,
    pub problems: Problems,
    pub password_hint: String,
}

#[derive(Template)]
#[template(path = "sessions/pages/settings.html")]
pub(crate) struct SettingsPage {
    pub frame: Frame,
    pub account_id: String,
    pub plan: &'static str,
    pub provisioning: &'static str,
    pub groups: Vec<&'static str>,
    pub sessions: Vec<SessionRow>,
    pub idle_end: String,
    pub absolute_end: String,
}

pub(crate) struct SessionRow {
    pub name: &'static str,
    pub began: When,
    pub seen: When,
}
