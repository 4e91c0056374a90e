//! A server in this process with one account and its people; and visitors with cookies, who read
//! pages and send the forms on them.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, LazyLock};

use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use rollcall_directory::accounts::{CreateAccount, Plan};
use rollcall_directory::acting::{Act, Presented};
use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::keys::RootKey;
use rollcall_directory::sessions::{Password, PasswordHash, SetPassword};
use rollcall_directory::store::sqlite::{self, Place};
use rollcall_directory::store::{Founding, MadeBy, Store};
use rollcall_directory::users::{AddUser, NewPerson, State};
use rollcall_directory::world::{AccountId, ManualClock, Moment, SystemRandomness, UserId, World};
use rollcall_server::{Serving, Settings, serve};
use tempfile::TempDir;

pub(crate) const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
pub(crate) const PASSWORD: &str = "four words in a row";

/// Hashed once: it is slow on purpose.
static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| Password::new(PASSWORD.to_owned()).hash(&[7; 16]).unwrap());

pub(crate) struct Stage {
    pub store: Store,
    pub base: String,
    pub clock: Arc<ManualClock>,
    _serving: Serving,
    _folder: TempDir,
}

pub(crate) fn id_of(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::with(|_| {}).await
    }

    /// Olivia (1) is an owner, Adam (2) an administrator, Sena (3) in Security, Mia (4) in nothing.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Moment::from_seconds(1_773_738_000)));
        let randomness = Arc::new(SystemRandomness);
        let world = World { clock: clock.clone(), randomness };
        let founding = Founding::fresh(RootKey::from_bytes([1; 32]), MadeBy::Serve, &world);
        let store = sqlite::open(&Place::new(folder.path()), &founding, world).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = Settings::for_address(base.clone());
        change(&mut settings);
        let serving = serve(listener, store.clone(), settings).unwrap();
        let stage = Self { store, base, clock, _serving: serving, _folder: folder };
        let account = CreateAccount {
            id: ACCOUNT,
            name: "Acme".to_owned(),
            plan: Plan::Business,
            provisioning_automated: false,
        };
        stage.operator(account).await;
        let groups =
            [Some(Group::Owners), Some(Group::Administrators), Some(Group::Security), None];
        for (n, (name, group)) in (1..).zip(["Olivia", "Adam", "Sena", "Mia"].iter().zip(groups)) {
            let groups =
                group.map_or(Groups::default(), |group| Groups::default().with(group, true));
            stage.add(n, name, groups).await;
        }
        stage
    }

    async fn add(&self, n: u8, name: &str, groups: Groups) {
        let person = NewPerson {
            id: id_of(n),
            email: format!("{}@acme.example", name.to_lowercase()),
            display_name: name.to_owned(),
            state: State::Active,
            groups,
            externally_managed: false,
            created: Moment::from_seconds(i64::from(n)),
        };
        self.operator(AddUser { person }).await;
        self.operator(SetPassword { user: id_of(n), hash: HASH.clone() }).await;
    }

    pub(crate) async fn operator<A: Act>(&self, act: A) -> A::Done {
        self.store.act(Presented::Operator, ACCOUNT, act).await.unwrap().unwrap()
    }

    pub(crate) fn stranger(&self) -> Visitor {
        Visitor::of(&self.base)
    }

    pub(crate) async fn signed_in(&self, name: &str) -> Visitor {
        let mut visitor = self.stranger();
        let page = visitor.sign_in(&format!("{name}@acme.example"), PASSWORD).await;
        assert_eq!(page.status, 303, "{}", page.body);
        visitor
    }
}

/// Somebody with a browser, as far as it matters here: it keeps cookies and names its origin.
pub(crate) struct Visitor {
    client: reqwest::Client,
    base: String,
    pub cookies: BTreeMap<String, String>,
}

pub(crate) struct Page {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Visitor {
    fn of(base: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none());
        let client = client.build().unwrap();
        Self { client, base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// A path below the account's, or a whole one.
    fn address(&self, path: &str) -> String {
        match path.starts_with("/console") {
            true => format!("{}{path}", self.base),
            false => format!("{}/console/{ACCOUNT}{path}", self.base),
        }
    }

    fn with_cookies(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        request.header("cookie", cookies.collect::<Vec<_>>().join("; "))
    }

    async fn take(&mut self, response: Response) -> Page {
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Page { status, headers, body: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self.with_cookies(self.client.get(self.address(path)));
        let response = request.send().await.unwrap();
        self.take(response).await
    }

    pub(crate) async fn head(&mut self, path: &str) -> Page {
        let request = self.with_cookies(self.client.head(self.address(path)));
        let response = request.send().await.unwrap();
        self.take(response).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = self.base.clone();
        self.post_as(path, fields, &[("origin", &origin)]).await
    }

    /// With these headers and no other that says where it comes from.
    pub(crate) async fn post_as(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = self.with_cookies(self.client.post(self.address(path))).form(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        self.take(response).await
    }

    /// What stands hidden in the page's form comes along, before what was typed.
    pub(crate) async fn send(&mut self, form: &Page, path: &str, typed: &[(&str, &str)]) -> Page {
        let hidden = form.hidden();
        let mut fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
        fields.extend(typed);
        self.post(path, &fields).await
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// With the cookies of now, whatever becomes of the others.
    pub(crate) fn copy(&self) -> Self {
        Self { cookies: self.cookies.clone(), ..Self::of(&self.base) }
    }

    pub(crate) async fn is_signed_in(&mut self) -> bool {
        match self.get("/settings").await.status {
            200 => true,
            303 => false,
            other => panic!("{other}"),
        }
    }
}

impl Page {
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER.as_u16(), "{}", self.body);
        self.headers["location"].to_str().unwrap()
    }

    /// Behind the account's address.
    pub(crate) fn leads_to(&self) -> &str {
        let base = format!("/console/{ACCOUNT}");
        self.location().strip_prefix(&base).unwrap_or_else(|| panic!("{}", self.location()))
    }

    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let of = |tag: &str, attribute: &str| {
            let (_, rest) = tag.split_once(&format!("{attribute}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        let tags = self.body.split("<input type=\"hidden\"").skip(1);
        let tags = tags.map(|rest| rest.split('>').next().unwrap());
        tags.map(|tag| (of(tag, "name").unwrap(), of(tag, "value").unwrap())).collect()
    }

    /// What a labelled field holds.
    pub(crate) fn value_of(&self, id: &str) -> String {
        let (_, rest) =
            self.body.split_once(&format!("id=\"{id}\" type=\"text\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}
