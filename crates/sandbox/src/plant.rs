//! Puts a seed into a store: by the same acts as anybody's, so that what `dev` starts with has
//! its audit records too. Keys follow from the seed's number, so that tokens of pages repeat; a
//! double's secrets are only as secret as that number.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use rollcall_directory::Fault;
use rollcall_directory::accounts::CreateAccount;
use rollcall_directory::acting::{Act, Presented, Refusal};
use rollcall_directory::applications::{
    AddSecret, ClientSecret, RegisterApplication, Scopes, Terms,
};
use rollcall_directory::groups::Groups;
use rollcall_directory::keys::RootKey;
use rollcall_directory::sessions::{
    EndSession, Password, PasswordHash, SessionSecret, SetPassword, SignIn, StoredPassword,
};
use rollcall_directory::store::{Founding, MadeBy, Store};
use rollcall_directory::users::{ImportPeople, NewPerson, State};
use rollcall_directory::vaults::CreateVault;
use rollcall_directory::world::{AccountId, ApplicationId, Moment, SecretId, UserId, VaultId};
use tokio::task::JoinHandle;

use crate::seed::{Seed, SeedAccount, SeedApplication, SeedPerson, SeedStream, USERS_DEFAULT};
use crate::source::Source;

#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    #[error("the seed could not be planted: {0}")]
    Fault(#[from] Fault),
    #[error("the seed could not be planted: {0}")]
    Refused(Refusal),
}

/// Who may sign in and call, as it is printed.
#[derive(Clone)]
pub struct Credentials {
    pub account_id: String,
    pub account_name: String,
    pub application: String,
    pub client_id: String,
    pub client_secret: String,
    pub owner_email: String,
    pub owner_password: String,
    /// A member whom the walk may suspend.
    pub somebody: Option<String>,
}

/// What a double's store is set up with when it holds the default people.
#[must_use]
pub fn founding(seed_number: u64) -> Founding {
    founding_of(&Source::default_people(seed_number, USERS_DEFAULT))
}

#[must_use]
pub fn founding_of(source: &Source) -> Founding {
    let keys = SeedStream::new(source.number()).branch("keys");
    Founding {
        root: RootKey::from_bytes(keys.branch("root key").bytes()),
        others: Vec::new(),
        made_by: MadeBy::Dev { seed: source.to_words() },
        first_key: keys.branch("first MAC key").bytes(),
        nonce: keys.branch("first nonce").bytes(),
    }
}

/// The first account's first application, and its first owner.
#[must_use]
pub fn credentials(seed: &Seed) -> Option<Credentials> {
    let account = seed.accounts.first()?;
    let application = account.applications.first()?;
    let owner = first_owner(account)?;
    let somebody = account.people.iter().find(is_plain_member);
    Some(Credentials {
        account_id: AccountId::from_bytes(account.id).to_string(),
        account_name: account.name.clone(),
        application: application.name.clone(),
        client_id: ApplicationId::from_bytes(application.client_id).to_string(),
        client_secret: ClientSecret::from_random(application.secret_bytes.first()?)
            .expose()
            .to_owned(),
        owner_password: owner.password?,
        owner_email: owner.email,
        somebody: somebody.map(|person| UserId::from_bytes(person.id).to_string()),
    })
}

fn first_owner(account: &SeedAccount) -> Option<SeedPerson> {
    account.people.iter().find(|person| person.password.is_some())
}

fn is_plain_member(person: &SeedPerson) -> bool {
    !(person.suspended
        || person.owner
        || person.administrator
        || person.security
        || person.externally_managed)
}

/// What was found and done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// Now.
    Now,
    /// By an earlier run; whoever called it may have changed what is in it.
    Before,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many are in.
    People(u64),
    /// All are in, and cannot be looked up yet.
    Indexes,
}

type Told<'a> = &'a mut (dyn FnMut(Step) + Send);

/// Puts the seed in, unless it is in already. What was begun and broken off is taken up again.
/// `told`: now and then, how far it is.
pub async fn plant(store: &Store, seed: &Seed, told: Told<'_>) -> Result<Planted, PlantError> {
    if is_planted(store, seed).await? {
        return Ok(Planted::Before);
    }
    let is_large = seed.accounts.iter().map(|account| account.people.len()).sum::<usize>() > FEW;
    if is_large {
        store.begin_filling().await?;
    }
    let mut people = 0;
    let mut passwords = Vec::new();
    for account in seed.accounts.iter().rev() {
        // Slow on purpose, and needed last: made meanwhile.
        passwords.push(first_owner(account).map(|owner| hash(seed, owner)));
        plant_account(store, account, &mut people, told).await?;
    }
    if is_large {
        told(Step::Indexes);
        store.filled().await?;
    }
    // The first account last: its owner's password is the sign that all is there.
    for (account, password) in seed.accounts.iter().rev().zip(passwords) {
        if let Some(password) = password {
            let id = AccountId::from_bytes(account.id);
            let (user, hash) = password.await.map_err(|_| NO_PASSWORD)?;
            let hash = hash.ok_or(NO_PASSWORD)?;
            done(store, Presented::Operator, id, SetPassword { user, hash: hash.clone() }).await?;
            a_vault(store, seed, id, user, hash).await?;
        }
    }
    Ok(Planted::Now)
}

/// Puts one more account in, beside those of the seed. `false`: there is one of this id already, and
/// nothing was done.
pub(crate) async fn plant_beside(store: &Store, account: &SeedAccount) -> Result<bool, PlantError> {
    let id = AccountId::from_bytes(account.id);
    match store.act(Presented::Operator, id, create(account)).await? {
        Ok(_) => {}
        Err(Refusal::Exists(_)) => return Ok(false),
        Err(refusal) => return Err(PlantError::Refused(refusal)),
    }
    let mut planting = Planting { store, account: id, waiting: VecDeque::new(), told: &mut |_| {} };
    let people = account.people.iter().map(new_person).collect();
    planting.submit(ImportPeople { people }, 0).await?;
    for application in &account.applications {
        register(&mut planting, application).await?;
    }
    planting.finish().await?;
    Ok(true)
}

fn create(account: &SeedAccount) -> CreateAccount {
    CreateAccount {
        id: AccountId::from_bytes(account.id),
        name: account.name.clone(),
        plan: account.plan,
        provisioning_automated: account.provisioning_automated,
    }
}

async fn is_planted(store: &Store, seed: &Seed) -> Result<bool, PlantError> {
    let Some(account) = seed.accounts.first() else { return Ok(true) };
    let Some(owner) = first_owner(account) else { return Ok(true) };
    let (account, user) = (AccountId::from_bytes(account.id), UserId::from_bytes(owner.id));
    Ok(store.read(&StoredPassword { account, user }).await?.is_some())
}

async fn plant_account(
    store: &Store,
    account: &SeedAccount,
    people: &mut u64,
    told: Told<'_>,
) -> Result<(), PlantError> {
    let id = AccountId::from_bytes(account.id);
    let mut planting = Planting { store, account: id, waiting: VecDeque::new(), told };
    planting.submit(create(account), 0).await?;
    let mut coming = account.people.iter().map(new_person).peekable();
    while coming.peek().is_some() {
        let some: Vec<NewPerson> = coming.by_ref().take(PEOPLE_EACH_MAX).collect();
        *people += some.len() as u64;
        planting.submit(ImportPeople { people: some }, *people).await?;
    }
    for application in &account.applications {
        register(&mut planting, application).await?;
    }
    planting.finish().await
}

/// The first vault of the console, so that there is one to save credentials in. Only a person makes
/// one: the owner does, in a session of their own that is over when it is there.
async fn a_vault(
    store: &Store,
    seed: &Seed,
    account: AccountId,
    user: UserId,
    hash: PasswordHash,
) -> Result<(), PlantError> {
    let session = SessionSecret::from_random(&store.world().bytes()).digest();
    let vault = VaultId::from_bytes(SeedStream::new(seed.number).branch("vault").bytes());
    let create =
        CreateVault { vault, name: VAULT.to_owned(), key: store.new_vault_key(account, vault) };
    done(store, Presented::Password { user, hash }, account, SignIn { user, session }).await?;
    done(store, Presented::Session(session), account, create).await?;
    done(store, Presented::Session(session), account, EndSession { session }).await
}

const VAULT: &str = "Automation";

async fn done<A: Act>(
    store: &Store,
    by: Presented,
    account: AccountId,
    act: A,
) -> Result<(), PlantError> {
    match store.act(by, account, act).await? {
        // There already, or somebody has changed who may: as it was left.
        Ok(_)
        | Err(
            Refusal::Exists(_)
            | Refusal::NoSuchUser
            | Refusal::SignInFailed(_)
            | Refusal::SessionDead,
        ) => Ok(()),
        Err(refusal) => Err(PlantError::Refused(refusal)),
    }
}

const NO_PASSWORD: PlantError =
    PlantError::Refused(Refusal::Invalid("the owner's password could not be made"));

fn hash(seed: &Seed, owner: SeedPerson) -> JoinHandle<(UserId, Option<PasswordHash>)> {
    let salt = SeedStream::new(seed.number).branch("password salt").bytes();
    tokio::task::spawn_blocking(move || {
        let password = Password::new(owner.password.unwrap_or_default());
        (UserId::from_bytes(owner.id), password.hash_made_up(&salt))
    })
}

/// So many people are put in as fast with all indexes.
const FEW: usize = 20_000;

type Waiting = Pin<Box<dyn Future<Output = Result<(), PlantError>> + Send>>;

/// A few acts under way at a time: they are made while others are written, and share commits.
struct Planting<'a> {
    store: &'a Store,
    account: AccountId,
    waiting: VecDeque<(Waiting, u64)>,
    told: Told<'a>,
}

/// They may all be in one batch. Each batch writes nearly every page of the indexes anew, so few and large
/// ones are quick; but PostgreSQL ends a transaction that is silent for two seconds.
const UNDER_WAY_MAX: usize = 16;
const UNDER_WAY_MAX_ON_POSTGRES: usize = 4;
/// Of one act: enough to share a commit, and little enough to be made while another is written.
const PEOPLE_EACH_MAX: usize = 10_000;

impl Planting<'_> {
    /// `people`: how many there are once this is done. What is there already was done before.
    async fn submit<A: Act>(&mut self, act: A, people: u64) -> Result<(), PlantError> {
        let answer = self.store.submit(Presented::Operator, self.account, act);
        let waiting = async {
            match answer.await? {
                // Nobody to give a password to: somebody has removed the owner of an earlier planting.
                Ok(_) | Err(Refusal::Exists(_) | Refusal::NoSuchUser) => Ok(()),
                Err(refusal) => Err(PlantError::Refused(refusal)),
            }
        };
        self.waiting.push_back((Box::pin(waiting), people));
        let is_postgres = self.store.cluster().is_some();
        let max = if is_postgres { UNDER_WAY_MAX_ON_POSTGRES } else { UNDER_WAY_MAX };
        if self.waiting.len() >= max { self.next().await } else { Ok(()) }
    }

    async fn next(&mut self) -> Result<(), PlantError> {
        let Some((answer, people)) = self.waiting.pop_front() else { return Ok(()) };
        answer.await?;
        if people > 0 {
            (self.told)(Step::People(people));
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), PlantError> {
        while !self.waiting.is_empty() {
            self.next().await?;
        }
        Ok(())
    }
}

/// The second secret's act is refused where the application was there before: it is there too.
async fn register(
    planting: &mut Planting<'_>,
    application: &SeedApplication,
) -> Result<(), PlantError> {
    let id = ApplicationId::from_bytes(application.client_id);
    let mut secrets =
        application.secret_ids.iter().zip(&application.secret_bytes).map(|(id, bytes)| {
            (SecretId::from_bytes(*id), ClientSecret::from_random(bytes).digest())
        });
    let Some((secret_id, secret)) = secrets.next() else { return Ok(()) };
    let first = RegisterApplication {
        id,
        name: application.name.clone(),
        description: application.description.clone(),
        redirect_url: application.redirect_url.clone(),
        scopes: Scopes::of(&application.scopes),
        secret_id,
        secret,
        terms: Terms::default(),
    };
    planting.submit(first, 0).await?;
    for (secret_id, secret) in secrets {
        let label = "second".to_owned();
        let terms = Terms::default();
        let second = AddSecret { application: id, secret_id, secret, label, terms };
        planting.submit(second, 0).await?;
    }
    Ok(())
}

fn new_person(person: SeedPerson) -> NewPerson {
    NewPerson {
        id: UserId::from_bytes(person.id),
        email: person.email,
        display_name: person.display_name,
        state: if person.suspended { State::Suspended } else { State::Active },
        groups: Groups {
            owner: person.owner,
            administrator: person.administrator,
            security: person.security,
        },
        externally_managed: person.externally_managed,
        created: Moment::from_seconds(person.create_time_seconds),
    }
}
