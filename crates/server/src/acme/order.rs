//! One order, from the account to the certificate: the authority names what it wants proved, we
//! keep the proofs where every process finds them, it looks, and it signs.

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, ExternalAccountKey, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use rollcall_directory::store::Store;
use std::time::Duration;

use super::answers::LOOKED_AT_EVERY;
use super::kept::{self, KeptCertificate, KeptNames, Proof};
use super::{AcmeError, AcmeSettings, ProveBy};

/// How long an authority is asked again whether it is done. The order's own limit is longer.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(90));

pub(super) struct Asking<'a> {
    pub store: &'a Store,
    pub settings: &'a AcmeSettings,
    pub names: &'a KeptNames,
}

impl Asking<'_> {
    pub(super) async fn certificate(&self) -> Result<KeptCertificate, AcmeError> {
        let account = self.account().await?;
        let identifiers: Vec<Identifier> =
            self.settings.names.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
        if order.state().status == OrderStatus::Pending {
            self.prove(&mut order).await?;
        }
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&PATIENCE).await?;
        let kept = KeptCertificate { chain, key, obtained: self.store.world().now() };
        // One that is not valid yet says that a clock is wrong: it is served, and complained about.
        match kept.obtained < kept.certificate()?.facts().ends {
            true => Ok(kept),
            false => Err(AcmeError::Ended),
        }
    }

    /// The one that is kept, or a new one, which is kept before it is used.
    async fn account(&self) -> Result<Account, AcmeError> {
        let builder = || match &self.settings.directory_ca {
            None => Ok(Account::builder()?),
            Some(path) => Account::builder_with_root(path)
                .map_err(|source| AcmeError::DirectoryCa { path: path.clone(), source }),
        };
        if let Some(credentials) = self.names.account(self.store).await? {
            return Ok(builder()?.from_credentials(credentials).await?);
        }
        let contact: Vec<&str> = self.settings.contact.iter().map(String::as_str).collect();
        let about = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let known = self.settings.external_account.as_ref();
        let known = known.map(|known| ExternalAccountKey::new(known.id.clone(), &known.key));
        let directory = self.settings.directory.clone();
        let (account, credentials) = builder()?.create(&about, directory, known.as_ref()).await?;
        self.names.keep_account(self.store, &credentials).await?;
        tracing::info!(authority = self.settings.directory, "an account was made there");
        Ok(account)
    }

    async fn prove(&self, order: &mut Order) -> Result<(), AcmeError> {
        let by = self.settings.by;
        let proofs = proofs_wanted(order, by).await?;
        kept::keep_proofs(self.store, &proofs).await?;
        // By now no process holds an older look at them.
        tokio::time::sleep(LOOKED_AT_EVERY).await;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            if authorization.status == AuthorizationStatus::Pending
                && let Some(mut challenge) = authorization.challenge(by.challenge())
            {
                challenge.set_ready().await?;
            }
        }
        let polled = order.poll_ready(&PATIENCE).await;
        if matches!(polled, Ok(OrderStatus::Ready)) {
            return Ok(());
        }
        // The order says that it failed; why, is said by the name that was not proved.
        match what_was_not_proved(order, by).await? {
            Some(why) => Err(why),
            None => Err(polled.err().unwrap_or(instant_acme::Error::Str("the reason")).into()),
        }
    }
}

async fn proofs_wanted(order: &mut Order, by: ProveBy) -> Result<Vec<Proof>, AcmeError> {
    let mut proofs = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        // Proved for an earlier order, and still held to be.
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        let name = authorization.identifier().to_string();
        let Some(challenge) = authorization.challenge(by.challenge()) else {
            return Err(AcmeError::NoSuchProof { name, by });
        };
        let mut digest = [0; 32];
        let key_authorization = challenge.key_authorization();
        digest.copy_from_slice(key_authorization.digest().as_ref());
        proofs.push(Proof {
            name,
            token: challenge.token.clone(),
            authorization: key_authorization.as_str().to_owned(),
            digest,
        });
    }
    Ok(proofs)
}

async fn what_was_not_proved(
    order: &mut Order,
    by: ProveBy,
) -> Result<Option<AcmeError>, AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        let state = authorization.refresh().await?;
        if state.status == AuthorizationStatus::Invalid {
            let why = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
            let why = why.and_then(|why| why.detail.clone());
            let why = why.unwrap_or_else(|| "it does not say why".to_owned());
            return Ok(Some(AcmeError::NotProved {
                name: state.identifier().to_string(),
                by,
                why,
            }));
        }
    }
    Ok(None)
}

impl ProveBy {
    const fn challenge(self) -> ChallengeType {
        match self {
            Self::TlsAlpn => ChallengeType::TlsAlpn01,
            Self::Http => ChallengeType::Http01,
        }
    }
}
