//! One connection: its limits are set before it is used, its statements stay prepared, and its
//! notices are read, for one of them turns a success into an unknown outcome.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, oneshot};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Row, Statement};

use super::address::Address;
use super::boot_clock::Instant;
use super::server::{Known, Server};
use super::together::Waiting;
use crate::Fault;
use crate::users::{GetUser, ListUsers};

/// How long an answer may take: longer than the server's own limits, for a server that is silent.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);
/// A commit may wait for a standby. When this is over its outcome is looked for; it goes on itself.
const COMMIT_LIMIT: Duration = Duration::from_secs(20);
const LIMITS: &str = "set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '2s'; \
                      set statement_timeout = '5s'; set client_min_messages = 'warning'; \
                      set synchronous_commit = 'on'";
/// How long a connection that nobody holds may go on: a server that does not read is not waited for.
const ENDS_WITHIN: Duration = Duration::from_secs(5);
/// Every statement finds its rows by a key, whatever it is asked: its plan is made once and kept, for
/// making it costs more than a page. Not a whole table either, which a plan made while it was empty
/// would go on reading when it is full.
const PLANS: &str =
    "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off";
/// Checks and exports read whole tables.
const PLANS_OF_LONG_WORK: &str = "reset plan_cache_mode; reset enable_seqscan; reset jit";

pub struct Connection {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
    /// The server said that a commit may be on this machine only.
    local_only: Arc<AtomicBool>,
    /// An error other than a refused statement: not to be used again.
    spoilt: AtomicBool,
    answer_limit: Duration,
    reached: Box<Reached>,
    pub(crate) waiting: Box<Questions>,
}

/// Who waits to ask over it, by kind.
#[derive(Default)]
pub(crate) struct Questions {
    pub(crate) lists: Waiting<ListUsers>,
    pub(crate) people: Waiting<GetUser>,
}

/// Whom it reached, and when.
struct Reached {
    server: Server,
    opened: Instant,
    known: Arc<Known>,
    turn: u64,
    _kept: Kept,
}

/// When this is dropped its connection ends, soon.
pub(super) struct Kept(#[expect(dead_code, reason = "its end is the message")] oneshot::Sender<()>);

/// Drives a connection in a task of its own.
pub(super) fn drive<S, T>(
    connection: tokio_postgres::Connection<S, T>,
    local_only: Arc<AtomicBool>,
) -> Kept
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (kept, dropped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let dropped = async {
            let _nobody_sends = dropped.await;
            tokio::time::sleep(ENDS_WITHIN).await;
        };
        tokio::select! {
            () = listen(connection, local_only) => {}
            () = dropped => {}
        }
    });
    Kept(kept)
}

/// Drives a connection until it ends, and reads what the server says beside its answers.
async fn listen<S, T>(mut connection: tokio_postgres::Connection<S, T>, local_only: Arc<AtomicBool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
        if let AsyncMessage::Notice(notice) = message {
            tracing::warn!(code = notice.code().code(), "PostgreSQL: {}", notice.message());
            // 01000 at a commit: the wait for a standby was cancelled.
            local_only.store(true, Ordering::Release);
        }
    }
}

impl Connection {
    pub(super) async fn open(address: &Address) -> Result<Self, Fault> {
        let dialled = address.dial(&format!("{LIMITS}; {PLANS}")).await?;
        let known = Arc::clone(address.known());
        let (server, turn) = (dialled.said.server, known.turn());
        // After the turn is read: a later primary that is seen from here on makes another.
        if known.later_than(&server).is_some() {
            return Err(Fault::Unavailable("a later primary was seen just now".to_owned()));
        }
        let opened = Instant::now();
        let reached = Reached { server, opened, known, turn, _kept: dialled.kept };
        Ok(Self {
            client: dialled.client,
            statements: Mutex::default(),
            local_only: dialled.local_only,
            spoilt: AtomicBool::new(false),
            answer_limit: ANSWER_LIMIT,
            reached: Box::new(reached),
            waiting: Box::default(),
        })
    }

    /// For work that takes as long as it takes: migrations, checks.
    pub(super) async fn open_without_limits(address: &Address) -> Result<Self, Fault> {
        let mut db = Self::open(address).await?;
        db.answer_limit = Duration::MAX;
        db.batch("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0").await?;
        db.batch(PLANS_OF_LONG_WORK).await?;
        Ok(db)
    }

    pub(super) fn is_good(&self) -> bool {
        !self.client.is_closed() && !self.spoilt.load(Ordering::Acquire) && !self.is_of_the_past()
    }

    /// Since it was opened, commits stopped returning or a later primary was seen.
    pub(super) fn is_of_the_past(&self) -> bool {
        self.reached.turn != self.reached.known.turn()
    }

    pub(super) fn server(&self) -> Server {
        self.reached.server
    }

    pub(super) fn opened(&self) -> Instant {
        self.reached.opened
    }

    pub(super) fn spoil(&self) {
        self.spoilt.store(true, Ordering::Release);
    }

    fn note(&self, error: tokio_postgres::Error) -> Fault {
        self.spoil();
        Fault::from(error)
    }

    /// An answer in time. What did not come in time may still: the connection is not used again.
    async fn answer<T>(
        &self,
        limit: Duration,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Fault> {
        match tokio::time::timeout(limit, asked).await {
            Ok(answer) => answer.map_err(|error| self.note(error)),
            Err(_) => {
                self.spoil();
                Err(Fault::Unavailable("PostgreSQL did not answer in time".to_owned()))
            }
        }
    }

    async fn prepared(&self, sql: &'static str) -> Result<Statement, Fault> {
        if let Some(statement) = self.statements.lock().await.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.answer(self.answer_limit, self.client.prepare(sql)).await?;
        self.statements.lock().await.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(crate) async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Fault> {
        let statement = self.prepared(sql).await?;
        self.answer(self.answer_limit, self.client.query(&statement, params)).await
    }

    pub(crate) async fn execute(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Fault> {
        let statement = self.prepared(sql).await?;
        self.answer(self.answer_limit, self.client.execute(&statement, params)).await
    }

    /// Text that is not one of the program's own, and so not kept prepared.
    pub(super) async fn query_once(&self, sql: &str) -> Result<Vec<Row>, Fault> {
        self.answer(self.answer_limit, self.client.query(sql, &[])).await
    }

    pub(super) async fn execute_once(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Fault> {
        self.answer(self.answer_limit, self.client.execute(sql, params)).await
    }

    /// Plain text without parameters, in one message.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Fault> {
        self.answer(self.answer_limit, self.client.batch_execute(sql).boxed()).await
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// A statement that is a transaction of its own. Ok only if its commit was without a warning.
    pub(super) async fn committed<T>(
        &self,
        asked: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        self.local_only.store(false, Ordering::Release);
        let answer = asked.await?;
        self.is_not_local_only()?;
        Ok(answer)
    }

    fn is_not_local_only(&self) -> Result<(), Fault> {
        if self.local_only.load(Ordering::Acquire) {
            self.spoil();
            return Err(Fault::OutcomeUnknown("the commit may be on one machine only".to_owned()));
        }
        Ok(())
    }

    /// Sends COMMIT and never cancels it. Ok only if the server said so without a warning.
    pub(super) async fn commit(&self) -> Result<(), Fault> {
        self.local_only.store(false, Ordering::Release);
        let committed =
            self.answer(COMMIT_LIMIT, self.client.batch_execute("commit").boxed()).await;
        committed.map_err(|fault| Fault::OutcomeUnknown(fault.to_string()))?;
        self.is_not_local_only()
    }
}
