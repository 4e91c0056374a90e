//! Integrations.

use super::*;
use crate::applications::pages::*;

fn scopes() -> Vec<ScopeBox> {
    let scope = |value, label, hint, checked| ScopeBox { value, label, hint, checked };
    vec![
        scope("get_user", "Get user", "Look up one person by ID.", true),
        scope("list_users", "List users", "Read the list of everybody in the account.", true),
        scope("suspend_users", "Suspend users", "End everything a person has, at once.", false),
        scope("reactivate_users", "Reactivate users", "Let a suspended person back in.", false),
    ]
}

fn form() -> ApplicationForm {
    ApplicationForm {
        client_id: application().id,
        key: "key".to_owned(),
        name: TYPED.to_owned(),
        description: "Runs the playbooks of the night shift.".to_owned(),
        redirect_url: "http://soar.example".to_owned(),
        scopes: scopes(),
    }
}

fn wrong() -> Problems {
    let mut problems = Problems::one("name", "Give the application a name.");
    problems.add("redirect_url", "Begin the address with https://.");
    problems.add("scopes", "Choose at least one scope.");
    problems
}

pub(super) fn every_page() -> Vec<(&'static str, String)> {
    let below = |here: &str| {
        let crumbs = [("/integrations", "Integrations"), ("/integrations/x", "Sentinel SOAR")];
        frame(Section::Integrations, here, &crumbs)
    };
    let row = |name: &str, used| ApplicationRow {
        id: application().id,
        name: name.to_owned(),
        scopes: "List users, Suspend users".to_owned(),
        made: ago(900_000),
        used,
    };
    let automated = Closed {
        heading: "Integrations are closed to this account",
        texts: &["People come here from an identity provider.", "Turn that off first."],
    };
    let list = |closed: &Closed, applications| IntegrationsPage {
        frame: frame(Section::Integrations, "Integrations", &[]),
        closed: closed.clone(),
        applications,
        pages: Pages::default(),
    };
    let two = vec![row("Sentinel SOAR", Some(ago(40))), row(TYPED, None)];
    let ready = |id, label, lines: &str| Ready { id, label, lines: lines.to_owned() };
    let secret = |label: &str, used| SecretShown {
        id: "0011223344556677".to_owned(),
        label: label.to_owned(),
        terms: vec!["Ends in 9 days".to_owned()],
        made: ago(90_000),
        used,
        seen_by: (0..3)
            .map(|n| SeenBy { id: person(n).id, name: person(n).name, at: ago(900) })
            .collect(),
    };
    let used = UseShown {
        at: ago(70),
        address: "192.0.2.7".to_owned(),
        agent: "sentinel/4.2 (+https://soar.example)".to_owned(),
    };
    vec![
        rendered("integrations", &list(&Closed::default(), two)),
        rendered("integrations-closed", &list(&automated, Vec::new())),
        rendered(
            "directory",
            &DirectoryPage {
                frame: frame(
                    Section::Integrations,
                    "Directory",
                    &[("/integrations", "Integrations")],
                ),
                closed: Closed::default(),
            },
        ),
        rendered(
            "oauth-application",
            &OauthApplicationPage {
                frame: frame(
                    Section::Integrations,
                    "OAuth Application",
                    &[("/integrations", "Integrations"), ("/integrations/directory", "Directory")],
                ),
                closed: Closed::default(),
                problems: wrong(),
                form: form(),
            },
        ),
        rendered(
            "edit",
            &EditPage {
                frame: below("Edit Sentinel SOAR"),
                closed: Closed::default(),
                problems: Problems::default(),
                form: form(),
            },
        ),
        rendered(
            "credentials",
            &CredentialsPage {
                frame: below("Save the credentials"),
                problems: Problems::default(),
                shown: Credentials {
                    lead: "Sentinel SOAR can sign itself in with these.".to_owned(),
                    client_id: application().id,
                    secret_id: "0011223344556677".to_owned(),
                    secret: "rcs_BrrxZcFq8yQbF9iB5tZ9p3H4LBbTpxOhZ1b0f3W3yI0BrrxZc".to_owned(),
                    item: vault().id,
                    new_vault: vault().id,
                    key: "key".to_owned(),
                    ready: vec![
                        ready(
                            "ready-curl",
                            "curl",
                            "curl -u 'id:secret' \\\n  https://id.acme.example",
                        ),
                        ready("ready-env", ".env", "ROLLCALL_CLIENT_ID=0f8e2c50"),
                    ],
                },
                vaults: vec![VaultChoice { id: vault().id, name: vault().name }],
            },
        ),
        rendered(
            "saved",
            &SavedPage {
                frame: below("Saved in Night shift"),
                application: application(),
                vault: vault().id,
                item: vault().id,
            },
        ),
        rendered(
            "made-already",
            &MadeAlreadyPage { frame: below("This was made already"), id: application().id },
        ),
        rendered(
            "integration",
            &IntegrationPage {
                frame: frame(
                    Section::Integrations,
                    "Sentinel SOAR",
                    &[("/integrations", "Integrations")],
                ),
                closed: Closed::default(),
                application: ApplicationShown {
                    id: application().id,
                    name: application().name,
                    description: TYPED.to_owned(),
                    redirect_url: "https://soar.example/callback".to_owned(),
                    scopes: scopes(),
                    made: ago(900_000),
                    maker: "Olivia Winters".to_owned(),
                },
                secrets: vec![secret("first", Some(used)), secret("March", None)],
                may_add: true,
                may_retire: true,
            },
        ),
        rendered(
            "add-secret",
            &AddSecretPage {
                frame: below("Add a second secret"),
                closed: Closed::default(),
                problems: Problems::default(),
                application: application(),
                secret_id: "0011223344556677".to_owned(),
                key: "key".to_owned(),
                label: TYPED.to_owned(),
            },
        ),
        rendered(
            "retire-secret",
            &RetireSecretPage {
                frame: below("Retire “first”?"),
                closed: Closed::default(),
                problems: Problems::default(),
                application: application(),
                secret_id: "0011223344556677".to_owned(),
                used: "It was last used 3 minutes ago.".to_owned(),
            },
        ),
        rendered(
            "rotate-secret",
            &RotateSecretPage {
                frame: below("Rotate “first”?"),
                closed: Closed::default(),
                problems: Problems::default(),
                application: application(),
                secret_id: "0011223344556677".to_owned(),
                new_secret_id: "0011223344556688".to_owned(),
                key: "key".to_owned(),
                used: "It was last used 3 minutes ago.".to_owned(),
                may_add: true,
            },
        ),
        rendered(
            "delete",
            &DeletePage {
                frame: below("Delete Sentinel SOAR?"),
                closed: Closed::default(),
                problems: Problems::one("name", "This is not the integration's name."),
                application: application(),
                typed: TYPED.to_owned(),
                confirm_hint: "Sentinel SOAR".to_owned(),
            },
        ),
    ]
}
