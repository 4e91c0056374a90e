//! Inviting somebody, the groups that they are in, and codes for a new password: what owners and
//! administrators do.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::links::{Invite, Link, LinkCode, MakeLink, Purpose};
use rollcall_directory::sessions::Visitor;
use rollcall_directory::users::{SetGroups, User};
use rollcall_directory::world::UserId;

use super::console::{PersonSeen, look_at_person};
use super::pages::{GroupsPage, InvitePage, LinkMadePage, ResetLinkPage};
use super::shown;
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Frame, Problems, Section, When, span};
use crate::sessions::with_session;

/// The groups that were ticked. Of owners, somebody else's tick says nothing.
fn ticked(call: &PageCall) -> Groups {
    let ticked = call.form.all("group").filter_map(|text| text.parse::<Group>().ok());
    ticked.fold(Groups::default(), |groups, group| groups.with(group, true))
}

pub(crate) async fn form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    Ok(show(&invite_page(rollcall, call, &visitor, Problems::default())))
}

fn invite_page(
    rollcall: &Rollcall,
    call: &PageCall,
    visitor: &Visitor,
    problems: Problems,
) -> InvitePage {
    // A form that comes again keeps its id: sent twice, it makes one person.
    let id = match call.form_key_holds(rollcall, call.form.raw("id")) {
        true => call.form.raw("id").to_owned(),
        false => UserId::from_bytes(rollcall.store.world().bytes()).to_string(),
    };
    let mut frame = call.frame_below(visitor, Section::People, &[], "Invite somebody");
    frame.has_problems = !problems.is_empty();
    InvitePage {
        frame,
        problems,
        key: call.form_key(rollcall, &id),
        id,
        name: call.form.get("name").to_owned(),
        email: call.form.get("email").to_owned(),
        boxes: shown::boxes(ticked(call), visitor.user.groups.owner),
    }
}

pub(crate) async fn send(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    let (name, email) = (call.form.get("name"), call.form.get("email"));
    let mut problems = Problems::default();
    if name.is_empty() {
        problems.add("name", "Give the person's name.");
    }
    if email.is_empty() {
        problems.add("email", "Give the person's email.");
    }
    if !problems.is_empty() {
        return Ok(again(&invite_page(rollcall, call, &visitor, problems)));
    }
    let id = call
        .form
        .raw("id")
        .parse()
        .ok()
        .filter(|_| call.form_key_holds(rollcall, call.form.raw("id")));
    let Some(user) = id else { return Err(No::StaleForm) };
    let code = LinkCode::from_random(&rollcall.store.world().bytes());
    let invite = Invite {
        user,
        email: email.to_owned(),
        display_name: name.to_owned(),
        groups: ticked(call),
        link: code.digest(),
    };
    match call.act(rollcall, invite).await {
        Ok(invited) => {
            let frame =
                call.frame_below(&visitor, Section::People, &[], &format!("{name} is invited"));
            Ok(show(&link_made(rollcall, call, frame, &invited.user, &invited.link, &code)))
        }
        Err(No::Refused(why)) => {
            let problems = match &why {
                Refusal::Exists(_) => Problems::one(
                    "email",
                    "Somebody in this account has this email already. If you have just invited them, their page is in the list, and you can hand them another code.",
                ),
                Refusal::OwnersOnly(_) => Problems::one("groups", refused::text(&why)),
                Refusal::Invalid(_) => Problems::one("email", refused::text(&why)),
                _ => return Err(No::Refused(why)),
            };
            Ok(again(&invite_page(rollcall, call, &visitor, problems)))
        }
        Err(no) => Err(no),
    }
}

fn link_made(
    rollcall: &Rollcall,
    call: &PageCall,
    frame: Frame,
    user: &User,
    link: &Link,
    code: &LinkCode,
) -> LinkMadePage {
    let public_url = rollcall.settings.public_url.trim_end_matches('/');
    LinkMadePage {
        address: format!("{public_url}{}/link", call.base()),
        frame,
        person: user.id.to_string(),
        name: shown::name(user).to_owned(),
        email: user.email.clone(),
        code: code.expose().to_owned(),
        ends: When::of(link.ends, call.now),
    }
}

fn below(call: &PageCall, seen: &PersonSeen, here: &str) -> Frame {
    let user = &seen.person.user;
    let path = format!("/people/{}", user.id);
    call.frame_below(&seen.visitor, Section::People, &[(&path, shown::name(user))], here)
}

pub(crate) async fn groups_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let groups = seen.person.user.groups;
    Ok(show(&groups_page(call, &seen, Problems::default(), groups)))
}

fn groups_page(
    call: &PageCall,
    seen: &PersonSeen,
    problems: Problems,
    checked: Groups,
) -> GroupsPage {
    let user = &seen.person.user;
    let mut frame = below(call, seen, &format!("Groups of {}", shown::name(user)));
    frame.has_problems = !problems.is_empty();
    GroupsPage {
        frame,
        problems,
        person: shown::person(user, call.now),
        boxes: shown::boxes(checked, seen.visitor.user.groups.owner),
    }
}

pub(crate) async fn change_groups(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let user = &seen.person.user;
    let mut groups = ticked(call);
    if !seen.visitor.user.groups.owner {
        // That box is locked, and a locked box is not sent.
        groups.owner = user.groups.owner;
    }
    match call.act(rollcall, SetGroups { user: user.id, groups }).await {
        // One's own: then one is out with everybody else whose rights changed.
        Ok(user) if user.id == seen.visitor.user.id => {
            Ok(with_session(rollcall, call.see_other("/sign-in?ended=rights"), None))
        }
        Ok(user) => Ok(call.see_other(&format!("/people/{}?done=groups", user.id))),
        Err(No::Refused(why)) => {
            let problems = Problems::one("groups", refused::text(&why));
            Ok(again(&groups_page(call, &seen, problems, groups)))
        }
        Err(no) => Err(no),
    }
}

pub(crate) async fn reset_link_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let user = &seen.person.user;
    let refused = if user.is_suspended() {
        refused::text(&Refusal::PersonSuspended(user.id))
    } else if user.groups.owner && !seen.visitor.user.groups.owner {
        refused::text(&Refusal::OwnersOnly(user.id))
    } else {
        String::new()
    };
    Ok(show(&reset_link_page(call, &seen, refused)))
}

fn reset_link_page(call: &PageCall, seen: &PersonSeen, refused: String) -> ResetLinkPage {
    let user = &seen.person.user;
    ResetLinkPage {
        frame: below(call, seen, &format!("Reset link for {}", shown::name(user))),
        problems: Problems::default(),
        person: shown::person(user, call.now),
        life: span(Purpose::Reset.life()),
        refused,
    }
}

pub(crate) async fn make_reset_link(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let user = &seen.person.user;
    let code = LinkCode::from_random(&rollcall.store.world().bytes());
    match call.act(rollcall, MakeLink { user: user.id, link: code.digest() }).await {
        Ok(link) => {
            let frame = below(call, &seen, &format!("Reset link for {}", shown::name(user)));
            Ok(show(&link_made(rollcall, call, frame, user, &link, &code)))
        }
        Err(No::Refused(why)) => Ok(again(&reset_link_page(call, &seen, refused::text(&why)))),
        Err(no) => Err(no),
    }
}
