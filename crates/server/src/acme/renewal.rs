//! Sees to it that a good certificate is served: takes what is kept, asks for another one when it
//! is time, and lets one process at a time do so.

use std::time::Duration;

use data_encoding::HEXLOWER;
use rollcall_directory::store::Store;
use tokio::time::timeout;

use super::kept::{self, KeptCertificate, KeptNames};
use super::order::Asking;
use super::when::{self, Attempts, Life};
use super::{AcmeError, AcmeSettings};
use crate::tls::{Certificate, Expiry, Tls};

/// How soon what another process obtained is served by this one.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const LOOK_EVERY_AT_FIRST: Duration = Duration::from_secs(1);
pub(super) const ORDER_TIMEOUT: Duration = Duration::from_mins(4);
/// Longer than an order may take: nobody else begins one beside it.
const LEASE_LIFE: Duration = Duration::from_mins(5);
const LEASE: &str = "acme";
const WAY_OUT: &str = "the errors above say why it was not renewed";

pub(super) struct Renewal {
    store: Store,
    settings: AcmeSettings,
    names: KeptNames,
    tls: Tls,
    /// This process, among those that share the store.
    holder: String,
    /// Also held here: a store that is away keeps nothing.
    attempts: Option<Attempts>,
    expiry: Expiry,
    said: Option<String>,
}

impl Renewal {
    pub(super) fn new(store: Store, settings: AcmeSettings, tls: Tls) -> Self {
        Self {
            names: KeptNames::of(&settings),
            holder: HEXLOWER.encode(&store.world().bytes::<16>()),
            store,
            settings,
            tls,
            attempts: None,
            expiry: Expiry::default(),
            said: None,
        }
    }

    /// So that a restart serves from its first moment.
    pub(super) async fn serve_what_is_kept(&mut self) {
        let looked = self.kept().await;
        self.say(looked.as_ref().err());
        if self.tls.certificate().is_none() {
            tracing::warn!(
                authority = self.settings.directory,
                names = self.settings.names.join(" "),
                "there is no certificate yet: the authority is asked for one, and until it comes, connections are refused"
            );
        }
    }

    pub(super) async fn run(mut self) {
        let mut asked = false;
        loop {
            let looked = self.look(asked).await;
            self.say(looked.as_ref().err());
            if let Some(facts) = self.tls.certificate() {
                self.expiry.look(&facts, self.store.world().now(), WAY_OUT);
            }
            let every = match self.tls.certificate() {
                Some(_) => LOOK_EVERY,
                None => LOOK_EVERY_AT_FIRST,
            };
            asked = tokio::select! {
                () = tokio::time::sleep(every) => false,
                () = self.tls.is_asked_to_look() => true,
            };
        }
    }

    /// Once for as long as it stays the same.
    fn say(&mut self, error: Option<&AcmeError>) {
        let says = error.map(ToString::to_string);
        if let Some(says) = &says
            && self.said.as_ref() != Some(says)
        {
            tracing::error!("the certificate could not be looked after: {says}");
        }
        self.said = says;
    }

    /// What is kept is served; its life.
    async fn kept(&self) -> Result<Option<Life>, AcmeError> {
        let Some(kept) = self.names.certificate(&self.store).await? else { return Ok(None) };
        let certificate = kept.certificate()?;
        let life = kept.life(&certificate);
        if !self.tls.serves(&certificate) {
            self.serve(certificate);
        }
        Ok(Some(life))
    }

    fn serve(&self, certificate: Certificate) {
        let facts = certificate.facts();
        tracing::info!(
            names = facts.names.join(" "),
            ends = facts.ends.rfc3339_seconds(),
            serial = facts.serial,
            "the authority's certificate is served from now on"
        );
        self.tls.serve(certificate);
    }

    async fn is_due(&self, asked: bool) -> Result<bool, AcmeError> {
        let life = self.kept().await?;
        let kept = self.names.attempts(&self.store).await?;
        let attempts = kept.into_iter().chain(self.attempts).max_by_key(|of| of.not_before);
        Ok(when::is_due(life, attempts, self.store.world().now(), asked))
    }

    pub(super) async fn look(&mut self, asked: bool) -> Result<(), AcmeError> {
        if !self.is_due(asked).await? {
            return Ok(());
        }
        if !self.store.lease(LEASE, &self.holder, LEASE_LIFE).await? {
            return Ok(());
        }
        // Whoever held it before may have been asking for the same.
        let done = match self.is_due(asked).await {
            Ok(true) => self.order().await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        self.store.lease(LEASE, &self.holder, Duration::ZERO).await?;
        done
    }

    async fn order(&mut self) -> Result<(), AcmeError> {
        let asking = Asking { store: &self.store, settings: &self.settings, names: &self.names };
        let obtained = match timeout(ORDER_TIMEOUT, asking.certificate()).await {
            Ok(obtained) => obtained,
            Err(_) => Err(AcmeError::TookTooLong),
        };
        match obtained {
            Ok(certificate) => self.succeeded(&certificate).await,
            Err(error) => self.failed(&error).await,
        }?;
        // Nobody asks about them any more.
        kept::keep_proofs(&self.store, &[]).await
    }

    /// Kept before it is served: one that only this process knows would be lost by its end.
    async fn succeeded(&mut self, obtained: &KeptCertificate) -> Result<(), AcmeError> {
        let attempts = Attempts::after_success(self.store.world().now());
        self.attempts = Some(attempts);
        self.names.keep_certificate(&self.store, obtained).await?;
        self.serve(obtained.certificate()?);
        self.names.keep_attempts(&self.store, attempts).await
    }

    async fn failed(&mut self, error: &AcmeError) -> Result<(), AcmeError> {
        let world = self.store.world();
        let [chance] = world.bytes();
        let before = self.names.attempts(&self.store).await.unwrap_or(self.attempts);
        let attempts = Attempts::after_failure(before, error.is_a_limit(), world.now(), chance);
        self.attempts = Some(attempts);
        tracing::error!(
            authority = self.settings.directory,
            next = attempts.not_before.rfc3339_seconds(),
            failures = attempts.failures,
            "no certificate was obtained: {error}"
        );
        self.names.keep_attempts(&self.store, attempts).await
    }
}
