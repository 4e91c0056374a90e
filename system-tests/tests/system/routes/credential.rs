//! Everything that somebody may show, each as the `Authorization` header that shows it. Made once
//! for a server, by the operator's acts on the store beside it.

use std::collections::HashMap;

use data_encoding::BASE64;
use rollcall_directory::accounts::{CreateAccount, Plan, SetAccount};
use rollcall_directory::applications::{DeleteApplication, RetireSecret, Scope, Scopes};
use rollcall_directory::world::{AccountId, Moment};
use rollcall_system_tests::{Api, Beside, Client, note_secret};

/// `ALL` and the expectations are matched by name: a new one does not compile without its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Credential {
    Nothing,
    UnknownScheme,
    /// Bearer, and then no token of ours.
    Malformed,
    /// A token whose MAC is wrong and whose checksum is right.
    Forged,
    /// Its fifteen minutes are over.
    Ended,
    Revoked,
    /// Works, in another account.
    OfOtherAccount,
    OnlyGetUser,
    OnlyListUsers,
    OnlySuspendUsers,
    OnlyReactivateUsers,
    AllScopes,
    /// Its secret was retired after it was issued.
    OfRetiredSecret,
    OfDeletedApplication,
    /// From before a backup of its account was restored.
    OfEarlierEpoch,
    /// Its account may not use the API at all.
    OfOtherPlan,
    OfAutomatedProvisioning,
    MalformedBasic,
    ClientSecret,
    WrongClientSecret,
    UnknownClient,
    RetiredClientSecret,
    SecretOfDeletedApplication,
    /// Right, and another client's.
    SecretOfAnotherClient,
}

impl Credential {
    pub(super) const ALL: [Self; 24] = [
        Self::Nothing,
        Self::UnknownScheme,
        Self::Malformed,
        Self::Forged,
        Self::Ended,
        Self::Revoked,
        Self::OfOtherAccount,
        Self::OnlyGetUser,
        Self::OnlyListUsers,
        Self::OnlySuspendUsers,
        Self::OnlyReactivateUsers,
        Self::AllScopes,
        Self::OfRetiredSecret,
        Self::OfDeletedApplication,
        Self::OfEarlierEpoch,
        Self::OfOtherPlan,
        Self::OfAutomatedProvisioning,
        Self::MalformedBasic,
        Self::ClientSecret,
        Self::WrongClientSecret,
        Self::UnknownClient,
        Self::RetiredClientSecret,
        Self::SecretOfDeletedApplication,
        Self::SecretOfAnotherClient,
    ];
}

/// The header of each, and the account that its bearer calls.
pub(super) struct Wallet {
    headers: HashMap<Credential, Shown>,
}

#[derive(Clone)]
pub(super) struct Shown {
    pub(super) header: Option<String>,
    pub(super) account: String,
}

impl Wallet {
    pub(super) fn show(&self, credential: Credential) -> &Shown {
        self.headers.get(&credential).expect("every credential is in the wallet")
    }

    pub(super) async fn fill(beside: &Beside, api: &Api) -> Self {
        let issue = async |client: &Client| {
            api.with_client(&client.id.to_string(), &client.secret).token().await
        };
        let home = beside.account;
        let with_scopes = async |scopes| issue(&beside.register(home, scopes).await).await;
        let token = api.token().await;
        let revoked = api.token().await;
        assert_eq!(api.revoke(&revoked).await.status, 200);
        let (client_id, secret) = (&*api.credentials.client_id, &*api.credentials.client_secret);

        let retired = beside.register(home, Scopes::ALL).await;
        let of_retired = issue(&retired).await;
        beside.act(RetireSecret { application: retired.id, secret: retired.secret_id }).await;
        let deleted = beside.register(home, Scopes::ALL).await;
        let of_deleted = issue(&deleted).await;
        beside.act(DeleteApplication { id: deleted.id }).await;

        let elsewhere = new_account(beside, Plan::Business).await;
        let of_other_account = issue(&beside.register(elsewhere, Scopes::ALL).await).await;
        let other_plan = new_account(beside, Plan::Other).await;
        let of_other_plan = issue(&beside.register(other_plan, Scopes::ALL).await).await;
        let automated = new_account(beside, Plan::Business).await;
        let of_automated = issue(&beside.register(automated, Scopes::ALL).await).await;
        let automate = SetAccount { name: None, plan: None, provisioning_automated: Some(true) };
        beside.act_in(automated, automate).await;
        let another = beside.register(home, Scopes::ALL).await;

        let mut wallet = Self { headers: HashMap::new() };
        for credential in Credential::ALL {
            let (header, account) = match credential {
                Credential::Nothing => (None, home),
                Credential::UnknownScheme => (Some("Digest username=\"x\"".to_owned()), home),
                Credential::Malformed => (bearer("rubbish"), home),
                Credential::Forged => (bearer(&forged(&token)), home),
                Credential::Ended => (bearer(&ended(beside, &token)), home),
                Credential::Revoked => (bearer(&revoked), home),
                Credential::OfOtherAccount => (bearer(&of_other_account), home),
                Credential::OnlyGetUser => (bearer(&with_scopes(one(Scope::GetUser)).await), home),
                Credential::OnlyListUsers => {
                    (bearer(&with_scopes(one(Scope::ListUsers)).await), home)
                }
                Credential::OnlySuspendUsers => {
                    (bearer(&with_scopes(one(Scope::SuspendUsers)).await), home)
                }
                Credential::OnlyReactivateUsers => {
                    (bearer(&with_scopes(one(Scope::ReactivateUsers)).await), home)
                }
                Credential::AllScopes => (bearer(&token), home),
                Credential::OfRetiredSecret => (bearer(&of_retired), home),
                Credential::OfDeletedApplication => (bearer(&of_deleted), home),
                Credential::OfEarlierEpoch => (bearer(&of_earlier_epoch(beside, &token)), home),
                Credential::OfOtherPlan => (bearer(&of_other_plan), other_plan),
                Credential::OfAutomatedProvisioning => (bearer(&of_automated), automated),
                Credential::MalformedBasic => (Some("Basic bm9jb2xvbg==".to_owned()), home),
                Credential::ClientSecret => (basic(client_id, secret), home),
                Credential::WrongClientSecret => (basic(client_id, "rcs_wrong"), home),
                Credential::UnknownClient => {
                    (basic("00000000-0000-4000-8000-000000000000", secret), home)
                }
                Credential::RetiredClientSecret => {
                    (basic(&retired.id.to_string(), &retired.secret), home)
                }
                Credential::SecretOfDeletedApplication => {
                    (basic(&deleted.id.to_string(), &deleted.secret), home)
                }
                Credential::SecretOfAnotherClient => (basic(client_id, &another.secret), home),
            };
            let shown = Shown { header, account: account.to_string() };
            wallet.headers.insert(credential, shown);
        }
        wallet
    }
}

fn one(scope: Scope) -> Scopes {
    Scopes::of(&[scope])
}

fn bearer(token: &str) -> Option<String> {
    Some(format!("Bearer {token}"))
}

fn basic(id: &str, secret: &str) -> Option<String> {
    let pair = BASE64.encode(format!("{id}:{secret}").as_bytes());
    note_secret(&pair);
    Some(format!("Basic {pair}"))
}

/// The same claims under the MAC of another server, which has its own keys.
fn forged(token: &str) -> String {
    use rollcall_directory::keys::{KeyId, KeyRing, RootKey, SealedKey};
    use rollcall_directory::tokens::Claims;
    let root = RootKey::from_bytes([7; 32]);
    let key = SealedKey::seal(&root, KeyId(1), &[8; 32], [9; 12], Moment::from_seconds(0));
    let other_keys = KeyRing::open(&root, &[key], Moment::from_millis(0)).unwrap();
    assert!(Claims::open(token, &other_keys).is_err());
    let claims = Claims {
        token: rollcall_directory::world::TokenId::from_bytes([1; 16]),
        account: AccountId::from_bytes([2; 16]),
        application: rollcall_directory::world::ApplicationId::from_random([3; 16]),
        secret: rollcall_directory::world::SecretId::from_bytes([4; 8]),
        issued: Moment::from_seconds(0),
        ends: Moment::from_millis(i64::MAX),
        epoch: 1,
    };
    claims.seal(&other_keys).expose().to_owned()
}

/// It would work but for its end, a moment ago.
fn ended(beside: &Beside, token: &str) -> String {
    let mut claims = beside.claims(token);
    let now = beside.store.world().now();
    claims.issued = Moment::from_millis(now.millis() - 900_000);
    claims.ends = now;
    beside.seal(&claims)
}

fn of_earlier_epoch(beside: &Beside, token: &str) -> String {
    let mut claims = beside.claims(token);
    claims.epoch -= 1;
    beside.seal(&claims)
}

async fn new_account(beside: &Beside, plan: Plan) -> AccountId {
    let id = AccountId::from_bytes(beside.store.world().bytes());
    let name = "Elsewhere Example Ltd".to_owned();
    beside.act_in(id, CreateAccount { id, name, plan, provisioning_automated: false }).await;
    id
}
