//! The load: so many connections, each with one call under way at a time, on one thread. Every
//! answer's status is looked at; one that is not 2xx ends the shot as an error.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::http;
use crate::machine::{Watch, family_seconds};
use crate::shot::{Kind, Shot};

/// Writes the next request and says of which kind it is.
pub(crate) trait Calls {
    fn next(&mut self, request: &mut Vec<u8>) -> Kind;
}

impl<F: FnMut(&mut Vec<u8>) -> Kind> Calls for F {
    fn next(&mut self, request: &mut Vec<u8>) -> Kind {
        self(request)
    }
}

pub(crate) struct Aim<'a> {
    /// The connections are shared out over these.
    pub(crate) addresses: &'a [SocketAddr],
    /// The server's processes, whose time is counted as the shot's.
    pub(crate) processes: &'a [u32],
    pub(crate) connections: usize,
    pub(crate) waits: Waits,
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// What the thread that calls does while no answer is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// Looks again at once: for a thread with a core of its own. Whoever answers need not wake it, which
    /// on one machine is a large part of an answer's price, and across a network is nobody's. A bare
    /// server keeps its callers awake by being quick, so it would be spared what others pay.
    Awake,
    /// Sleeps until there is one: where callers and servers share their cores.
    Asleep,
}

struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    read: Vec<u8>,
    filled: usize,
    kind: Kind,
    sent: Instant,
}

const READ_BYTES: usize = 128 * 1024;
/// Longer than any shot takes: the server has stopped answering.
const SILENCE: Duration = Duration::from_secs(20);

pub(crate) fn shoot(aim: &Aim<'_>, calls: &mut impl Calls) -> Result<Shot> {
    let mut poll = Poll::new()?;
    let mut connections = Vec::with_capacity(aim.connections);
    for (index, address) in (0..aim.connections).zip(aim.addresses.iter().cycle()) {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(index), Interest::READABLE)?;
        connections.push(Connection {
            stream,
            request: Vec::with_capacity(1024),
            read: vec![0; READ_BYTES],
            filled: 0,
            kind: 0,
            sent: Instant::now(),
        });
    }
    let mut shot = Shot::default();
    let began = Instant::now();
    for connection in &mut connections {
        connection.send(calls)?;
    }
    let waits = aim.waits;
    answer_all(&mut poll, &mut connections, waits, calls, began + aim.warm_up, None)?;
    let (watch, cpu) = (Watch::start(aim.processes)?, server_seconds(aim.processes));
    let began = Instant::now();
    let until = began + aim.measured;
    answer_all(&mut poll, &mut connections, waits, calls, until, Some(&mut shot))?;
    shot.seconds = began.elapsed().as_secs_f64();
    shot.server_cpu_seconds = server_seconds(aim.processes) - cpu;
    shot.noise = watch.end(aim.processes, shot.seconds)?;
    shot.sort();
    ensure!(shot.calls() > 0, "nothing was answered");
    Ok(shot)
}

fn server_seconds(processes: &[u32]) -> f64 {
    processes.iter().map(|id| family_seconds(*id)).sum()
}

fn answer_all(
    poll: &mut Poll,
    connections: &mut [Connection],
    waits: Waits,
    calls: &mut impl Calls,
    until: Instant,
    mut shot: Option<&mut Shot>,
) -> Result<()> {
    let mut events = Events::with_capacity(256);
    let mut answered = Instant::now();
    loop {
        let at_most = if waits == Waits::Awake { Duration::ZERO } else { SILENCE };
        poll.poll(&mut events, Some(at_most))?;
        if events.is_empty() {
            ensure!(answered.elapsed() < SILENCE, "no answer for {} s", SILENCE.as_secs());
        } else {
            answered = Instant::now();
        }
        for event in &events {
            let connection =
                connections.get_mut(event.token().0).context("an event of nobody's connection")?;
            if let Some(took) = connection.receive()? {
                if let Some(shot) = shot.as_deref_mut() {
                    shot.record(connection.kind, took);
                }
                connection.send(calls)?;
            }
        }
        if Instant::now() >= until {
            return Ok(());
        }
    }
}

impl Connection {
    fn send(&mut self, calls: &mut impl Calls) -> Result<()> {
        self.request.clear();
        self.kind = calls.next(&mut self.request);
        self.filled = 0;
        self.sent = Instant::now();
        let count = self.stream.write(&self.request)?;
        // One small request in an empty buffer.
        ensure!(count == self.request.len(), "a request did not go out in one piece");
        Ok(())
    }

    /// How long the answer took, once it is there whole.
    fn receive(&mut self) -> Result<Option<Duration>> {
        loop {
            let room = &mut self.read[self.filled..];
            ensure!(!room.is_empty(), "an answer is larger than {READ_BYTES} bytes");
            match self.stream.read(room) {
                Ok(0) => bail!("the server hung up"),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            let Some(whole) = http::whole(&self.read[..self.filled])? else { continue };
            let took = self.sent.elapsed();
            ensure!(
                (200..300).contains(&whole.status),
                "an answer was {}: {}",
                whole.status,
                String::from_utf8_lossy(&self.read[whole.body_starts..whole.ends])
            );
            ensure!(whole.ends == self.filled, "more came than was asked for");
            return Ok(Some(took));
        }
    }
}
