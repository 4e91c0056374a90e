//! Reaching the primary. All hosts are asked at once, each with its own limit over the whole
//! handshake: a host that accepts and is silent, as a paused machine does, keeps nobody waiting.
//! Of those that take writes the one with the latest timeline wins, so that a primary which was
//! paused and came back does not when its successor answers too.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::Client;

use super::address::Address;
use super::connection::Kept;
use super::hosts::Host;
use super::server::Said;
use crate::{Fault, fault};

const HOST_LIMIT: Duration = Duration::from_secs(2);
/// How long those get to answer who did not when the first one did.
const OTHERS_LIMIT: Duration = Duration::from_millis(50);

pub(super) struct Dialled {
    pub client: Client,
    pub said: Said,
    pub local_only: Arc<AtomicBool>,
    /// While it is kept the connection is driven.
    pub kept: Kept,
}

impl Address {
    pub(super) async fn dial(&self, limits: &str) -> Result<Dialled, Fault> {
        let hosts = self.hosts();
        let mut asked: FuturesUnordered<_> =
            hosts.iter().map(|host| self.dial_one(host, limits)).collect();
        let mut best: Option<Dialled> = None;
        let mut said = Vec::new();
        let mut until = Instant::now() + HOST_LIMIT * 2;
        while let Ok(Some((name, answer))) = timeout_at(until, asked.next()).await {
            match answer.and_then(|dialled| self.may_be_used(dialled)) {
                Ok(dialled) => {
                    until = until.min(Instant::now() + OTHERS_LIMIT);
                    let timeline = dialled.said.server.timeline;
                    if best.as_ref().is_none_or(|best| best.said.server.timeline < timeline) {
                        best = Some(dialled);
                    }
                }
                Err(why) => said.push(format!("{name}: {why}")),
            }
        }
        metrics::counter!("rollcall_store_connects_total").increment(1);
        match best {
            Some(best) => {
                self.known().saw(&best.said.server);
                Ok(best)
            }
            None => Err(Fault::Unavailable(said.join("; "))),
        }
    }

    async fn dial_one<'h>(
        &self,
        host: &'h Host,
        limits: &str,
    ) -> (&'h str, Result<Dialled, String>) {
        let dialling = async {
            let local_only = Arc::new(AtomicBool::new(false));
            let (client, kept) = self.connect(host, &local_only).await?;
            let said = Said::ask(&client, limits).await?;
            Ok::<_, tokio_postgres::Error>(Dialled { client, said, local_only, kept })
        };
        let answer = match timeout(HOST_LIMIT, dialling).await {
            Ok(answer) => answer.map_err(|error| match error.as_db_error() {
                Some(said) => format!("{} {}", said.code().code(), said.message()),
                None => fault::with_causes(&error),
            }),
            Err(_over) => Err(format!("silent for {} s", HOST_LIMIT.as_secs())),
        };
        (&host.name, answer)
    }

    /// One host without a wish is taken as it is: looking at a standby is possible that way.
    fn may_be_used(&self, dialled: Dialled) -> Result<Dialled, String> {
        if self.wants_a_primary() && dialled.said.is_standby {
            return Err("a standby, which takes no writes".to_owned());
        }
        if self.wants_a_primary() && dialled.said.is_read_only {
            return Err("it takes no writes (default_transaction_read_only)".to_owned());
        }
        match self.known().later_than(&dialled.said.server) {
            Some(later) => Err(format!(
                "a stale primary: it is on timeline {}, and timeline {later} was seen",
                dialled.said.server.timeline.unwrap_or_default()
            )),
            None => Ok(dialled),
        }
    }
}
