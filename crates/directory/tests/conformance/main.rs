//! What both stores must do alike: load what they stored, guard what they write, page in order,
//! refuse by the caller's present facts, run batches rightly under parallel acts, and open only
//! what is theirs. Every case runs on SQLite and on PostgreSQL.
//!
//! A case is a plain `async fn(&Stage)`, listed once in its file's `on_both!`.

#![allow(clippy::unwrap_used)]

/// Makes of each case a module with two tests, one for each store.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {$(
        mod $case {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$case(&crate::stage::Stage::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$case(&crate::stage::Stage::postgres().await).await;
            }
        }
    )+};
}

mod accounts;
mod active_owners;
mod activity;
mod applications;
mod audit;
mod backups;
mod batches;
mod before;
mod browsing;
mod callers;
mod copies;
mod expanding;
mod faults;
mod filling;
mod guards;
mod health;
mod import;
mod last_uses;
mod links;
mod lists;
mod moving;
mod numbers;
mod opening;
mod organisation;
mod people;
mod persons;
mod recovered;
mod refusals;
mod removal;
mod reopening;
mod sealed;
mod secrets;
mod sessions;
mod shown;
mod signed_in;
mod sqlite_files;
mod stage;
mod stretches;
mod sweeping;
mod text;
mod together;
mod tokens;
mod vaults;
