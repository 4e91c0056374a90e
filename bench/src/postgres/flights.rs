//! How often a call waits for the database: a proxy between a node and PostgreSQL that hands on what
//! was sent when nothing more has come for a while, and counts such pieces. Statements that go out
//! together are one flight, however many they are, and so is their answer.

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

/// Far longer than a node thinks between two statements that it sends together.
const QUIET: Duration = Duration::from_millis(15);

/// What a connection is for, as its statements tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Purpose {
    Acts,
    Reads,
}

#[derive(Default)]
struct Connection {
    purposes: HashSet<Purpose>,
    flights: usize,
    statements: usize,
}

/// Flights, and the statements in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) flights: usize,
    pub(crate) statements: usize,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    connections: Arc<Mutex<Vec<Connection>>>,
}

impl Proxy {
    /// Its threads end with their connections.
    pub(crate) fn start(to_port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let connections = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&connections);
        std::thread::spawn(move || {
            for node in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", to_port)) else { return };
                let at = {
                    let mut all = lock(&all);
                    all.push(Connection::default());
                    all.len() - 1
                };
                let (Ok(node_too), Ok(server_too)) = (node.try_clone(), server.try_clone()) else {
                    return;
                };
                let all = Arc::clone(&all);
                let see = move |piece: &[u8]| lock(&all)[at].see(piece);
                std::thread::spawn(move || hand_on(node, server, see));
                std::thread::spawn(move || hand_on(server_too, node_too, |_| {}));
            }
        });
        Ok(Self { port, connections })
    }

    /// So far, over the connections that acts and reads go over; what the node does by itself
    /// (its beats, last uses, leases) has its own.
    pub(crate) fn counted(&self) -> Counted {
        let all = lock(&self.connections);
        let ours = all.iter().filter(|connection| !connection.purposes.is_empty());
        ours.fold(Counted::default(), |sum, connection| Counted {
            flights: sum.flights + connection.flights,
            statements: sum.statements + connection.statements,
        })
    }
}

fn lock(all: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    fn see(&mut self, piece: &[u8]) {
        self.flights += 1;
        // A message: its kind, its length with the length's own four bytes, what it says.
        let mut rest = piece;
        while let [kind, a, b, c, d, ..] = *rest {
            let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
            let Some(text) = rest.get(5..length.saturating_add(1)) else { return };
            match kind {
                b'Q' | b'P' => {
                    let text = String::from_utf8_lossy(text);
                    if text.contains("begin isolation level") {
                        self.purposes.insert(Purpose::Acts);
                    } else if text.contains("left join secrets") {
                        self.purposes.insert(Purpose::Reads);
                    }
                    self.statements += usize::from(kind == b'Q');
                }
                b'E' => self.statements += 1,
                _ => {}
            }
            rest = rest.get(length + 1..).unwrap_or_default();
        }
    }
}

fn hand_on(mut from: TcpStream, mut to: TcpStream, see: impl Fn(&[u8])) {
    let _ = to.set_nodelay(true);
    let mut buffer = vec![0; 65_536];
    loop {
        // For the first byte as long as it takes, for more of the same only so long.
        let _ = from.set_read_timeout(None);
        let mut piece = Vec::new();
        let count = from.read(&mut buffer).unwrap_or(0);
        piece.extend_from_slice(&buffer[..count]);
        let _ = from.set_read_timeout(Some(QUIET));
        let mut is_open = count > 0;
        while is_open {
            match from.read(&mut buffer) {
                Ok(0) => is_open = false,
                Ok(count) => piece.extend_from_slice(&buffer[..count]),
                Err(_quiet) => break,
            }
        }
        if !piece.is_empty() {
            see(&piece);
        }
        if to.write_all(&piece).is_err() || !is_open {
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, text: &[u8]) -> Vec<u8> {
        let length = u32::try_from(text.len() + 4).unwrap();
        [&[kind], &length.to_be_bytes()[..], text].concat()
    }

    #[test]
    fn a_piece_is_one_flight_and_its_statements_are_counted() {
        let mut connection = Connection::default();
        let begin = message(b'Q', b"begin isolation level read committed\0");
        let execute = message(b'E', b"\0\0\0\0\0");
        connection.see(&[begin, execute.clone(), message(b'S', b"")].concat());
        connection.see(&execute);
        assert_eq!((connection.flights, connection.statements), (2, 3));
        assert!(connection.purposes.contains(&Purpose::Acts));
    }

    #[test]
    fn what_is_sent_comes_through_and_is_counted() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy::start(server.local_addr().unwrap().port()).unwrap();
        let mut node = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        let (mut far, _) = server.accept().unwrap();
        let mut there = [0; 4];
        let sent = [message(b'Q', b"left join secrets\0"), message(b'E', b"")].concat();
        node.write_all(&sent).unwrap();
        far.read_exact(&mut there).unwrap();
        assert_eq!(proxy.counted(), Counted { flights: 1, statements: 2 });
    }
}
