//! One connection: its limits are set before it is used, its statements stay prepared, and its
//! notices are read, for one of them turns a success into an unknown outcome.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Mutex;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Row, Statement};

use crate::Fault;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const LIMITS: &str = "set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '2s'; \
                      set statement_timeout = '5s'; set client_min_messages = 'warning'";

pub struct Connection {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
    /// The server said that a commit may be on this machine only.
    local_only: Arc<AtomicBool>,
    /// An error other than a refused statement: not to be used again.
    spoilt: AtomicBool,
}

impl Connection {
    pub(super) async fn open(config: &Config) -> Result<Self, Fault> {
        let connecting = config.connect(NoTls);
        let (client, mut connection) =
            tokio::time::timeout(CONNECT_TIMEOUT, connecting).await.map_err(|_| {
                Fault::Unavailable("no answer to a connect within 5 s".to_owned())
            })??;
        let local_only = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&local_only);
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notice(notice) = message {
                    tracing::warn!(code = notice.code().code(), "PostgreSQL: {}", notice.message());
                    // 01000 at a commit: the wait for a standby was cancelled.
                    seen.store(true, Ordering::Release);
                }
            }
        });
        client.batch_execute(LIMITS).await?;
        Ok(Self {
            client,
            statements: Mutex::default(),
            local_only,
            spoilt: AtomicBool::new(false),
        })
    }

    pub(super) fn is_good(&self) -> bool {
        !self.client.is_closed() && !self.spoilt.load(Ordering::Acquire)
    }

    pub(super) fn spoil(&self) {
        self.spoilt.store(true, Ordering::Release);
    }

    fn note(&self, error: tokio_postgres::Error) -> Fault {
        self.spoil();
        Fault::from(error)
    }

    async fn prepared(&self, sql: &'static str) -> Result<Statement, Fault> {
        if let Some(statement) = self.statements.lock().await.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await.map_err(|error| self.note(error))?;
        self.statements.lock().await.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(crate) async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Fault> {
        let statement = self.prepared(sql).await?;
        self.client.query(&statement, params).await.map_err(|error| self.note(error))
    }

    pub(crate) async fn execute(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Fault> {
        let statement = self.prepared(sql).await?;
        self.client.execute(&statement, params).await.map_err(|error| self.note(error))
    }

    /// Plain text without parameters, in one message.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Fault> {
        self.client.batch_execute(sql).boxed().await.map_err(|error| self.note(error))
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Sends COMMIT and never cancels it. Ok only if the server said so without a warning.
    pub(super) async fn commit(&self) -> Result<(), Fault> {
        self.local_only.store(false, Ordering::Release);
        self.batch("commit").await.map_err(|fault| Fault::OutcomeUnknown(fault.to_string()))?;
        if self.local_only.load(Ordering::Acquire) {
            self.spoil();
            return Err(Fault::OutcomeUnknown("the commit may be on one machine only".to_owned()));
        }
        Ok(())
    }
}
