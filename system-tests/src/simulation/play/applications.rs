//! The steps about accounts, applications, secrets and tokens.

use rollcall_directory::accounts::{CreateAccount, Plan, SetAccount};
use rollcall_directory::acting::Presented;
use rollcall_directory::applications::{
    AddSecret, ClientSecret, DeleteApplication, EditApplication, RegisterApplication, RetireSecret,
    Scope, Scopes, SecretDigest, Terms,
};
use rollcall_directory::tokens::{IssueToken, ProveClient, RevokeToken};
use rollcall_directory::world::{AccountId, ApplicationId, SecretId, TokenId};

use super::told::{done, told};
use super::{Both, Player, Registered};
use crate::simulation::HERE;
use crate::simulation::model::Right;

const RIGHTS: [(Right, Scope); 4] = [
    (Right::Get, Scope::GetUser),
    (Right::List, Scope::ListUsers),
    (Right::Suspend, Scope::SuspendUsers),
    (Right::Reactivate, Scope::ReactivateUsers),
];

fn held(bits: u8) -> impl Iterator<Item = (Right, Scope)> {
    let rights = RIGHTS.into_iter().enumerate();
    rights.filter(move |(n, _)| bits >> n & 1 == 1).map(|(_, right)| right)
}

fn scopes(bits: u8) -> Scopes {
    Scopes::of(&held(bits).map(|(_, scope)| scope).collect::<Vec<_>>())
}

/// The secret that goes by this id.
fn digest(secret: SecretId) -> SecretDigest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(secret.as_bytes());
    ClientSecret::from_random(&bytes).digest()
}

impl Player {
    pub(super) async fn create_account(&mut self, account: usize) -> Both {
        let id = self.account(account);
        let expected = self.model.create_account(id);
        let act = CreateAccount {
            id,
            name: format!("Account {account}"),
            plan: Plan::Business,
            provisioning_automated: false,
        };
        Both { expected, answered: told(self.operator(id, act).await, done) }
    }

    pub(super) async fn set_account(
        &mut self,
        account: usize,
        business: bool,
        automated: bool,
    ) -> Both {
        let id = self.account(account);
        let expected = self.model.set_account(id, business, automated);
        let plan = if business { Plan::Business } else { Plan::Other };
        let act =
            SetAccount { name: None, plan: Some(plan), provisioning_automated: Some(automated) };
        Both { expected, answered: told(self.operator(id, act).await, done) }
    }

    pub(super) async fn register(&mut self, account: usize, bits: u8) -> Both {
        let account = self.account(account);
        let id = ApplicationId::from_random(self.chance.bytes());
        let secret = SecretId::from_bytes(self.chance.bytes());
        let rights = held(bits).map(|(right, _)| right).collect();
        let expected = self.model.register(account, id, rights, secret);
        let act = RegisterApplication {
            id,
            name: "Application".to_owned(),
            description: String::new(),
            redirect_url: "https://soar.example/callback".to_owned(),
            scopes: scopes(bits),
            secret_id: secret,
            secret: digest(secret),
            terms: Terms::default(),
        };
        let answered = told(self.operator(account, act).await, done);
        if answered == "done" {
            self.applications.push(Registered { account, id, secrets: vec![secret] });
        }
        Both { expected, answered }
    }

    /// Any that was ever registered, deleted ones too.
    fn application(&self, pick: usize) -> (usize, AccountId, ApplicationId) {
        let at = pick % self.applications.len();
        (at, self.applications[at].account, self.applications[at].id)
    }

    /// One that the application ever had, or one that it never had.
    fn secret(&self, application: usize, pick: usize) -> SecretId {
        let secrets = &self.applications[application].secrets;
        let wrong = SecretId::from_bytes([0xee; 8]);
        secrets.iter().rev().chain([&wrong]).nth(pick % (secrets.len() + 1)).copied().unwrap()
    }

    pub(super) async fn edit(&mut self, application: usize, bits: u8) -> Both {
        let (_, account, id) = self.application(application);
        let rights = held(bits).map(|(right, _)| right).collect();
        let expected = self.model.edit(account, id, rights);
        let act = EditApplication::scopes(id, scopes(bits));
        Both { expected, answered: told(self.operator(account, act).await, done) }
    }

    pub(super) async fn add_secret(&mut self, application: usize) -> Both {
        let (at, account, id) = self.application(application);
        let secret_id = SecretId::from_bytes(self.chance.bytes());
        let expected = self.model.add_secret(account, id, secret_id);
        let label = "another".to_owned();
        let act = AddSecret {
            application: id,
            secret_id,
            secret: digest(secret_id),
            label,
            terms: Terms::default(),
        };
        let answered = told(self.operator(account, act).await, done);
        if answered == "done" {
            self.applications[at].secrets.push(secret_id);
        }
        Both { expected, answered }
    }

    pub(super) async fn retire_secret(&mut self, application: usize, secret: usize) -> Both {
        let (at, account, id) = self.application(application);
        let secret = self.secret(at, secret);
        let expected = self.model.retire_secret(account, id, secret);
        let act = RetireSecret { application: id, secret };
        Both { expected, answered: told(self.operator(account, act).await, done) }
    }

    pub(super) async fn delete(&mut self, application: usize) -> Both {
        let (_, account, id) = self.application(application);
        let expected = self.model.delete(account, id);
        let answered = told(self.operator(account, DeleteApplication { id }).await, done);
        Both { expected, answered }
    }

    pub(super) async fn issue(&mut self, application: usize, secret: usize) -> Both {
        let (at, _, client) = self.application(application);
        let secret = self.secret(at, secret);
        let expected = self.model.issue(client, secret);
        let store = &self.ground.store;
        let now = self.ground.world.now();
        if store.issuer().admit(now).is_err() {
            return Both { expected, answered: "the clock went back".to_owned() };
        }
        let token = TokenId::from_bytes(self.ground.world.bytes());
        let question = IssueToken { client, secret: digest(secret), from: HERE, now, token };
        let answer = store.read(&question).await;
        if let Ok(Ok(issued)) = &answer {
            self.tokens.push(issued.claims.seal(&store.keys()).expose().to_owned());
        }
        let until = |ends: i64| format!("a token until {ends}");
        Both { expected, answered: told(answer, |issued| until(issued.claims.ends.millis())) }
    }

    /// As the edge asks: only a client's own token makes it an act.
    pub(super) async fn revoke(&mut self, token: usize, client: usize, secret: usize) -> Both {
        let token = self.token(token);
        let claims = self.claims(token);
        let own = self.applications.iter().position(|app| app.id == claims.application);
        let own = own.expect("a token is of an application that was registered");
        let at = if client.is_multiple_of(4) { self.application(client / 4).0 } else { own };
        let (client, secret) = (self.applications[at].id, self.secret(at, secret));
        let expected = self.model.revoke(client, secret, token);
        let store = &self.ground.store;
        let answered = if claims.application == client {
            let by = Presented::ClientSecret { client, secret: digest(secret), from: HERE };
            let home = claims.account;
            told(store.act(by, home, RevokeToken { token: claims }).await, done)
        } else {
            let (secret, now) = (digest(secret), self.ground.world.now());
            told(store.read(&ProveClient { client, secret, from: HERE, now }).await, done)
        };
        Both { expected, answered }
    }
}
