//! The plain listener on which an authority proves names by HTTP-01. It knows one address and
//! answers everything else with 404: nobody is led to believe that the API is here too, and a
//! client that comes by mistake must not send its secret twice.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Answers;

const ADDRESS: &str = "/.well-known/acme-challenge/";
const CONNECTIONS_MAX: usize = 64;
const HEAD_MAX_BYTES: usize = 8 * 1024;
/// For the whole of a connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
/// After an error of the listener itself, such as no file descriptor left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub struct ProofListener(tokio::net::TcpListener);

impl ProofListener {
    pub fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self(tokio::net::TcpListener::from_std(listener)?))
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    pub(super) async fn answer(self, answers: Answers) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.0.accept().await {
                Ok((stream, _)) => {
                    let answers = answers.clone();
                    tokio::spawn(async move {
                        let _ = timeout(CONNECTION_TIMEOUT, talk(stream, answers)).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::debug!(%error, "no connection about a proof could be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
}

async fn talk(stream: TcpStream, answers: Answers) {
    let service = service_fn(move |request| {
        let answers = answers.clone();
        async move { Ok::<_, Infallible>(respond(&answers, &request).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().keep_alive(false).max_buf_size(HEAD_MAX_BYTES);
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(answers: &Answers, request: &Request<Incoming>) -> Response<Body> {
    let token = request.uri().path().strip_prefix(ADDRESS);
    let Some(token) = token.filter(|_| matches!(*request.method(), Method::GET | Method::HEAD))
    else {
        return answer(StatusCode::NOT_FOUND, String::new());
    };
    match answers.by_http(token).await {
        Ok(Some(text)) => answer(StatusCode::OK, text),
        Ok(None) => answer(StatusCode::NOT_FOUND, String::new()),
        Err(error) => {
            tracing::error!("an authority could not be answered: {error}");
            answer(StatusCode::SERVICE_UNAVAILABLE, String::new())
        }
    }
}

fn answer(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let plain = header::HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}
