//! The console over HTTP, in this process: who gets in and stays in, what a form sent twice does,
//! what shows a secret, and what every answer carries. The whole walk in a browser is in
//! `system-tests`.

#![allow(clippy::unwrap_used)]

mod credentials;
mod door;
mod edges;
mod stage;
mod standing;
