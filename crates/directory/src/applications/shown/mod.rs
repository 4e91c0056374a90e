//! What the console shows of applications: a page of them, one, and who has seen which secret.

mod postgres;
mod sqlite;

use super::ApplicationShown;
use crate::Fault;
use crate::acting::Refusal;
use crate::groups::Right;
use crate::sessions::{PersonAsks, Visit, VisitFacts, Visitor};
use crate::store;
use crate::world::{ApplicationId, Moment, SecretId, UserId};

/// A page in the order of their ids, behind the last one of the page before.
#[derive(Clone, Copy, Debug)]
pub struct Integrations {
    pub after: Option<ApplicationId>,
    pub limit: u16,
}

impl PersonAsks for Integrations {
    type Found = Vec<ApplicationShown>;
    type Answer = Vec<ApplicationShown>;

    fn right(&self) -> Right {
        Right::ManageIntegrations
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::list(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::list(self, db, visit).await
    }

    fn decide(&self, _: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        Ok(found)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct OneIntegration {
    pub id: ApplicationId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneIntegrationShown {
    pub shown: ApplicationShown,
    /// `None`: the operator made it, or somebody who is not there any more.
    pub made_by_name: Option<String>,
}

impl PersonAsks for OneIntegration {
    type Found = Option<OneIntegrationShown>;
    type Answer = OneIntegrationShown;

    fn right(&self) -> Right {
        Right::ManageIntegrations
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::one(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::one(self, db, visit).await
    }

    fn decide(&self, _: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        found.ok_or(Refusal::NoSuchApplication)
    }
}

/// Which person, or which application.
#[derive(Clone, Copy, Debug)]
pub(super) enum SeenWhere {
    By(UserId),
    Of(ApplicationId),
}

/// Who has seen which live secret, with the names of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenSecret {
    pub application: ApplicationId,
    pub application_name: String,
    pub secret: SecretId,
    pub label: String,
    pub user: UserId,
    pub user_name: String,
    /// For the first time.
    pub at: Moment,
}

/// Longer lists are cut.
const SEEN_MAX: i64 = 500;

/// The live secrets that this person has seen, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct SecretsSeenBy {
    pub user: UserId,
}

/// Who has seen a live secret of this application, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct SecretsSeenOf {
    pub application: ApplicationId,
}

macro_rules! seen {
    ($question:ident, $right:expr, $where:expr) => {
        impl PersonAsks for $question {
            type Found = Vec<SeenSecret>;
            type Answer = Vec<SeenSecret>;

            fn right(&self) -> Right {
                $right
            }

            fn sqlite(
                &self,
                db: &store::sqlite::Connection,
                visit: &Visit,
            ) -> Result<Self::Found, Fault> {
                sqlite::seen($where(self), db, visit)
            }

            async fn postgres(
                &self,
                db: &store::postgres::Connection,
                visit: &Visit,
            ) -> Result<(VisitFacts, Self::Found), Fault> {
                postgres::seen($where(self), db, visit).await
            }

            fn decide(&self, _: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
                Ok(found)
            }
        }
    };
}

seen!(SecretsSeenBy, Right::SeePeople, |asked: &SecretsSeenBy| SeenWhere::By(asked.user));
seen!(SecretsSeenOf, Right::ManageIntegrations, |asked: &SecretsSeenOf| SeenWhere::Of(
    asked.application
));
