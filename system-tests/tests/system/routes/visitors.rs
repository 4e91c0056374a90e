//! Everybody who may come to a page: each role, in each state that a person goes through while
//! their cookie stays the same. Made once for a server.

use rollcall_directory::groups::Groups;
use rollcall_directory::sessions::{Password, SetPassword};
use rollcall_directory::users::{AddUser, NewPerson, Reactivate, State, Suspend};
use rollcall_directory::world::UserId;
use rollcall_system_tests::{Answer, Api, Beside, note_secret};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Member,
    Security,
    Administrator,
    Owner,
}

impl Role {
    pub(super) const ALL: [Self; 4] =
        [Self::Member, Self::Security, Self::Administrator, Self::Owner];

    fn groups(self) -> Groups {
        let none = Groups::default();
        match self {
            Self::Member => none,
            Self::Security => Groups { security: true, ..none },
            Self::Administrator => Groups { administrator: true, ..none },
            Self::Owner => Groups { owner: true, ..none },
        }
    }
}

/// What became of somebody after they had signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    Active,
    Suspended,
    Reactivated,
}

impl Since {
    pub(super) const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Reactivated];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visitor {
    Nobody,
    /// Something in the place of a session that was never one.
    Forger,
    SignedIn(Role, Since),
}

/// Somebody, and the session that they began before anything happened to them.
pub(super) struct Guest {
    pub(super) visitor: Visitor,
    email: String,
    pub(super) cookie: Option<String>,
}

pub(super) const PASSWORD: &str = "correct-horse-battery-staple";

pub(super) async fn invite_all(beside: &Beside, api: &Api) -> Vec<Guest> {
    note_secret(PASSWORD);
    let mut guests = vec![
        Guest { visitor: Visitor::Nobody, email: String::new(), cookie: None },
        Guest {
            visitor: Visitor::Forger,
            email: String::new(),
            cookie: Some(format!("rollcall-session={}", "A".repeat(43))),
        },
    ];
    for role in Role::ALL {
        for since in Since::ALL {
            let (user, email) = added(beside, role, since).await;
            let mut guest = Guest { visitor: Visitor::SignedIn(role, since), email, cookie: None };
            guest.signs_in(api).await;
            let (account, id) = (Some(beside.account), Some(user));
            if since != Since::Active {
                beside.act(Suspend { account, user: id, why: None }).await;
            }
            if since == Since::Reactivated {
                beside.act(Reactivate { account, user: id, why: None, guarded: false }).await;
            }
            guests.push(guest);
        }
    }
    guests
}

async fn added(beside: &Beside, role: Role, since: Since) -> (UserId, String) {
    let world = beside.store.world();
    let (user, name) = (UserId::from_bytes(world.bytes()), format!("{role:?} {since:?}"));
    let email = format!("{}@matrix.example", name.to_lowercase().replace(' ', "."));
    let person = NewPerson {
        id: user,
        email: email.clone(),
        display_name: name,
        state: State::Active,
        groups: role.groups(),
        externally_managed: false,
        created: world.now(),
    };
    beside.act(AddUser { person }).await;
    let hash = Password::new(PASSWORD.to_owned()).hash(&world.bytes()).expect("a hash");
    beside.act(SetPassword { user, hash }).await;
    (user, email)
}

impl Guest {
    /// As a browser does.
    pub(super) async fn signs_in(&mut self, api: &Api) {
        let answer = self.tries_to_sign_in(api).await;
        assert_eq!(answer.status, 303, "{}: {}", self.email, answer.text);
        let cookies = answer.headers.get_all("set-cookie").iter();
        let mut pairs = cookies.filter_map(|value| value.to_str().ok()?.split(';').next());
        let pair = pairs.find(|pair| pair.starts_with("rollcall-session="));
        let pair = pair.expect("a session").to_owned();
        note_secret(pair.trim_start_matches("rollcall-session="));
        self.cookie = Some(pair);
    }

    pub(super) async fn tries_to_sign_in(&self, api: &Api) -> Answer {
        let form = format!("email={}&password={PASSWORD}", self.email.replace('@', "%40"));
        let path = format!("/console/{}/sign-in", api.credentials.account_id);
        sent(api, &path, None, form).await
    }
}

/// One administrator, signed in by this server.
pub(super) async fn an_administrator(beside: &Beside, api: &Api) -> (Guest, UserId) {
    note_secret(PASSWORD);
    let (role, since) = (Role::Administrator, Since::Active);
    let (user, email) = added(beside, role, since).await;
    let mut guest = Guest { visitor: Visitor::SignedIn(role, since), email, cookie: None };
    guest.signs_in(api).await;
    (guest, user)
}

/// A form from a page of ours.
pub(super) async fn sent(api: &Api, path: &str, cookie: Option<&str>, form: String) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    let mut request = api.request("POST", path).header("content-type", kind);
    // Not by its origin: a node behind others has another address than the one that people see.
    request = request.header("sec-fetch-site", "same-origin").body(form);
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    api.answer(request).await
}
