//! Every page on plain data: it renders, what people typed is escaped, and what holds for all pages
//! holds for each.

use askama::Template;
use rollcall_directory::groups::Groups;
use rollcall_directory::world::Moment;

use super::pages::{RefusedAlonePage, RefusedPage, Way, Words};
use super::{Crumb, Frame, Notice, Pages, Problems, Section, Undo, When, Who};
use crate::applications::pages::*;
use crate::audit::pages::*;
use crate::sessions::pages::*;
use crate::users::pages::*;
use crate::vaults::pages::*;

const NOW: Moment = Moment::from_seconds(1_773_738_000);
const TYPED: &str = "<b>\"Ana\" & 'co'</b>";

fn ago(seconds: i64) -> When {
    When::of(Moment::from_seconds(1_773_738_000 - seconds), NOW)
}

fn frame(section: Section, here: &str, crumbs: &[(&str, &str)]) -> Frame {
    Frame {
        account: "Acme Robotics".to_owned(),
        who: Who {
            name: "Olivia Winters".to_owned(),
            email: "olivia.winters@acme.example".to_owned(),
            groups: Groups { owner: true, ..Groups::default() },
        },
        section: Some(section),
        crumbs: crumbs.iter().map(|(path, label)| Crumb::new(*path, *label)).collect(),
        ..Frame::alone("/console/AAAAAAAAAAAAAAAAAAAAAAAAAA", here)
    }
}

fn alone(here: &str) -> Frame {
    Frame::alone("/console/AAAAAAAAAAAAAAAAAAAAAAAAAA", here)
}

fn person(n: usize) -> PersonShown {
    const NAMES: [&str; 8] = [
        "Ana Ruiz",
        "Björn Lindqvist",
        "Chidi Okafor",
        "Divya Raghunathan",
        "Elif Yıldız",
        "Farid Haddad",
        "Grace Muller-Thompson",
        "Hiro Tanaka",
    ];
    let name = NAMES[n % NAMES.len()];
    PersonShown {
        id: "BPGIYHDXQ5HLXJ7SCEUFZP4DCM".to_owned(),
        name: name.to_owned(),
        email: format!("{}@acme.example", name.to_lowercase().replace(' ', ".")),
        suspended: n % 4 == 2,
        groups: match n {
            0 => vec!["Security"],
            3 => vec!["Owners", "Administrators"],
            _ => Vec::new(),
        },
        externally_managed: n == 5,
        added: ago(86_400 * (3 + i64::try_from(n).unwrap() * 9)),
    }
}

fn seen() -> Vec<SeenSecret> {
    let secret = |label: &str, name: &str| SeenSecret {
        application: "0f8e2c50-3a7c-4d0e-9a39-1f2b3c4d5e6f".to_owned(),
        name: name.to_owned(),
        secret: "0011223344556677".to_owned(),
        label: label.to_owned(),
        seen: ago(7_200),
    };
    vec![secret("first", "Sentinel SOAR"), secret("March", TYPED)]
}

fn boxes() -> Vec<GroupBox> {
    let group =
        |value, label, hint, checked, locked| GroupBox { value, label, hint, checked, locked };
    vec![
        group("owners", "Owners", "May do everything.", false, true),
        group("administrators", "Administrators", "Invite people, and change groups.", true, false),
        group("security", "Security", "Suspend people, and manage integrations.", true, false),
    ]
}

fn scopes() -> Vec<ScopeBox> {
    let scope = |value, label, hint, checked| ScopeBox { value, label, hint, checked };
    vec![
        scope("get_user", "Get user", "Look up one person by ID.", true),
        scope("list_users", "List users", "Read the list of everybody in the account.", true),
        scope("suspend_users", "Suspend users", "End everything a person has, at once.", false),
        scope("reactivate_users", "Reactivate users", "Let a suspended person back in.", false),
    ]
}

fn application() -> ApplicationName {
    let id = "0f8e2c50-3a7c-4d0e-9a39-1f2b3c4d5e6f".to_owned();
    ApplicationName { id, name: "Sentinel SOAR".to_owned() }
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

fn vault() -> VaultShown {
    let id = "VPGIYHDXQ5HLXJ7SCEUFZP4DCM".to_owned();
    VaultShown { id, name: "Night shift".to_owned(), writable: true }
}

fn access() -> Vec<Access> {
    let access = |n: usize, writes: bool| Access {
        id: person(n).id,
        name: person(n).name,
        email: person(n).email,
        access: if writes { "Read and write" } else { "Read" },
        writes,
        is_you: n == 0,
    };
    vec![access(0, true), access(1, false), access(6, false)]
}

fn wrong() -> Problems {
    let mut problems = Problems::one("name", "Give the application a name.");
    problems.add("redirect_url", "Begin the address with https://.");
    problems.add("scopes", "Choose at least one scope.");
    problems
}

/// Each page, by its name.
fn every_page() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    pages.extend(of_sessions());
    pages.extend(of_people());
    pages.extend(of_integrations());
    pages.extend(of_vaults());
    pages.extend(others());
    pages
}

fn rendered(name: &'static str, page: &impl Template) -> (&'static str, String) {
    (name, page.render().unwrap())
}

fn of_sessions() -> Vec<(&'static str, String)> {
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

fn of_people() -> Vec<(&'static str, String)> {
    let states = &[("all", "Everybody"), ("active", "Active"), ("suspended", "Suspended")];
    let people = |people: Vec<PersonShown>| PeoplePage {
        frame: frame(Section::People, "People", &[]),
        search: TYPED.to_owned(),
        search_hint: "Finds whose name or email begins so.",
        state: "all",
        states,
        is_narrowed: people.is_empty(),
        people,
        pages: Pages { previous: None, next: Some("after=x&state=all".to_owned()) },
        may_invite: true,
    };
    let below = |here: &str| {
        frame(Section::People, here, &[("/people", "People"), ("/people/x", "Ana Ruiz")])
    };
    let line = |words: &str, n, why: &str| HistoryLine {
        at: ago(n),
        words: words.to_owned(),
        by: "Olivia Winters".to_owned(),
        why: why.to_owned(),
    };
    vec![
        rendered("people", &people((0..8).map(person).collect())),
        rendered("people-none", &people(Vec::new())),
        rendered(
            "person",
            &PersonPage {
                frame: Frame {
                    notice: Some(Notice {
                        text: "Ana Ruiz is suspended.".to_owned(),
                        undo: Some(Undo { path: "/people/x/reactivate".to_owned(), epoch: 7 }),
                    }),
                    ..frame(Section::People, "Ana Ruiz", &[("/people", "People")])
                },
                person: PersonShown { suspended: true, ..person(0) },
                sessions: "Nowhere".to_owned(),
                seen: seen(),
                history: vec![line("Suspended", 60, TYPED), line("Added", 900_000, "")],
                may_change_groups: true,
                may_make_link: true,
            },
        ),
        rendered(
            "suspend",
            &SuspendPage {
                frame: below("Suspend Ana Ruiz?"),
                problems: Problems::default(),
                person: person(0),
                seen: seen(),
                reason: TYPED.to_owned(),
                refused: String::new(),
            },
        ),
        rendered(
            "suspend-refused",
            &SuspendPage {
                frame: below("Suspend Ana Ruiz?"),
                problems: Problems::default(),
                person: person(3),
                seen: Vec::new(),
                reason: String::new(),
                refused: "Divya is the last active owner. Make somebody else an owner first."
                    .to_owned(),
            },
        ),
        rendered(
            "reactivate",
            &ReactivatePage {
                frame: below("Reactivate Ana Ruiz?"),
                problems: Problems::default(),
                person: person(2),
                reason: TYPED.to_owned(),
                refused: String::new(),
            },
        ),
        rendered(
            "groups",
            &GroupsPage {
                frame: below("Groups of Ana Ruiz"),
                problems: Problems::default(),
                person: person(0),
                boxes: boxes(),
            },
        ),
        rendered(
            "invite",
            &InvitePage {
                frame: frame(Section::People, "Invite somebody", &[("/people", "People")]),
                problems: Problems::one("email", "Somebody has this address already."),
                id: person(0).id,
                key: "key".to_owned(),
                name: TYPED.to_owned(),
                email: "ana@acme.example".to_owned(),
                boxes: boxes(),
            },
        ),
        rendered(
            "reset-link",
            &ResetLinkPage {
                frame: below("Reset link for Ana Ruiz"),
                problems: Problems::default(),
                person: person(0),
                life: "24 hours".to_owned(),
                refused: String::new(),
            },
        ),
        rendered(
            "link-made",
            &LinkMadePage {
                frame: below("Reset link for Ana Ruiz"),
                person: person(0).id,
                name: person(0).name,
                email: person(0).email,
                address: "https://id.acme.example/console/AAAAAAAAAAAAAAAAAAAAAAAAAA/link"
                    .to_owned(),
                code: "rcl_BrrxZcFq8yQbF9iB5tZ9p3H4LBbTpxOhZ1b0f3W3yI0".to_owned(),
                ends: ago(-86_400),
            },
        ),
    ]
}

fn of_integrations() -> Vec<(&'static str, String)> {
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

fn of_vaults() -> Vec<(&'static str, String)> {
    let below = |here: &str| {
        frame(Section::Vaults, here, &[("/vaults", "Vaults"), ("/vaults/x", "Night shift")])
    };
    let row = |name: &str, items| VaultRow {
        id: vault().id,
        name: name.to_owned(),
        access: "Read and write",
        items,
        made: ago(90_000),
    };
    let item = |revealed| ItemPage {
        frame: below("Sentinel SOAR"),
        vault: vault(),
        item: ItemShown {
            id: vault().id,
            title: TYPED.to_owned(),
            saved: ago(60),
            has_hidden: true,
            revealed,
            application: Some(application().id),
        },
        fields: vec![
            FieldShown {
                id: "field-1".to_owned(),
                label: "Client ID".to_owned(),
                hidden: false,
                value: Some(application().id),
            },
            FieldShown {
                id: "field-2".to_owned(),
                label: TYPED.to_owned(),
                hidden: true,
                value: revealed.then(|| TYPED.to_owned()),
            },
        ],
    };
    let field = |number| FieldForm { number, label: TYPED.to_owned(), hidden: number > 1 };
    vec![
        rendered(
            "vaults",
            &VaultsPage {
                frame: frame(Section::Vaults, "Vaults", &[]),
                vaults: vec![row("Night shift", 4), row(TYPED, 0)],
                pages: Pages::default(),
            },
        ),
        rendered(
            "new-vault",
            &NewVaultPage {
                frame: frame(Section::Vaults, "New vault", &[("/vaults", "Vaults")]),
                problems: Problems::one("name", "Give the vault a name."),
                id: vault().id,
                key: "key".to_owned(),
                name: TYPED.to_owned(),
            },
        ),
        rendered(
            "vault",
            &VaultPage {
                frame: frame(Section::Vaults, "Night shift", &[("/vaults", "Vaults")]),
                vault: vault(),
                readable: true,
                may_take_over: true,
                you: person(0).id,
                pages: Pages::default(),
                items: vec![ItemRow {
                    id: vault().id,
                    title: TYPED.to_owned(),
                    kind: "Credentials",
                    saved: ago(50),
                }],
                people: access(),
            },
        ),
        rendered(
            "access",
            &AccessPage {
                frame: below("Access to Night shift"),
                problems: Problems::default(),
                vault: vault(),
                people: access(),
                email: TYPED.to_owned(),
                access: "read".to_owned(),
            },
        ),
        rendered(
            "new-item",
            &NewItemPage {
                frame: below("New item"),
                problems: Problems::default(),
                vault: vault(),
                id: vault().id,
                key: "key".to_owned(),
                title: TYPED.to_owned(),
                fields: (1..=4).map(field).collect(),
            },
        ),
        rendered("item", &item(false)),
        rendered("item-revealed", &item(true)),
        rendered(
            "delete-item",
            &DeleteItemPage {
                frame: below("Delete this item?"),
                problems: Problems::default(),
                vault: vault(),
                item_id: vault().id,
            },
        ),
        rendered(
            "delete-vault",
            &DeleteVaultPage {
                frame: below("Delete Night shift?"),
                problems: Problems::default(),
                vault: vault(),
                inside: "4 items are in it.".to_owned(),
                typed: TYPED.to_owned(),
                confirm_hint: "Night shift".to_owned(),
            },
        ),
    ]
}

fn others() -> Vec<(&'static str, String)> {
    let linked =
        |label: &str, path: &str| Linked { label: label.to_owned(), path: path.to_owned() };
    let line = |words: &str, why: &str| ActivityLine {
        at: ago(4_000),
        words: words.to_owned(),
        why: why.to_owned(),
        about: vec![linked("Ana Ruiz", "/people/x")],
        by: linked(TYPED, ""),
    };
    let words = || Words {
        texts: vec!["This page is for owners and administrators.".to_owned()],
        way: Some(Way { path: "/vaults", label: "Go to vaults" }),
        request: "0011223344556677".to_owned(),
    };
    vec![
        rendered(
            "activity",
            &ActivityPage {
                frame: frame(Section::Activity, "Activity", &[]),
                problems: Problems::default(),
                filter: FilterShown { person: TYPED.to_owned(), ..FilterShown::default() },
                kinds: vec![KindChoice { value: "user_suspended", label: "Suspended" }],
                is_narrowed: true,
                lines: vec![line("Suspended", TYPED), line("Signed in", "")],
                pages: Pages { previous: Some("a=b".to_owned()), next: Some("a=c".to_owned()) },
            },
        ),
        rendered(
            "refused",
            &RefusedPage { frame: frame(Section::People, "Not for you", &[]), words: words() },
        ),
        rendered(
            "refused-alone",
            &RefusedAlonePage { frame: alone("There is no such page"), words: words() },
        ),
    ]
}

/// The values of an attribute, in order.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let opening = format!(" {attribute}=\"");
    html.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_renders_with_one_heading_and_a_title() {
    for (name, html) in every_page() {
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert_eq!(html.matches("<main ").count(), 1, "{name}");
        assert!(html.contains(" · Rollcall</title>"), "{name}");
        assert!(
            html.matches("class=\"button primary").count() <= 2,
            "{name} has several main things to do"
        );
    }
}

#[test]
fn what_people_typed_is_escaped() {
    for (name, html) in every_page() {
        assert!(!html.contains("<b>"), "{name}");
        assert!(!html.contains("&#60;b&#62;\"Ana"), "{name}: a quotation mark ends the attribute");
    }
}

#[test]
fn an_id_is_there_once_and_every_reference_leads_to_one() {
    for (name, html) in every_page() {
        let mut ids = values(&html, "id");
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name} has an id twice");
        let lists = ["for", "aria-describedby", "aria-labelledby", "data-copy"];
        for referred in lists.iter().flat_map(|list| values(&html, list)) {
            for id in referred.split(' ') {
                assert!(ids.binary_search(&id).is_ok(), "{name}: nothing has the id {id}");
            }
        }
        let anchors = values(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#'));
        for id in anchors {
            assert!(ids.binary_search(&id).is_ok(), "{name}: nothing has the id {id}");
        }
    }
}

#[test]
fn what_was_typed_is_kept_in_its_field() {
    let kept = "value=\"&#60;b&#62;&#34;Ana&#34; &#38; &#39;co&#39;&#60;/b&#62;\"";
    let pages = every_page();
    for name in ["oauth-application", "edit", "add-secret", "delete", "invite", "new-vault"] {
        let (_, html) = pages.iter().find(|(of, _)| *of == name).unwrap();
        assert!(html.contains(kept), "{name}");
    }
    for (name, html) in &pages {
        for tag in html.split("<input ").skip(1) {
            let tag = format!(" {tag}");
            let (field, value) = (values(&tag, "name"), values(&tag, "value"));
            assert!(field.is_empty() || field != value, "{name}: {tag}");
        }
    }
}

/// What the content security policy would refuse, and what leaves the console.
#[test]
fn a_page_has_no_inline_code_and_asks_no_other_host() {
    for (name, html) in every_page() {
        for inline in [" style=", " onclick=", "<style", "javascript:", "<script>", "http-equiv"] {
            assert!(!html.contains(inline), "{name} has {inline}");
        }
        let addresses = ["href", "src", "action"].iter().flat_map(|kind| values(&html, kind));
        for address in addresses {
            let ours = address.starts_with("/console") || address.starts_with(['#', '?']);
            assert!(ours, "{name} leads to {address}");
        }
    }
}

#[test]
fn a_control_has_a_label_and_a_form_says_how_it_is_sent() {
    for (name, html) in every_page() {
        let labelled = values(&html, "for");
        for tag in html.split('<').filter(|tag| {
            tag.starts_with("input ") || tag.starts_with("select ") || tag.starts_with("textarea ")
        }) {
            // One for password managers, which nobody sees or reaches.
            let hidden = tag.contains("type=\"hidden\"") || tag.contains("aria-hidden=\"true\"");
            let id = values(tag, "id");
            assert!(hidden || id.first().is_some_and(|id| labelled.contains(id)), "{name}: {tag}");
        }
        for tag in html.split("<form ").skip(1) {
            assert!(tag.contains("method=\"") && tag.contains("action=\""), "{name}: {tag}");
        }
    }
}

/// The limit: a first load is under 60 KiB with all that belongs to it.
#[test]
fn a_first_load_is_light() {
    const FIRST_LOAD_MAX_BYTES: usize = 60 * 1024;
    let assets: usize = super::assets::Asset::all().iter().map(|asset| asset.bytes.len()).sum();
    for (name, html) in every_page() {
        assert!(assets + html.len() < FIRST_LOAD_MAX_BYTES / 2, "{name} weighs {}", html.len());
    }
}
