//! The admin listener: `/livez`, `/readyz`, `/metrics`. It answers while the server stops, to say
//! so, and it needs no turn of the calls: a busy server can still be asked how it is.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{interval, timeout};

use super::instruments::Metrics;
use super::process::{self, float};
use crate::edge::connection::{self, http_builder};
use crate::edge::peer::Proxies;
use crate::edge::pulse::Pulse;
use crate::edge::{answer, connections::Connections};
use crate::front::Cut;
use crate::limits::Limits;
use crate::tls::Tls;
use crate::{Rollcall, Serving};

/// How long the store may take to show that it answers.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);
const FOLD_EVERY: Duration = Duration::from_secs(5);
/// A prober, a scraper and somebody who looks.
const CONNECTIONS_MAX: usize = 64;

/// Open until it is dropped: longer than the server that it speaks of.
#[derive(Debug)]
pub struct AdminListener {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for AdminListener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Admin {
    rollcall: Arc<Rollcall>,
    tls: Option<Tls>,
    metrics: Option<Metrics>,
    limits: Limits,
}

impl Serving {
    /// Answers about this server on a listener of its own. Who reaches it may read all that
    /// `/metrics` says, so it belongs on loopback or behind something that asks who comes.
    pub fn admin(
        &self,
        listener: TcpListener,
        metrics: Option<Metrics>,
    ) -> io::Result<AdminListener> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let (rollcall, tls) = (Arc::clone(&self.rollcall), self.tls.clone());
        let limits = Limits {
            connections_max: CONNECTIONS_MAX,
            connections_per_address_max: CONNECTIONS_MAX,
            ..rollcall.settings.limits
        };
        let task =
            tokio::spawn(accept(listener, Arc::new(Admin { rollcall, tls, metrics, limits })));
        Ok(AdminListener { address, task })
    }
}

async fn accept(listener: tokio::net::TcpListener, admin: Arc<Admin>) {
    let builder = Arc::new(http_builder(&admin.limits));
    let connections = Connections::new(&admin.limits);
    let mut folding = interval(FOLD_EVERY);
    // With this task, all of them end.
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, from)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let Ok(place) = connections.admit(from.ip(), &Proxies::default()) else { continue };
                let (admin, builder, phase) =
                    (Arc::clone(&admin), Arc::clone(&builder), connections.phase());
                open.spawn(async move {
                    let limits = admin.limits;
                    let pulse = Arc::new(Pulse::new());
                    let beat = Arc::clone(&pulse);
                    let service = service_fn(move |request| {
                        let (admin, call) = (Arc::clone(&admin), beat.call(false));
                        async move {
                            let answer = admin.answer(&request).await;
                            drop(call);
                            Ok::<_, Cut>(answer)
                        }
                    });
                    connection::run(stream, pulse, service, &builder, &limits, phase).await;
                    drop(place);
                });
            }
            _ = folding.tick() => {
                if let Some(metrics) = &admin.metrics {
                    metrics.fold();
                }
            }
            Some(_ended) = open.join_next() => {}
        }
    }
}

impl Admin {
    async fn answer(&self, request: &Request<Incoming>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = answer::empty(StatusCode::METHOD_NOT_ALLOWED);
            let allow = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(header::ALLOW, allow);
            return response;
        }
        match request.uri().path() {
            "/livez" => text(StatusCode::OK, "alive\n".to_owned()),
            "/readyz" => self.ready().await,
            "/metrics" => self.metrics().await,
            _ => text(
                StatusCode::NOT_FOUND,
                "Here are /livez, /readyz and /metrics, and nothing else.\n".to_owned(),
            ),
        }
    }

    async fn ready(&self) -> Response<Body> {
        let not =
            |why: String| text(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n"));
        if self.rollcall.connections.is_stopping() {
            return not("the server is stopping".to_owned());
        }
        match timeout(STORE_TIMEOUT, self.rollcall.store.mac_keys()).await {
            Ok(Ok(keys)) if keys.is_empty() => not("the store has no MAC keys".to_owned()),
            Ok(Ok(_)) => text(
                StatusCode::OK,
                match self.rollcall.store.cluster() {
                    Some(cluster) => format!("ready\nstore: {cluster}\n"),
                    None => "ready\n".to_owned(),
                },
            ),
            // The log says more than a prober needs to know.
            Ok(Err(fault)) => {
                tracing::error!(%fault, "not ready: the store does not answer");
                not(self.rollcall.store.is_unfit().map_or_else(
                    || "the store does not answer; the log says why".to_owned(),
                    str::to_owned,
                ))
            }
            Err(_over) => not(format!("the store did not answer in {STORE_TIMEOUT:?}")),
        }
    }

    async fn metrics(&self) -> Response<Body> {
        let Some(metrics) = &self.metrics else {
            let why = "No metrics are kept in this process.\n";
            return text(StatusCode::NOT_FOUND, why.to_owned());
        };
        process::set_gauges();
        let rollcall = &self.rollcall;
        metrics::gauge!("rollcall_connections").set(float(rollcall.connections.count()));
        metrics::gauge!("rollcall_calls_at_work").set(float(rollcall.at_work.count()));
        let proof_age = rollcall.store.cluster().and_then(|cluster| cluster.proof_age);
        if let Some(age) = proof_age {
            metrics::gauge!("rollcall_store_fence_age_seconds").set(age.as_secs_f64());
        }
        if let Ok(Ok(keys)) = timeout(STORE_TIMEOUT, rollcall.store.mac_keys()).await {
            let now = rollcall.store.world().now();
            for key in keys {
                let age = now.since(key.made).as_secs_f64();
                metrics::gauge!("rollcall_mac_key_age_seconds", "key" => key.id.0.to_string())
                    .set(age);
            }
        }
        if let Some(certificate) = self.tls.as_ref().and_then(Tls::certificate) {
            metrics::gauge!("rollcall_certificate_end_timestamp_seconds").set(
                Duration::from_millis(u64::try_from(certificate.ends.millis()).unwrap_or(0))
                    .as_secs_f64(),
            );
        }
        let mut response = text(StatusCode::OK, metrics.render());
        let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = answer::empty(status);
    *response.body_mut() = Body::from(text);
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
