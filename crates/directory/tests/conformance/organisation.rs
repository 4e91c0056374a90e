//! The words of the cases: an organisation with its people and an application, what somebody asks
//! of the store, and a look at the rows as the next act would see them.

use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;

use rollcall_directory::Fault;
use rollcall_directory::accounts::{Account, CreateAccount, Plan};
use rollcall_directory::acting::{
    Act, Caller, Decision, Demand, Facts, Given, Needs, Presented, Refusal,
};
use rollcall_directory::applications::{
    Application, ClientSecret, RegisterApplication, Scopes, SecretDigest, Terms,
};
use rollcall_directory::audit::{Broken, Head, HeadOf, Verified, VerifyAudit};
use rollcall_directory::groups::Groups;
use rollcall_directory::store::Store;
use rollcall_directory::tokens::{Claims, IssueToken};
use rollcall_directory::users::{
    GetUser, ImportPeople, ListUsers, NewPerson, Reactivate, SetGroups, State, StateFilter,
    Suspend, User,
};
use rollcall_directory::world::{AccountId, ApplicationId, Moment, SecretId, TokenId, UserId};

pub(crate) type Answer<Done> = Result<Result<Done, Refusal>, Fault>;

/// Person 1 and 2 own it, 3 to 5 are members, 6 is managed by somebody else's directory.
#[derive(Clone)]
pub(crate) struct Organisation {
    pub account: AccountId,
    pub application: ApplicationId,
    pub secret_id: SecretId,
    pub secret: SecretDigest,
}

pub(crate) const PEOPLE: u8 = 6;

pub(crate) fn user_id(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

pub(crate) fn account_id(n: u8) -> AccountId {
    AccountId::from_bytes([n; 16])
}

pub(crate) fn a_person(n: u8) -> NewPerson {
    NewPerson {
        id: user_id(n),
        email: format!("Person{n}@example.com"),
        display_name: format!("Person {n}"),
        state: State::Active,
        groups: Groups::default(),
        externally_managed: false,
        created: Moment::from_seconds(1_700_000_000 + i64::from(n)),
    }
}

pub(crate) fn owners() -> Groups {
    Groups { owner: true, ..Groups::default() }
}

pub(crate) fn an_owner(n: u8) -> NewPerson {
    NewPerson { groups: owners(), ..a_person(n) }
}

pub(crate) fn create_account(n: u8) -> CreateAccount {
    CreateAccount {
        id: account_id(n),
        name: format!("Organisation {n}"),
        plan: Plan::Business,
        provisioning_automated: false,
    }
}

pub(crate) fn register(n: u8) -> RegisterApplication {
    RegisterApplication {
        id: ApplicationId::from_random([n; 16]),
        name: format!("Application {n}"),
        description: "Contains people".to_owned(),
        redirect_url: "https://soar.example/callback".to_owned(),
        scopes: Scopes::ALL,
        secret_id: SecretId::from_bytes([n; 8]),
        secret: a_secret(n),
        terms: Terms::default(),
    }
}

/// From where everybody calls who calls from nowhere else.
pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

pub(crate) fn by_token(token: Claims) -> Presented {
    Presented::Token { token, from: HERE }
}

pub(crate) fn a_secret(n: u8) -> SecretDigest {
    ClientSecret::from_random(&[n; 32]).digest()
}

/// Makes organisation `n`.
pub(crate) async fn organisation(store: &Store, n: u8) -> Organisation {
    let account = account_id(n);
    operator(store, account, create_account(n)).await;
    let mut people: Vec<NewPerson> = (3..=PEOPLE).map(a_person).collect();
    people.extend([an_owner(1), an_owner(2)]);
    people[usize::from(PEOPLE) - 3].externally_managed = true;
    operator(store, account, ImportPeople { people }).await;
    let application = operator(store, account, register(n)).await;
    let secret_id = SecretId::from_bytes([n; 8]);
    Organisation { account, application: application.id, secret_id, secret: a_secret(n) }
}

impl Organisation {
    pub(crate) fn client(&self) -> Presented {
        Presented::ClientSecret { client: self.application, secret: self.secret, from: HERE }
    }

    pub(crate) async fn token(&self, store: &Store) -> Claims {
        issue(store, self.application, self.secret).await.unwrap()
    }

    pub(crate) fn suspend(&self, n: u8) -> Suspend {
        Suspend { account: Some(self.account), user: Some(user_id(n)), why: None }
    }

    pub(crate) fn reactivate(&self, n: u8) -> Reactivate {
        Reactivate {
            account: Some(self.account),
            user: Some(user_id(n)),
            why: None,
            guarded: false,
        }
    }

    pub(crate) async fn get(&self, store: &Store, token: &Claims, n: u8) -> Result<User, Refusal> {
        let question = GetUser {
            token: token.clone(),
            from: HERE,
            account: Some(self.account),
            user: Some(user_id(n)),
            now: store.world().now(),
        };
        store.read(&question).await.unwrap()
    }

    pub(crate) fn list(&self, store: &Store, token: &Claims, page_size: u16) -> ListUsers {
        ListUsers {
            token: token.clone(),
            from: HERE,
            account: Some(self.account),
            filter: StateFilter::All,
            after: None,
            page_size,
            now: store.world().now(),
        }
    }
}

pub(crate) fn set_groups(n: u8, groups: Groups) -> SetGroups {
    SetGroups { user: user_id(n), groups }
}

pub(crate) async fn issue(
    store: &Store,
    client: ApplicationId,
    secret: SecretDigest,
) -> Result<Claims, Refusal> {
    let world = store.world();
    let token = TokenId::from_bytes(world.bytes());
    let question = IssueToken { client, secret, from: HERE, now: world.now(), token };
    Ok(store.read(&question).await.unwrap()?.claims)
}

/// The operator does it, and it is done.
pub(crate) async fn operator<A: Act>(store: &Store, account: AccountId, act: A) -> A::Done {
    store.act(Presented::Operator, account, act).await.unwrap().unwrap()
}

/// The operator asks for it and is refused.
pub(crate) async fn refused<A: Act>(store: &Store, account: AccountId, act: A) -> Refusal
where
    A::Done: std::fmt::Debug,
{
    store.act(Presented::Operator, account, act).await.unwrap().unwrap_err()
}

/// An act that has been asked for; its answer comes later.
pub(crate) type Asked<Done> = Pin<Box<dyn Future<Output = Answer<Done>>>>;

/// Asks for it now, without waiting for the answer.
pub(crate) fn ask<A: Act>(
    store: &Store,
    by: Presented,
    account: AccountId,
    act: A,
) -> Asked<A::Done> {
    Box::pin(store.submit(by, account, act))
}

/// Changes nothing and answers with the facts as they were loaded.
#[derive(Clone, Default)]
pub(crate) struct Look {
    pub users: Vec<UserId>,
    pub applications: Vec<ApplicationId>,
    pub tokens: Vec<TokenId>,
}

impl Act for Look {
    const NAME: &'static str = "look";
    type Done = Facts;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(self.users.iter().copied());
        needs.owners();
        self.applications.iter().for_each(|id| needs.application(*id));
        self.tokens.iter().for_each(|id| needs.revocation(*id));
    }

    fn decide(&self, _by: &Caller, facts: &Facts, _given: &Given) -> Decision<Facts> {
        Decision::Nothing { done: facts.clone() }
    }
}

pub(crate) async fn stored_account(store: &Store, account: AccountId) -> Option<Account> {
    operator(store, account, Look::default()).await.account().cloned()
}

pub(crate) async fn stored_user(store: &Store, account: AccountId, user: UserId) -> Option<User> {
    let look = Look { users: vec![user], ..Look::default() };
    operator(store, account, look).await.user(Some(user)).cloned()
}

pub(crate) async fn stored_application(
    store: &Store,
    account: AccountId,
    application: ApplicationId,
) -> Option<Application> {
    let look = Look { applications: vec![application], ..Look::default() };
    operator(store, account, look).await.application(application).cloned()
}

pub(crate) async fn head(store: &Store, account: AccountId) -> Head {
    store.read(&HeadOf { account }).await.unwrap().unwrap()
}

pub(crate) async fn verify(
    store: &Store,
    account: AccountId,
    extends: Option<Head>,
) -> Result<Verified, Broken> {
    store.read_long(VerifyAudit { account, extends }).await.unwrap().unwrap()
}
