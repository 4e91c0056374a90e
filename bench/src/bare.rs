//! The bare server: the same framework, runtime and allocator as ours, and fixed answers of the
//! same size. What it reaches is what HTTP alone costs.

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

#[derive(clap::Parser)]
pub(crate) struct Options {
    #[arg(long)]
    token_bytes: usize,
    #[arg(long)]
    user_bytes: usize,
    #[arg(long)]
    list_bytes: usize,
}

pub(crate) fn serve(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router(options)).await.context("the bare server")
    })
}

fn router(options: &Options) -> Router {
    let token = fixed(options.token_bytes);
    let user = fixed(options.user_bytes);
    let list = fixed(options.list_bytes);
    Router::new()
        // It reads the form, as whoever answers must.
        .route("/v1beta1/users/oauth2/token", post(|_form: Bytes| async move { answer(token) }))
        .route("/v1beta1/accounts/{account}/users", get(|| async move { answer(list) }))
        .route("/v1beta1/accounts/{account}/users/{user}", get(|| async move { answer(user) }))
}

/// A string of JSON, so many bytes long.
fn fixed(bytes: usize) -> Bytes {
    let filling = "x".repeat(bytes.saturating_sub(2));
    Bytes::from(format!("\"{filling}\""))
}

fn answer(body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
