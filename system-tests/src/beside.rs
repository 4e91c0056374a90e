//! The server's own store, opened beside it as the command line does: for what an operator does
//! (applications, secrets, plans) and for tokens that no server would issue.

use rollcall_directory::acting::{Act, Presented};
use rollcall_directory::applications::{ClientSecret, RegisterApplication, Scopes, Terms};
use rollcall_directory::store::{Founding, MadeBy, Store, postgres, sqlite};
use rollcall_directory::tokens::Claims;
use rollcall_directory::world::{AccountId, ApplicationId, SecretId, World};
use rollcall_sandbox::plant;

use crate::{Credentials, Database, Ground, SEED_NUMBER, note_secret};

pub struct Beside {
    pub store: Store,
    /// The account that `dev` printed.
    pub account: AccountId,
    /// The application that `dev` printed.
    pub application: ApplicationId,
}

/// An application that a test registered.
#[derive(Clone)]
pub struct Client {
    pub id: ApplicationId,
    pub secret_id: SecretId,
    pub secret: String,
}

impl Beside {
    pub(crate) async fn open(database: &Database, credentials: &Credentials) -> Self {
        Self::open_as(database, credentials, &plant::founding(SEED_NUMBER), World::system()).await
    }

    /// Of an organisation's own store, with its root key.
    pub(crate) async fn of_serve(ground: &Ground, credentials: &Credentials) -> Self {
        let root = std::fs::read_to_string(ground.file("root.key")).expect("there is a root key");
        let (root, world) = (root.parse().expect("a root key"), World::system());
        let founding = Founding::fresh(root, MadeBy::Serve, &world);
        Self::open_as(&ground.database, credentials, &founding, world).await
    }

    async fn open_as(
        database: &Database,
        credentials: &Credentials,
        founding: &Founding,
        world: World,
    ) -> Self {
        let store = match database {
            Database::Sqlite(_) => {
                sqlite::open_beside(&sqlite::Place::new(database.folder()), founding, world)
            }
            Database::Postgres(fresh) => {
                let address = fresh.address().parse().expect("the address of a database");
                postgres::open(&address, founding, world).await
            }
        };
        Self {
            store: store.expect("the store opens beside the server"),
            account: credentials.account_id.parse().expect("an account id"),
            application: credentials.client_id.parse().expect("a client id"),
        }
    }

    /// As the operator, in the account that `dev` printed.
    pub async fn act<A: Act>(&self, act: A) -> A::Done {
        self.act_in(self.account, act).await
    }

    pub async fn act_in<A: Act>(&self, account: AccountId, act: A) -> A::Done {
        let done = self.store.act(Presented::Operator, account, act).await;
        done.expect("the store works").unwrap_or_else(|why| panic!("{}: {why}", A::NAME))
    }

    pub async fn register(&self, account: AccountId, scopes: Scopes) -> Client {
        let world = self.store.world();
        let secret = ClientSecret::from_random(&world.bytes());
        note_secret(secret.expose());
        let client = Client {
            id: ApplicationId::from_random(world.bytes()),
            secret_id: SecretId::from_bytes(world.bytes()),
            secret: secret.expose().to_owned(),
        };
        let register = RegisterApplication {
            id: client.id,
            name: format!("Application {}", client.id),
            description: String::new(),
            redirect_url: "https://localhost.example/callback".to_owned(),
            scopes,
            secret_id: client.secret_id,
            secret: secret.digest(),
            terms: Terms::default(),
        };
        self.act_in(account, register).await;
        client
    }

    /// What a token says of itself.
    #[must_use]
    pub fn claims(&self, token: &str) -> Claims {
        Claims::open(token, &self.store.keys()).expect("a token of this server")
    }

    /// A token that says this of itself, with a right MAC.
    #[must_use]
    pub fn seal(&self, claims: &Claims) -> String {
        let token = claims.seal(&self.store.keys()).expose().to_owned();
        note_secret(&token);
        token
    }
}
