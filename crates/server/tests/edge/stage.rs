//! A server in this process, with one account and one application; and a client that sends bytes
//! as it is told to.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::Duration;

use data_encoding::BASE64;
use rollcall_directory::accounts::{CreateAccount, Plan};
use rollcall_directory::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Presented};
use rollcall_directory::applications::{ClientSecret, RegisterApplication, Scopes, Terms};
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::sqlite::{self, Place};
use rollcall_directory::store::{Founding, MadeBy, Store};
use rollcall_directory::world::{AccountId, ApplicationId, SecretId, World};
use rollcall_server::{Limits, Serving, Settings, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

pub(crate) const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Stage {
    pub serving: Option<Serving>,
    pub address: SocketAddr,
    pub store: Store,
    pub basic: String,
    _folder: TempDir,
}

/// Nothing here waits as long as this, unless it should.
pub(crate) fn patient() -> Limits {
    Limits {
        header_timeout: PATIENCE,
        body_timeout: PATIENCE,
        body_idle_timeout: PATIENCE,
        idle_timeout: PATIENCE,
        ..Limits::default()
    }
}

pub(crate) fn on_loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

impl Stage {
    pub(crate) async fn with(limits: Limits) -> Self {
        Self::set(|settings| settings.limits = limits).await
    }

    pub(crate) async fn set(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::system();
        let founding = Founding::fresh(RootKey::from_bytes([1; 32]), MadeBy::Serve, &world);
        let store = sqlite::open(&Place::new(folder.path()), &founding, world).unwrap();
        let basic = application(&store).await;
        let listener = on_loopback();
        let address = listener.local_addr().unwrap();
        let mut settings = Settings::for_address(format!("http://{address}"));
        settings.limits = patient();
        change(&mut settings);
        let serving = serve(listener, store.clone(), settings).unwrap();
        Self { serving: Some(serving), address, store, basic, _folder: folder }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    pub(crate) fn token_request(&self) -> String {
        let basic = &self.basic;
        format!(
            "POST /v1/oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\n\
             grant_type=client_credentials"
        )
    }

    pub(crate) async fn token(&self) -> String {
        let answer = self.connect().await.ask(&self.token_request()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let (_, rest) = answer.body.split_once("\"access_token\":\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// An act on nobody: it waits for the store and is refused with 404.
    pub(crate) fn act_request(token: &str) -> String {
        let nobody = "AAAAAAAAAAAAAAAAAAAAAAAAAA";
        format!(
            "POST /v1/accounts/{ACCOUNT}/users/{nobody}:suspend HTTP/1.1\r\nHost: x\r\n\
             Authorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n"
        )
    }

    /// Keeps the store from writing until it is let go.
    pub(crate) async fn hold(&self) -> Held {
        let (let_go, held) = mpsc::channel();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let act = Holds { held: std::sync::Mutex::new(held), begun: Some(begun).into() };
        let store = self.store.clone();
        tokio::spawn(async move { store.act(Presented::Operator, ACCOUNT, act).await });
        has_begun.await.unwrap();
        Held(let_go)
    }
}

async fn application(store: &Store) -> String {
    let create = CreateAccount {
        id: ACCOUNT,
        name: "Account".to_owned(),
        plan: Plan::Business,
        provisioning_automated: false,
    };
    store.act(Presented::Operator, ACCOUNT, create).await.unwrap().unwrap();
    let secret = ClientSecret::from_random(&[2; 32]);
    let id = ApplicationId::from_random([3; 16]);
    let register = RegisterApplication {
        id,
        name: "Application".to_owned(),
        description: String::new(),
        redirect_url: "https://localhost.example/callback".to_owned(),
        scopes: Scopes::ALL,
        secret_id: SecretId::from_bytes([4; 8]),
        secret: secret.digest(),
        terms: Terms::default(),
    };
    store.act(Presented::Operator, ACCOUNT, register).await.unwrap().unwrap();
    BASE64.encode(format!("{id}:{}", secret.expose()).as_bytes())
}

/// Let go when it is dropped.
pub(crate) struct Held(#[expect(dead_code, reason = "held for its drop")] mpsc::Sender<()>);

struct Holds {
    held: std::sync::Mutex<mpsc::Receiver<()>>,
    begun: std::sync::Mutex<Option<tokio::sync::oneshot::Sender<()>>>,
}

impl Act for Holds {
    const NAME: &'static str = "holds";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn decide(&self, _by: &Caller, _facts: &Facts, _given: &Given) -> Decision<()> {
        if let Some(begun) = self.begun.lock().unwrap().take() {
            begun.send(()).unwrap();
        }
        // An error: it was let go.
        let _ = self.held.lock().unwrap().recv_timeout(PATIENCE);
        Decision::Nothing { done: () }
    }
}

pub(crate) struct Client(pub TcpStream);

#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub(crate) fn closes(&self) -> bool {
        self.head.contains("connection: close")
    }
}

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    pub(crate) async fn ask(&mut self, request: &str) -> Answer {
        self.send(request).await;
        self.answer().await.expect("an answer")
    }

    /// One answer with its body; nothing where the connection ends instead.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        timeout(PATIENCE, self.read_answer()).await.expect("an answer or an end in time")
    }

    async fn read_answer(&mut self) -> Option<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).await.ok()?;
        Some(Answer { status, head, body: String::from_utf8(body).unwrap() })
    }

    /// Until the server ends the connection: how long that took, and what it said before.
    pub(crate) async fn end(&mut self) -> (Duration, Vec<u8>) {
        let began = Instant::now();
        let mut rest = Vec::new();
        let read = timeout(PATIENCE, self.0.read_to_end(&mut rest)).await;
        // Cut off with bytes of ours unread is an end too.
        let _ = read.expect("the server ends the connection");
        (began.elapsed(), rest)
    }
}

/// Asks again until it is so; a server takes a moment to notice.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to this: {what}");
}

impl Stage {
    pub(crate) fn list_request(token: &str) -> String {
        format!(
            "GET /v1/accounts/{ACCOUNT}/users HTTP/1.1\r\nHost: x\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        )
    }
}

impl Client {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }
}
