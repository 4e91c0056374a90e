//! Signing in and settings.

use super::*;
use crate::sessions::pages::*;

pub(super) fn every_page() -> Vec<(&'static str, String)> {
    let hint = "At least 12 characters. A few words are good.".to_owned();
    let session = |name, n| SessionRow { name, began: ago(n), seen: ago(n / 9) };
    vec![
        rendered(
            "sign-in",
            &SignInPage {
                frame: alone("Sign in"),
                problems: Problems::default(),
                email: String::new(),
                next: "/people".to_owned(),
            },
        ),
        rendered(
            "sign-in-wrong",
            &SignInPage {
                frame: Frame {
                    notice: Some(Notice::said("Your session has ended. Sign in again.")),
                    ..alone("Sign in")
                },
                problems: Problems::one("", "Email or password are not right."),
                email: TYPED.to_owned(),
                next: String::new(),
            },
        ),
        rendered(
            "link",
            &LinkPage {
                frame: alone("Use your code"),
                problems: Problems::default(),
                password_hint: hint.clone(),
            },
        ),
        rendered(
            "password",
            &PasswordPage {
                frame: frame(Section::Settings, "Change password", &[("/settings", "Settings")]),
                problems: Problems::one("current", "This is not your password."),
                password_hint: hint,
            },
        ),
        rendered(
            "settings",
            &SettingsPage {
                frame: frame(Section::Settings, "Settings", &[]),
                account_id: "AAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
                plan: "Business",
                provisioning: "By hand, in this console",
                groups: vec!["Owners"],
                sessions: vec![session("This one", 900), session("Another one", 50_000)],
                idle_end: "30 minutes".to_owned(),
                absolute_end: "12 hours".to_owned(),
            },
        ),
    ]
}
