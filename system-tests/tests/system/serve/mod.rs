//! `rollcall serve`: from its file of settings to its first answers and its end, what it refuses,
//! its keys while it runs, and PostgreSQL over TLS.

mod keys;
mod postgres_tls;
mod refusals;
mod serving;
mod systemd;
