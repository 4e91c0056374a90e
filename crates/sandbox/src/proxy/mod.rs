//! The proxy that clients find by `HTTPS_PROXY`: it answers `CONNECT` for the hosts of the hosted
//! API, leads to the double's own listener, and refuses all others. It dials nothing else, so no
//! call of a connector leaves this machine by it.

mod asked;
mod pipe;

use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use asked::Asked;

/// Tunnels and requests for one, at a time.
const CONNECTIONS_MAX: usize = 1_024;
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const HEAD_MAX_BYTES: usize = 16 * 1024;
/// Longer than the double itself keeps a connection on which nothing is asked, and than it lets a
/// call wait that is never answered.
const IDLE_MAX: Duration = Duration::from_secs(15 * 60);
/// Hosts that a warning was written for; each is told once.
const WARNED_MAX: usize = 100;
/// After an error of the listener itself, such as no file descriptor left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Every tunnel ends with it.
#[derive(Debug)]
pub struct Proxy {
    pub address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Door {
    double: SocketAddr,
    places: Arc<Semaphore>,
    warned: Mutex<HashSet<String>>,
}

/// `double`: the one address that it leads to. Both are on loopback, or it is an error.
pub fn start(listener: TcpListener, double: SocketAddr) -> io::Result<Proxy> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() || !double.ip().is_loopback() {
        let words = "a proxy without a password is for this machine only (127.0.0.1 or [::1])";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
    }
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let door = Arc::new(Door { double, places, warned: Mutex::default() });
    Ok(Proxy { address, accepting: tokio::spawn(accept(listener, door)) })
}

async fn accept(listener: tokio::net::TcpListener, door: Arc<Door>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        // Beyond the limit they wait in the listener's queue.
        let place = Arc::clone(&door.places).acquire_owned().await;
        let Ok(place) = place else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let door = Arc::clone(&door);
                connections.spawn(async move {
                    connected(&door, stream).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::debug!(%error, "the proxy could not accept a connection");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

type Tunnel = (OnUpgrade, TcpStream);

async fn connected(door: &Door, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let tunnel: Mutex<Option<Tunnel>> = Mutex::default();
    let service = service_fn(|request| async {
        let (response, opened) = answer(door, request).await;
        if opened.is_some() {
            *tunnel.lock().unwrap_or_else(PoisonError::into_inner) = opened;
        }
        Ok::<_, Infallible>(response)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_MAX_BYTES);
    let spoken = http.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
    let tunnel = tunnel.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let (Ok(()), Some((client, double))) = (spoken, tunnel)
        && let Ok(client) = client.await
    {
        pipe::pipe(TokioIo::new(client), double, IDLE_MAX).await;
    }
}

async fn answer<B>(
    door: &Door,
    mut request: Request<B>,
) -> (Response<Full<Bytes>>, Option<Tunnel>) {
    let asked = Asked::of(request.method(), request.uri(), door.double.port());
    if let Some(words) = asked.words() {
        door.warn(&asked);
        let status = match asked {
            Asked::NotATunnel { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Asked::Elsewhere { .. } | Asked::Tunnel => StatusCode::FORBIDDEN,
        };
        return (said(status, words), None);
    }
    match TcpStream::connect(door.double).await {
        Ok(double) => {
            let _ = double.set_nodelay(true);
            let client = hyper::upgrade::on(&mut request);
            (Response::new(Full::default()), Some((client, double)))
        }
        Err(error) => {
            let words = format!("The double does not answer at {}: {error}.\n", door.double);
            (said(StatusCode::BAD_GATEWAY, words), None)
        }
    }
}

fn said(status: StatusCode, words: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(words));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

impl Door {
    /// Clients hide what a proxy says to them, so whoever runs the double is told too.
    fn warn(&self, asked: &Asked) {
        let (to, why) = match asked {
            Asked::Tunnel => return,
            Asked::Elsewhere { to } => (to, "the proxy refused a call to another host"),
            Asked::NotATunnel { to } => (to, "the proxy refused a call that is not encrypted"),
        };
        // What stands before a host may be a password.
        let host = to.rsplit_once('@').map_or(to.as_str(), |(_, host)| host).to_owned();
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.len() < WARNED_MAX && warned.insert(host.clone()) {
            tracing::warn!(host, "{why}");
        }
    }
}

#[cfg(test)]
mod tests;
