//! Where a story is told: one server on either store, or two nodes on one database. Whoever is
//! asked must know what another one was told, so the story asks each of them.

use std::any::Any;

use rollcall_system_tests::{Api, Beside, RunningServer, Store, TwoNodes};
use rollcall_wire::route::Family;

/// Stories in the three places. Of a `Setting`, for the macro's own name of it.
macro_rules! on_stores_and_nodes {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Setting::One(rollcall_system_tests::Store::Sqlite)).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Setting::One(rollcall_system_tests::Store::Postgres)).await;
            })+
        }
        mod on_two_nodes {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Setting::TwoNodes).await;
            })+
        }
    };
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Setting {
    One(Store),
    TwoNodes,
}

pub(super) struct Stage {
    /// The processes end with this.
    _running: Box<dyn Any>,
    /// Who may be suspended, where one is known.
    member: Option<String>,
    /// The operator's own process.
    pub(super) beside: Beside,
    /// A client of each server. What is said to one is said to the first.
    pub(super) apis: Vec<Api>,
}

impl Stage {
    pub(super) async fn set(setting: Setting) -> Self {
        let (running, beside, apis, member) = match setting {
            Setting::One(store) => {
                let server = RunningServer::start(store).await;
                let (beside, api) = (server.beside().await, server.api(Family::V1));
                (Box::new(server) as Box<dyn Any>, beside, vec![api], None)
            }
            Setting::TwoNodes => {
                let nodes = TwoNodes::start().await;
                let (beside, apis) = (nodes.first.beside().await, nodes.apis().to_vec());
                let member = nodes.first.member.clone();
                (Box::new(nodes) as Box<dyn Any>, beside, apis, Some(member))
            }
        };
        Self { _running: running, member, beside, apis }
    }

    /// An active person, no owner.
    pub(super) async fn somebody(&self, token: &str) -> String {
        if let Some(member) = &self.member {
            return member.clone();
        }
        let (people, _) = self.api().list(token, "filter=user.isActive()").await.page();
        people.last().unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// The one that is told.
    pub(super) fn api(&self) -> &Api {
        &self.apis[0]
    }
}
