//! The real binary, from outside: the walk of a newcomer, clients that nobody here wrote, every
//! route with every credential, several nodes on one database, and `dev` as a command. One test binary, a module for each.
//!
//! Each test starts a server of its own on fresh data, so that they may run side by side. They
//! need what `cargo xtask test` sets up: the binary, a PostgreSQL cluster, the foreign clients.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

/// The same stories on SQLite and on PostgreSQL.
macro_rules! on_both_stores {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(rollcall_system_tests::Store::Sqlite).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(rollcall_system_tests::Store::Postgres).await;
            })+
        }
    };
}

mod admin;
mod browser;
mod chaos;
mod clients;
mod crash;
mod description;
mod dev;
mod failover;
mod hostile;
mod nodes;
mod operate;
mod responder;
mod routes;
mod sandbox;
mod serve;
mod simulation;
mod tls;
mod walk;
