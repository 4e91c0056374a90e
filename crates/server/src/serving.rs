//! The listener: accepts, answers, and on the way out answers what it accepted.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum_server::Handle;
use rollcall_directory::store::Store;
use tokio::task::JoinHandle;

use crate::settings::Settings;
use crate::{Rollcall, router};

const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// A server that is listening.
pub struct Serving {
    pub address: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
}

/// Serves on a listener that is bound already, so that its port is known before the first answer.
pub fn serve(listener: TcpListener, store: Store, settings: Settings) -> io::Result<Serving> {
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let handle = Handle::new();
    let app = router::router(Rollcall::new(store, settings));
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    server
        .http_builder()
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(server.serve(service));
    Ok(Serving { address, handle, task })
}

impl Serving {
    /// Takes no new connections, answers what it accepted, and ends; after `grace` in any case.
    pub async fn stop(self, grace: Duration) -> io::Result<()> {
        self.handle.graceful_shutdown(Some(grace));
        self.task.await.map_err(io::Error::other)?
    }
}
