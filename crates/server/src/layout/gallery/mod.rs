//! Every page on plain data: it renders, what people typed is escaped, and what holds for all pages
//! holds for each.

mod integrations;
mod others;
mod people;
mod sessions;
mod vaults;

use askama::Template;
use rollcall_directory::groups::Groups;
use rollcall_directory::world::Moment;

use super::{Crumb, Frame, Notice, Pages, Problems, Section, Undo, When, Who};
use crate::applications::pages::ApplicationName;
use crate::users::pages::PersonShown;
use crate::vaults::pages::VaultShown;

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
        invited: n == 1,
        groups: match n {
            0 => vec!["Security"],
            3 => vec!["Owners", "Administrators"],
            _ => Vec::new(),
        },
        externally_managed: n == 5,
        added: ago(86_400 * (3 + i64::try_from(n).unwrap() * 9)),
    }
}

fn application() -> ApplicationName {
    let id = "0f8e2c50-3a7c-4d0e-9a39-1f2b3c4d5e6f".to_owned();
    ApplicationName { id, name: "Sentinel SOAR".to_owned() }
}

fn vault() -> VaultShown {
    let id = "VPGIYHDXQ5HLXJ7SCEUFZP4DCM".to_owned();
    VaultShown { id, name: "Night shift".to_owned(), writable: true }
}

/// Each page, by its name.
fn every_page() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    pages.extend(sessions::every_page());
    pages.extend(people::every_page());
    pages.extend(integrations::every_page());
    pages.extend(vaults::every_page());
    pages.extend(others::every_page());
    pages
}

fn rendered(name: &'static str, page: &impl Template) -> (&'static str, String) {
    (name, page.render().unwrap())
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
    let assets: usize =
        crate::layout::assets::Asset::all().iter().map(|asset| asset.bytes.len()).sum();
    for (name, html) in every_page() {
        assert!(assets + html.len() < FIRST_LOAD_MAX_BYTES, "{name} weighs {}", html.len());
    }
}
