//! Who is called: the small part of a server that a run needs.

use std::future::Future;

use rollcall_sdk::{Act, Acted, Client, Error, State};

pub trait Directory: Sync {
    /// The state that somebody is in now.
    fn look(&self, id: &str) -> impl Future<Output = Result<State, Error>> + Send;
    fn act(&self, act: Act, id: &str) -> impl Future<Output = Result<Acted, Error>> + Send;
}

impl Directory for Client {
    async fn look(&self, id: &str) -> Result<State, Error> {
        self.get(id).await.map(|user| user.state)
    }

    async fn act(&self, act: Act, id: &str) -> Result<Acted, Error> {
        Client::act(self, act, id).await
    }
}
