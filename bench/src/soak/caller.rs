//! Those who call during a soak: each a thread with one TLS connection, which it makes anew now
//! and then. Of a hundred calls ninety are lists, nine take a token, one is an act.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::Shared;
use super::place::Place;
use crate::calls::{Credentials, Page};
use crate::chance::Chance;
use crate::http;
use crate::shot::Spread;

/// What all callers have seen so far.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) calls: usize,
    pub(super) failed: Vec<String>,
    /// That of the newest connection.
    pub(super) certificate: Option<CertificateDer<'static>>,
    worst_millis: f64,
    /// The median time of each connection.
    medians: Vec<f64>,
}

impl Seen {
    pub(super) fn words(&self) -> String {
        let mut text = format!(
            "{} calls, {} failed; a connection's median {} ms, the slowest call {:.0} ms",
            self.calls,
            self.failed.len(),
            Spread::of(self.medians.iter().copied()).words(|millis| format!("{millis:.2}")),
            self.worst_millis
        );
        for failed in self.failed.iter().take(10) {
            text.push_str(&format!("\n  {failed}"));
        }
        text
    }
}

pub(super) struct Callers {
    stop: Arc<AtomicBool>,
    seen: Shared<Seen>,
    counts: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

const CALLS_A_CONNECTION: usize = 500;
const ACTED_ON_BY_EACH: usize = 20;

impl Callers {
    pub(super) fn start(place: &Place, connections: usize, rate: u32) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (seen, counts) = (Shared::<Seen>::default(), Arc::new(AtomicUsize::new(0)));
        let basic = BASE64.encode(format!("{}:{}", place.client, place.secret).as_bytes());
        let pause = Duration::from_secs(1) * u32::try_from(connections)? / rate.max(1);
        let mut threads = Vec::with_capacity(connections);
        for number in 0..connections {
            let mut caller = Caller {
                number,
                config: place.trusted()?,
                address: place.address,
                credentials: Credentials::of(place.account.clone(), basic.clone()),
                chance: Chance::new(number as u64 + 1),
                pages: Vec::new(),
                people: Vec::new(),
                acted: 0,
                seen: Arc::clone(&seen),
                counts: Arc::clone(&counts),
            };
            let stop = Arc::clone(&stop);
            threads.push(std::thread::spawn(move || caller.until(&stop, pause)));
        }
        Ok(Self { stop, seen, counts, threads })
    }

    pub(super) fn seen(&self) -> Seen {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        seen.calls = self.counts.load(Ordering::Relaxed);
        seen
    }

    pub(super) fn stop(self) -> Result<Seen> {
        self.stop.store(true, Ordering::Relaxed);
        let seen = Arc::clone(&self.seen);
        let counts = Arc::clone(&self.counts);
        for thread in self.threads {
            thread.join().ok().context("a caller panicked")?;
        }
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        seen.calls = counts.load(Ordering::Relaxed);
        Ok(seen)
    }
}

struct Caller {
    number: usize,
    config: Arc<ClientConfig>,
    address: SocketAddr,
    credentials: Credentials,
    chance: Chance,
    pages: Vec<String>,
    people: Vec<String>,
    acted: usize,
    seen: Shared<Seen>,
    counts: Arc<AtomicUsize>,
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

impl Caller {
    fn until(&mut self, stop: &AtomicBool, pause: Duration) {
        while !stop.load(Ordering::Relaxed) {
            if let Err(error) = self.one_connection(stop, pause) {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.failed.push(format!("caller {}: {error:#}", self.number));
                drop(seen);
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }

    fn one_connection(&mut self, stop: &AtomicBool, pause: Duration) -> Result<()> {
        let mut connection = self.connect()?;
        if self.pages.is_empty() {
            self.look_around(&mut connection)?;
        }
        let mut took = Vec::with_capacity(CALLS_A_CONNECTION);
        for _ in 0..CALLS_A_CONNECTION {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let began = Instant::now();
            self.one_call(&mut connection)?;
            took.push(began.elapsed().as_secs_f64() * 1000.0);
            std::thread::sleep(pause.saturating_sub(began.elapsed()));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.worst_millis = took.iter().copied().fold(seen.worst_millis, f64::max);
        seen.medians.push(Spread::of(took).median);
        Ok(())
    }

    fn connect(&mut self) -> Result<Connection> {
        let name = ServerName::try_from("localhost")?;
        let session = ClientConnection::new(Arc::clone(&self.config), name)?;
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut connection = StreamOwned::new(session, stream);
        self.take_token(&mut connection)?;
        let shown = connection.conn.peer_certificates().and_then(|shown| shown.first());
        if let Some(shown) = shown {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.certificate = Some(shown.clone().into_owned());
        }
        Ok(connection)
    }

    fn take_token(&mut self, connection: &mut Connection) -> Result<()> {
        let mut request = Vec::new();
        self.credentials.write_token_request(&mut request);
        let body = self.body(connection, &request)?;
        self.credentials.take_token_of(&body)
    }

    /// Some pages to come back to, and the people of one that nobody else acts on.
    fn look_around(&mut self, connection: &mut Connection) -> Result<()> {
        let mut page_token = String::new();
        for number in 0..=self.number {
            let mut request = Vec::new();
            self.credentials.write_list(&mut request, 100, &page_token);
            let body = self.body(connection, &request)?;
            let page = Page::read(&body, page_token)?;
            if number == self.number {
                // The first of all is the owner, who must stay.
                self.people = page.ids.iter().skip(1).take(ACTED_ON_BY_EACH).cloned().collect();
            }
            page_token = page.next.context("too few people for so many callers")?;
            self.pages.push(page_token.clone());
        }
        Ok(())
    }

    fn one_call(&mut self, connection: &mut Connection) -> Result<()> {
        let mut request = Vec::new();
        match self.chance.below(100) {
            0 => {
                let round = self.acted / self.people.len();
                let verb = if round.is_multiple_of(2) { "suspend" } else { "reactivate" };
                let person = &self.people[self.acted % self.people.len()];
                self.credentials.write_act(&mut request, person, verb);
                self.acted += 1;
            }
            1..10 => return self.take_token(connection),
            _ => {
                let page = self.chance.pick::<String>(&self.pages);
                self.credentials.write_list(&mut request, 25, page);
            }
        }
        self.body(connection, &request).map(|_| ())
    }

    /// The body of a call that went well.
    fn body(&self, connection: &mut Connection, request: &[u8]) -> Result<Vec<u8>> {
        connection.write_all(request)?;
        connection.flush()?;
        let mut read = Vec::new();
        let mut some = [0; 16_384];
        loop {
            let count = connection.read(&mut some)?;
            ensure!(count > 0, "the server hung up");
            read.extend_from_slice(&some[..count]);
            let Some(whole) = http::whole(&read)? else { continue };
            let body = read[whole.body_starts..whole.ends].to_vec();
            let text = String::from_utf8_lossy(&body);
            ensure!((200..300).contains(&whole.status), "answered {}: {text}", whole.status);
            self.counts.fetch_add(1, Ordering::Relaxed);
            return Ok(body);
        }
    }
}
