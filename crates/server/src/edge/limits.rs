//! Limits on how often. Wrong client credentials are limited for each address and each client;
//! right ones never are by these, whoever else was wrong before: a secret is compared first, and
//! the limit only decides whether a wrong one is told 401 or 429. Calls are limited only when
//! that was set.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use rollcall_directory::world::ApplicationId;

use crate::settings::Settings;

pub(crate) struct Limits {
    clock: DefaultClock,
    failures_of_address: DefaultKeyedRateLimiter<IpAddr>,
    failures_of_client: DefaultKeyedRateLimiter<ApplicationId>,
    calls: Option<DefaultKeyedRateLimiter<ApplicationId>>,
    until_tidy: AtomicU32,
}

/// Failures between two looks for keys that are as good as new and need no memory.
const TIDY_EVERY: u32 = 1024;

impl Limits {
    pub(crate) fn new(settings: &Settings) -> Self {
        let quota = |per_minute: NonZeroU32| Quota::per_minute(per_minute);
        Self {
            clock: DefaultClock::default(),
            failures_of_address: RateLimiter::keyed(quota(settings.failures_per_minute)),
            failures_of_client: RateLimiter::keyed(quota(settings.failures_per_minute)),
            calls: settings.calls_per_minute.map(|calls| RateLimiter::keyed(quota(calls))),
            until_tidy: AtomicU32::new(TIDY_EVERY),
        }
    }

    /// One more wrong credential. `Err`: too many; so many seconds until the next is heard.
    pub(crate) fn failure(&self, from: IpAddr, client: Option<ApplicationId>) -> Result<(), u64> {
        self.tidy();
        let by_address = self.failures_of_address.check_key(&from).err();
        let by_client = client.and_then(|client| self.failures_of_client.check_key(&client).err());
        match by_address
            .into_iter()
            .chain(by_client)
            .map(|not_until| self.seconds(&not_until))
            .max()
        {
            Some(seconds) => Err(seconds),
            None => Ok(()),
        }
    }

    /// One more call of an application.
    pub(crate) fn call(&self, application: ApplicationId) -> Result<(), u64> {
        match &self.calls {
            Some(calls) => {
                calls.check_key(&application).map_err(|not_until| self.seconds(&not_until))
            }
            None => Ok(()),
        }
    }

    fn seconds(&self, not_until: &governor::NotUntil<governor::clock::QuantaInstant>) -> u64 {
        let wait = not_until.wait_time_from(self.clock.now());
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    }

    fn tidy(&self) {
        if self.until_tidy.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.until_tidy.store(TIDY_EVERY, Ordering::Relaxed);
            self.failures_of_address.retain_recent();
            self.failures_of_client.retain_recent();
            if let Some(calls) = &self.calls {
                calls.retain_recent();
            }
        }
    }
}
