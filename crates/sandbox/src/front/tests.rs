//! Recording against the server itself, by bytes on a socket: nothing changes on the wire, nothing
//! is left out, and no secret is written down.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use rollcall_directory::store::sqlite;
use rollcall_directory::world::{SystemRandomness, World};
use rollcall_server::front::Standing;
use rollcall_server::{Serving, Settings, serve};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::clock::SandboxClock;
use crate::double::Double;
use crate::faults::{Effect, Fault, SetBy, When};
use crate::journal::{Answered, Credential, Exchange, Left, PageToken, Place};
use crate::plant::{Credentials, credentials, founding, plant};
use crate::seed::Seed;

/// One store, served with the double before it and without.
struct Ground {
    double: Arc<Double>,
    who: Credentials,
    recorded: Serving,
    bare: Serving,
    _folder: TempDir,
}

impl Ground {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SandboxClock::default());
        let world = World { clock: clock.clone(), randomness: Arc::new(SystemRandomness) };
        let place = sqlite::Place::new(folder.path().join("data"));
        let store = sqlite::open(&place, &founding(1), world).unwrap();
        let seed = Seed::default_with(1, 10).unwrap();
        plant(&store, &seed, &mut |_| {}).await.unwrap();
        let who = credentials(&seed).unwrap();
        // Page tokens hold the time.
        clock.freeze();
        let double = Double::new(store, seed, clock);
        let served = |front| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let settings = Settings { front, ..Settings::for_address("http://x".to_owned()) };
            serve(listener, double.store.clone(), settings).unwrap()
        };
        let (recorded, bare) = (served(Some(Standing::new(double.clone()))), served(None));
        Self { who, recorded, bare, double, _folder: folder }
    }

    fn users(&self) -> String {
        format!("/v1/accounts/{}/users", self.who.account_id)
    }

    fn basic(&self) -> String {
        let pair = format!("{}:{}", self.who.client_id, self.who.client_secret);
        format!("Authorization: Basic {}", BASE64.encode(pair.as_bytes()))
    }

    fn token_request(&self) -> String {
        request("POST /v1/oauth/token", &[&self.basic(), FORM], "grant_type=client_credentials")
    }

    async fn token(&self) -> String {
        let answer = said(self.recorded.address, self.token_request()).await;
        field(&answer, "access_token")
    }

    fn plays(&self, operation: &str, effect: Effect) {
        let when = When { operations: vec![operation.to_owned()], ..When::default() };
        self.double.faults.add(Fault::new("played", when, effect), SetBy::ControlApi);
    }

    fn last(&self) -> Exchange {
        self.double.journal.all().pop().unwrap()
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

fn request(line: &str, headers: &[&str], body: &str) -> String {
    let length = match (body, line.starts_with("POST")) {
        ("", false) => String::new(),
        (body, _) => format!("Content-Length: {}\r\n", body.len()),
    };
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}{length}\r\n{body}")
}

/// All that comes until the connection ends.
async fn said(to: SocketAddr, request: String) -> String {
    spawn_blocking(move || {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // Cut off, it is what came until then.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    })
    .await
    .unwrap()
}

fn field(json: &str, name: &str) -> String {
    let (_, after) = json.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("{json}"));
    after.split_once('"').unwrap().0.to_owned()
}

/// But for what is another in each answer.
fn without_chance(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let kept = |line: &&str| !line.starts_with("date:") && !line.starts_with("x-request-id:");
    let head: Vec<&str> = head.lines().filter(kept).collect();
    let body = match body.split_once("\"access_token\":\"") {
        Some((before, after)) => format!("{before}{}", after.split_once('"').unwrap().1),
        None => body.to_owned(),
    };
    format!("{}\n\n{body}", head.join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_calls_get_the_same_bytes_with_and_without_recording() {
    let ground = Ground::new().await;
    let bearer = format!("Authorization: Bearer {}", ground.token().await);
    let (users, basic) = (ground.users(), ground.basic());
    let somebody = ground.who.somebody.clone().unwrap();
    let (suspend, get) = (format!("POST {users}/{somebody}:suspend"), format!("GET {users}"));
    let large = "x".repeat(70 * 1024);
    let calls = [
        ground.token_request(),
        request("POST /v1/oauth/token", &[&basic], "grant_type=client_credentials"),
        request("POST /v1/oauth/token", &[&basic, FORM], &large),
        request("POST /v1/oauth/token", &["Authorization: Basic eDp5", FORM], "grant_type=x"),
        request(&get, &[&bearer], ""),
        request(&format!("{get}?max_page_size=3"), &[&bearer], ""),
        request(&format!("HEAD {users}"), &[&bearer], ""),
        request(&format!("OPTIONS {users}"), &[], ""),
        request(&format!("PUT {users}"), &[&bearer], ""),
        request(&get, &["Authorization: Bearer rct_wrong"], ""),
        request(&get, &[&bearer, &bearer], ""),
        request(&suspend, &[&bearer], ""),
        request(&suspend, &[&bearer, FORM], "ignored"),
        request(&suspend, &[&bearer], &large),
        request(&suspend, &[&bearer, "Transfer-Encoding: chunked"], "")
            .replace("Content-Length: 0\r\n", "")
            + "3\r\nabc\r\n0\r\n\r\n",
        request("GET /openapi.json", &[], ""),
        request("GET /nothing?x=%zz", &[], ""),
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
    ];
    let first = ground.double.journal.all().len();
    for call in &calls {
        let bare = said(ground.bare.address, call.clone()).await;
        let recorded = said(ground.recorded.address, call.clone()).await;
        let line = call.lines().next().unwrap();
        assert_eq!(without_chance(&recorded), without_chance(&bare), "{line}");
        let status = recorded.split(' ').nth(1).unwrap().parse().ok();
        assert_eq!(ground.last().answered.status(), status, "{line}");
        assert!(matches!(ground.last().answered, Answered::Whole { .. }), "{line}");
    }
    assert_eq!(ground.double.journal.all().len(), first + calls.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_ends_a_call_is_written_down() {
    let ground = Ground::new().await;
    let bearer = format!("Authorization: Bearer {}", ground.token().await);
    let to = ground.recorded.address;
    let act = |verb: &str| {
        let somebody = ground.who.somebody.clone().unwrap();
        request(&format!("POST {}/{somebody}:{verb}", ground.users()), &[&bearer], "")
    };
    ground.plays("SuspendUser", Effect::CutAfterAct {});
    assert_eq!(said(to, act("suspend")).await, "");
    let cut = ground.last();
    assert_eq!(cut.answered, Answered::Nothing { acted: Some(true), by: Left::Double });
    assert_eq!(cut.played.as_deref(), Some("played"));

    ground.plays("ReactivateUser", Effect::Slow { millis: 60_000 });
    let before = ground.double.journal.all().len();
    let mut stream = TcpStream::connect(to).unwrap();
    stream.write_all(act("reactivate").as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(stream);
    while ground.double.journal.all().len() == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left = ground.last().answered;
    assert_eq!(left, Answered::Nothing { acted: Some(true), by: Left::Client });

    ground.double.faults.begin_again(Vec::new());
    let list = || request(&format!("GET {}", ground.users()), &[&bearer], "");
    ground.plays("ListUsers", Effect::CutBody { after_bytes: 9 });
    assert!(said(to, list()).await.ends_with("{\"results"));
    let Answered::Broken { status, body, by, .. } = ground.last().answered else {
        panic!("it was cut in the middle")
    };
    assert_eq!((status, body.text.as_str(), by), (200, "{\"results", Left::Double));

    ground.double.faults.begin_again(Vec::new());
    ground.plays("ListUsers", Effect::Trickle { bytes: 100, every_millis: 1 });
    assert!(said(to, list()).await.ends_with('}'));
    let trickled = ground.last();
    assert!(matches!(trickled.answered, Answered::Whole { .. }), "{trickled:?}");
    assert_eq!(trickled.told.people.len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_says_what_was_meant_and_told() {
    let ground = Ground::new().await;
    let token = ground.token().await;
    let bearer = format!("Authorization: bearer {token}");
    assert_eq!(ground.last().told.token, Some(1));
    let to = ground.recorded.address;
    let list = |query: &str| {
        request(&format!("GET {}?{query}", ground.users()), &[&bearer, "User-Agent: Acme/1"], "")
    };
    let page = said(to, list("maxPageSize=4&filter=user.isActive()")).await;
    let first = ground.last();
    assert_eq!(first.meant.filter.as_deref(), Some("user.isActive()"));
    assert_eq!(first.meant.page_size.as_deref(), Some("4"));
    assert_eq!(first.told.people.len(), 4);
    let client_id = ground.who.client_id.clone();
    assert_eq!(first.meant.credential, Credential::Token { number: 1, client_id });
    assert!(first.sent.headers.contains(&("user-agent".to_owned(), "Acme/1".to_owned())));
    let next = field(&page, "next_page_token");
    said(to, list(&format!("filter=user.isActive()&pageToken={next}"))).await;
    let second = ground.last();
    assert_eq!(second.meant.page_token, PageToken::AsGiven { exchange: first.number });
    assert!(second.sent.target.contains(&next));
    said(to, request(&format!("GET {}", ground.users()), &["Authorization: Basic eDp5"], "")).await;
    assert_eq!(ground.last().told.word.as_deref(), Some("token_invalid"));
    assert_eq!(ground.last().number, second.number + 1);
}

/// The double's own, and a stranger's, in every place that there is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_written_down_wherever_it_came() {
    let ground = Ground::new().await;
    let token = ground.token().await;
    let theirs = "ops_eyJzaWduSW5BZGRyZXNzIjoibXkuMXBhc3N3b3JkLmNvbSIsInVzZXJBdXRoIjp7Im1ldGhvZCI6";
    let secrets = [token.clone(), ground.who.client_secret.clone(), theirs.to_owned()];
    let to = ground.recorded.address;
    for secret in &secrets {
        let form = format!("grant_type=client_credentials&client_secret={secret}&token={secret}");
        let pair = BASE64.encode(format!("{}:{secret}", ground.who.client_id).as_bytes());
        let headers = [
            format!("X-API-Key: {secret}"),
            format!("Cookie: a={secret}"),
            format!("Proxy-Authorization: Bearer {secret}"),
            format!("User-Agent: Acme/1 {secret}"),
            FORM.to_owned(),
        ];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let users = ground.users();
        let json = format!("{{\"access_token\":\"{secret}\",\"x\":[\"{secret}\"]}}");
        let both = [headers.clone(), vec!["Authorization: Basic eDp5"]].concat();
        for (line, headers, body) in [
            (format!("GET {users}/{secret}"), headers.clone(), ""),
            (format!("GET {users}?access_token={secret}&page_token={secret}"), headers.clone(), ""),
            (format!("GET {users}?filter={secret}&{secret}&x={secret}"), headers.clone(), ""),
            (format!("POST /{secret}/{secret}:{secret}"), headers.clone(), json.as_str()),
            ("POST /v1/oauth/token".to_owned(), both.clone(), form.as_str()),
            ("POST /v1/oauth/revoke".to_owned(), both, form.as_str()),
            ("POST /v1/oauth/token".to_owned(), headers, secret.as_str()),
        ] {
            said(to, request(&line, &headers, body)).await;
        }
        for scheme in ["Bearer", "Basic", "Token", ""] {
            for value in [secret, &pair] {
                let authorization = format!("Authorization: {scheme} {value}");
                said(to, request(&format!("GET {users}"), &[&authorization], "")).await;
            }
        }
    }
    let journal = serde_json::to_string(&ground.double.journal.all()).unwrap();
    let archive = crate::journal::har::har(&ground.double.journal.all()).to_string();
    for secret in &secrets {
        let pair = BASE64.encode(format!("{}:{secret}", ground.who.client_id).as_bytes());
        for text in [secret, &pair] {
            for piece in text.as_bytes().chunks(12).filter(|piece| piece.len() == 12) {
                let piece = std::str::from_utf8(piece).unwrap();
                // The client's id is no secret, and the first part of the pair.
                if !ground.who.client_id.contains(piece) {
                    assert!(!journal.contains(piece) && !archive.contains(piece), "{piece}");
                }
            }
        }
    }
    let in_address = |one: &Exchange| one.meant.has_secret_in_address();
    assert!(ground.double.journal.all().iter().any(in_address));
    let headers = ground.double.journal.all();
    let mut finds = headers.iter().flat_map(|one| &one.meant.misplaced);
    assert!(finds.any(|find| find.place == Place::Header && find.is_ours));
}
