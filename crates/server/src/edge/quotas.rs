//! Limits on how often. Wrong client credentials are limited for each address and each client;
//! right ones never are by these, whoever else was wrong before: a secret is compared first, and
//! the limit only decides whether a wrong one is told 401 or 429. Calls are limited only when
//! that was set. Several nodes share what is set ([`SharedLimit`]).

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::NotUntil;
use governor::clock::{Clock, DefaultClock, QuantaInstant};
use rollcall_directory::world::ApplicationId;

use super::peer;
use super::shared_limit::SharedLimit;
use crate::settings::Settings;

pub(crate) struct Quotas {
    clock: DefaultClock,
    failures_of_address: SharedLimit<IpAddr>,
    failures_of_client: SharedLimit<ApplicationId>,
    calls: Option<SharedLimit<ApplicationId>>,
    until_tidy: AtomicU32,
}

/// Failures between two looks for keys that are as good as new and need no memory.
const TIDY_EVERY: u32 = 1024;
/// Whose failures are remembered at a time, by address and by client. Beyond it a newcomer's wrong
/// credentials are answered as too many: it takes an attack from very many places to get there.
const REMEMBERED_MAX: usize = 100_000;
/// What such a newcomer is told to wait.
const WHILE_FULL_SECONDS: u64 = 5;

impl Quotas {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            clock: DefaultClock::default(),
            failures_of_address: a_minutes_at_once(settings.failures_per_minute),
            failures_of_client: a_minutes_at_once(settings.failures_per_minute),
            calls: settings.calls_per_minute.map(a_minutes_at_once),
            until_tidy: AtomicU32::new(TIDY_EVERY),
        }
    }

    /// One more wrong credential. `Err`: too many; so many seconds until the next is heard.
    pub(crate) fn failure(
        &self,
        from: IpAddr,
        client: Option<ApplicationId>,
        nodes: u32,
    ) -> Result<(), u64> {
        self.tidy();
        if self.failures_of_address.remembered() >= REMEMBERED_MAX
            || self.failures_of_client.remembered() >= REMEMBERED_MAX
        {
            return Err(WHILE_FULL_SECONDS);
        }
        let from = peer::network(from);
        let by_address = self.failures_of_address.one_more(&from, nodes).err();
        let by_client =
            client.and_then(|client| self.failures_of_client.one_more(&client, nodes).err());
        match by_address
            .into_iter()
            .chain(by_client)
            .map(|not_until| seconds(&self.clock, &not_until))
            .max()
        {
            Some(seconds) => Err(seconds),
            None => Ok(()),
        }
    }

    /// One more call of an application.
    pub(crate) fn call(&self, application: ApplicationId, nodes: u32) -> Result<(), u64> {
        let Some(calls) = &self.calls else { return Ok(()) };
        let counted = calls.one_more(&application, nodes);
        counted.map_err(|not_until| seconds(&self.clock, &not_until))
    }

    fn tidy(&self) {
        if self.until_tidy.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.until_tidy.store(TIDY_EVERY, Ordering::Relaxed);
            self.failures_of_address.tidy();
            self.failures_of_client.tidy();
            if let Some(calls) = &self.calls {
                calls.tidy();
            }
        }
    }
}

fn a_minutes_at_once<K: Hash + Eq + Clone>(per_minute: NonZeroU32) -> SharedLimit<K> {
    SharedLimit::new(per_minute, per_minute)
}

/// Whole ones: after so many the next is heard.
pub(super) fn seconds(clock: &DefaultClock, not_until: &NotUntil<QuantaInstant>) -> u64 {
    let wait = not_until.wait_time_from(clock.now());
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotas(failures: u32) -> Quotas {
        let mut settings = Settings::for_address("http://127.0.0.1".to_owned());
        settings.failures_per_minute = NonZeroU32::new(failures).unwrap();
        Quotas::new(&settings)
    }

    fn client(n: u32) -> ApplicationId {
        let mut bytes = [7; 16];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        ApplicationId::from_random(bytes)
    }

    #[test]
    fn the_addresses_of_one_network_share_their_failures() {
        let quotas = quotas(2);
        for last in 1..=2 {
            quotas.failure(format!("2001:db8:1:2::{last}").parse().unwrap(), None, 1).unwrap();
        }
        let seconds = quotas.failure("2001:db8:1:2:3::".parse().unwrap(), None, 1).unwrap_err();
        assert!((1..=30).contains(&seconds), "{seconds}");
        quotas.failure("2001:db8:1:3::1".parse().unwrap(), None, 1).unwrap();
    }

    #[test]
    fn one_client_is_guarded_from_many_addresses() {
        let quotas = quotas(2);
        let address = |n: u8| IpAddr::from([192, 0, 2, n]);
        quotas.failure(address(1), Some(client(1)), 1).unwrap();
        quotas.failure(address(2), Some(client(1)), 1).unwrap();
        assert!(quotas.failure(address(3), Some(client(1)), 1).is_err());
        quotas.failure(address(4), Some(client(2)), 1).unwrap();
    }

    /// A made-up client for each guess would otherwise be remembered without end.
    #[test]
    fn what_is_remembered_has_an_end() {
        let quotas = quotas(1);
        let remembered = u32::try_from(REMEMBERED_MAX).unwrap();
        let mut turned_away = 0;
        for n in 0..remembered + 5_000 {
            let address = IpAddr::from([10, 0, 0, u8::try_from(n % 200).unwrap()]);
            turned_away += u32::from(quotas.failure(address, Some(client(n)), 1).is_err());
        }
        assert!(quotas.failures_of_client.remembered() <= REMEMBERED_MAX);
        assert!(turned_away >= 5_000);
    }
}
