//! The listener: accepts, as many as have a place; and on the way out answers what it accepted.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use rollcall_directory::store::Store;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::edge::connection::{self, HttpBuilder, http_builder};
use crate::edge::connections::{Connections, Place};
use crate::edge::pulse::{Phase, Pulse};
use crate::settings::Settings;
use crate::tls::Tls;
use crate::{Rollcall, router};

/// After an error of the listener itself, such as no file descriptor left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Said to one too many, where words can be said before a handshake.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\
    cache-control: no-store\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A server that is listening.
pub struct Serving {
    pub address: SocketAddr,
    pub(crate) rollcall: Arc<Rollcall>,
    pub(crate) tls: Option<Tls>,
    accepting: JoinHandle<()>,
}

/// Serves on a listener that is bound already, so that its port is known before the first answer.
pub fn serve(listener: TcpListener, store: Store, settings: Settings) -> io::Result<Serving> {
    serve_with(listener, store, settings, None)
}

/// The same, behind TLS where there is one.
pub fn serve_with(
    listener: TcpListener,
    store: Store,
    settings: Settings,
    tls: Option<Tls>,
) -> io::Result<Serving> {
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let rollcall = Rollcall::new(store, settings);
    let door = Arc::new(Door {
        builder: http_builder(&rollcall.settings.limits),
        rollcall: Arc::clone(&rollcall),
        tls: tls.clone(),
    });
    let accepting = tokio::spawn(accept(listener, door));
    Ok(Serving { address, rollcall, tls, accepting })
}

impl Serving {
    /// Takes no new connections, answers what it accepted, and ends; after `grace` in any case.
    pub async fn stop(self, grace: Duration) -> io::Result<()> {
        self.connections().stop();
        let answered = async {
            self.accepting.await.map_err(io::Error::other)?;
            self.rollcall.connections.all_gone().await;
            Ok(())
        };
        tokio::time::timeout(grace, answered).await.unwrap_or_else(|_over| {
            tracing::warn!(
                connections = self.rollcall.connections.count(),
                "the time to end is over; calls that are under way break off"
            );
            Ok(())
        })
    }

    fn connections(&self) -> &Connections {
        &self.rollcall.connections
    }
}

/// What every connection comes through.
struct Door {
    rollcall: Arc<Rollcall>,
    builder: HttpBuilder,
    tls: Option<Tls>,
}

async fn accept(listener: tokio::net::TcpListener, door: Arc<Door>) {
    let mut phase = door.rollcall.connections.phase();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => admit(&door, stream, from),
                Err(error) if is_theirs(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            },
            () = stopping(&mut phase) => break,
        }
    }
    // They had connected before we stopped: the machine had said yes for us.
    while let Some(Ok((stream, from))) = futures_util::FutureExt::now_or_never(listener.accept()) {
        admit(&door, stream, from);
    }
}

/// It came and went.
fn is_theirs(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

async fn stopping(phase: &mut watch::Receiver<Phase>) {
    // An error: the sender has gone, which is an end too.
    let _ = phase.wait_for(|phase| *phase == Phase::Stopping).await;
}

fn admit(door: &Arc<Door>, stream: TcpStream, from: SocketAddr) {
    let rollcall = &door.rollcall;
    match rollcall.connections.admit(from.ip(), &rollcall.settings.proxies) {
        Ok(place) => {
            // Answers are small and whole; waiting for more of them only makes them late.
            let _ = stream.set_nodelay(true);
            tokio::spawn(connected(Arc::clone(door), place, stream, from));
        }
        Err(full) => {
            rollcall.instruments.turned_away(full);
            // As much as fits at once, and no waiting: there may be very many.
            if door.tls.is_none() {
                let _ = stream.try_write(FULL);
            }
            tracing::debug!(?full, "a connection was turned away");
        }
    }
}

async fn connected(door: Arc<Door>, place: Place, stream: TcpStream, from: SocketAddr) {
    let phase = door.rollcall.connections.phase();
    match &door.tls {
        None => talk(&door, stream, from, phase).await,
        Some(tls) => {
            let limit = door.rollcall.settings.limits.handshake_timeout;
            match tokio::time::timeout(limit, tls.accept(stream)).await {
                Ok(Ok(stream)) => talk(&door, stream, from, phase).await,
                Ok(Err(error)) => {
                    door.rollcall.instruments.handshakes_failed.increment(1);
                    tracing::debug!(%error, "a TLS handshake failed");
                }
                Err(_over) => door.rollcall.instruments.handshakes_failed.increment(1),
            }
        }
    }
    drop(place);
}

async fn talk<IO>(door: &Door, stream: IO, from: SocketAddr, phase: watch::Receiver<Phase>)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let pulse = Arc::new(Pulse::new());
    let (rollcall, beat) = (Arc::clone(&door.rollcall), Arc::clone(&pulse));
    let service = service_fn(move |request| {
        let (rollcall, pulse) = (Arc::clone(&rollcall), Arc::clone(&beat));
        async move { router::dispatch(&rollcall, from.ip(), &pulse, request).await }
    });
    let limits = &door.rollcall.settings.limits;
    let ended = connection::run(stream, pulse, service, &door.builder, limits, phase).await;
    door.rollcall.instruments.connection_ended(ended);
}
